/*
 * The fixed IPv4 header's fields, for the walk and its fast path.
 */
#ifndef PARSERS_PACKET_IPV4_H
#define PARSERS_PACKET_IPV4_H

#include "parsers/packet/walk.h"

/* cite: RFC 791 section 3.1 */
#define IPV4_HEADER 20
#define IPV4_DONT_FRAGMENT 0x4000
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV4_OFFSET_MASK 0x1fff

/* Record what an IPv4 header of at least IPV4_HEADER bytes says. */
static inline void
ipv4_read(struct walk *w, const uint8_t *header)
{
	struct packet *p = w->p;
	p->src = ip_from_v4(load_be32(header + 12));
	p->dst = ip_from_v4(load_be32(header + 16));
	p->ip_id = load_be16(header + 4);
	p->df = (load_be16(header + 6) & IPV4_DONT_FRAGMENT) != 0;
	w->v6 = false;
	w->fragment = false;
	if (w->quoted)
		return;
	p->ttl = header[8];
	p->tunnel_depth = w->ip_headers++;
}

#endif
