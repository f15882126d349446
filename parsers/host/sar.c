/*
 * sar -n: rates of network counters.
 *
 * spec: sysstat 12.6 pr_stats.c print_net_tcp_stats(), print_net_etcp_stats(),
 * print_net_edev_stats(), print_net_sock_stats().
 *
 *	11:41:01 PM  atmptf/s  estres/s retrans/s isegerr/s   orsts/s
 *	11:41:02 PM      4.00      0.00      8.00      0.00      1.00
 *
 *	11:41:01     IFACE   rxerr/s   txerr/s    coll/s  rxdrop/s ...
 *	11:41:02      eth0      0.00      0.00      0.00      3.00 ...
 *
 * A rate that tells of trouble and is not 0 is a setting: its scope is the time of
 * day and the interface, its value the rate as printed. All others are read over.
 */
#include "parsers/host/formats.h"

#define COLUMNS_MAX 24

static const char *const columns[] = {"atmptf/s", "estres/s", "retrans/s",
	"isegerr/s", "orsts/s", "rxerr/s", "txerr/s", "coll/s", "rxdrop/s",
	"txdrop/s", "txcarr/s", "rxfram/s", "rxfifo/s", "txfifo/s", "idisc/s",
	"odisc/s", "onort/s", "ihdrerr/s", "tcp-tw", "dropd/s", "squeezd/s"};

static const char *
column_of(struct view name)
{
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (view_is(name, columns[i]))
			return columns[i];
	return NULL;
}

/* "11:41:01 PM" or "11:41:01": moves rest behind it. */
static bool
time_take(struct view *rest, struct view *time)
{
	struct view word = word_next(rest);
	if (view_is(word, "Average:")) {
		*time = word;
		return true;
	}
	if (word.len != 8 || word.data[2] != ':' || word.data[5] != ':')
		return false;
	*time = word;
	struct view behind = *rest;
	struct view half = word_next(&behind);
	if (view_is(half, "AM") || view_is(half, "PM")) {
		time->len = (size_t)(half.data + half.len - word.data);
		*rest = behind;
	}
	return true;
}

/* A heading: a time and names that sar knows; "tcpsck" and "active/s" of the
   tables without trouble, too. */
static bool
is_heading(struct view line)
{
	struct view time;
	struct view word;
	if (!time_take(&line, &time))
		return false;
	while ((word = word_next(&line)).len > 0)
		if (column_of(word) != NULL || view_is(word, "passive/s") ||
			view_is(word, "tcpsck") || view_is(word, "rxpck/s"))
			return true;
	return false;
}

enum host_match
sar_recognise(struct view head)
{
	return head_has(head, is_heading);
}

static void
rate_tell(struct host_run *r, struct view time, struct view interface,
	const char *column, struct view value)
{
	int64_t hundredths = 0;
	if (decimal_read(value, 2, &hundredths) != NUMBER_GOOD ||
		hundredths <= 0)
		return;
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, time);
	if (interface.len > 0) {
		scratch_adds(&r->scope, " ");
		host_scratch_add(&r->scope, interface);
	}
	bool rate = strchr(column, '/') != NULL;
	if (rate)
		scratch_adds(&r->scope, " per second");
	emit_setting(r, run_text(r, &r->scope),
		view_of(column, strcspn(column, "/")), value);
}

static bool
row_read(struct host_run *r, struct view heading)
{
	struct view rest = r->line;
	struct view time;
	struct view unused;
	struct view interface = view_str("");
	struct view name;
	if (heading.len == 0 || !time_take(&rest, &time) ||
		!time_take(&heading, &unused))
		return false;
	while ((name = word_next(&heading)).len > 0) {
		struct view value = word_next(&rest);
		const char *column = column_of(name);
		if (view_is(name, "IFACE"))
			interface = value;
		else if (column != NULL)
			rate_tell(r, time, interface, column, value);
	}
	return true;
}

void
sar_parse(struct host_run *r)
{
	struct view heading = view_str("");
	while (run_next_whole(r)) {
		if (is_heading(r->line)) {
			heading = r->line;
			run_claim(r);
		} else if (view_begins(r->line, "Linux ") ||
			row_read(r, heading)) {
			run_claim(r);
		}
	}
}
