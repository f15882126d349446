/*
 * IPv6 and its extension headers.
 *
 * spec: RFC 8200 sections 3 and 4, RFC 2675 (jumbograms), RFC 4302 (AH), RFC
 * 6275 section 6.1 (mobility), RFC 8754 (segment routing).
 *
 *	 0               4               6       7
 *	+---------------+---------------+-------+-----------+
 *	| 6, class, flow label          | length| next | hop |
 *	+-------------------------------+-------+------+-----+
 *	| source (16)                   | destination (16)   |
 *	+-------------------------------+--------------------+
 *
 *	+------+--------+------------- - -
 *	| next | length | data              length in 8 bytes beyond the first 8
 *	+------+--------+------------- - -
 *
 * Each extension header is one step of the walk.
 */
#include "parsers/packet/ipv6.h"
#include "parsers/packet/protocols.h"
#include "parsers/packet/walk.h"

void
ipv6_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, IPV6_HEADER);
	if (header == NULL)
		return;
	if (header[0] >> 4 != 6) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	/* 0 is a jumbogram, or a frame that a driver was to segment. */
	uint16_t length = load_be16(header + 4);
	if (length != 0)
		walk_limit(w, length);
	ipv6_read(w, header);
	transport_next(w, header[6]);
}

#define OPTION_PAD1 0
#define OPTION_JUMBO 0xc2 /* cite: RFC 2675 section 2 */
#define OPTION_JUMBO_LEN 4

/* The length of a jumbogram counts from behind the fixed header. len is that
 * of the hop-by-hop header, which has been taken. */
static void
jumbo_read(struct walk *w, const uint8_t *header, uint32_t len)
{
	for (uint32_t at = 2; at + 2 <= len;) {
		if (header[at] == OPTION_PAD1) {
			at++;
			continue;
		}
		uint32_t option_len = header[at + 1];
		if (header[at] == OPTION_JUMBO &&
			option_len == OPTION_JUMBO_LEN && at + 6 <= len) {
			uint32_t jumbo = load_be32(header + at + 2);
			if (jumbo > UINT16_MAX)
				walk_limit(w, jumbo - len);
			return;
		}
		at += 2 + option_len;
	}
}

#define ROUTING_SOURCE 0 /* cite: RFC 2460 section 4.4 */
#define ROUTING_MOBILE 2 /* cite: RFC 6275 section 6.4 */
#define ROUTING_SEGMENT 4 /* cite: RFC 8754 section 2 */
#define ADDRESS 16

/* While segments are left, the last address of the route is the destination
 * that the segment's ports belong to (RFC 8200 section 8.1). */
static void
routing_read(struct walk *w, const uint8_t *header, uint32_t len)
{
	uint32_t last;
	if (header[3] == 0 || len < 8 + ADDRESS)
		return;
	if (header[2] == ROUTING_SOURCE || header[2] == ROUTING_MOBILE)
		last = 8 + (len - 8) / ADDRESS * ADDRESS - ADDRESS;
	else if (header[2] == ROUTING_SEGMENT)
		last = 8;
	else
		return;
	w->p->dst = ip_from_v6(header + last);
}

/* cite: RFC 8200 section 4.5 */
#define FRAGMENT_OFFSET_MASK 0xfff8
#define FRAGMENT_MORE 0x0001

static void
fragment_read(struct walk *w, const uint8_t *header)
{
	uint16_t fragment = load_be16(header + 2);
	w->fragment = w->fragment || (fragment & FRAGMENT_MORE) != 0;
	if (fragment & FRAGMENT_OFFSET_MASK)
		walk_stop(w, w->quoted ? PACKET_ICMP_OTHER : PACKET_FRAGMENT);
}

void
ipv6_extension_peel(struct walk *w)
{
	if (w->have < 8) {
		walk_short(w, 8);
		return;
	}
	uint8_t kind = w->protocol;
	uint32_t len = 8;
	if (kind != PROTOCOL_IPV6_FRAGMENT)
		len += w->at[1] * 8u;
	const uint8_t *header = walk_take(w, len);
	if (header == NULL)
		return;
	transport_next(w, header[0]);
	if (kind == PROTOCOL_HOP_BY_HOP)
		jumbo_read(w, header, len);
	else if (kind == PROTOCOL_IPV6_ROUTING)
		routing_read(w, header, len);
	else if (kind == PROTOCOL_IPV6_FRAGMENT)
		fragment_read(w, header);
}

/*
 *	+------+--------+----------+-----+----------+------- - -
 *	| next | length | zero (2) | SPI | sequence | check value
 *	+------+--------+----------+-----+----------+------- - -
 *
 * The length counts 4 bytes beyond the first 8 (RFC 4302 section 2.2).
 */
void
authentication_peel(struct walk *w)
{
	if (w->have < 2) {
		walk_short(w, 2);
		return;
	}
	const uint8_t *header = walk_take(w, (w->at[1] + 2u) * 4);
	if (header == NULL)
		return;
	transport_next(w, header[0]);
}
