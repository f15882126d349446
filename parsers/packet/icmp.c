/*
 * ICMP and ICMPv6: errors, and the packet that they quote.
 *
 * spec: RFC 792, RFC 1122 section 3.2.2, RFC 4443 section 3, RFC 4884.
 *
 *	+------+------+----------+-------------------+-------------------- - -
 *	| type | code | checksum | unused, MTU, ...  | IP header, 8+ bytes
 *	+------+------+----------+-------------------+-------------------- - -
 *
 * The quote is walked like any packet, with walk.quoted set so that the sender,
 * TTL and tunnels of the error itself stay in the record. Eight bytes of TCP
 * are promised (RFC 792): ports and sequence number, which is what names the
 * attempt.
 */
#include "parsers/packet/protocols.h"
#include "parsers/packet/walk.h"

#define ICMP_HEADER 8

/* cite: RFC 792 */
#define ICMP_UNREACHABLE 3
#define ICMP_SOURCE_QUENCH 4
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER_PROBLEM 12
/* cite: RFC 4443 section 2.1: unreachable, too big, time exceeded, parameter
 * problem */
#define ICMPV6_ERROR_FIRST 1
#define ICMPV6_ERROR_LAST 4

static bool
is_error(bool v6, uint8_t type)
{
	if (v6)
		return type >= ICMPV6_ERROR_FIRST && type <= ICMPV6_ERROR_LAST;
	return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH ||
		type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}

void
icmp_peel(struct walk *w)
{
	if (w->have < 1) {
		walk_short(w, 1);
		return;
	}
	bool v6 = w->protocol == PROTOCOL_ICMPV6;
	if (!is_error(v6, w->at[0])) {
		walk_stop(w, PACKET_ICMP_OTHER);
		if (v6 && !w->quoted)
			w->p->payload = view_of(w->at, w->have);
		return;
	}
	const uint8_t *header = walk_take(w, ICMP_HEADER);
	if (header == NULL)
		return;
	struct packet *p = w->p;
	p->icmp_src = p->src;
	p->icmp_type = header[0];
	p->icmp_code = header[1];
	p->icmp_v6 = v6;
	w->quoted = true;
	w->next = v6 ? ipv6_peel : ipv4_peel;
}
