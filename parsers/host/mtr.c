/*
 * mtr's report and traceroute: where packets get lost on the way.
 *
 * spec: mtr 0.95 ui/report.c report_close(); traceroute 2.1 traceroute.c
 * print_probe(), print_addr().
 *
 *	HOST: client                      Loss%   Snt   Last   Avg  Best  Wrst StDev
 *	  3.|-- 198.51.100.20             40.0%    10    2.4   2.4   2.3   2.5   0.1
 *
 *	traceroute to 198.51.100.20 (198.51.100.20), 30 hops max, 60 byte packets
 *	 4  198.51.100.20 (198.51.100.20) <syn,ack>  2.001 ms  1.990 ms  1.980 ms
 *	 5  * * *
 *
 * Of a hop is told, with its address as scope, its share of lost probes in
 * percent, fractions cut ("loss"). Loss at a hop before the last says nothing
 * where the last one has none: routers answer probes last. Of traceroute is told
 * what the target answered (setting "answer") and the marks of refusals.
 */
#include "parsers/host/formats.h"

static bool
is_report(struct view line)
{
	return view_begins(view_trim(line), "HOST: ") &&
		view_has(line, "Loss%");
}

static bool
is_traceroute(struct view line)
{
	return view_begins(line, "traceroute to ") ||
		view_begins(line, "tracing route to ") ||
		view_begins(line, "Selected device ");
}

static bool
is_mtr_line(struct view line)
{
	return is_report(line) || is_traceroute(line);
}

enum host_match
mtr_recognise(struct view head)
{
	return head_has(head, is_mtr_line);
}

/* "  3.|-- 198.51.100.20   40.0%    10 ..." */
static bool
report_row_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view number = word_next(&rest);
	size_t point = view_find(number, ".");
	if (point == TEXT_NOWHERE || !view_ends(number, "|--") ||
		!is_number(view_first(number, point)))
		return view_begins(number, "|");
	struct view host = word_next(&rest);
	struct view loss = word_next(&rest);
	/* -z: the AS in front; -b: the address in brackets behind. */
	for (int i = 0; i < 2 && loss.len > 0 && !view_ends(loss, "%"); i++) {
		host = loss;
		loss = word_next(&rest);
	}
	if (view_begins(host, "("))
		host = view_between(host, "(", ")");
	int64_t percent = 0;
	if (decimal_read(loss, 0, &percent) != NUMBER_GOOD || percent < 0)
		return false;
	emit_counter(r, host, view_str("loss"), percent, true);
	emit_value(r, host, view_str("probes"), word_next(&rest), VALUE_GAUGE);
	return true;
}

/* cite: traceroute 2.1 traceroute.8, "!H, !N, !P, !S, !F, !X ..." */
static bool
is_mark(struct view word)
{
	return word.len >= 2 && word.data[0] == '!' &&
		((word.data[1] >= 'A' && word.data[1] <= 'Z') ||
			(word.data[1] >= '0' && word.data[1] <= '9'));
}

static bool
hop_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word;
	struct view host = view_str("");
	if (!is_number(word_next(&rest)))
		return false;
	while ((word = word_next(&rest)).len > 0) {
		struct ip_addr ip;
		struct view inside = view_between(word, "(", ")");
		if (inside.len > 0)
			word = inside;
		if (word.len > 1 && address_read(word, &ip))
			host = word;
		else if (host.len > 0 &&
			(is_mark(word) ||
				(view_begins(word, "<") &&
					view_ends(word, ">"))))
			emit_setting(r, host, view_str("answer"), word);
		else if (host.len > 0 &&
			(view_is(word, "[open]") || view_is(word, "[closed]")))
			emit_setting(r, host, view_str("answer"), word);
	}
	return true;
}

void
mtr_parse(struct host_run *r)
{
	bool traceroute = false;
	while (run_next_whole(r)) {
		if (is_mtr_line(r->line)) {
			traceroute = is_traceroute(r->line);
			run_claim(r);
		} else if (view_begins(r->line, "Start: ") ||
			(traceroute ? hop_read(r) : report_row_read(r))) {
			run_claim(r);
		}
	}
}
