/*
 * Packets and sockets from tools that print a JSON object a line.
 *
 * spec: cilium/pwru internal/pwru/output.go, jsonPrinter; cilium
 * pkg/monitor/datapath_drop.go DropNotifyVerbose and dissect.go DissectSummary;
 * cilium/tetragon api/v1/tetragon/tetragon.proto, ProcessKprobe and KprobeSock;
 * inspektor-gadget gadgets/trace_tcpdrop.
 *
 *	{"skb":"0xf..","func":"kfree_skb_reason(SKB_DROP_REASON_NO_SOCKET)",
 *	    "tuple":{"saddr":"..","daddr":"..","sport":1,"dport":80,"proto":6}}
 *	{"type":"drop","reason":"Policy denied","summary":{"tcp":"TCP\t{..}",
 *	    "l3":{"src":"..","dst":".."},"l4":{"src":"40131","dst":"80"}}}
 *	{"process_kprobe":{"function_name":"tcp_connect","args":[{"sock_arg":{
 *	    "saddr":"..","daddr":"..","sport":1,"dport":80,"state":"TCP_CLOSE"}}]}}
 *
 *	{"src":{"addr":"..","port":40131},"dst":{"addr":"..","port":443},..,
 *	    "state":"LISTEN","tcpflags":"SYN","reason":"TCP_LISTEN_OVERFLOW"}
 *
 * Packets of other protocols than TCP are read over. Times of pwru have no date
 * by default, and those of the monitor are missing: none is told.
 */
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

#define REASON_PREFIX "SKB_DROP_REASON_"

enum host_match
tracers_json_recognise(struct view head)
{
	head = view_trim(head);
	if (!view_begins(head, "{"))
		return HOST_MATCH_NO;
	bool pwru = view_has(head, "\"tuple\":{\"saddr\"") &&
		view_has(head, "\"skb\":");
	bool monitor = view_has(head, "\"summary\":{") &&
		view_has(head, "\"srcLabel\":");
	bool tetragon = view_has(head, "\"process_kprobe\":") &&
		view_has(head, "\"sock_arg\":");
	bool gadget = view_has(head, "\"src\":{\"addr\":") &&
		view_has(head, "\"tcpflags\":") &&
		view_has(head, "\"reason\":");
	return pwru || monitor || tetragon || gadget ? HOST_MATCH_YES
						     : HOST_MATCH_NO;
}

/* What one object tells. */
struct packet {
	struct view type;     /* of the monitor */
	struct view function; /* of pwru and Tetragon */
	struct view state;
	struct view skb;
	bool tcp;
	bool gadget; /* Inspektor Gadget's: a drop by itself */
	struct host_drop drop;
};

static struct packet
packet_none(void)
{
	struct view none = view_str("");
	return (struct packet){.type = none,
		.function = none,
		.state = none,
		.skb = none,
		.drop = drop_none()};
}

/* Members of "tuple" and "sock_arg". */
static void
tuple_value(struct packet *p, struct view key, struct view value)
{
	if (drop_take_end(&p->drop, key, value))
		return;
	if (view_is(key, "proto"))
		p->tcp = view_is(value, "6");
	else if (view_is(key, "protocol"))
		p->tcp = view_is(value, "IPPROTO_TCP");
	else if (view_is(key, "state"))
		p->state = value;
}

/* Members of "summary". */
static void
summary_value(
	struct packet *p, struct view layer, struct view key, struct view value)
{
	struct host_drop *d = &p->drop;
	struct host_endpoint *e = view_is(key, "src") ? &d->src : &d->dst;
	if (view_is(layer, "l3"))
		e->known = address_read(value, &e->ip);
	else if (view_is(layer, "l4"))
		e->port = port_read(value);
	else if (view_is(key, "tcp"))
		p->tcp = true;
	/* "TCP\t{.. SYN=true RST=false ACK=false ..}", gopacket's text. */
	if (p->tcp && view_has(value, "SYN="))
		p->drop.flags = drop_flags(view_has(value, "SYN=true"),
			view_has(value, "ACK=true"));
}

/* Members of "src" and "dst". */
static void
gadget_value(
	struct packet *p, struct view end, struct view key, struct view value)
{
	struct host_endpoint *e =
		view_is(end, "src") ? &p->drop.src : &p->drop.dst;
	if (view_is(key, "addr"))
		e->known = address_read(value, &e->ip);
	else if (view_is(key, "port"))
		e->port = port_read(value);
}

static void
value_take(const struct json *j, struct packet *p)
{
	struct view key = json_key(j);
	struct view parent =
		j->depth > 1 ? json_key_at(j, j->depth - 1) : view_str("");
	if (view_is(parent, "tuple") || view_is(parent, "sock_arg"))
		tuple_value(p, key, j->value);
	else if (j->depth == 2 &&
		(view_is(parent, "src") || view_is(parent, "dst")))
		gadget_value(p, parent, key, j->value);
	else if (j->depth == 1 && view_is(key, "tcpflags")) {
		p->tcp = p->gadget = true;
		p->drop.flags = drop_flags(
			view_has(j->value, "SYN"), view_has(j->value, "ACK"));
	} else if (view_is(parent, "summary") || view_is(parent, "l3") ||
		view_is(parent, "l4"))
		summary_value(p, parent, key, j->value);
	else if (view_is(key, "function_name") ||
		(j->depth == 1 && view_is(key, "func")))
		p->function = j->value;
	else if (j->depth == 1 && view_is(key, "type"))
		p->type = j->value;
	else if (j->depth == 1 && view_is(key, "reason"))
		p->drop.reason = j->value;
	else if (j->depth == 1 && view_is(key, "skb"))
		p->skb = j->value;
}

static void
socket_tell(struct host_run *r, const struct packet *p)
{
	struct view word = p->state;
	if (view_begins(word, "TCP_"))
		word = view_skip(word, strlen("TCP_"));
	struct view state = state_read(word);
	struct host_socket s = {
		.state = state.len > 0 ? state : view_str("UNKNOWN"),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.local = p->drop.src,
		.peer = p->drop.dst,
		.retransmits = HOST_UNKNOWN,
		.process = view_str(""),
	};
	emit_socket(r, &s);
}

/* The same packet is freed by one function and seen by the next: told once. */
static void
packet_tell(struct host_run *r, struct packet *p, struct view *last)
{
	size_t at = view_find(p->function, REASON_PREFIX);
	if (!p->tcp || !p->drop.src.known || !p->drop.dst.known)
		return;
	if (view_is(p->function, "tcp_connect")) {
		socket_tell(r, p);
	} else if (at != TEXT_NOWHERE) {
		struct view reason =
			view_skip(p->function, at + strlen(REASON_PREFIX));
		p->drop.reason = view_first(reason, view_find(reason, ")"));
		if (last->len == 0 || !view_equal(*last, p->skb))
			emit_drop(r, &p->drop);
		*last = p->skb;
	} else if (p->gadget || view_is(p->type, "drop")) {
		if (view_begins(p->drop.reason, REASON_PREFIX))
			p->drop.reason = view_skip(
				p->drop.reason, strlen(REASON_PREFIX));
		emit_drop(r, &p->drop);
	}
}

void
tracers_json_parse(struct host_run *r)
{
	struct host_json h;
	const struct json *j = &h.json;
	struct packet p = packet_none();
	struct view last = view_str("");
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		if (t == JSON_STRING || t == JSON_NUMBER)
			value_take(j, &p);
		if (t == JSON_CLOSE && j->depth == 0) {
			packet_tell(r, &p, &last);
			p = packet_none();
		}
	}
	host_json_close(&h);
}
