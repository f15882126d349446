/*
 * Pseudo headers that name the link type of the frame behind them: PPI, PKTAP,
 * and Juniper's.
 *
 * spec: linktypes.html (PPI, PKTAP); Darwin bsd/net/pktap.h; tcpdump
 * print-juniper.c for Juniper, which publishes none.
 *
 *	+---------+-------+----------+-------------+--------+
 *	| version | flags | length 2 | link type 4 | fields |     PPI
 *	+---------+-------+----------+-------------+--------+
 *	| length 4 | record 4 | link type 4 | ifname 24 | flags 4 | ...   PKTAP
 *	+----------+----------+-------------+-----------+---------+
 *	| 4d 47 43 | flags 1 | extension length 2 | extensions |     Juniper
 *	+----------+---------+--------------------+------------+
 *
 * The inner link type is a DLT; where those differ from LINKTYPE values the
 * table of link layers has both.
 */
#include "parsers/packet/walk.h"

static void
inner_link_peel(struct walk *w, uint32_t link_type)
{
	w->next = link_layer_find(link_type);
	if (w->next == NULL)
		walk_stop(w, PACKET_UNKNOWN_LINK);
}

#define PPI_HEADER 8

void
ppi_peel(struct walk *w)
{
	if (w->have < PPI_HEADER) {
		walk_short(w, PPI_HEADER);
		return;
	}
	uint32_t len = load_le16(w->at + 2);
	if (len < PPI_HEADER) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	const uint8_t *header = walk_take(w, len);
	if (header != NULL)
		inner_link_peel(w, load_le32(header + 4));
}

/* cite: Darwin bsd/net/pktap.h (xnu), struct pktap_header and PTH_FLAG_* */
#define PKTAP_HEADER 40
#define PKTAP_LINK_TYPE 8
#define PKTAP_FLAGS 36
#define PKTAP_FLAG_IN 0x01
#define PKTAP_FLAG_OUT 0x02

void
pktap_peel(struct walk *w)
{
	if (w->have < PKTAP_HEADER) {
		walk_short(w, PKTAP_HEADER);
		return;
	}
	uint32_t len = load_le32(w->at);
	if (len < PKTAP_HEADER) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	const uint8_t *header = walk_take(w, len);
	if (header == NULL)
		return;
	uint32_t flags = load_le32(header + PKTAP_FLAGS);
	if (flags & PKTAP_FLAG_IN)
		w->p->direction = PACKET_DIRECTION_IN;
	else if (flags & PKTAP_FLAG_OUT)
		w->p->direction = PACKET_DIRECTION_OUT;
	inner_link_peel(w, load_le32(header + PKTAP_LINK_TYPE));
}

/* cite: tcpdump print-juniper.c, JUNIPER_BPF_* and JUNIPER_MGC_NUMBER */
#define JUNIPER_HEADER 4
#define JUNIPER_MAGIC 0x4d4743u
#define JUNIPER_IN 0x01
#define JUNIPER_NO_LINK_HEADER 0x02
#define JUNIPER_EXTENSIONS 0x80

void
juniper_ethernet_peel(struct walk *w)
{
	const uint8_t *header = walk_take(w, JUNIPER_HEADER);
	if (header == NULL)
		return;
	if (load_be32(header) >> 8 != JUNIPER_MAGIC) {
		walk_stop(w, PACKET_MALFORMED);
		return;
	}
	uint8_t flags = header[3];
	w->p->direction =
		flags & JUNIPER_IN ? PACKET_DIRECTION_IN : PACKET_DIRECTION_OUT;
	if (flags & JUNIPER_EXTENSIONS) {
		const uint8_t *len = walk_take(w, 2);
		if (len == NULL || walk_take(w, load_be16(len)) == NULL)
			return;
	}
	if ((flags & JUNIPER_NO_LINK_HEADER) == 0)
		w->next = ethernet_peel;
	else if (walk_take(w, 4) != NULL)
		w->next = ip_peel;
}
