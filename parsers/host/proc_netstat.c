/*
 * /proc/net/netstat, snmp and snmp6: the kernel's protocol counters.
 *
 * spec: Linux 6.12 net/ipv4/proc.c netstat_seq_show(), snmp_seq_show();
 * net/ipv6/proc.c snmp6_seq_show().
 *
 *	TcpExt: SyncookiesSent SyncookiesRecv ...       <- names
 *	TcpExt: 0 12 ...                                <- values, in that order
 *
 *	Ip6InReceives                   	5
 *
 * Names differ between kernels and are told as nstat does, the protocol before
 * the name (TcpExtListenDrops). Where the two lines differ in length nothing is
 * told: which name lacks its value cannot be known.
 */
#include "parsers/host/formats.h"

/* The protocol before the colon, or an empty view. */
static struct view
protocol_of(struct view line)
{
	size_t colon = view_find(line, ":");
	if (colon == TEXT_NOWHERE || colon == 0 || line.data[0] < 'A' ||
		line.data[0] > 'Z')
		return view_of(line.data, 0);
	struct view protocol = view_first(line, colon);
	return view_find(protocol, " ") == TEXT_NOWHERE ? protocol
							: view_of(line.data, 0);
}

static bool
is_names(struct view line)
{
	size_t n = protocol_of(line).len;
	if (n == 0)
		return false;
	line = view_skip(line, n + 1);
	struct view first = word_next(&line);
	return first.len > 0 && byte_letter(first.data[0]) &&
		!view_has(first, ":");
}

static bool
is_values(struct view line, struct view protocol)
{
	size_t n = protocol_of(line).len;
	if (n == 0 || !view_equal(view_first(line, n), protocol))
		return false;
	line = view_skip(line, n + 1);
	return is_number(word_next(&line));
}

enum host_match
proc_netstat_recognise(struct view head)
{
	struct view names = {0};
	struct view line;
	while (line_next(&head, &line)) {
		if (names.len > 0 && is_values(line, protocol_of(names)))
			return HOST_MATCH_YES;
		names = is_names(line) ? line : view_str("");
	}
	/* The first line of names alone may be longer than the head. */
	return view_begins(names, "TcpExt: Sync") ? HOST_MATCH_YES
						  : HOST_MATCH_NO;
}

static void
pairs_read(struct host_run *r, struct view names, struct view values)
{
	struct view protocol = protocol_of(names);
	names = view_skip(names, protocol.len + 1);
	values = view_skip(values, protocol.len + 1);
	if (!run_columns_fit(r, names, values))
		return;
	for (;;) {
		struct view name = word_next(&names);
		struct view value = word_next(&values);
		if (name.len == 0 || value.len == 0)
			return;
		scratch_clear(&r->text);
		host_scratch_add(&r->text, protocol);
		host_scratch_add(&r->text, name);
		if (!emit_value(r, view_str(""), run_text(r, &r->text), value,
			    VALUE_COUNTER))
			run_malformed(r);
	}
}

void
proc_netstat_parse(struct host_run *r)
{
	struct view names = {0};
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (names.len > 0 && is_values(r->line, protocol_of(names))) {
			pairs_read(r, names, r->line);
			names = view_str("");
			run_claim(r);
		} else if (is_names(r->line)) {
			names = r->line;
			run_claim(r);
		} else if (protocol_of(r->line).len > 0) {
			run_malformed(r);
		}
	}
	if (names.len > 0)
		run_note(r, ANOMALY_SNAPSHOT_CUT);
}

static bool
is_snmp6(struct view line)
{
	struct view name = word_next(&line);
	struct view value = word_next(&line);
	return (view_begins(name, "Ip6") || view_begins(name, "Icmp6") ||
		       view_begins(name, "Udp6") ||
		       view_begins(name, "UdpLite6")) &&
		is_number(value) && word_next(&line).len == 0;
}

enum host_match
proc_snmp6_recognise(struct view head)
{
	return head_has(head, is_snmp6);
}

/* Counters of one interface stand in /proc/net/dev_snmp6/IFACE, in the same
   layout, headed by "ifIndex". */
void
proc_snmp6_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		struct view name = word_next(&rest);
		if (run_blank(r))
			continue;
		if (!is_snmp6(r->line) && !view_is(name, "ifIndex")) {
			run_malformed(r);
			continue;
		}
		if (!view_is(name, "ifIndex"))
			emit_value(r, view_str(""), name, word_next(&rest),
				VALUE_COUNTER);
		run_claim(r);
	}
}
