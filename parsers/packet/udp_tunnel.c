/*
 * Tunnels in UDP, told by port and then by what their header must look like.
 *
 * spec: RFC 7348 (VXLAN), draft-ietf-nvo3-vxlan-gpe-12, RFC 8926 (Geneve),
 * 3GPP TS 29.281 (GTP-U), RFC 4380 (Teredo), RFC 2661 (L2TP), RFC 3948 (ESP in
 * UDP), RFC 7510 (MPLS in UDP); TZSP as in Wireshark packet-tzsp.c.
 *
 *	VXLAN   | flags 1 | reserved 3 | VNI 3 | reserved 1 |
 *	GPE     | flags 1 | reserved 2 | next 1 | VNI 3 | reserved 1 |
 *	Geneve  | ver 2, options 6 | flags 1 | type 2 | VNI 3 | reserved 1 |
 *	GTP-U   | flags 1 | message 1 | length 2 | TEID 4 | [seq 2, N 1, next 1]
 *	L2TP    | flags 2 | [length 2] | tunnel 2 | session 2 | [ns nr 4] ...
 *	TZSP    | version 1 | type 1 | protocol 2 | tagged fields | frame
 *
 * VXLAN and Geneve are recognised by destination port alone: their source port
 * is a hash. What does not look the part stays UDP.
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

/* cite: IANA "Service Name and Transport Protocol Port Number Registry" */
#define PORT_L2TP 1701
#define PORT_GTP_U 2152
#define PORT_TEREDO 3544
#define PORT_IPSEC_NAT 4500
#define PORT_VXLAN 4789
#define PORT_VXLAN_GPE 4790
#define PORT_GENEVE 6081
#define PORT_MPLS 6635
#define PORT_TZSP 37008
/* Linux's default before there was a number. cite: Linux
 * drivers/net/vxlan/vxlan_core.c (6.12), module parameter udp_port */
#define PORT_VXLAN_LINUX 8472

#define TUNNEL_HEADER 8

/* Enter a tunnel whose fixed header is all there; false when it isn't, which
 * with a cut frame leaves the kind CUT. */
static bool
header_is_cut(struct walk *w, uint32_t n)
{
	if (w->have >= n)
		return false;
	if (w->wire >= n)
		walk_stop(w, PACKET_CUT);
	return true;
}

#define VXLAN_FLAG_VNI 0x08 /* cite: RFC 7348 section 5 */

static bool
vxlan_enter(struct walk *w)
{
	if (header_is_cut(w, TUNNEL_HEADER) || (w->at[0] & VXLAN_FLAG_VNI) == 0)
		return false;
	w->p->vni = load_be32(w->at + 4) >> 8;
	w->p->mirrored = true;
	walk_skip(w, TUNNEL_HEADER);
	w->next = ethernet_peel;
	return true;
}

/* cite: draft-ietf-nvo3-vxlan-gpe-12 section 3.1 and 3.2 */
#define GPE_FLAG_NEXT 0x04
#define GPE_IPV4 1
#define GPE_IPV6 2
#define GPE_ETHERNET 3
#define GPE_MPLS 5

static bool
vxlan_gpe_enter(struct walk *w)
{
	if (header_is_cut(w, TUNNEL_HEADER))
		return false;
	if ((w->at[0] & GPE_FLAG_NEXT) == 0)
		return vxlan_enter(w);
	peel_fn *inside;
	switch (w->at[3]) {
	case GPE_IPV4:
		inside = ipv4_peel;
		break;
	case GPE_IPV6:
		inside = ipv6_peel;
		break;
	case GPE_ETHERNET:
		inside = ethernet_peel;
		break;
	case GPE_MPLS:
		inside = mpls_peel;
		break;
	default:
		return false;
	}
	w->p->vni = load_be32(w->at + 4) >> 8;
	w->p->mirrored = inside == ethernet_peel;
	walk_skip(w, TUNNEL_HEADER);
	w->next = inside;
	return true;
}

#define GENEVE_VERSION_MASK 0xc0 /* cite: RFC 8926 section 3.4 */
#define GENEVE_OPTIONS_MASK 0x3f
#define GENEVE_CONTROL 0x80

static bool
geneve_enter(struct walk *w)
{
	if (header_is_cut(w, TUNNEL_HEADER))
		return false;
	const uint8_t *header = w->at;
	uint16_t type = load_be16(header + 2);
	if (header[0] & GENEVE_VERSION_MASK || header[1] & GENEVE_CONTROL ||
		type < ETHERTYPE_MIN)
		return false;
	uint32_t len = TUNNEL_HEADER + (header[0] & GENEVE_OPTIONS_MASK) * 4u;
	if (header_is_cut(w, len))
		return false;
	w->p->vni = load_be32(header + 4) >> 8;
	w->p->mirrored = type == ETHERTYPE_BRIDGED;
	walk_skip(w, len);
	ethertype_next(w, type);
	return true;
}

/* The rest must begin with an IP version, or this was no tunnel. */
static bool
ip_enter(struct walk *w, uint32_t len)
{
	if (header_is_cut(w, len + 1))
		return false;
	uint8_t version = w->at[len] >> 4;
	if (version != 4 && version != 6)
		return false;
	walk_skip(w, len);
	w->next = ip_peel;
	return true;
}

/* cite: 3GPP TS 29.281 sections 5.1 and 5.2 */
#define GTP_VERSION_MASK 0xf0 /* and protocol type */
#define GTP_VERSION_1 0x30
#define GTP_OPTIONAL_MASK 0x07
#define GTP_PAYLOAD 0xff
#define GTP_OPTIONAL 4
#define GTP_EXTENSIONS_MAX 8

