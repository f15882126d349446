/*
 * The kernel's packet log line, word by word.
 *
 * spec: Linux 6.12 net/netfilter/nf_log_syslog.c, dump_ipv4_packet,
 * dump_ipv6_packet, dump_tcp_header, dump_mac_header
 */
#include "parsers/log/netfilter_line.h"

#include "parsers/log/envelope.h"

/* Names that nf_log_syslog.c prints; numbers: IANA, Protocol Numbers. */
static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{"TCP", 6},
	{"UDP", 17},
	{"ICMP", 1},
	{"ICMPv6", 58},
	{"UDPLITE", 136},
	{"AH", 51},
	{"ESP", 50},
	{"SCTP", 132},
	{"DCCP", 33},
	{"GRE", 47},
};

#define PROTOCOL_TCP 6 /* IANA, Protocol Numbers */

/* TCP flags in the order in which dump_tcp_header prints them. */
static const char *const tcp_flags[] = {
	"CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"};

/* "IN=eth0 OUT=": the first place where both follow each other. */
static bool
front_find(struct view m, struct netfilter_line *out, struct cursor *c)
{
	struct cursor at = cursor_of(m);
	if (m.len == 0)
		return false;
	for (;;) {
		const uint8_t *in = memmem(at.p, cursor_left(&at), "IN=", 3);
		if (in == NULL)
			return false;
		c->p = in + 3;
		c->end = at.end;
		out->in = cursor_token(c);
		if (cursor_take_text(c, " OUT=")) {
			out->out = cursor_token(c);
			out->prefix = view_of(m.data, (size_t)(in - m.data));
			while (out->prefix.len > 0 &&
				out->prefix.data[out->prefix.len - 1] == ' ')
				out->prefix.len--;
			return true;
		}
		at.p = in + 3;
	}
}

static void
protocol_take(struct view v, struct netfilter_line *out)
{
	uint64_t n;
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
		if (view_is(v, protocols[i].name)) {
			out->protocol = protocols[i].number;
			out->has |= NETFILTER_PROTOCOL;
			return;
		}
	}
	if (view_number(v, UINT8_MAX, &n)) {
		out->protocol = (uint8_t)n;
		out->has |= NETFILTER_PROTOCOL;
	}
}

/* What was seen of a pair; both make the fact. */
struct halves {
	bool src, dst, sport, dport, seq, ack, type, code;
};

/* Words of the IP header: those before PROTO=. */
static void
ip_word(struct view key, struct view value, struct netfilter_line *out,
	struct halves *h)
{
	uint64_t n;
	if (view_is(key, "SRC") && !h->src) {
		h->src = ip_read(value, &out->src);
	} else if (view_is(key, "DST") && !h->dst) {
		h->dst = ip_read(value, &out->dst);
	} else if (view_is(key, "PROTO")) {
		protocol_take(value, out);
	} else if (view_is(key, "LEN") && view_number(value, UINT32_MAX, &n)) {
		out->len_bytes = (uint32_t)n;
		out->has |= NETFILTER_LEN;
	} else if ((view_is(key, "TTL") || view_is(key, "HOPLIMIT")) &&
		view_number(value, UINT8_MAX, &n)) {
		out->ttl = (uint8_t)n;
		out->has |= NETFILTER_TTL;
	} else if (view_is(key, "ID") && view_number(value, UINT16_MAX, &n)) {
		out->ip_id = (uint16_t)n;
		out->has |= NETFILTER_IP_ID;
	}
}

static void
transport_word(struct view key, struct view value, struct netfilter_line *out,
	struct halves *h)
{
	uint64_t n;
	if (view_is(key, "SPT") && view_number(value, UINT16_MAX, &n)) {
		out->sport = (uint16_t)n;
		h->sport = true;
	} else if (view_is(key, "DPT") && view_number(value, UINT16_MAX, &n)) {
		out->dport = (uint16_t)n;
		h->dport = true;
	} else if (view_is(key, "TYPE") && view_number(value, UINT8_MAX, &n)) {
		out->icmp_type = (uint8_t)n;
		h->type = true;
	} else if (view_is(key, "CODE") && view_number(value, UINT8_MAX, &n)) {
		out->icmp_code = (uint8_t)n;
		h->code = true;
	} else if (out->protocol != PROTOCOL_TCP) {
		/* An echo's ID and SEQ are not TCP's. */
		return;
	} else if (view_is(key, "SEQ") && view_number(value, UINT32_MAX, &n)) {
		out->seq = (uint32_t)n;
		h->seq = true;
	} else if (view_is(key, "ACK") && view_number(value, UINT32_MAX, &n)) {
		out->ack = (uint32_t)n;
		h->ack = true;
	}
}

/* A word without "=". Flags stand next to each other. */
static void
bare_word(struct view word, struct netfilter_line *out)
{
	if (view_is(word, "DF"))
		out->dont_fragment = true;
	else if (view_is(word, "INCOMPLETE"))
		out->incomplete = true;
	if (out->protocol != PROTOCOL_TCP)
		return;
	for (size_t i = 0; i < sizeof tcp_flags / sizeof *tcp_flags; i++) {
		if (!view_is(word, tcp_flags[i]))
			continue;
		if (out->flags.len == 0)
			out->flags = word;
		else
			out->flags.len = (size_t)(word.data + word.len -
				out->flags.data);
	}
}

static void
pairs_settle(struct netfilter_line *out, const struct halves *h)
{
	if (h->src && h->dst)
		out->has |= NETFILTER_ADDRESSES;
	if (h->sport && h->dport)
		out->has |= NETFILTER_PORTS;
	if (h->seq && h->ack)
		out->has |= NETFILTER_SEQ;
	if (h->type && h->code)
		out->has |= NETFILTER_ICMP;
}

bool
netfilter_line_parse(struct view message, struct netfilter_line *out)
{
	struct cursor c;
	struct halves h = {0};
	*out = (struct netfilter_line){0};
	if (!front_find(message, out, &c))
		return false;
	for (;;) {
		cursor_skip_spaces(&c);
		struct view word = cursor_token(&c);
		/* "[": the packet that an ICMP error quotes, or a count. */
		if (word.len == 0 || word.data[0] == '[')
			break;
		const uint8_t *equal = memchr(word.data, '=', word.len);
		if (equal == NULL) {
			bare_word(word, out);
			continue;
		}
		size_t n = (size_t)(equal - word.data);
		struct view key = view_of(word.data, n);
		struct view value = view_skip(word, n + 1);
		if (out->has & NETFILTER_PROTOCOL)
			transport_word(key, value, out, &h);
		else
			ip_word(key, value, out, &h);
	}
	pairs_settle(out, &h);
	return true;
}
