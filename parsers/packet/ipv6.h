/*
 * The fixed IPv6 header's fields, for the walk and its fast path.
 */
#ifndef PARSERS_PACKET_IPV6_H
#define PARSERS_PACKET_IPV6_H

#include "parsers/packet/walk.h"

#define IPV6_HEADER 40 /* cite: RFC 8200 section 3 */

/* Record what an IPv6 header of IPV6_HEADER bytes says. */
static inline void
ipv6_read(struct walk *w, const uint8_t *header)
{
	struct packet *p = w->p;
	p->src = ip_from_v6(header + 8);
	p->dst = ip_from_v6(header + 24);
	p->ip_id = 0;
	p->df = true;
	w->v6 = true;
	w->fragment = false;
	if (w->quoted)
		return;
	p->ttl = header[7];
	p->tunnel_depth = w->ip_headers++;
}

#endif
