/*
 * Following DNS lookups of one vantage, packet by packet.
 *
 * Turns DNS messages into the lookups of a struct vantage. Costs nothing for
 * other packets, and a table lookup for each message about an address; memory is
 * bounded by LOOKUPS_MAX names.
 */
#ifndef INGEST_LOOKUPS_H
#define INGEST_LOOKUPS_H

#include "base/hash.h"
#include "ingest/table.h"
#include "model/vantage.h"
#include "parsers/packet/packet.h"

struct lookups {
	struct vantage *vantage; /* borrowed; filled */
	struct table names;      /* client and name -> index */
	struct hash_keys keys;
	uint32_t room;
	uint64_t beyond; /* queries for names that were not kept */
};

void lookups_init(struct lookups *l, struct vantage *v);

/* Take a packet of kind DNS. */
void lookups_packet(struct lookups *l, const struct packet *p,
	struct captured_time at, uint32_t frame);

/* End the lookups that are under way when the capture ends, and release what is
 * not the vantage's. Those whose answer could still have come are dropped. */
void lookups_finish(struct lookups *l);

#endif
