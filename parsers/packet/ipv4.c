/*
 * IPv4, and raw IP whose version is in its first nibble.
 *
 * spec: RFC 791 section 3.1, RFC 6864 (identification).
 *
 *	 0        1        2                 4
 *	+--------+--------+-----------------+-----------------+---------------+
 *	| 4, IHL | DSCP   | total length    | identification  | flags, offset |
 *	+--------+--------+-----------------+-----------------+---------------+
 *	| TTL    | proto  | checksum        | source                          |
 *	+--------+--------+-----------------+---------------------------------+
 *	| destination                       | options ...                     |
 *	+-----------------------------------+---------------------------------+
 *
 * The total length decides what belongs to the packet: it cuts Ethernet's
 * padding, and is right where the capture is cut. It is 0 in frames that a
 * driver was to segment (Linux "BIG TCP", and older offload engines); then the
 * frame's own length stands in.
 */
#include "parsers/packet/ipv4.h"
#include "parsers/packet/walk.h"

void
ip_peel(struct walk *w)
{
	if (w->have < 1) {
		walk_short(w, 1);
		return;
	}
	uint8_t version = w->at[0] >> 4;
	if (version == 4)
		w->next = ipv4_peel;
	else if (version == 6)
		w->next = ipv6_peel;
}

void
ipv4_peel(struct walk *w)
{
	const uint8_t *header = w->at;
	if (w->have < IPV4_HEADER) {
		walk_short(w, IPV4_HEADER);
		return;
	}
	uint32_t header_len = (header[0] & 0x0fu) * 4;
	uint32_t total = load_be16(header + 2);
	if (total == 0)
		total = w->wire;
	if (header[0] >> 4 != 4 || header_len < IPV4_HEADER ||
		total < header_len) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	walk_limit(w, total);
	ipv4_read(w, header);
	if (walk_take(w, header_len) == NULL)
		return;
	uint16_t fragment = load_be16(header + 6);
	if (fragment & IPV4_OFFSET_MASK) {
		walk_stop(w, w->quoted ? PACKET_ICMP_OTHER : PACKET_FRAGMENT);
		return;
	}
	w->fragment = (fragment & IPV4_MORE_FRAGMENTS) != 0;
	transport_next(w, header[9]);
}
