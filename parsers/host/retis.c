/*
 * retis: events of packets in the kernel, a JSON object a line.
 *
 * spec: retis 1.5 and 1.6, retis-events/src (sections common, startup, kernel,
 * skb, skb-drop; from 1.6 also packet, ip and tcp).
 *
 *	{"common":{"timestamp":23868643385852},"startup":{"clock_monotonic_offset":
 *	    {"sec":1742309146,"nsec":691042000}}}
 *	{"common":{...},"kernel":{"symbol":"skb:kfree_skb"},"skb":{"saddr":...,
 *	    "sport":...},"skb-drop":{"drop_reason":"NO_SOCKET"}}
 *
 * Told are the events with a drop reason, with the packet's addresses and the
 * time: that of the event plus the offset that the startup event gives, UTC, or,
 * without one, since boot.
 */
#include "base/clock.h"
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

enum host_match
retis_recognise(struct view head)
{
	head = view_trim(head);
	return view_begins(head, "{") &&
			view_has(view_first(head, 256), "\"common\"") &&
			view_has(view_first(head, 512), "\"timestamp\"")
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

struct event {
	int64_t timestamp; /* ns since boot, -1 unknown */
	struct host_drop drop;
	bool dropped;
};

struct offset {
	int64_t sec; /* -1: no startup event came by */
	int64_t nsec;
};

static struct event
event_none(void)
{
	return (struct event){
		.timestamp = -1,
		.drop = {.reason = view_str(""),
			.location = view_str(""),
			.flags = view_str(""),
			.count = 1,
			.src = endpoint_none(),
			.dst = endpoint_none()},
	};
}

static void
value_read(const struct json *j, struct event *e, struct offset *o)
{
	struct view section = json_key_at(j, 1);
	struct view key = json_key(j);
	if (view_is(section, "common") && view_is(key, "timestamp"))
		number_read(j->value, 10, &e->timestamp);
	else if (view_is(section, "startup") && view_is(key, "sec"))
		number_read(j->value, 10, &o->sec);
	else if (view_is(section, "startup") && view_is(key, "nsec"))
		number_read(j->value, 10, &o->nsec);
	else if (view_is(section, "kernel") && view_is(key, "symbol"))
		e->drop.location = j->value;
	else if (view_is(section, "skb") || view_is(section, "ip") ||
		view_is(section, "tcp"))
		drop_take_end(&e->drop, key, j->value);
	if (view_is(section, "skb-drop") && view_is(key, "drop_reason")) {
		e->drop.reason = j->value;
		e->dropped = true;
	}
}

static void
event_emit(struct host_run *r, struct event *e, const struct offset *o)
{
	int64_t ns = 0;
	e->drop.clock = HOST_CLOCK_NONE;
	if (e->timestamp >= 0) {
		e->drop.clock = HOST_CLOCK_BOOT;
		e->drop.time_ns = e->timestamp;
	}
	if (e->timestamp >= 0 && o->sec >= 0 &&
		!__builtin_mul_overflow(o->sec, NS_PER_S, &ns) &&
		!__builtin_add_overflow(ns, o->nsec, &ns) &&
		!__builtin_add_overflow(ns, e->timestamp, &ns)) {
		e->drop.clock = HOST_CLOCK_EPOCH;
		e->drop.time_ns = ns;
	}
	emit_drop(r, &e->drop);
}

void
retis_parse(struct host_run *r)
{
	struct host_json h;
	const struct json *j = &h.json;
	struct event e = event_none();
	struct offset o = {.sec = -1};
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		if (t == JSON_STRING || t == JSON_NUMBER)
			value_read(j, &e, &o);
		if (t == JSON_CLOSE && j->depth == 0) {
			if (e.dropped)
				event_emit(r, &e, &o);
			e = event_none();
		}
	}
	host_json_close(&h);
}
