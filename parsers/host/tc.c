/*
 * tc -s qdisc, class and filter: what queueing disciplines and policers drop, and
 * what netem is told to lose.
 *
 * spec: iproute2 6.1 tc/tc_qdisc.c print_qdisc(), tc/tc_util.c
 * print_tcstats_attr(), tc/q_netem.c netem_print_opt(), tc/q_fq_codel.c.
 *
 *	qdisc netem 8001: dev eth1 root refcnt 2 limit 1000 delay 10ms loss 10%
 *	 Sent 100 bytes 10 pkt (dropped 3, overlimits 0 requeues 0)
 *	 backlog 0b 0p requeues 0
 *	  maxpacket 1514 drop_overlimit 5 new_flow_count 12 ecn_mark 0
 *
 *	class htb 1:10 root prio 0 rate 10Mbit ceil 10Mbit
 *
 *	filter protocol ip pref 1 u32 chain 0 fh 800::800 ..
 *	 police 0x1 rate 1Mbit burst 10Kb mtu 2Kb action drop overhead 0b
 *		Sent 100 bytes 10 pkts (dropped 3, overlimits 3)
 *
 *	[{"kind":"htb","handle":"1:","dev":"eth0",..,"drops":3,..}]     (tc -s -j)
 *
 * The scope is the interface and the discipline ("eth1 netem 8001:"), of a filter
 * its preference and kind ("filter 1 u32"). What netem does to packets is a
 * setting: loss, corrupt, duplicate, reorder, delay. A filter is told only where
 * it polices: what it matched is no loss.
 */
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

static bool
is_head(struct view line)
{
	struct view first = word_next(&line);
	if (view_is(first, "filter"))
		return view_has(line, "protocol ") && view_has(line, " pref ");
	return (view_is(first, "qdisc") || view_is(first, "class")) &&
		view_has(line, ":") &&
		(view_has(line, " dev ") || view_has(line, " root") ||
			view_has(line, " parent "));
}

enum host_match
tc_recognise(struct view head)
{
	return head_has(head, is_head);
}

/* "loss 10%", "loss random 0.5%", "delay 10ms 2ms" */
static void
netem_tell(struct host_run *r, struct view rest)
{
	static const char *const keys[] = {
		"loss", "corrupt", "duplicate", "reorder", "delay"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct view value = word_after(rest, keys[i]);
		if (view_is(value, "random"))
			value = word_after(rest, "random");
		if (value.len == 0)
			continue;
		bool share = view_ends(value, "%");
		scratch_clear(&r->text);
		host_scratch_add(
			&r->text, view_first(value, value.len - share));
		if (share)
			scratch_adds(&r->text, " %");
		emit_setting(r, scratch_view(&r->scope), view_str(keys[i]),
			run_text(r, &r->text));
	}
}

static void
head_read(struct host_run *r)
{
	struct view rest = r->line;
	bool filter = view_is(word_next(&rest), "filter");
	struct view device = word_after(rest, "dev");
	struct view pref = word_after(rest, "pref");
	if (filter) {
		rest = view_skip(
			r->line, (size_t)(pref.data + pref.len - r->line.data));
		device = view_str("filter");
	}
	struct view kind = filter ? pref : word_next(&rest);
	struct view handle = word_next(&rest);
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, device);
	if (device.len > 0)
		scratch_adds(&r->scope, " ");
	host_scratch_add(&r->scope, kind);
	scratch_adds(&r->scope, " ");
	host_scratch_add(&r->scope, handle);
	run_text(r, &r->scope);
	if (view_is(kind, "netem"))
		netem_tell(r, rest);
}

/* "Sent 100 bytes 10 pkt (dropped 3, overlimits 0 requeues 0)" */
static void
sent_read(struct host_run *r)
{
	struct view inside = view_between(r->line, "(", ")");
	struct view name;
	while ((name = word_next(&inside)).len > 0) {
		struct view value = word_next(&inside);
		if (view_ends(value, ","))
			value.len--;
		if (!emit_value(r, scratch_view(&r->scope), name, value,
			    VALUE_COUNTER)) {
			run_malformed(r);
			return;
		}
	}
}

/* "backlog 0b 0p requeues 12" */
static void
backlog_read(struct host_run *r)
{
	struct view rest = r->line;
	word_next(&rest);
	word_next(&rest);
	struct view packets = word_next(&rest);
	if (view_ends(packets, "p"))
		emit_value(r, scratch_view(&r->scope),
			view_str("backlog_packets"),
			view_first(packets, packets.len - 1), VALUE_GAUGE);
}

/* Names and values by turns; of a name without a number nothing is told. */
static void
pairs_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view name = word_next(&rest);
	while (name.len > 0) {
		struct view value = word_next(&rest);
		if (!is_number(name) && is_number(value)) {
			bool drops = view_begins(name, "drop");
			emit_value(r, scratch_view(&r->scope), name, value,
				drops ? VALUE_COUNTER : VALUE_GAUGE);
			value = word_next(&rest);
		}
		name = value;
	}
}

void
tc_parse(struct host_run *r)
{
	bool seen = false;
	while (run_next_whole(r)) {
		struct view text = view_trim(r->line);
		if (is_head(r->line)) {
			head_read(r);
			/* A filter's own lines are matches; its policer's count. */
			seen = !view_begins(r->line, "filter");
		} else if (view_begins(text, "police ")) {
			seen = true;
		} else if (!seen || !byte_among(r->line.data[0], " \t")) {
			continue;
		} else if (view_begins(text, "Sent ")) {
			sent_read(r);
		} else if (view_begins(text, "backlog ")) {
			backlog_read(r);
		} else {
			pairs_read(r);
		}
		run_claim(r);
	}
}

enum host_match
tc_json_recognise(struct view head)
{
	head = view_trim(head);
	return view_begins(head, "[") &&
			view_has(view_first(head, 64), "\"kind\"") &&
			view_has(head, "\"drops\"") &&
			view_has(head, "\"overlimits\"")
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

/* The scope grows with the members that come before the counters. */
static void
json_value_read(struct host_run *r, const struct json *j, enum json_token t)
{
	struct view key = json_key(j);
	if (j->depth != 2)
		return;
	if (view_is(key, "kind"))
		scratch_clear(&r->scope);
	if (view_is(key, "kind") || view_is(key, "handle") ||
		view_is(key, "dev")) {
		if (scratch_view(&r->scope).len > 0)
			scratch_adds(&r->scope, " ");
		host_scratch_add(&r->scope, j->value);
	} else if (t == JSON_NUMBER && view_is(key, "drops")) {
		emit_value(r, run_text(r, &r->scope), view_str("dropped"),
			j->value, VALUE_COUNTER);
	} else if (t == JSON_NUMBER &&
		(view_is(key, "overlimits") || view_is(key, "requeues"))) {
		emit_value(r, scratch_view(&r->scope), key, j->value,
			VALUE_COUNTER);
	}
}

void
tc_json_parse(struct host_run *r)
{
	struct host_json h;
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END)
		if (t == JSON_NUMBER || t == JSON_STRING)
			json_value_read(r, &h.json, t);
	host_json_close(&h);
}