static bool
gtp_enter(struct walk *w)
{
	if (header_is_cut(w, TUNNEL_HEADER))
		return false;
	const uint8_t *header = w->at;
	if ((header[0] & GTP_VERSION_MASK) != GTP_VERSION_1 ||
		header[1] != GTP_PAYLOAD)
		return false;
	uint32_t len = TUNNEL_HEADER;
	if ((header[0] & GTP_OPTIONAL_MASK) == 0)
		return ip_enter(w, len);
	len += GTP_OPTIONAL;
	if (header_is_cut(w, len))
		return false;
	/* The last byte of each part says whether an extension follows. */
	for (int i = 0; i < GTP_EXTENSIONS_MAX && header[len - 1] != 0; i++) {
		if (header_is_cut(w, len + 1))
			return false;
		uint32_t extension = header[len] * 4u;
		if (extension == 0 || header_is_cut(w, len + extension))
			return false;
		len += extension;
	}
	return ip_enter(w, len);
}

/* cite: RFC 4380 section 5.1.1 */
#define TEREDO_ORIGIN 0x0000
#define TEREDO_AUTHENTICATION 0x0001
#define TEREDO_ORIGIN_LEN 8
#define TEREDO_AUTHENTICATION_LEN 13

static bool
teredo_enter(struct walk *w)
{
	uint32_t len = 0;
	if (header_is_cut(w, 4))
		return false;
	if (load_be16(w->at) == TEREDO_AUTHENTICATION)
		len = TEREDO_AUTHENTICATION_LEN + w->at[2] + w->at[3];
	if (header_is_cut(w, len + 2))
		return false;
	if (load_be16(w->at + len) == TEREDO_ORIGIN)
		len += TEREDO_ORIGIN_LEN;
	return ip_enter(w, len);
}

/* cite: RFC 2661 section 3.1 */
#define L2TP_CONTROL 0x8000
#define L2TP_LENGTH 0x4000
#define L2TP_SEQUENCE 0x0800
#define L2TP_OFFSET 0x0200
#define L2TP_VERSION_MASK 0x000f
#define L2TP_VERSION 2

static bool
l2tp_enter(struct walk *w)
{
	if (header_is_cut(w, 2))
		return false;
	uint16_t flags = load_be16(w->at);
	if (flags & L2TP_CONTROL || (flags & L2TP_VERSION_MASK) != L2TP_VERSION)
		return false;
	uint32_t len = 6; /* flags, tunnel, session */
	if (flags & L2TP_LENGTH)
		len += 2;
	if (flags & L2TP_SEQUENCE)
		len += 4;
	if (flags & L2TP_OFFSET) {
		if (header_is_cut(w, len + 2))
			return false;
		len += 2u + load_be16(w->at + len);
	}
	if (header_is_cut(w, len))
		return false;
	walk_skip(w, len);
	w->next = ppp_peel;
	return true;
}

/* cite: Wireshark packet-tzsp.c */
#define TZSP_HEADER 4
#define TZSP_ETHERNET 1
#define TZSP_TAG_PADDING 0
#define TZSP_TAG_END 1
#define TZSP_TAGS_MAX 32

static bool
tzsp_enter(struct walk *w)
{
	if (header_is_cut(w, TZSP_HEADER) || w->at[0] != 1 || w->at[1] > 1 ||
		load_be16(w->at + 2) != TZSP_ETHERNET)
		return false;
	uint32_t len = TZSP_HEADER;
	for (int i = 0; i < TZSP_TAGS_MAX; i++) {
		if (header_is_cut(w, len + 1))
			return false;
		uint8_t tag = w->at[len++];
		if (tag == TZSP_TAG_END) {
			walk_skip(w, len);
			w->p->mirrored = true;
			w->next = ethernet_peel;
			return true;
		}
		if (tag == TZSP_TAG_PADDING)
			continue;
		if (header_is_cut(w, len + 1))
			return false;
		len += 1u + w->at[len];
	}
	return false;
}

/* Four zero bytes mark key exchange, one byte a keepalive; else it is ESP.
 * cite: RFC 3948 section 2 */
static bool
esp_enter(struct walk *w)
{
	if (w->wire <= 4 || header_is_cut(w, 4) || load_be32(w->at) == 0)
		return false;
	walk_stop(w, PACKET_ENCRYPTED);
	return true;
}

static bool
mpls_enter(struct walk *w)
{
	w->next = mpls_peel;
	return true;
}

bool
udp_tunnel_enter(struct walk *w, uint16_t src_port, uint16_t dst_port)
{
	switch (dst_port) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return vxlan_enter(w);
	case PORT_VXLAN_GPE:
		return vxlan_gpe_enter(w);
	case PORT_GENEVE:
		return geneve_enter(w);
	case PORT_MPLS:
		return mpls_enter(w);
	case PORT_TZSP:
		return tzsp_enter(w);
	default:
		break;
	}
	if (dst_port == PORT_GTP_U || src_port == PORT_GTP_U)
		return gtp_enter(w);
	if (dst_port == PORT_TEREDO || src_port == PORT_TEREDO)
		return teredo_enter(w);
	if (dst_port == PORT_L2TP || src_port == PORT_L2TP)
		return l2tp_enter(w);
	if (dst_port == PORT_IPSEC_NAT || src_port == PORT_IPSEC_NAT)
		return esp_enter(w);
	return false;
}
