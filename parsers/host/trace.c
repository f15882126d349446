/*
 * Packets that the kernel threw away, from ftrace, perf and dropwatch.
 *
 * spec: Linux 6.12 include/trace/events/skb.h kfree_skb, Documentation/trace/
 * ftrace.rst; perf-script(1), perf-trace(1); dropwatch 1.5 src/main.c.
 *
 *	python3-19055 [001] .Ns1.   785.782005: kfree_skb: skbaddr=.. rx_sk=.. protocol=2048 location=nft_do_chain+0x3e8/0x610 reason: NETFILTER_DROP
 *	python3 30922 [001]  1885.601036: skb:kfree_skb: skbaddr=.. location=tcp_v4_rcv+0x91 reason: NO_SOCKET
 *	 0.167 python3/30922 skb:kfree_skb(skbaddr: .., location: 0xffffffff82033251, protocol: 2048, reason: 3)
 *	1 drops at tcp_v4_rcv+91 (0xffffffff82033251) [software]
 *
 * Other events of the trace are recognised and read over. Reasons came with 5.17;
 * as numbers (perf trace) they mean different things in different kernels and
 * are handed on as such. Events that the tracer itself lost are a level,
 * trace_lost_events: with it, absence means nothing.
 */
#include "base/clock.h"
#include "parsers/host/endpoint.h"
#include "parsers/host/formats.h"

#define US_PLACES 6
#define MS_PLACES 3

static bool
is_event(struct view line)
{
	return view_has(line, "]") && view_has(line, ": ") &&
		(view_has(line, ": kfree_skb: ") ||
			view_has(line, " skb:kfree_skb: "));
}

static bool
is_perf_trace(struct view line)
{
	return view_has(line, " skb:kfree_skb(");
}

static bool
is_dropwatch(struct view line)
{
	struct view rest = line;
	return is_number(word_next(&rest)) &&
		view_begins(view_trim(rest), "drops at ");
}

static bool
is_trace_line(struct view line)
{
	return view_begins(line, "# tracer: ") || is_event(line) ||
		is_perf_trace(line) || is_dropwatch(line);
}

enum host_match
trace_recognise(struct view head)
{
	return head_has(head, is_trace_line);
}

/* The word behind a key, up to a blank, a comma or a closing parenthesis. */
static struct view
value_of(struct view line, const char *key)
{
	size_t at = view_find(line, key);
	if (at == TEXT_NOWHERE)
		return view_str("");
	struct view rest = view_skip(line, at + strlen(key));
	struct view word = word_next(&rest);
	word = view_first(word, view_find(word, ","));
	return view_first(word, view_find(word, ")"));
}

/* "[001] .Ns1.   785.782005:": the word that ends in ":" and is a time. */
static bool
time_read(struct view line, struct host_drop *d)
{
	struct view word;
	int64_t us;
	while ((word = word_next(&line)).len > 0) {
		if (!view_ends(word, ":") || !view_has(word, "."))
			continue;
		word.len--;
		if (decimal_read(word, US_PLACES, &us) == NUMBER_GOOD &&
			us >= 0 && us <= INT64_MAX / NS_PER_US) {
			d->clock = HOST_CLOCK_BOOT;
			d->time_ns = us * NS_PER_US;
			return true;
		}
	}
	return false;
}

/* The time stands before the event's name; a command may hold anything. */
static bool
event_time_read(struct view line, struct host_drop *d)
{
	size_t at = view_find(line, ": kfree_skb: ");
	if (at == TEXT_NOWHERE)
		at = view_find(line, " skb:kfree_skb: ");
	else
		at++; /* with the colon */
	struct view before = view_first(line, at);
	size_t blank = view_find_last(before, ' ');
	return blank != TEXT_NOWHERE && time_read(view_skip(before, blank), d);
}

static void
event_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	d.reason = value_of(r->line, "reason: ");
	d.location = value_of(r->line, "location=");
	if (!event_time_read(r->line, &d) || run_line_is_cut(r)) {
		run_malformed(r);
		return;
	}
	d.reason_is_number = is_number(d.reason);
	emit_drop(r, &d);
	run_claim(r);
}

/* Milliseconds since the trace began come first. */
static void
perf_trace_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	struct view rest = r->line;
	int64_t us;
	d.reason = value_of(r->line, "reason: ");
	d.location = value_of(r->line, "location: ");
	if (run_line_is_cut(r) ||
		decimal_read(word_next(&rest), MS_PLACES, &us) != NUMBER_GOOD ||
		us < 0 || us > INT64_MAX / NS_PER_US) {
		run_malformed(r);
		return;
	}
	d.clock = HOST_CLOCK_START;
	d.time_ns = us * NS_PER_US;
	d.reason_is_number = is_number(d.reason);
	emit_drop(r, &d);
	run_claim(r);
}

static void
dropwatch_read(struct host_run *r)
{
	struct host_drop d = drop_none();
	struct view rest = r->line;
	int64_t n = 0;
	d.location = value_of(r->line, "drops at ");
	if (number_read(word_next(&rest), 10, &n) != NUMBER_GOOD || n < 1 ||
		n > UINT32_MAX || run_line_is_cut(r)) {
		run_malformed(r);
		return;
	}
	d.count = (uint32_t)n;
	emit_drop(r, &d);
	run_claim(r);
}

/* "comm-pid [cpu] flags time: event: ..." of any other event. */
static bool
is_other_event(struct view line)
{
	struct host_drop d;
	size_t at = view_find(line, " [");
	return at != TEXT_NOWHERE && time_read(view_skip(line, at), &d);
}

/* "CPU:0 [LOST 123 EVENTS]", "LOST 12 events!" */
static bool
lost_read(struct host_run *r)
{
	struct view rest = r->line;
	size_t at = view_find(rest, "LOST ");
	if (at == TEXT_NOWHERE ||
		!(view_has(rest, "EVENTS") || view_has(rest, "events")))
		return false;
	rest = view_skip(rest, at + strlen("LOST "));
	return emit_value(r, view_str(""), view_str("trace_lost_events"),
		word_next(&rest), VALUE_GAUGE);
}

void
trace_parse(struct host_run *r)
{
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_event(r->line))
			event_read(r);
		else if (is_perf_trace(r->line))
			perf_trace_read(r);
		else if (is_dropwatch(r->line))
			dropwatch_read(r);
		else if (view_begins(r->line, "#") || lost_read(r) ||
			is_other_event(r->line))
			run_claim(r);
	}
}
