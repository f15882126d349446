/*
 * ip link and ip addr: interfaces, their state, addresses and counters.
 *
 * spec: iproute2 6.1 ip/ipaddress.c print_linkinfo(), __print_link_stats().
 *
 *	2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ... state UP ...
 *	    RX:  bytes packets errors dropped  missed   mcast         <- new
 *	    RX: bytes  packets  errors  dropped overrun mcast         <- old
 *	          3367      31      0       0       0       0
 *	    RX errors:  length    crc   frame    fifo overrun         <- -s -s
 *	    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0
 *
 * Column sets differ: they are taken by their headings and told under the
 * kernel's names (struct rtnl_link_stats64), as the JSON form has them.
 */
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"
#include "parsers/host/netdev.h"

/* More columns than any version prints. */
#define WORDS 16

/* "2: eth0@if3: <UP,...> mtu 1500 ..." */
static bool
is_interface(struct view line)
{
	struct view number = word_next(&line);
	struct view name = word_next(&line);
	struct view flags = word_next(&line);
	return view_ends(number, ":") && number.len > 1 &&
		is_number(view_first(number, number.len - 1)) &&
		view_ends(name, ":") && view_begins(flags, "<") &&
		view_ends(flags, ">");
}

enum host_match
ip_link_recognise(struct view head)
{
	return head_has(head, is_interface);
}

static void
interface_read(struct host_run *r)
{
	struct view rest = r->line;
	word_next(&rest);
	struct view name = word_next(&rest);
	size_t end = view_find(name, "@");
	name = view_first(name, end != TEXT_NOWHERE ? end : name.len - 1);
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, name);
	struct view state = word_after(rest, "state");
	if (state.len > 0)
		emit_setting(
			r, scratch_view(&r->scope), view_str("state"), state);
	emit_value(r, scratch_view(&r->scope), view_str("mtu"),
		word_after(rest, "mtu"), VALUE_GAUGE);
	if (view_has(rest, "NO-CARRIER"))
		emit_setting(r, scratch_view(&r->scope), view_str("carrier"),
			view_str("no"));
}

static bool
is_stats_heading(struct view line)
{
	line = view_trim(line);
	return view_begins(line, "RX:") || view_begins(line, "TX:") ||
		view_begins(line, "RX errors:") ||
		view_begins(line, "TX errors:");
}

static void
stats_read(struct host_run *r, struct view heading)
{
	struct view values = r->line;
	struct view word = word_next(&heading);
	bool tx = view_begins(word, "TX");
	if (!view_ends(word, ":"))
		word_next(&heading); /* "RX errors:" */
	if (!run_columns_fit(r, heading, values))
		return;
	for (;;) {
		word = word_next(&heading);
		struct view value = word_next(&values);
		if (word.len == 0 || value.len == 0)
			return;
		const char *name = netdev_name(tx, word);
		/* -h prints 1.2M: not a number, not a count. */
		if (name != NULL)
			emit_value(r, scratch_view(&r->scope), view_str(name),
				value, VALUE_COUNTER);
	}
}

void
ip_link_parse(struct host_run *r)
{
	struct view heading = {0};
	while (run_next(r)) {
		struct view text = view_trim(r->line);
		if (run_blank(r))
			continue;
		bool numbers = heading.len > 0 && text.data[0] >= '0' &&
			text.data[0] <= '9';
		bool within = r->line.data[0] == ' ' || r->line.data[0] == '\t';
		bool address = view_begins(text, "inet");
		if (is_interface(r->line))
			interface_read(r);
		else if (r->scope.len == 0 || (!within && !numbers && !address))
			continue;
		else if (numbers)
			stats_read(r, heading);
		else if (address)
			emit_setting(r, scratch_view(&r->scope),
				view_str("address"),
				word_after(text,
					view_begins(text, "inet6 ") ? "inet6"
								    : "inet"));
		heading = is_stats_heading(r->line) ? text : view_str("");
		run_claim(r);
	}
}

enum host_match
ip_link_json_recognise(struct view head)
{
	head = view_trim(head);
	return view_begins(head, "[") &&
			view_has(view_first(head, 64), "\"ifindex\"")
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

static void
json_value_read(struct host_run *r, const struct json *j, enum json_token t)
{
	struct view scope = scratch_view(&r->scope);
	struct view side = json_key_at(j, j->depth - 1);
	bool stats = j->depth == 4 && view_begins(json_key_at(j, 2), "stats");
	if (t == JSON_NUMBER && stats) {
		const char *name =
			netdev_name(view_is(side, "tx"), json_key(j));
		if (name != NULL)
			emit_value(r, scope, view_str(name), j->value,
				VALUE_COUNTER);
	} else if (j->depth == 2 && view_is(json_key(j), "ifname")) {
		scratch_clear(&r->scope);
		host_scratch_add(&r->scope, j->value);
	} else if (j->depth == 2 && view_is(json_key(j), "operstate")) {
		emit_setting(r, scope, view_str("state"), j->value);
	} else if (t == JSON_STRING && view_is(json_key(j), "local")) {
		emit_setting(r, scope, view_str("address"), j->value);
	}
}

/* [{"ifname":"lo",...,"stats64":{"rx":{"bytes":0,...},"tx":{...}}}, ...] */
void
ip_link_json_parse(struct host_run *r)
{
	struct host_json h;
	const struct json *j = &h.json;
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END)
		if (t == JSON_NUMBER || t == JSON_STRING)
			json_value_read(r, j, t);
	host_json_close(&h);
}
