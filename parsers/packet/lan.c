/*
 * Local networks other than Ethernet: FDDI, Token Ring, ARCNET, InfiniBand,
 * Fibre Channel, IEEE 1394.
 *
 * spec: linktypes.html for each; RFC 1042, RFC 1201 (ARCNET), RFC 2625 (Fibre
 * Channel), RFC 2734 (IEEE 1394), RFC 4391 (InfiniBand).
 *
 *	FDDI        | control 1 | destination 6 | source 6 | LLC
 *	Token Ring  | AC 1, FC 1 | destination 6 | source 6 | routing | LLC
 *	ARCNET      | source 1 | destination 1 | type 1 | split 1, seq 2 | IP
 *	InfiniBand  | global route 40 | type 2 | zero 2 | IP
 *	Fibre Ch.   | destination 8 | source 8 | LLC
 *	IEEE 1394   | destination 8 | source 8 | type 2 | IP
 */
#include "parsers/packet/walk.h"

#define FDDI_HEADER 13
#define FDDI_FORMAT_MASK 0xf0 /* cite: ANSI X3.139, frame control */
#define FDDI_LLC_ASYNC 0x50
#define FDDI_LLC_SYNC 0xd0

void
fddi_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, FDDI_HEADER);
	if (header == NULL)
		return;
	uint8_t format = header[0] & FDDI_FORMAT_MASK;
	if (format == FDDI_LLC_ASYNC || format == FDDI_LLC_SYNC)
		w->next = llc_peel;
}

#define TOKEN_RING_HEADER 14
#define TOKEN_RING_SOURCE 8
#define TOKEN_RING_FORMAT_MASK 0xc0 /* cite: IEEE 802.5 clause 3.2.3 */
#define TOKEN_RING_LLC 0x40
#define SOURCE_ROUTED 0x80 /* first bit of the source address */
#define ROUTING_LENGTH_MASK 0x1f

void
token_ring_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, TOKEN_RING_HEADER);
	if (header == NULL)
		return;
	if ((header[1] & TOKEN_RING_FORMAT_MASK) != TOKEN_RING_LLC)
		return;
	if (header[TOKEN_RING_SOURCE] & SOURCE_ROUTED) {
		if (w->have < 2) {
			walk_short(w, 2);
			return;
		}
		uint32_t len = w->at[0] & ROUTING_LENGTH_MASK;
		if (len < 2) {
			walk_stop(w, PACKET_MALFORMED);
			return;
		}
		if (walk_take(w, len) == NULL)
			return;
	}
	w->next = llc_peel;
}

/* cite: RFC 1201 section 2 and RFC 1051 (the older numbers) */
#define ARCNET_IP 212
#define ARCNET_ARP 213
#define ARCNET_IP_OLD 240
#define ARCNET_ARP_OLD 241
#define ARCNET_IPV6 196 /* cite: RFC 2497 section 3 */
#define ARCNET_SPLIT_LONG 0xff

static void
arcnet_payload_peel(struct walk *w, uint8_t type)
{
	switch (type) {
	case ARCNET_IP_OLD:
		/* No split field, RFC 1051 section 2. */
		w->next = ipv4_peel;
		return;
	case ARCNET_ARP:
	case ARCNET_ARP_OLD:
		walk_stop(w, PACKET_ARP);
		return;
	case ARCNET_IP:
	case ARCNET_IPV6:
		break;
	default:
		return;
	}
	const uint8_t *split = walk_take(w, 3);
	if (split == NULL)
		return;
	/* An exception frame repeats the header after four bytes. */
	if (split[0] == ARCNET_SPLIT_LONG && walk_take(w, 4) == NULL)
		return;
	/* Odd flags begin a split packet, even ones continue it. */
	if (split[0] != ARCNET_SPLIT_LONG && split[0] != 0 &&
		(split[0] & 1) == 0) {
		walk_stop(w, PACKET_FRAGMENT);
		return;
	}
	w->next = type == ARCNET_IP ? ipv4_peel : ipv6_peel;
}

void
arcnet_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 3);
	if (header != NULL)
		arcnet_payload_peel(w, header[2]);
}

/* Linux puts two bytes of offset between the addresses and the type, and has
 * put exception frames together. cite: linktypes.html, LINKTYPE_ARCNET_LINUX */
void
arcnet_linux_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, 5);
	if (header != NULL)
		arcnet_payload_peel(w, header[4]);
}

#define INFINIBAND_HEADER 44

void
infiniband_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, INFINIBAND_HEADER);
	if (header == NULL)
		return;
	ethertype_next(w, load_be16(header + 40));
}

#define FIBRE_CHANNEL_HEADER 16

void
fibre_channel_peel(struct walk *w)
{
	if (walk_take(w, FIBRE_CHANNEL_HEADER) != NULL)
		w->next = llc_peel;
}

#define FIREWIRE_HEADER 18

void
firewire_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, FIREWIRE_HEADER);
	if (header == NULL)
		return;
	ethertype_next(w, load_be16(header + 16));
}
