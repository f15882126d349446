/*
 * ipvsadm: services of the kernel's load balancer, their servers, and its
 * connections.
 *
 * spec: ipvsadm 1.31 ipvsadm.c print_title(), print_service_entry(), print_conn();
 * Linux 6.12 net/netfilter/ipvs/ip_vs_proto_tcp.c tcp_state_name_table.
 *
 *	Prot LocalAddress:Port Scheduler Flags
 *	  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
 *	TCP  198.51.100.20:80 rr
 *	  -> 203.0.113.6:8080             Masq    1      0          12
 *
 *	Prot LocalAddress:Port         Conns   InPkts  OutPkts  InBytes OutBytes
 *	TCP  198.51.100.20:80             12      120       90     5000    65000
 *	  -> 203.0.113.6:8080              6       60       45     2500    32500
 *
 *	pro expire state    source            virtual          destination
 *	TCP 01:57  SYN_RECV 192.0.2.10:40131  198.51.100.20:80 203.0.113.6:8080
 *
 * The scope of a value is the service and the server. Weight 0 gets no new
 * connections. SYN_RECV of a connection means that its SYN was passed on, not that
 * it was answered.
 */
#include "parsers/host/formats.h"

#define WORDS 12
#define PROTOCOL_TCP 6 /* cite: IANA, Protocol Numbers */

struct ipvs {
	struct view service;     /* "TCP 198.51.100.20:80" */
	struct view of_services; /* headings of their values, or "" */
	struct view of_servers;
	bool connections;
};

static bool
is_title(struct view line)
{
	return view_begins(line, "IP Virtual Server version") ||
		view_begins(line, "Prot LocalAddress:Port") ||
		view_begins(line, "IPVS connection entries");
}

enum host_match
ipvsadm_recognise(struct view head)
{
	return head_has(head, is_title);
}

static void
values_tell(struct host_run *r, struct view names, struct view values,
	unsigned flags)
{
	struct view name;
	while ((name = word_next(&names)).len > 0) {
		struct view value = word_next(&values);
		int64_t n = 0;
		if (view_is(name, "Forward") || view_is(name, "Scheduler") ||
			view_is(name, "Flags"))
			continue;
		if (run_count(r, value, &n))
			emit_counter(r, run_text(r, &r->scope), name, n,
				(flags & VALUE_GAUGE) != 0);
	}
}

/* Behind the first two words of a heading are the names of values. */
static bool
heading_read(struct view line, struct ipvs *v)
{
	struct view rest = line;
	struct view first = word_next(&rest);
	struct view second = word_next(&rest);
	if (view_is(first, "Prot") && view_is(second, "LocalAddress:Port"))
		v->of_services = rest;
	else if (view_is(first, "->") && view_is(second, "RemoteAddress:Port"))
		v->of_servers = rest;
	else if (view_is(first, "pro") && view_is(second, "expire"))
		v->connections = true;
	else
		return is_title(line);
	return true;
}

/* The same values stand below the services and their servers. */
static unsigned
kind_of(struct view names)
{
	return view_has(names, "Conns") ? VALUE_COUNTER : VALUE_GAUGE;
}

static bool
is_protocol(struct view word)
{
	return view_is(word, "TCP") || view_is(word, "UDP") ||
		view_is(word, "SCTP") || view_is(word, "FWM");
}

static bool
service_read(struct host_run *r, struct ipvs *v)
{
	struct view rest = r->line;
	struct view protocol = word_next(&rest);
	struct view address = word_next(&rest);
	if (!is_protocol(protocol) || address.len == 0)
		return false;
	v->service = view_of(protocol.data,
		(size_t)(address.data + address.len - protocol.data));
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, address);
	if (kind_of(v->of_services) == VALUE_COUNTER)
		values_tell(r, v->of_services, rest, VALUE_COUNTER);
	return true;
}

static void
server_read(struct host_run *r, const struct ipvs *v)
{
	struct view rest = r->line;
	struct view service = v->service;
	word_next(&rest);
	struct view address = word_next(&rest);
	word_next(&service);
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, view_trim(service));
	scratch_adds(&r->scope, " -> ");
	host_scratch_add(&r->scope, address);
	struct view names = v->of_servers;
	if (view_has(names, "Forward"))
		word_next(&names);
	else
		names = v->of_services;
	if (view_has(v->of_servers, "Forward"))
		word_next(&rest);
	values_tell(r, names, rest, kind_of(names));
}

/* "01:57" */
static int64_t
expiry_s(struct view word)
{
	int64_t min = 0;
	int64_t s = 0;
	size_t colon = view_find(word, ":");
	if (colon == TEXT_NOWHERE ||
		number_read(view_first(word, colon), 10, &min) != NUMBER_GOOD ||
		number_read(view_skip(word, colon + 1), 10, &s) !=
			NUMBER_GOOD ||
		min < 0 || min > 100000 || s < 0)
		return HOST_UNKNOWN;
	return min * 60 + s;
}

static bool
connection_read(struct host_run *r)
{
	struct view w[WORDS];
	size_t n = words_split(r->line, w, WORDS);
	if (n < 6 || !is_protocol(w[0]))
		return false;
	if (!view_is(w[0], "TCP"))
		return true;
	struct host_conntrack c = {
		.protocol = PROTOCOL_TCP,
		.state = w[2],
		.timeout_s = expiry_s(w[1]),
		.reply_dst = endpoint_none(),
	};
	if (!endpoint_read(w[3], &c.src) || !endpoint_read(w[4], &c.dst) ||
		!endpoint_read(w[5], &c.reply_src) || !c.src.known ||
		!c.dst.known)
		return false;
	emit_conntrack(r, &c);
	return true;
}

void
ipvsadm_parse(struct host_run *r)
{
	struct ipvs v = {view_str(""), view_str(""), view_str(""), false};
	while (run_next_whole(r)) {
		struct view rest = r->line;
		bool known = heading_read(r->line, &v);
		if (!known && v.connections)
			known = connection_read(r);
		else if (!known && view_is(word_next(&rest), "->"))
			server_read(r, &v), known = true;
		else if (!known)
			known = service_read(r, &v);
		if (known)
			run_claim(r);
	}
}
