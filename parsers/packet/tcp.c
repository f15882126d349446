/*
 * The TCP header, whole, cut, or quoted by an ICMP error.
 *
 * spec: RFC 9293 section 3.1.
 *
 *	 0                   2                   4
 *	+-------------------+-------------------+-----------------------------+
 *	| source port       | destination port  | sequence number             |
 *	+-------------------+-------------------+--------+-------+------------+
 *	| acknowledgement number                | offset | flags | window     |
 *	+---------------------------------------+--------+-------+------------+
 *	| checksum          | urgent            | options ...                 |
 *	+-------------------+-------------------+-----------------------------+
 *
 * Fourteen bytes make a segment usable. A header that is longer than its
 * packet, or shorter than 20 bytes, is one the receiver drops (cite: Linux
 * net/ipv4/tcp_ipv4.c, tcp_v4_rcv, 6.12, bad_packet) and is malformed here.
 */
#include "parsers/packet/tcp.h"

#include "parsers/packet/checksum.h"
#include "parsers/packet/protocols.h"
#include "parsers/packet/walk.h"

/* As much of a quoted header as there is. Its lengths are not checked: the
 * routers that quote have been seen to change them. */
static void
quote_read(struct walk *w)
{
	const uint8_t *tcp = w->at;
	struct packet *p = w->p;
	if (w->have < 4) {
		/* The sender of the error quoted less than it must. */
		walk_stop(w, w->wire < 4 ? PACKET_ICMP_OTHER : PACKET_CUT);
		return;
	}
	walk_stop(w, PACKET_ICMP_ERROR);
	p->src_port = load_be16(tcp);
	p->dst_port = load_be16(tcp + 2);
	if (w->have < 8)
		return;
	p->seq = load_be32(tcp + 4);
	p->quote_has_seq = true;
	if (w->have < TCP_USABLE)
		return;
	tcp_read(p, tcp);
	uint32_t header_len = tcp_header_len(tcp);
	if (header_len < TCP_HEADER)
		return;
	if (w->have >= TCP_WINDOW_END)
		p->window = load_be16(tcp + 14);
	if (w->wire > header_len)
		p->payload_len = w->wire - header_len;
	tcp_options_read(p, tcp, header_len, w->have);
}

#define CHECKSUM_AT 16 /* cite: RFC 9293 section 3.1 */

void
tcp_checksum_note(
	struct packet *p, const uint8_t *tcp, uint32_t have, uint32_t wire)
{
	if (!(p->flags & TCP_SYN) || have < wire || wire < TCP_HEADER)
		return;
	enum checksum sum = checksum_verify(
		p->src, p->dst, PROTOCOL_TCP, tcp, wire, CHECKSUM_AT);
	if (sum == CHECKSUM_WRONG)
		p->traits |= PACKET_SUM_WRONG;
	else if (sum == CHECKSUM_UNFINISHED)
		p->traits |= PACKET_SUM_UNFINISHED;
	else
		p->traits |= PACKET_SUM_RIGHT;
}

/* The UDP datagram around the segment, where it was captured whole. */
static void
outer_checksum_note(const struct walk *w)
{
	if (w->outer == NULL || !(w->p->flags & TCP_SYN))
		return;
	if (checksum_verify(w->outer_src, w->outer_dst, PROTOCOL_UDP, w->outer,
		    w->outer_len, UDP_CHECKSUM_AT) == CHECKSUM_WRONG)
		w->p->traits |= PACKET_OUTER_SUM_WRONG;
}

void
tcp_peel(struct walk *w)
{
	const uint8_t *tcp = w->at;
	struct packet *p = w->p;
	if (w->quoted) {
		quote_read(w);
		return;
	}
	if (w->have < TCP_USABLE) {
		/* A tiny first fragment cuts like a snaplen. */
		bool cut = w->fragment || w->wire >= TCP_HEADER;
		walk_stop(w, cut ? PACKET_CUT : PACKET_MALFORMED);
		return;
	}
	uint32_t header_len = tcp_header_len(tcp);
	if (header_len < TCP_HEADER || (header_len > w->wire && !w->fragment)) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	walk_stop(w, PACKET_TCP);
	tcp_read(p, tcp);
	if (w->have >= TCP_WINDOW_END)
		p->window = load_be16(tcp + 14);
	if (w->wire > header_len)
		p->payload_len = w->wire - header_len;
	tcp_options_read(p, tcp, header_len, w->have);
	outer_checksum_note(w);
	if (w->fragment)
		p->traits |= PACKET_FIRST_PIECE;
	else
		tcp_checksum_note(p, tcp, w->have, w->wire);
}
