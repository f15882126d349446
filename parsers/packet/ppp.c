/*
 * PPP, in every framing that files hold it in, and PPPoE.
 *
 * spec: RFC 1661 section 2, RFC 1662 section 3, RFC 2516 section 4.
 *
 *	+------+------+-------------+----------
 *	| ff   | 03   | protocol    | payload      address and control may be
 *	+------+------+-------------+----------    absent; protocol may be 1 byte
 *
 *	+------+------+------------+----------+----------
 *	| 11   | code | session    | length   | PPP ...         PPPoE
 *	+------+------+------------+----------+----------
 */
#include "parsers/packet/walk.h"

#define HDLC_ADDRESS 0xff /* cite: RFC 1662 section 3.1 */
#define HDLC_CONTROL 0x03
/* Cisco's framing on the same link type. cite: libpcap gencode.c, DLT_PPP_SERIAL
 * and linktypes.html, LINKTYPE_PPP_HDLC */
#define CISCO_UNICAST 0x0f
#define CISCO_MULTICAST 0x8f

/* cite: IANA "PPP Numbers", DLL protocol numbers */
#define PPP_IPV4 0x0021
#define PPP_BRIDGED 0x0031
#define PPP_IPV6 0x0057
#define PPP_MPLS_UNICAST 0x0281
#define PPP_MPLS_MULTICAST 0x0283

#define PPPOE_HEADER 6
#define PPPOE_VERSION_TYPE 0x11 /* cite: RFC 2516 section 4 */
#define PPPOE_SESSION_DATA 0x00

static void
protocol_dispatch(struct walk *w, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IPV4:
		w->next = ipv4_peel;
		return;
	case PPP_IPV6:
		w->next = ipv6_peel;
		return;
	case PPP_MPLS_UNICAST:
	case PPP_MPLS_MULTICAST:
		w->next = mpls_peel;
		return;
	case PPP_BRIDGED:
		/* Flags and MAC type, RFC 3518 section 4.2. */
		if (walk_take(w, 2) != NULL)
			w->next = ethernet_peel;
		return;
	default:
		return;
	}
}

void
ppp_peel(struct walk *w)
{
	if (w->have < 2) {
		walk_short(w, 2);
		return;
	}
	if (w->at[0] == CISCO_UNICAST || w->at[0] == CISCO_MULTICAST) {
		w->next = cisco_hdlc_peel;
		return;
	}
	if (w->at[0] == HDLC_ADDRESS && w->at[1] == HDLC_CONTROL)
		walk_skip(w, 2);
	const uint8_t *protocol = walk_take(w, 1);
	if (protocol == NULL)
		return;
	/* An odd byte ends the protocol number, RFC 1661 section 2. */
	if (*protocol & 1) {
		protocol_dispatch(w, *protocol);
		return;
	}
	const uint8_t *low = walk_take(w, 1);
	if (low != NULL)
		protocol_dispatch(w, (uint16_t)(*protocol << 8 | *low));
}

/* One byte ahead of PPP: 0 received, else sent.
 * cite: linktypes.html, LINKTYPE_PPP_WITH_DIR and LINKTYPE_PPP_PPPD */
static bool
direction_take(struct walk *w)
{
	const uint8_t *direction = walk_take(w, 1);
	if (direction == NULL)
		return false;
	w->p->direction =
		*direction == 0 ? PACKET_DIRECTION_IN : PACKET_DIRECTION_OUT;
	return true;
}

void
ppp_direction_peel(struct walk *w)
{
	if (direction_take(w))
		w->next = ppp_peel;
}

void
cisco_hdlc_direction_peel(struct walk *w)
{
	if (direction_take(w))
		w->next = cisco_hdlc_peel;
}

void
frame_relay_direction_peel(struct walk *w)
{
	if (direction_take(w))
		w->next = frame_relay_peel;
}

void
pppoe_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, PPPOE_HEADER);
	if (header == NULL)
		return;
	/* Discovery is not ours, and no version but 1 was ever used. */
	if (header[0] != PPPOE_VERSION_TYPE || header[1] != PPPOE_SESSION_DATA)
		return;
	uint16_t length = load_be16(header + 4);
	if (length < w->wire)
		walk_limit(w, length);
	w->next = ppp_peel;
}
