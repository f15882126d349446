/*
 * The ordinary frame, decoded in a straight line.
 *
 * spec: those of ethernet.c, ipv4.c, ipv6.c and tcp.c, whose readers are used
 * here. Promise: the record is the one that the walk would have made; the unit
 * test compares the two. Everything that is not plain (options, fragments,
 * extension headers, contradictions, cut headers) is left to the walk.
 */
#include "parsers/packet/fast_path.h"

#include "parsers/packet/ethertype.h"
#include "parsers/packet/ipv4.h"
#include "parsers/packet/ipv6.h"
#include "parsers/packet/protocols.h"
#include "parsers/packet/tcp.h"

#define ETHERNET_HEADER 14
#define VLAN_TAG 4
/* Version 4, no options. cite: RFC 791 section 3.1 */
#define IPV4_PLAIN 0x45
/* So many captured bytes hold any plain frame's fixed headers. */
#define SHORTEST (ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER)

/* header_len bytes of TCP are captured, which carry payload_len bytes. */
static inline void
segment_read(struct packet *p, const uint8_t *tcp, uint32_t header_len,
	uint32_t payload_len)
{
	p->kind = PACKET_TCP;
	tcp_read(p, tcp);
	p->window = load_be16(tcp + 14);
	p->payload_len = payload_len;
	if (header_len == TCP_HEADER)
		return;
	if (header_len == TCP_HEADER + TCP_ALIGNED_TIMESTAMPS_LEN &&
		load_be32(tcp + TCP_HEADER) == TCP_ALIGNED_TIMESTAMPS) {
		p->options = TCP_OPT_TIMESTAMPS;
		p->tsval = load_be32(tcp + TCP_HEADER + 4);
		p->tsecr = load_be32(tcp + TCP_HEADER + 8);
		return;
	}
	tcp_options_read(p, tcp, header_len, header_len);
}

static inline bool
ipv4_plain(const uint8_t *ip)
{
	return ip[0] == IPV4_PLAIN && ip[9] == PROTOCOL_TCP &&
		(load_be16(ip + 6) &
			(IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) == 0;
}

bool
fast_path_decode(struct walk *w)
{
	uint16_t vlan = 0;
	if (w->have < SHORTEST)
		return false;
	const uint8_t *ip = w->at + ETHERNET_HEADER;
	uint32_t have = w->have - ETHERNET_HEADER;
	uint16_t type = load_be16(ip - 2);
	if (type == ETHERTYPE_VLAN) {
		vlan = load_be16(ip) & VLAN_ID_MASK;
		type = load_be16(ip + 2);
		ip += VLAN_TAG;
		have -= VLAN_TAG;
	}
	uint32_t ip_header = IPV4_HEADER;
	uint32_t ip_payload;
	if (type == ETHERTYPE_IPV4 && ipv4_plain(ip)) {
		ip_payload = load_be16(ip + 2) - (uint32_t)IPV4_HEADER;
	} else if (type == ETHERTYPE_IPV6 && ip[0] >> 4 == 6 &&
		ip[6] == PROTOCOL_TCP) {
		ip_header = IPV6_HEADER;
		ip_payload = load_be16(ip + 4);
	} else {
		return false;
	}
	/* A length of 0 has wrapped, or fails here as too small. */
	if (have < ip_header + TCP_HEADER || ip_payload < TCP_HEADER ||
		ip_payload > UINT16_MAX)
		return false;
	const uint8_t *tcp = ip + ip_header;
	uint32_t header_len = tcp_header_len(tcp);
	if (header_len < TCP_HEADER || header_len > ip_payload ||
		have - ip_header < header_len)
		return false;
	if (ip_header == IPV4_HEADER)
		ipv4_read(w, ip);
	else
		ipv6_read(w, ip);
	w->p->vlan = vlan;
	segment_read(w->p, tcp, header_len, ip_payload - header_len);
	if (__builtin_expect(w->p->flags & TCP_SYN, 0))
		tcp_checksum_note(w->p, tcp, have - ip_header, ip_payload);
	return true;
}
