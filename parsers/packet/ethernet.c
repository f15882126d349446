/*
 * Ethernet and the tags that sit between its addresses and its payload.
 *
 * spec: IEEE 802.3 clause 3, IEEE 802.1Q clause 9, RFC 7042 (EtherTypes and
 * the length field), IEEE 802 (SNAP).
 *
 *	 0                   6                   12      14
 *	+-------------------+-------------------+-------+----------
 *	| destination       | source            | type  | payload
 *	+-------------------+-------------------+-------+----------
 *
 *	tag: type 8100 | priority, VLAN id | type ...
 *
 * A type of at most 1500 is a length, and LLC follows. Each tag is one step of
 * the walk, so that nested tags end at its limit.
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

#define ETHERNET_HEADER 14
#define LENGTH_MAX 1500 /* cite: IEEE 802.3 clause 3.2.6 */
#define TAG_BYTES 4     /* tag control information and the next type */

void
ethernet_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, ETHERNET_HEADER);
	if (header != NULL)
		ethertype_next(w, load_be16(header + 12));
}

static void
vlan_peel(struct walk *w)
{
	const uint8_t *tag = walk_take(w, TAG_BYTES);
	if (tag == NULL)
		return;
	w->p->vlan = load_be16(tag) & VLAN_ID_MASK;
	ethertype_next(w, load_be16(tag + 2));
}

/* A tag of n bytes whose last two are the next type. cite: VN-Tag, Wireshark
 * packet-vntag.c; HSR, IEC 62439-3 clause 5.6; E-TAG, IEEE 802.1BR clause 7.5;
 * Cisco metadata, Wireshark packet-cisco-metadata.c; EDSA, Linux
 * net/dsa/tag_dsa.c (6.12) */
static void
tag_peel(struct walk *w, uint32_t n)
{
	const uint8_t *tag = walk_take(w, n);
	if (tag != NULL)
		ethertype_next(w, load_be16(tag + n - 2));
}

static void
tag_6_peel(struct walk *w)
{
	tag_peel(w, 6);
}

static void
tag_8_peel(struct walk *w)
{
	tag_peel(w, 8);
}

/* n bytes, then a whole Ethernet frame. */
static void
inner_ethernet_peel(struct walk *w, uint32_t n)
{
	if (walk_take(w, n) != NULL)
		w->next = ethernet_peel;
}

/* I-TAG: flags and service id. cite: IEEE 802.1Q clause 9.7 */
static void
mac_in_mac_peel(struct walk *w)
{
	inner_ethernet_peel(w, 4);
}

/* Forwarding tag and TTL. */
static void
fabric_path_peel(struct walk *w)
{
	inner_ethernet_peel(w, 2);
}

/* IEEE 802.3br: seven bytes of preamble and one of start delimiter. */
void
mpacket_peel(struct walk *w)
{
	inner_ethernet_peel(w, 8);
}

static void
length_next(struct walk *w, uint16_t length)
{
	if (length > LENGTH_MAX) {
		walk_stop(w, PACKET_NON_IP);
		return;
	}
	/* Shorter than what it sits in means padding; longer, a lie that
	 * harms nobody, for IP has its own length. */
	if (length < w->wire)
		walk_limit(w, length);
	w->next = llc_peel;
}

void
ethertype_next(struct walk *w, uint16_t type)
{
	switch (type) {
	case ETHERTYPE_IPV4:
		w->next = ipv4_peel;
		return;
	case ETHERTYPE_IPV6:
		w->next = ipv6_peel;
		return;
	case ETHERTYPE_VLAN:
	case ETHERTYPE_PROVIDER_BRIDGE:
	case ETHERTYPE_QINQ_9100:
	case ETHERTYPE_QINQ_9200:
	case ETHERTYPE_QINQ_9300:
		w->next = vlan_peel;
		return;
	case ETHERTYPE_ARP:
	case ETHERTYPE_RARP:
		walk_stop(w, PACKET_ARP);
		w->p->payload = view_of(w->at, w->have);
		return;
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_UPSTREAM:
		w->next = mpls_peel;
		return;
	case ETHERTYPE_PPPOE_SESSION:
		w->next = pppoe_peel;
		return;
	case ETHERTYPE_PPP:
		w->next = ppp_peel;
		return;
	case ETHERTYPE_BRIDGED:
		w->next = ethernet_peel;
		return;
	case ETHERTYPE_MACSEC:
		walk_stop(w, PACKET_ENCRYPTED);
		return;
	case ETHERTYPE_MAC_IN_MAC:
		w->next = mac_in_mac_peel;
		return;
	case ETHERTYPE_FABRIC_PATH:
		w->next = fabric_path_peel;
		return;
	case ETHERTYPE_VN_TAG:
	case ETHERTYPE_HSR:
		w->next = tag_6_peel;
		return;
	case ETHERTYPE_E_TAG:
	case ETHERTYPE_CISCO_METADATA:
	case ETHERTYPE_EDSA:
		w->next = tag_8_peel;
		return;
	default:
		if (type < ETHERTYPE_MIN)
			length_next(w, type);
		else
			walk_stop(w, PACKET_NON_IP);
	}
}
