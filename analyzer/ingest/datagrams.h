/*
 * Noting who sends whom anything but TCP, packet by packet.
 *
 * Fills the datagrams of a struct vantage; a table lookup for each UDP or ICMP
 * packet, nothing for others. Memory is bounded by DATAGRAMS_MAX pairs of hosts.
 */
#ifndef INGEST_DATAGRAMS_H
#define INGEST_DATAGRAMS_H

#include "base/hash.h"
#include "ingest/table.h"
#include "model/vantage.h"
#include "parsers/packet/packet.h"

struct datagram_notes {
	struct vantage *vantage; /* borrowed; filled */
	struct table pairs;      /* two hosts -> index */
	struct hash_keys keys;
	uint32_t room;
	uint64_t beyond; /* packets of pairs that were not kept */
};

void datagrams_init(struct datagram_notes *n, struct vantage *v);

/* Take a packet of any kind. */
void datagrams_packet(struct datagram_notes *n, const struct packet *p,
	struct captured_time at);

/* Release what is not the vantage's. */
void datagrams_finish(struct datagram_notes *n);

#endif
