/*
 * MPLS label stacks, whose payload nothing names.
 *
 * spec: RFC 3032 section 2.1, RFC 4385 (control word), RFC 4448 (Ethernet).
 *
 *	+----------------------+-----+---+---------+
 *	| label (20)           | TC  | S | TTL     |   S: bottom of the stack
 *	+----------------------+-----+---+---------+
 *
 * Behind the bottom label the first nibble is the only hint: 4 and 6 are taken
 * for IP, unless the length is impossible and the bytes make an Ethernet header
 * (RFC 4928 section 3 has the problem). Otherwise an Ethernet pseudowire is
 * looked for, with and without the control word; the EtherType shows which.
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

#define LABEL_BYTES 4
#define LABEL_BOTTOM 0x01 /* in byte 2 */
#define CONTROL_WORD 4
#define ASSOCIATED_CHANNEL 1 /* first nibble. cite: RFC 4385 section 5 */

/* Addresses and type, and the two bytes that tell SNAP. */
#define ETHERNET_GUESS 16
/* cite: IEEE 802.2, SNAP's DSAP and SSAP */
#define LLC_SNAP 0xaaaa

static void
control_word_peel(struct walk *w)
{
	if (walk_take(w, CONTROL_WORD) != NULL)
		w->next = ethernet_peel;
}

/* The length of an IP header that would begin here fits the frame, as far as
 * it is captured. */
static bool
ip_length_fits(const struct walk *w)
{
	if (w->at[0] >> 4 == 4)
		return w->have < 4 || load_be16(w->at + 2) <= w->wire;
	return w->have < 6 || load_be16(w->at + 4) <= w->wire;
}

/* An Ethernet header at offset has a type that is peeled, or SNAP follows. */
static bool
looks_like_ethernet(const struct walk *w, uint32_t offset)
{
	if (w->have < offset + ETHERNET_GUESS)
		return false;
	uint16_t type = load_be16(w->at + offset + 12);
	switch (type) {
	case ETHERTYPE_IPV4:
	case ETHERTYPE_IPV6:
	case ETHERTYPE_ARP:
	case ETHERTYPE_VLAN:
	case ETHERTYPE_PROVIDER_BRIDGE:
	case ETHERTYPE_MPLS:
	case ETHERTYPE_PPPOE_SESSION:
		return true;
	default:
		return type < ETHERTYPE_MIN &&
			load_be16(w->at + offset + 14) == LLC_SNAP;
	}
}

static void
payload_guess(struct walk *w)
{
	if (w->have == 0) {
		walk_short(w, 1);
		return;
	}
	uint8_t nibble = w->at[0] >> 4;
	bool ip = nibble == 4 || nibble == 6;
	w->next = ip ? ip_peel : NULL;
	if (ip && ip_length_fits(w))
		return;
	if (w->have < CONTROL_WORD + ETHERNET_GUESS && w->have < w->wire)
		walk_stop(w, PACKET_CUT);
	else if (nibble == 0 && looks_like_ethernet(w, CONTROL_WORD))
		w->next = control_word_peel;
	else if (nibble != ASSOCIATED_CHANNEL && looks_like_ethernet(w, 0))
		w->next = ethernet_peel;
}

void
mpls_peel(struct walk *w)
{
	const uint8_t *label = walk_take(w, LABEL_BYTES);
	if (label == NULL)
		return;
	if (label[2] & LABEL_BOTTOM)
		payload_guess(w);
	else
		w->next = mpls_peel;
}
