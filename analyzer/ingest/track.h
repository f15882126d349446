/*
 * Following the attempts of one vantage, packet by packet.
 *
 * Turns decoded packets into the sightings of a struct vantage. State per
 * attempt is constant (model/sighting.h); per packet it costs one table lookup
 * and a few compares. A tracker belongs to one thread.
 */
#ifndef INGEST_TRACK_H
#define INGEST_TRACK_H

#include "base/hash.h"
#include "ingest/table.h"
#include "model/vantage.h"
#include "parsers/packet/packet.h"

/* Data that was acknowledged and not captured so far (track_loss.h). */
struct track_gap {
	struct sighting *sighting;
	int64_t ns;     /* captured clock: of the acknowledgement */
	uint32_t frame; /* of it */
	uint32_t from;  /* sequence numbers [from, to) */
	uint32_t to;
	uint32_t filled; /* so many of them came since */
	bool single;     /* may be a FIN: no loss that counts */
	uint8_t row;     /* 0: the client's data, 1: the server's */
};

/* An answer that was recorded before its SYN (track_early.h). */
struct track_early {
	struct packet packet;
	int64_t ns; /* captured clock; 0 with an empty packet: none */
	uint32_t frame;
	uint32_t tag;
	uint8_t card;
};

/* As many connections begin within two milliseconds and are out of order. */
#define TRACK_EARLY_MAX 8

/* More at a time than a few queues of a card put out of order. */
#define TRACK_GAPS_MAX 32

struct tracker {
	struct vantage *vantage; /* borrowed; filled */
	struct table flows;      /* 4-tuple -> latest sighting */
	struct table pairs;      /* host pair -> index */
	struct hash_keys keys;
	uint32_t pairs_room;
	uint32_t copies_room;
	uint32_t limit;       /* sightings allowed */
	uint32_t whole;       /* from so many on, SYNs go into the crowd */
	uint32_t crowd_limit; /* rows of it allowed */
	uint32_t gaps_count;
	struct track_gap gaps[TRACK_GAPS_MAX]; /* in the order they came */
	struct track_early early[TRACK_EARLY_MAX];
	int64_t early_last_ns;   /* captured clock: of the latest; 0 none */
	uint8_t early_next;      /* the place that is taken next */
	uint8_t card;            /* of the packet that is next; set by the
	                            caller, 0 unknown */
	uint64_t unmatched_icmp; /* errors about attempts never seen */
};

/*
 * Sightings that one vantage may hold unless told otherwise: 16 M, 5 GB. Beyond
 * it new attempts are only counted (audit.overflowed): a SYN flood must not end
 * the run.
 */
#define TRACK_LIMIT (UINT32_C(16) << 20)

/*
 * Sightings of one vantage from which on a SYN of a pair of hosts that is new is put
 * into the crowd (model/crowd.h) until a second packet comes. Fewer cost 25 MB.
 */
#define TRACK_WHOLE (UINT32_C(1) << 16)

/* Rows of the crowd for each sighting that is allowed. */
#define TRACK_CROWD_PER_SIGHTING 4

/* Limits: of sightings, and from how many on there is a crowd. */
void track_init(
	struct tracker *t, struct vantage *v, uint32_t limit, uint32_t whole);
void track_release(struct tracker *t);

/*
 * A large capture's sightings lie far apart in memory, so a lookup mostly waits
 * for it. Packets are therefore taken in small groups: first track_tag for each
 * of them, then track_prefetch for each, then track_packet for each; the waits
 * overlap. Packets that are neither TCP nor ICMP errors are ignored by all
 * three.
 */
uint32_t track_tag(const struct tracker *t, const struct packet *p);
void track_prefetch(const struct tracker *t, uint32_t tag);

/*
 * Take one packet: its time on the capture's clock, its frame number within
 * the vantage (from 1), and its tag.
 */
void track_packet(struct tracker *t, const struct packet *p,
	struct captured_time at, uint32_t frame, uint32_t tag);

#endif
