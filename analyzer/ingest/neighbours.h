/*
 * Following ARP and neighbour discovery of one vantage, packet by packet.
 *
 * Costs a table lookup for each such message; memory is bounded by
 * NEIGHBOURS_MAX pairs.
 */
#ifndef INGEST_NEIGHBOURS_H
#define INGEST_NEIGHBOURS_H

#include "base/hash.h"
#include "ingest/table.h"
#include "model/vantage.h"
#include "parsers/packet/packet.h"

struct neighbours {
	struct vantage *vantage; /* borrowed; filled */
	struct table pairs;      /* asker and target -> index */
	struct hash_keys keys;
	uint32_t room;
	uint64_t beyond; /* questions of pairs that were not kept */
};

void neighbours_init(struct neighbours *n, struct vantage *v);

/* Take a packet of kind ARP or ICMP_OTHER. */
void neighbours_packet(struct neighbours *n, const struct packet *p,
	struct captured_time at, uint32_t frame);

/* Count what is still without an answer when the capture ends, and release what
 * is not the vantage's. A question whose answer could still have come is taken
 * for answered. */
void neighbours_finish(struct neighbours *n);

#endif
