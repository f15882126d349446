/*
 * /proc/net/tcp and tcp6: sockets in hexadecimal.
 *
 * spec: Linux 6.12 net/ipv4/tcp_ipv4.c get_tcp4_sock(), get_openreq4();
 * net/ipv6/tcp_ipv6.c get_tcp6_sock().
 *
 *	  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid ...
 *	   0: 0200020A:1B58 0200010A:1B58 0A 00000000:00000000 00:00000000 00000000     0 ...
 *	      address:port  address:port  state  tx:rx      timer:when  retransmits
 *
 * Addresses are host-order words of a little-endian machine: 0200020A is
 * 10.2.0.2. Files of a big-endian machine cannot be told and read wrongly.
 * Of LISTEN, rx_queue is the number of connections that wait; the limit is not
 * shown.
 */
#include "parsers/host/formats.h"

#define WORDS 16
#define V4_DIGITS 8
#define V6_DIGITS 32

static const char *const states[] = {
	"",
#define X(number, ss, linux_netstat, others) [number] = (ss),
#include "parsers/host/tcp_states.def"
#undef X
};

/* Two words of an address and its port, with the colon between them. */
static bool
hex_endpoint(struct view word, struct host_endpoint *out)
{
	size_t colon = view_find(word, ":");
	struct view address = view_first(word, colon);
	uint32_t words[4] = {0};
	int64_t n = 0;

	*out = endpoint_none();
	if (colon == TEXT_NOWHERE || !is_hex(view_skip(word, colon + 1), 4))
		return false;
	bool v6 = is_hex(address, V6_DIGITS);
	if (!v6 && !is_hex(address, V4_DIGITS))
		return false;
	for (size_t i = 0; i < address.len / V4_DIGITS; i++) {
		struct view part = view_skip(address, i * V4_DIGITS);
		number_read(view_first(part, V4_DIGITS), 16, &n);
		words[i] = __builtin_bswap32((uint32_t)n);
	}
	number_read(view_skip(word, colon + 1), 16, &n);
	out->port = (int32_t)n;
	out->known = true;
	out->ip = ip_from_v4(words[0]);
	if (v6)
		out->ip = (struct ip_addr){
			.hi = (uint64_t)words[0] << 32 | words[1],
			.lo = (uint64_t)words[2] << 32 | words[3]};
	return true;
}

static bool
is_row_start(const struct view *w, size_t n)
{
	struct host_endpoint end;
	return n >= 5 && view_ends(w[0], ":") && hex_endpoint(w[1], &end) &&
		hex_endpoint(w[2], &end) && is_hex(w[3], 2);
}

static bool
is_proc_tcp_line(struct view line)
{
	struct view w[WORDS];
	return view_begins(view_trim(line), "sl  local_address") ||
		is_row_start(w, words_split(line, w, WORDS));
}

enum host_match
proc_tcp_recognise(struct view head)
{
	return head_has(head, is_proc_tcp_line);
}

/* "00000000:00000015": transmit and receive queue. */
static bool
queues_read(struct view word, struct host_socket *s)
{
	size_t colon = view_find(word, ":");
	return colon != TEXT_NOWHERE &&
		number_read(view_first(word, colon), 16, &s->send_q) ==
		NUMBER_GOOD &&
		number_read(view_skip(word, colon + 1), 16, &s->recv_q) ==
		NUMBER_GOOD;
}

static bool
row_read(struct host_run *r, const struct view *w, size_t n)
{
	struct host_socket s = {
		.retransmits = HOST_UNKNOWN, .process = view_str("")};
	int64_t state = 0;
	int64_t retransmits = 0;
	if (n < 7 || !hex_endpoint(w[1], &s.local) ||
		!hex_endpoint(w[2], &s.peer) || !queues_read(w[4], &s) ||
		!is_hex(w[6], V4_DIGITS) || run_is_cut(r, w[6]))
		return false;
	number_read(w[3], 16, &state);
	if (state < 1 || (size_t)state >= sizeof states / sizeof states[0])
		return false;
	s.state = view_str(states[state]);
	number_read(w[6], 16, &retransmits);
	if (!view_begins(w[5], "00:") && retransmits <= INT32_MAX)
		s.retransmits = (int32_t)retransmits;
	if (view_is(s.state, "LISTEN")) {
		s.send_q = HOST_UNKNOWN;
		s.peer.port = HOST_UNKNOWN;
	}
	emit_socket(r, &s);
	return true;
}

void
proc_tcp_parse(struct host_run *r)
{
	struct view w[WORDS];
	bool tcp = strstr(r->name, "udp") == NULL;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		size_t n = words_split(r->line, w, WORDS);
		if (view_begins(view_trim(r->line), "sl ")) {
			/* UDP rows have a column "drops" at the end. */
			tcp = tcp && !view_has(r->line, "drops");
			run_claim(r);
		} else if (!is_row_start(w, n)) {
			continue;
		} else if (!tcp || row_read(r, w, n)) {
			run_claim(r);
		} else {
			run_malformed(r);
		}
	}
}
