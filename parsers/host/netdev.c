/*
 * Interface counters of /proc/net/dev and netstat -i, and the one list of their
 * names.
 *
 * spec: Linux 6.12 net/core/net-procfs.c dev_seq_show(); net-tools 2.10
 * lib/interface.c ife_print_short().
 *
 *	Inter-|   Receive                            |  Transmit
 *	 face |bytes    packets errs drop fifo ...   |bytes    packets errs ...
 *	    lo:   13222     152    0    0    0
 *
 *	Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR ... Flg
 *	eth0      1500      476      0      0 0           312      0
 *
 * Old kernels print "lo:13222" without a blank.
 */
#include "parsers/host/netdev.h"

#include "parsers/host/formats.h"

static const struct {
	bool tx;
	const char *heading;
	const char *name;
} rows[] = {
#define rx false
#define tx true
#define X(side, heading, name) {side, heading, name},
#include "parsers/host/netdev_names.def"
#undef X
#undef rx
#undef tx
};

const char *
netdev_name(bool sending, struct view heading)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tx == sending && view_is(heading, rows[i].heading))
			return rows[i].name;
	return NULL;
}

static bool
is_dev_heading(struct view line)
{
	return view_begins(view_trim(line), "face |");
}

static bool
is_dev_title(struct view line)
{
	return view_begins(view_trim(line), "Inter-|");
}

enum host_match
proc_net_dev_recognise(struct view head)
{
	return head_has(head, is_dev_title);
}

/* heading: " face |bytes packets ...|bytes packets ..." */
static void
dev_row_read(struct host_run *r, struct view heading)
{
	size_t colon = view_find(r->line, ":");
	struct view values = view_skip(r->line, colon + 1);
	struct view scope = view_trim(view_first(r->line, colon));
	struct view rest = view_skip(heading, view_find(heading, "|") + 1);
	bool sending = false;
	for (;;) {
		struct view word = word_next(&rest);
		size_t bar = view_find(word, "|");
		struct view value = word_next(&values);
		if (word.len == 0 || value.len == 0) {
			if (word.len != value.len)
				run_malformed(r);
			return;
		}
		const char *name = netdev_name(sending, view_first(word, bar));
		if (name != NULL)
			emit_value(
				r, scope, view_str(name), value, VALUE_COUNTER);
		if (bar == TEXT_NOWHERE)
			continue;
		/* "multicast|bytes": two columns in one word. */
		sending = true;
		name = netdev_name(true, view_skip(word, bar + 1));
		value = word_next(&values);
		if (name != NULL && value.len > 0)
			emit_value(
				r, scope, view_str(name), value, VALUE_COUNTER);
	}
}

void
proc_net_dev_parse(struct host_run *r)
{
	struct view heading = {0};
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_dev_heading(r->line))
			heading = r->line;
		else if (heading.len > 0 && view_has(r->line, ":"))
			dev_row_read(r, heading);
		else if (!is_dev_title(r->line))
			continue;
		run_claim(r);
	}
}

static bool
is_table_heading(struct view line)
{
	return view_begins(line, "Iface ") && view_has(line, " RX-OK ");
}

/*
 * FreeBSD and macOS: "Name Mtu Network Address Ipkts Ierrs Idrop Opkts Oerrs Coll
 * Drop". An address may be missing, so columns are counted from the right. An
 * interface has a row for each of its addresses; the counters of the card are in
 * that of the link. cite: FreeBSD usr.bin/netstat/if.c intpr()
 */
#define BSD_WORDS_MAX 16

static bool
is_bsd_heading(struct view line)
{
	return view_begins(line, "Name ") && view_has(line, " Ipkts ") &&
		view_has(line, " Ierrs ");
}

static void
bsd_row_read(struct host_run *r, struct view heading)
{
	static const char *const columns[][2] = {{"Ipkts", "rx_packets"},
		{"Ierrs", "rx_errors"}, {"Idrop", "rx_dropped"},
		{"Opkts", "tx_packets"}, {"Oerrs", "tx_errors"},
		{"Drop", "tx_dropped"}};
	struct view names[BSD_WORDS_MAX];
	struct view cells[BSD_WORDS_MAX];
	size_t n = words_split(heading, names, BSD_WORDS_MAX);
	size_t m = words_split(r->line, cells, BSD_WORDS_MAX);
	if (!view_has(r->line, " <Link#"))
		return;
	if (run_line_is_cut(r) || m > n || m + 1 < n) {
		run_malformed(r);
		return;
	}
	for (size_t i = 0; i < n && i < m; i++)
		for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
			if (view_is(names[n - 1 - i], columns[k][0]))
				emit_value(r, cells[0], view_str(columns[k][1]),
					cells[m - 1 - i], VALUE_COUNTER);
}

enum host_match
netstat_i_recognise(struct view head)
{
	return head_has(head, is_table_heading) == HOST_MATCH_YES
		? HOST_MATCH_YES
		: head_has(head, is_bsd_heading);
}

static void
table_row_read(struct host_run *r, struct view heading)
{
	struct view values = r->line;
	struct view scope = word_next(&values);
	struct view word;
	word_next(&heading);
	while ((word = word_next(&heading)).len > 0) {
		struct view value = word_next(&values);
		if (word.len <= 3 ||
			(word.data[0] != 'R' && word.data[0] != 'T'))
			continue;
		const char *name =
			netdev_name(word.data[0] == 'T', view_skip(word, 3));
		if (name != NULL &&
			!emit_value(
				r, scope, view_str(name), value, VALUE_COUNTER))
			run_malformed(r);
	}
}

void
netstat_i_parse(struct host_run *r)
{
	struct view heading = {0};
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_table_heading(r->line) || is_bsd_heading(r->line))
			heading = r->line;
		else if (is_bsd_heading(heading))
			bsd_row_read(r, heading);
		else if (heading.len > 0)
			table_row_read(r, heading);
		else if (!view_begins(r->line, "Kernel Interface table"))
			continue;
		run_claim(r);
	}
}
