/*
 * Dropped packets that a tool tells in several lines.
 *
 * spec: cilium pkg/monitor/datapath_drop.go DumpVerbose and dissect.go Dissect
 * (gopacket LayerString); cilium hubble/pkg/printer/printer.go, DictOutput;
 * retis 1.5 retis print, retis-events/src (display of skb-drop and packet).
 *
 *	CPU 03: MARK 0x1a FROM 12 DROP: 74 bytes, reason Policy denied, identity 1->2
 *	IPv4	{.. SrcIP=10.1.0.2 DstIP=10.2.0.2 ..}
 *	TCP	{.. SrcPort=40131 DstPort=80(http) ..}
 *
 *	     SOURCE: 10.1.0.2:40131
 *	DESTINATION: 10.2.0.2:80
 *	       TYPE: Policy denied
 *	    VERDICT: DROPPED
 *	    SUMMARY: TCP Flags: SYN
 *
 *	31461443823412 (3) [swapper/3] 0 [tp] skb:kfree_skb #1c9d2a drop (NO_SOCKET)
 *	  10.1.0.2.40131 > 10.2.0.2.80 ttl 51 .. proto TCP (6) flags [S] ..
 *
 * A packet is told at its last line, when it is TCP's and both ends are known.
 * Names of pods are no addresses. What was forwarded, audited or traced is read
 * over.
 */
#include "parsers/host/endpoint.h"
#include "parsers/host/formats.h"

static bool
is_monitor(struct view line)
{
	return view_has(line, "MARK 0x") && view_has(line, " FROM ");
}

static bool
is_retis(struct view line)
{
	return !view_begins(line, " ") && view_has(line, " skb:kfree_skb ") &&
		view_has(line, " drop (");
}

static bool
is_start(struct view line)
{
	return is_monitor(line) || is_retis(line) ||
		view_begins(line, "DESTINATION: ");
}

enum host_match
packet_blocks_recognise(struct view head)
{
	return head_has(head, is_start);
}

struct block {
	bool open; /* a drop, whose packet is still to come */
	bool dropped;
	struct host_drop drop;
};

static struct block
block_none(void)
{
	return (struct block){.drop = drop_none()};
}

static void
block_tell(struct host_run *r, struct block *b)
{
	if (b->open && b->drop.src.known && b->drop.dst.known) {
		if (run_line_is_cut(r))
			run_malformed(r);
		else
			emit_drop(r, &b->drop);
	}
	*b = block_none();
}

/* The word behind a key, up to a blank, "(" or "}". */
static struct view
value_of(struct view line, const char *key)
{
	size_t at = view_find(line, key);
	if (at == TEXT_NOWHERE)
		return view_str("");
	struct view rest = view_skip(line, at + strlen(key));
	struct view word = word_next(&rest);
	word = view_first(word, view_find(word, "("));
	return view_first(word, view_find(word, "}"));
}

static void
monitor_begin(struct host_run *r, struct block *b)
{
	size_t reason = view_find(r->line, ", reason ");
	*b = block_none();
	b->open = view_has(r->line, " DROP: ") && reason != TEXT_NOWHERE;
	if (!b->open)
		return;
	struct view text = view_skip(r->line, reason + strlen(", reason "));
	b->drop.reason = view_first(text, view_find(text, ","));
}

/* A layer of the packet; false: none of them. */
static bool
layer_read(struct host_run *r, struct block *b)
{
	struct host_drop *d = &b->drop;
	struct view rest = r->line;
	struct view layer = word_next(&rest);
	if (!view_begins(rest, "{") && !view_begins(view_trim(rest), "{"))
		return false;
	if (view_is(layer, "IPv4") || view_is(layer, "IPv6")) {
		d->src.known =
			address_read(value_of(rest, " SrcIP="), &d->src.ip);
		d->dst.known =
			address_read(value_of(rest, " DstIP="), &d->dst.ip);
	} else if (view_is(layer, "TCP")) {
		d->src.port = port_read(value_of(rest, " SrcPort="));
		d->dst.port = port_read(value_of(rest, " DstPort="));
		block_tell(r, b);
	} else if (!view_is(layer, "Ethernet")) {
		*b = block_none();
	}
	return true;
}

/* "KEY: value" of Hubble; false: another line. */
static bool
member_read(struct host_run *r, struct block *b)
{
	struct view line = view_trim(r->line);
	size_t colon = view_find(line, ": ");
	if (colon == TEXT_NOWHERE)
		return false;
	struct view key = view_first(line, colon);
	struct view value = view_skip(line, colon + 2);
	if (view_is(key, "TIMESTAMP")) {
		*b = block_none();
	} else if (view_is(key, "SOURCE")) {
		endpoint_read(value, &b->drop.src);
	} else if (view_is(key, "DESTINATION")) {
		endpoint_read(value, &b->drop.dst);
	} else if (view_is(key, "TYPE")) {
		b->drop.reason = value;
	} else if (view_is(key, "VERDICT")) {
		b->dropped = view_begins(value, "DROPPED") ||
			view_begins(value, "DENIED");
	} else if (view_is(key, "SUMMARY")) {
		b->open = b->dropped && view_has(value, "TCP Flags: ");
		block_tell(r, b);
	} else {
		return view_is(key, "NODE");
	}
	return true;
}

static void
retis_begin(struct host_run *r, struct block *b)
{
	size_t at = view_find(r->line, " drop (");
	struct view reason = view_skip(r->line, at + strlen(" drop ("));
	*b = block_none();
	b->open = true;
	b->drop.reason = view_first(reason, view_find(reason, ")"));
	b->drop.location = view_str("skb:kfree_skb");
}

/* "... A.port > B.port ... TCP ...", indented below its event. */
static bool
ends_read(struct host_run *r, struct block *b)
{
	size_t at = view_find(r->line, " > ");
	if (!view_begins(r->line, " ") || at == TEXT_NOWHERE)
		return false;
	struct view before = view_first(r->line, at);
	struct view after = view_skip(r->line, at + strlen(" > "));
	size_t blank = view_find_last(before, ' ');
	bool tcp = view_has(after, "TCP") || view_has(after, " flags [");
	if (b->open && tcp && blank != TEXT_NOWHERE &&
		endpoint_read(view_skip(before, blank + 1), &b->drop.src) &&
		endpoint_read(word_next(&after), &b->drop.dst))
		block_tell(r, b);
	return true;
}

void
packet_blocks_parse(struct host_run *r)
{
	struct block b = block_none();
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_monitor(r->line)) {
			monitor_begin(r, &b);
			run_claim(r);
		} else if (is_retis(r->line)) {
			retis_begin(r, &b);
			run_claim(r);
		} else if (layer_read(r, &b) || member_read(r, &b) ||
			ends_read(r, &b) || view_begins(r->line, "----")) {
			run_claim(r);
		}
	}
}
