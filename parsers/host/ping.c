/*
 * ping: did the other host answer at all.
 *
 * spec: iputils 20221126 ping/ping_common.c finish(); busybox
 * networking/ping.c; BSD and macOS ping as their outputs show.
 *
 *	PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.
 *	[1795217897.768510] 64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.051 ms
 *	From 10.1.0.1 icmp_seq=1 Destination Host Unreachable
 *	--- 10.2.0.2 ping statistics ---
 *	3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 408ms
 *	rtt min/avg/max/mdev = 0.049/0.056/0.066/0.007 ms
 *
 * The scope is the target. All values belong to this one run and are told as
 * levels: ping_transmitted, ping_received, ping_errors, ping_duplicates,
 * ping_unreachable (answers that say so), ping_min_us, ping_avg_us, ping_max_us.
 * The words of the totals are translated in other locales; the numbers' places
 * are not.
 */
#include "parsers/host/formats.h"

/* Milliseconds with three decimals to microseconds. */
#define US_PLACES 3

static bool
is_title(struct view line)
{
	return view_begins(line, "--- ") && view_ends(line, " ---") &&
		view_has(line, " ping ");
}

static bool
is_start(struct view line)
{
	return view_begins(line, "PING ") && view_has(line, "(");
}

static bool
is_ping_line(struct view line)
{
	return is_title(line) || is_start(line);
}

enum host_match
ping_recognise(struct view head)
{
	return head_has(head, is_ping_line);
}

/* "3 packets transmitted, 3 received, +1 duplicates, ..." */
static bool
totals_read(struct host_run *r)
{
	struct view scope = scratch_view(&r->scope);
	struct view rest = r->line;
	struct view word = word_next(&rest);
	if (!is_number(word) || !view_has(rest, "%"))
		return false;
	emit_value(r, scope, view_str("ping_transmitted"), word, VALUE_GAUGE);
	size_t comma = view_find(rest, ",");
	rest = view_skip(rest, comma == TEXT_NOWHERE ? rest.len : comma + 1);
	emit_value(r, scope, view_str("ping_received"), word_next(&rest),
		VALUE_GAUGE);
	while ((word = word_next(&rest)).len > 0) {
		if (!view_begins(word, "+"))
			continue;
		struct view what = word_next(&rest);
		bool errors = view_begins(what, "error");
		emit_value(r, scope,
			view_str(errors ? "ping_errors" : "ping_duplicates"),
			view_skip(word, 1), VALUE_GAUGE);
	}
	return true;
}

/* "rtt min/avg/max/mdev = 0.049/0.056/0.066/0.007 ms, pipe 2" */
static bool
times_read(struct host_run *r)
{
	static const char *const names[] = {
		"ping_min_us", "ping_avg_us", "ping_max_us"};
	size_t at = view_find(r->line, "= ");
	if (!view_has(r->line, "min/avg/max") || at == TEXT_NOWHERE)
		return false;
	struct view rest = view_skip(r->line, at + 2);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t slash = view_find(rest, "/");
		int64_t us;
		struct view time = view_first(rest, slash);
		time = view_first(time, view_find(time, " "));
		if (decimal_read(time, US_PLACES, &us) != NUMBER_GOOD ||
			run_is_cut(r, time)) {
			run_malformed(r);
			return true;
		}
		emit_counter(r, scratch_view(&r->scope), view_str(names[i]), us,
			true);
		if (slash == TEXT_NOWHERE)
			break;
		rest = view_skip(rest, slash + 1);
	}
	return true;
}

static bool
is_reply(struct view line)
{
	return view_has(line, " bytes from ") || view_has(line, "icmp_seq") ||
		view_has(line, "seq=") || view_has(line, "Request timeout for");
}

void
ping_parse(struct host_run *r)
{
	int64_t unreachable = 0;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_start(r->line) || is_title(r->line)) {
			struct view rest = r->line;
			word_next(&rest);
			scratch_clear(&r->scope);
			host_scratch_add(&r->scope, word_next(&rest));
		} else if (view_has(r->line, "nreachable") ||
			view_has(r->line, "Packet filtered") ||
			view_has(r->line, "Time to live exceeded")) {
			unreachable++;
		} else if (!is_reply(r->line) && !totals_read(r) &&
			!times_read(r)) {
			continue;
		}
		run_claim(r);
	}
	if (unreachable > 0)
		emit_counter(r, scratch_view(&r->scope),
			view_str("ping_unreachable"), unreachable, true);
}
