/*
 * The fixed TCP header's fields and the common option layout, for the walk and
 * its fast path.
 */
#ifndef PARSERS_PACKET_TCP_H
#define PARSERS_PACKET_TCP_H

#include "parsers/packet/walk.h"

/* cite: RFC 9293 section 3.1 */
#define TCP_HEADER 20
/* As far as ports, sequence numbers, length and flags reach. */
#define TCP_USABLE 14
#define TCP_WINDOW_END 16

/* NOP, NOP, timestamps. cite: RFC 7323 appendix A */
#define TCP_ALIGNED_TIMESTAMPS 0x0101080au
#define TCP_ALIGNED_TIMESTAMPS_LEN 12

/* The header's length in bytes, from at least TCP_USABLE of them. */
static inline uint32_t
tcp_header_len(const uint8_t *tcp)
{
	return (tcp[12] >> 4) * 4u;
}

/* Record ports, sequence numbers and flags of at least TCP_USABLE bytes. */
static inline void
tcp_read(struct packet *p, const uint8_t *tcp)
{
	p->src_port = load_be16(tcp);
	p->dst_port = load_be16(tcp + 2);
	p->seq = load_be32(tcp + 4);
	p->flags = tcp[13];
	p->ack = p->flags & TCP_ACK ? load_be32(tcp + 8) : 0;
}

/* Read the options of a header of header_len bytes, have of them captured;
 * p->flags is set. */
void tcp_options_read(struct packet *p, const uint8_t *tcp, uint32_t header_len,
	uint32_t have);

/* Verify the checksum of a segment of which have bytes of wire were captured,
 * into p->traits, when it has SYN; p's addresses and flags are set. */
void tcp_checksum_note(
	struct packet *p, const uint8_t *tcp, uint32_t have, uint32_t wire);

#endif
