/*
 * Which interface of its host a packet was captured at, as a small number.
 *
 * Told by the packet (Linux cooked captures of version 2 have its number), by
 * the file (pcapng names its interfaces), or by the file's name (one capture for
 * each card: eth0.pcap, docker0.pcap).
 */
#ifndef INGEST_CARDS_H
#define INGEST_CARDS_H

#include "ingest/reading.h"

struct card_key {
	const struct feed_piece *piece; /* NULL: the number alone counts */
	uint32_t number;
};

struct cards {
	struct vantage *vantage;                 /* borrowed; filled */
	struct card_key keys[VANTAGE_CARDS_MAX]; /* of packets, by what shows */
	uint8_t card[VANTAGE_CARDS_MAX];         /* what they stand for */
	uint32_t count;
	uint32_t latest; /* the key that was found last */
};

void cards_init(struct cards *x, struct vantage *v);

/* The number of the packet's card in the vantage, made on first sight; 0 when
 * nothing tells it or there are too many. One comparison as a rule. */
uint8_t cards_find(
	struct cards *x, const struct reading *r, const struct packet *p);

#endif
