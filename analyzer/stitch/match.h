/*
 * Which sightings at different vantages are one attempt.
 */
#ifndef STITCH_MATCH_H
#define STITCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/vantage.h"
#include "stitch/translations.h"

/*
 * Without equal sequence numbers two sightings of one 4-tuple must begin this
 * close together, whatever the clocks say of each other: less than the 60 s
 * that Linux keeps a port in TIME-WAIT (include/net/tcp.h, TCP_TIMEWAIT_LEN).
 */
#define MATCH_TUPLE_TIME_NS (30 * NS_PER_S)

/* How two sightings were paired, strongest first; see match.def. */
enum match_kind {
	MATCH_NONE, /* seen at one vantage only */
#define X(constant, id, meaning) MATCH_##constant,
#include "stitch/match.def"
#undef X
	MATCH_KIND_COUNT,
	MATCH_SPARE /* no attempt, or counted as another (stitch/once.h) */
};

/* The word of the contract's "matched_by"; NULL for MATCH_NONE. */
const char *match_word(enum match_kind k);

/*
 * All attempts of a case. Attempt i was seen at vantage v as sighting
 * seen[i * vantages + v], or SIGHTING_NONE.
 */
struct match {
	size_t vantages;
	uint32_t count;
	uint32_t *seen; /* owned */
	uint8_t *kind;  /* enum match_kind each; owned */
};

/* Pair the attempts of all vantages; translations may be NULL. Release with
 * match_release. */
void match_run(struct match *m, struct vantage *vantages, size_t count,
	const struct translations *translations);
void match_release(struct match *m);

/* True when two sightings have the same addresses and ports, same way round. */
bool match_same_tuple(const struct sighting *a, const struct sighting *b);

/* What no device changes of a SYN, options and timestamps among it, is the same
 * of both; the MSS may be clamped on the way. True where one has no SYN. */
bool match_same_syn(const struct sighting *a, const struct sighting *b);

/* True when attempt i was seen at vantage one and not at the other. */
bool match_only_at(const struct match *m, uint32_t i, size_t one, size_t other);

/* One vantage saw both attempts, so that they are two. */
bool match_seen_together(const struct match *m, uint32_t a, uint32_t b);

/* Move what attempt from saw into attempt to, where that saw nothing. */
void match_merge(
	struct match *m, uint32_t to, uint32_t from, enum match_kind kind);

/* Close the gaps that merging left: attempts get other numbers. */
void match_compact(struct match *m);

/* A key of 4-tuple and ISN, under the caller's secrets. */
uint64_t match_tuple_isn_key(struct hash_keys keys, const struct sighting *s);

/* A key of the ISN alone, under the caller's secrets. */
static inline uint64_t
match_isn_key(struct hash_keys keys, uint32_t isn)
{
	return hash_mix(keys.b ^ isn, keys.a);
}

/* The sighting of attempt i at each vantage, to be changed. */
static inline uint32_t *
match_row(const struct match *m, uint32_t i)
{
	return &m->seen[(size_t)i * m->vantages];
}

/* The sighting of attempt i at vantage v, or NULL. */
static inline const struct sighting *
match_seen(const struct match *m, const struct vantage *vantages, uint32_t i,
	size_t v)
{
	uint32_t index = match_row(m, i)[v];
	return index == SIGHTING_NONE ? NULL
				      : vantage_sighting(&vantages[v], index);
}

#endif
