/*
 * Wide-area links: Cisco HDLC, Frame Relay, ATM.
 *
 * spec: linktypes.html (C_HDLC, FRELAY, SUNATM); ITU-T Q.922 section 3.3 with
 * RFC 2427 section 3; RFC 2684 (LLC over ATM is llc.c).
 *
 *	+---------+---------+-------+
 *	| address | control | type  | ...        Cisco HDLC
 *	+---------+---------+-------+
 *	| DLCI 2 to 4 bytes | 03 | pad 00 | NLPID | ...        RFC 2427
 *	| DLCI 2 bytes      | type       | ...                 Cisco
 *	+-------------------+------------+
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

void
cisco_hdlc_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 4);
	if (header == NULL)
		return;
	uint16_t type = load_be16(header + 2);
	/* ISO protocols have a pseudo type, 0xfefe, that is no length. */
	if (type >= ETHERTYPE_MIN)
		ethertype_next(w, type);
}

#define ADDRESS_END 0x01 /* in the last address byte. cite: Q.922 3.3.2 */
#define ADDRESS_MIN 2
#define ADDRESS_MAX 4
#define CONTROL_UI 0x03

void
frame_relay_peel(struct walk *w)
{
	uint32_t len = 1;
	while (len <= w->have && len < ADDRESS_MAX &&
		(w->at[len - 1] & ADDRESS_END) == 0)
		len++;
	const uint8_t *address = walk_take(w, len);
	if (address == NULL)
		return;
	if (len < ADDRESS_MIN || (address[len - 1] & ADDRESS_END) == 0) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	const uint8_t *control = walk_take(w, 2);
	if (control == NULL)
		return;
	if (control[0] != CONTROL_UI) {
		uint16_t type = load_be16(control);
		if (type >= ETHERTYPE_MIN)
			ethertype_next(w, type);
		return;
	}
	/* A zero pads to an even header; otherwise it is the NLPID. */
	if (control[1] != 0) {
		w->at--;
		w->have++;
		w->wire++;
	}
	w->next = nlpid_peel;
}

/* SunATM: direction and traffic type, VPI, VCI.
 * cite: linktypes.html, LINKTYPE_SUNATM */
#define SUN_ATM_HEADER 4
#define SUN_ATM_OUT 0x80
#define SUN_ATM_TYPE 0x0f
#define SUN_ATM_LANE 0x01
#define SUN_ATM_LLC 0x02
#define LANE_HEADER 2

void
sun_atm_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, SUN_ATM_HEADER);
	if (header == NULL)
		return;
	w->p->direction = header[0] & SUN_ATM_OUT ? PACKET_DIRECTION_OUT
						  : PACKET_DIRECTION_IN;
	uint8_t type = header[0] & SUN_ATM_TYPE;
	if (type == SUN_ATM_LLC)
		w->next = llc_peel;
	else if (type == SUN_ATM_LANE && walk_take(w, LANE_HEADER) != NULL)
		w->next = ethernet_peel;
}
