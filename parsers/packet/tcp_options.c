/*
 * TCP options: the few that tell one connection attempt from another.
 *
 * spec: RFC 9293 section 3.2; RFC 7323 (window scale, timestamps), RFC 2018
 * (SACK), RFC 7413 and RFC 6994 (Fast Open), RFC 2385 (MD5), RFC 5925 (AO).
 *
 *	+------+--------+----------- - -
 *	| kind | length | value             kinds 0 and 1 are single bytes
 *	+------+--------+----------- - -
 *
 * An option of the wrong length is passed over, as kernels do (cite: Linux
 * net/ipv4/tcp_input.c, tcp_parse_options, 6.12); one that leaves the header
 * ends the list and sets TCP_OPT_CUT.
 */
#include "parsers/packet/tcp.h"

/* cite: IANA "Transmission Control Protocol (TCP) Parameters" */
#define KIND_END 0
#define KIND_NOP 1
#define KIND_MSS 2
#define KIND_WSCALE 3
#define KIND_SACK_OK 4
#define KIND_TIMESTAMPS 8
#define KIND_MD5 19
#define KIND_AO 29
#define KIND_MPTCP 30 /* cite: RFC 8684 section 3 */
#define KIND_FAST_OPEN 34
#define KIND_EXPERIMENT 254
#define EXPERIMENT_FAST_OPEN 0xf989 /* cite: RFC 7413 section 4.1.1 */

/* Lengths with kind and length bytes. cite: the RFCs above */
#define LEN_MSS 4
#define LEN_WSCALE 3
#define LEN_SACK_OK 2
#define LEN_TIMESTAMPS 10
#define LEN_TSVAL 6 /* up to the end of its value */
#define LEN_MD5 18
#define LEN_AO_MIN 4
#define LEN_EXPERIMENT_MIN 4

/* The options that mean something without SYN too. */
static void
option_read(struct packet *p, const uint8_t *option, uint32_t len)
{
	if (option[0] == KIND_TIMESTAMPS && len == LEN_TIMESTAMPS) {
		p->options |= TCP_OPT_TIMESTAMPS;
		p->tsval = load_be32(option + 2);
		p->tsecr = load_be32(option + 6);
	} else if (option[0] == KIND_MD5 && len == LEN_MD5) {
		p->options |= TCP_OPT_MD5;
	} else if (option[0] == KIND_AO && len >= LEN_AO_MIN) {
		p->options |= TCP_OPT_AO;
	}
}

static void
syn_option_read(struct packet *p, const uint8_t *option, uint32_t len)
{
	switch (option[0]) {
	case KIND_MSS:
		if (len != LEN_MSS)
			return;
		p->options |= TCP_OPT_MSS;
		p->mss = load_be16(option + 2);
		return;
	case KIND_WSCALE:
		if (len != LEN_WSCALE)
			return;
		p->options |= TCP_OPT_WSCALE;
		p->wscale = option[2];
		return;
	case KIND_SACK_OK:
		if (len == LEN_SACK_OK)
			p->options |= TCP_OPT_SACK_OK;
		return;
	case KIND_MPTCP:
		p->traits |= PACKET_MPTCP;
		return;
	case KIND_FAST_OPEN:
		p->options |= TCP_OPT_FAST_OPEN;
		return;
	case KIND_EXPERIMENT:
		if (len >= LEN_EXPERIMENT_MIN &&
			load_be16(option + 2) == EXPERIMENT_FAST_OPEN)
			p->options |= TCP_OPT_FAST_OPEN;
		return;
	default:
		return;
	}
}

/* A record that ends in the timestamps option, as one of 68 bytes does: the value
 * is there, the echo (0 in a SYN) is not. */
static void
cut_option_read(
	struct packet *p, const uint8_t *option, uint32_t len, uint32_t have)
{
	if (option[0] == KIND_TIMESTAMPS && len == LEN_TIMESTAMPS &&
		have >= LEN_TSVAL)
		p->tsval = load_be32(option + 2);
}

void
tcp_options_read(struct packet *p, const uint8_t *tcp, uint32_t header_len,
	uint32_t have)
{
	uint32_t end = have < header_len ? have : header_len;
	uint32_t at = TCP_HEADER;
	while (at < end && tcp[at] != KIND_END) {
		if (tcp[at] == KIND_NOP) {
			at++;
			continue;
		}
		uint32_t len = at + 2 <= end ? tcp[at + 1] : 0;
		if (len < 2 || len > end - at) {
			if (end < header_len)
				cut_option_read(p, tcp + at, len, end - at);
			p->options |= TCP_OPT_CUT;
			return;
		}
		option_read(p, tcp + at, len);
		if (p->flags & TCP_SYN)
			syn_option_read(p, tcp + at, len);
		at += len;
	}
	if (end < header_len && (at >= end || tcp[at] != KIND_END))
		p->options |= TCP_OPT_CUT;
}
