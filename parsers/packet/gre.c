/*
 * GRE, and ERSPAN mirrors inside it.
 *
 * spec: RFC 2784, RFC 2890 (key, sequence), RFC 2637 section 4.1 (version 1),
 * draft-foschiano-erspan-03 (ERSPAN II and III), draft-wilson-wrec-wccp-v2-01
 * section 4.12 (redirect header).
 *
 *	+-+-+-+-+-+----------+-----+---------+
 *	|C|R|K|S|s| reserved | ver | type    |
 *	+-+-+-+-+-+----------+-----+---------+ - - - -
 *	| checksum, offset | key | sequence | [ack] |    each 4, if its bit is set
 *	+ - - - - - - - - - - - - - - - - - - - - - - -
 *
 *	ERSPAN II:   | version 4, VLAN 12 | bits 6, session 10 | index 4 |
 *	ERSPAN III:  | version 4, VLAN 12 | bits 6, session 10 | time 4 |
 *	             | group 2 | bits 15, O 1 |  [platform 8 when O] |
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

/* cite: RFC 2784 section 2.1, RFC 2890 section 2, RFC 2637 section 4.1 */
#define FLAG_CHECKSUM 0x8000
#define FLAG_ROUTING 0x4000
#define FLAG_KEY 0x2000
#define FLAG_SEQUENCE 0x1000
#define FLAG_ACK 0x0080
#define VERSION_MASK 0x0007

/* cite: draft-foschiano-erspan-03 sections 4.2 and 4.3 */
#define TYPE_ERSPAN_II 0x88be
#define TYPE_ERSPAN_III 0x22eb
#define ERSPAN_II_HEADER 8
#define ERSPAN_III_HEADER 12
#define ERSPAN_III_PLATFORM 8
#define ERSPAN_SESSION_MASK 0x03ff
#define TYPE_WCCP 0x883e /* cite: draft-wilson-wrec-wccp-v2-01 4.12.1 */
/* Aruba controllers: 802.11 frames. cite: Wireshark packet-gre.h,
 * GRE_ARUBA_8200 to GRE_ARUBA_8370 */
#define TYPE_ARUBA_FIRST 0x8200
#define TYPE_ARUBA_LAST 0x8370

static void
erspan_peel(struct walk *w, bool version_3)
{
	uint32_t len = version_3 ? ERSPAN_III_HEADER : ERSPAN_II_HEADER;
	const uint8_t *header = walk_take(w, len);
	if (header == NULL)
		return;
	w->p->vlan = load_be16(header) & VLAN_ID_MASK;
	w->p->vni = load_be16(header + 2) & ERSPAN_SESSION_MASK;
	if (version_3 && header[11] & 1 &&
		walk_take(w, ERSPAN_III_PLATFORM) == NULL)
		return;
	w->next = ethernet_peel;
}

/* Version 2 of WCCP puts four bytes before the packet, version 1 none. */
static void
wccp_peel(struct walk *w)
{
	if (w->have < 1) {
		walk_short(w, 1);
		return;
	}
	if (w->at[0] >> 4 == 4 || walk_take(w, 4) != NULL)
		w->next = ipv4_peel;
}

static void
payload_peel(struct walk *w, uint16_t type, bool has_sequence)
{
	switch (type) {
	case TYPE_ERSPAN_II:
		w->p->mirrored = true;
		/* Without a sequence number this is the first ERSPAN, which
		 * had no header (draft-foschiano-erspan-03 section 4.1). */
		if (has_sequence)
			erspan_peel(w, false);
		else
			w->next = ethernet_peel;
		return;
	case TYPE_ERSPAN_III:
		w->p->mirrored = true;
		erspan_peel(w, true);
		return;
	case TYPE_WCCP:
		wccp_peel(w);
		return;
	case ETHERTYPE_BRIDGED:
		w->p->mirrored = true;
		w->next = ethernet_peel;
		return;
	default:
		if (type >= TYPE_ARUBA_FIRST && type <= TYPE_ARUBA_LAST)
			w->next = wifi_peel;
		else if (type >= ETHERTYPE_MIN)
			ethertype_next(w, type);
		else
			walk_stop(w, PACKET_IP_OTHER);
	}
}

/* The bytes of the fields that flags announce. */
static uint32_t
fields_len(uint16_t flags)
{
	uint32_t len = 0;
	if (flags & (FLAG_CHECKSUM | FLAG_ROUTING))
		len += 4;
	if (flags & FLAG_KEY)
		len += 4;
	if (flags & FLAG_SEQUENCE)
		len += 4;
	if ((flags & VERSION_MASK) == 1 && flags & FLAG_ACK)
		len += 4;
	return len;
}

void
gre_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 4);
	if (header == NULL)
		return;
	uint16_t flags = load_be16(header);
	/* Source routes of RFC 1701 were never deployed. */
	if ((flags & VERSION_MASK) > 1 || flags & FLAG_ROUTING) {
		walk_stop(w, PACKET_IP_OTHER);
		return;
	}
	const uint8_t *field = walk_take(w, fields_len(flags));
	if (field == NULL)
		return;
	if (flags & FLAG_CHECKSUM)
		field += 4;
	if (flags & FLAG_KEY)
		w->p->vni = load_be32(field);
	/* An acknowledgement alone, version 1. */
	if (w->wire == 0) {
		walk_stop(w, PACKET_IP_OTHER);
		return;
	}
	payload_peel(w, load_be16(header + 2), flags & FLAG_SEQUENCE);
}
