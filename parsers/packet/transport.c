/*
 * What an IP packet holds, by protocol number, and UDP.
 *
 * spec: IANA "Protocol Numbers"; RFC 768 (UDP); RFC 3378 (EtherIP).
 *
 *	+-------------+------------------+--------+----------+
 *	| source port | destination port | length | checksum |      UDP
 *	+-------------+------------------+--------+----------+
 *
 * A packet that an ICMP error quotes is followed through extension headers to
 * a TCP header and no further: an error about a tunnel is not one about what
 * the tunnel held.
 */
#include "parsers/packet/checksum.h"
#include "parsers/packet/protocols.h"
#include "parsers/packet/walk.h"

/* Into a tunnel, but not from a quote. */
static void
tunnel_enter(struct walk *w, peel_fn *inside)
{
	if (w->quoted)
		walk_stop(w, PACKET_ICMP_OTHER);
	else
		w->next = inside;
}

static void
ether_ip_peel(struct walk *w)
{
	if (walk_take(w, 2) == NULL)
		return;
	w->p->mirrored = true;
	w->next = ethernet_peel;
}

void
transport_next(struct walk *w, uint8_t protocol)
{
	w->protocol = protocol;
	enum packet_kind other =
		w->quoted ? PACKET_ICMP_OTHER : PACKET_IP_OTHER;
	switch (protocol) {
	case PROTOCOL_TCP:
		w->next = tcp_peel;
		return;
	case PROTOCOL_UDP:
		tunnel_enter(w, udp_peel);
		return;
	case PROTOCOL_ICMP:
	case PROTOCOL_ICMPV6:
		tunnel_enter(w, icmp_peel);
		return;
	case PROTOCOL_IPV4:
	case PROTOCOL_IPIP:
		tunnel_enter(w, ipv4_peel);
		return;
	case PROTOCOL_IPV6:
		tunnel_enter(w, ipv6_peel);
		return;
	case PROTOCOL_GRE:
		tunnel_enter(w, gre_peel);
		return;
	case PROTOCOL_MPLS:
		tunnel_enter(w, mpls_peel);
		return;
	case PROTOCOL_ETHERIP:
		tunnel_enter(w, ether_ip_peel);
		return;
	case PROTOCOL_ETHERNET:
		tunnel_enter(w, ethernet_peel);
		return;
	case PROTOCOL_AH:
		w->next = authentication_peel;
		return;
	case PROTOCOL_ESP:
		walk_stop(w, w->quoted ? other : PACKET_ENCRYPTED);
		return;
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_IPV6_ROUTING:
	case PROTOCOL_IPV6_FRAGMENT:
	case PROTOCOL_DESTINATION_OPTIONS:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		if (w->v6)
			w->next = ipv6_extension_peel;
		else
			walk_stop(w, other);
		return;
	default:
		walk_stop(w, other);
	}
}

#define UDP_HEADER 8
#define PORT_DNS 53

/* Remember a datagram of len bytes that may be a tunnel. */
static void
outer_note(struct walk *w, const uint8_t *header, uint32_t have, uint32_t len)
{
	w->outer = NULL;
	if (w->fragment || have < len ||
		load_be16(header + UDP_CHECKSUM_AT) == 0)
		return;
	w->outer = header;
	w->outer_len = len;
	w->outer_src = w->p->src;
	w->outer_dst = w->p->dst;
}

void
udp_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, UDP_HEADER);
	if (header == NULL)
		return;
	uint16_t src_port = load_be16(header);
	uint16_t dst_port = load_be16(header + 2);
	/* Shorter than its IP packet leaves a trailer; 0 is a jumbogram (RFC
	 * 2675 section 4); longer is a lie, or a first fragment. */
	uint32_t length = load_be16(header + 4);
	if (length >= UDP_HEADER && length - UDP_HEADER < w->wire)
		walk_limit(w, length - UDP_HEADER);
	outer_note(w, header, w->have + UDP_HEADER, w->wire + UDP_HEADER);
	walk_stop(w, PACKET_UDP);
	if (udp_tunnel_enter(w, src_port, dst_port))
		return;
	if (src_port != PORT_DNS && dst_port != PORT_DNS)
		return;
	walk_stop(w, PACKET_DNS);
	w->p->src_port = src_port;
	w->p->dst_port = dst_port;
	w->p->payload = view_of(w->at, w->have);
}
