/*
 * conntrack -L -o xml: the tracked connections.
 *
 * spec: libnetfilter_conntrack 1.0.9 src/conntrack/snprintf_xml.c.
 *
 *	<flow><meta direction="original"><layer3 protonum="2" protoname="ipv4">
 *	<src>192.0.2.10</src><dst>198.51.100.20</dst></layer3><layer4 protonum="6"
 *	protoname="tcp"><sport>40131</sport><dport>80</dport></layer4></meta>
 *	<meta direction="independent"><state>SYN_SENT</state><unreplied/></meta></flow>
 *
 * A flow is on one line, as the tool prints it.
 */
#include "parsers/host/formats.h"

static bool
is_flow(struct view line)
{
	return view_has(line, "<flow") && view_has(line, "</flow>") &&
		view_has(line, "direction=\"original\"");
}

enum host_match
conntrack_xml_recognise(struct view head)
{
	return head_has(head, is_flow);
}

/* The part of one direction: up to the end of its meta. */
static struct view
direction_of(struct view line, const char *direction)
{
	return view_between(line, direction, "</meta>");
}

static void
end_read(struct view part, const char *address, const char *address_end,
	const char *port, const char *port_end, struct host_endpoint *e)
{
	*e = endpoint_none();
	e->known =
		address_read(view_between(part, address, address_end), &e->ip);
	e->port = port_read(view_between(part, port, port_end));
}

static bool
flow_read(struct view line, struct host_conntrack *c)
{
	struct view out = direction_of(line, "direction=\"original\"");
	struct view back = direction_of(line, "direction=\"reply\"");
	struct view layer4 = view_between(out, "<layer4 protonum=\"", "\"");
	int64_t protocol = 0;
	*c = (struct host_conntrack){
		.state = view_between(line, "<state>", "</state>"),
		.timeout_s = HOST_UNKNOWN,
		.unreplied = view_has(line, "<unreplied/>"),
		.assured = view_has(line, "<assured/>"),
	};
	struct view timeout = view_between(line, "<timeout>", "</timeout>");
	if (timeout.len > 0)
		number_read(timeout, 10, &c->timeout_s);
	end_read(out, "<src>", "</src>", "<sport>", "</sport>", &c->src);
	end_read(out, "<dst>", "</dst>", "<dport>", "</dport>", &c->dst);
	end_read(back, "<src>", "</src>", "<sport>", "</sport>", &c->reply_src);
	end_read(back, "<dst>", "</dst>", "<dport>", "</dport>", &c->reply_dst);
	if (number_read(layer4, 10, &protocol) != NUMBER_GOOD || protocol < 0 ||
		protocol > UINT8_MAX || c->timeout_s < -1)
		return false;
	c->protocol = (uint8_t)protocol;
	return c->src.known && c->dst.known;
}

void
conntrack_xml_parse(struct host_run *r)
{
	struct host_conntrack c;
	while (run_next_whole(r)) {
		if (!is_flow(r->line)) {
			if (view_begins(r->line, "<"))
				run_claim(r);
		} else if (flow_read(r->line, &c)) {
			emit_conntrack(r, &c);
			run_claim(r);
		} else {
			run_malformed(r);
		}
	}
}
