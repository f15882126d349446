/*
 * SYNs of which nothing else was seen, in a capture that has very many.
 *
 * A flood, a scan and a dead server look like this: one SYN each, from ever new
 * addresses, and no answer. Such an attempt is a row of 48 bytes here, an eighth of
 * a sighting, and has no record of its host pair; what all of a kind have in common
 * is kept once. The row holds what it takes to make the sighting that would have
 * been: as soon as a second packet comes, and for stitch, where it may have a
 * partner.
 */
#ifndef MODEL_CROWD_H
#define MODEL_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/sighting.h"

/* Rows per chunk: 3 MB at a time. */
#define CROWD_CHUNK_BITS 16
#define CROWD_CHUNK (1u << CROWD_CHUNK_BITS)

/* So many chunks are in memory, the others in a file (base/spill.h) where there is
 * one: a million rows, 50 MB. The latest of these stay in memory as well, for the
 * second packet mostly comes soon. */
#define CROWD_CHUNKS_HELD 16
#define CROWD_CHUNKS_LATE 4

/* Kinds that are told apart: services, options, traits, ways into the host. Who
 * varies these at random gets sightings. */
#define CROWD_KINDS_MAX 4096

/* As kind: the row became a sighting. */
#define CROWD_TAKEN UINT32_MAX

struct crowd_row {
	struct ip_addr client;
	int64_t at_ns; /* captured clock */
	uint32_t kind; /* index, or CROWD_TAKEN */
	uint32_t isn;
	uint32_t frame; /* counted from 1 */
	uint32_t tsval; /* 0 without timestamps */
	uint16_t client_port;
	uint16_t ip_id;
	uint16_t window;
	uint8_t ttl;
	uint8_t mark; /* enum crowd_mark, for who settles it */
};

/* What is found out of a row before attempts are paired (stitch/settle.c). */
enum crowd_mark {
	CROWD_WHOLE = 1 << 0,  /* something else speaks of it */
	CROWD_BEHIND = 1 << 1, /* an earlier capture's row leads here */
};

struct crowd_chunk {
	struct crowd_row *rows; /* owned; never move */
	uint16_t *prints;       /* owned; of each row's ends (crowd_print) */
	bool spilled;           /* to the file */
};

struct crowd {
	struct crowd_chunk *chunks; /* owned */
	uint32_t chunks_room;
	uint32_t count;
	uint32_t kinds_count;
	struct sighting *kinds; /* owned; without what a row holds */
	uint16_t *by_kind;      /* owned; open addressing: index + 1 */
	uint32_t latest;        /* kind */
	struct hash_keys keys;
	/* Which sightings stand for others of their kind: those from sample_first
	   on, and for how many beside itself each does. */
	uint32_t sample_first;
	uint32_t sample_count;
	uint32_t *alike; /* owned */
};

static inline struct crowd_row *
crowd_row(const struct crowd *c, uint32_t index)
{
	return &c->chunks[index >> CROWD_CHUNK_BITS]
			.rows[index & (CROWD_CHUNK - 1)];
}

/* What tells most of them apart without a look at the rows: the same whichever end
 * comes first. */
static inline uint16_t
crowd_print(
	struct ip_addr a, uint16_t a_port, struct ip_addr b, uint16_t b_port)
{
	uint64_t ends = a.lo ^ b.lo;
	return (uint16_t)(ends ^ ends >> 16 ^ a_port ^ b_port);
}

static inline bool
crowd_has_print(const struct crowd *c, uint32_t index, uint16_t print)
{
	return c->chunks[index >> CROWD_CHUNK_BITS]
		       .prints[index & (CROWD_CHUNK - 1)] == print;
}

/* Add the sighting of a first SYN as the row crowd.count - 1; false where its kind
 * is one too many. Its pair and its earlier sightings are not kept. */
bool crowd_add(struct crowd *c, const struct sighting *s);

/* The row was the last of its chunk that a pass through all rows looks at: from then
 * on it takes no memory where it is in the file. */
static inline bool
crowd_ends_chunk(uint32_t index)
{
	return (index & (CROWD_CHUNK - 1)) == CROWD_CHUNK - 1;
}

void crowd_rest(const struct crowd *c, uint32_t index);

/* The sighting that the row stands for, without a pair (SIGHTING_NONE). */
void crowd_sighting(
	const struct crowd *c, uint32_t index, struct sighting *out);

/* How many attempts the sighting stands for beside its own. */
static inline uint32_t
crowd_alike(const struct crowd *c, uint32_t sighting)
{
	uint32_t nth = sighting - c->sample_first;
	return sighting >= c->sample_first && nth < c->sample_count
		? c->alike[nth]
		: 0;
}

/* Free the rows; who stands for how many stays. */
void crowd_disperse(struct crowd *c);
void crowd_release(struct crowd *c);

#endif
