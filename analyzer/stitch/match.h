/*
 * Which sightings at different vantages are one attempt.
 */
#ifndef STITCH_MATCH_H
#define STITCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/vantage.h"

/* How two sightings were paired, strongest first; see match.def. */
enum match_kind {
	MATCH_NONE, /* seen at one vantage only */
#define X(constant, id, meaning) MATCH_##constant,
#include "stitch/match.def"
#undef X
	MATCH_KIND_COUNT
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

/* Pair the attempts of all vantages. Release with match_release. */
void match_run(struct match *m, struct vantage *vantages, size_t count);
void match_release(struct match *m);

/* The sighting of attempt i at vantage v, or NULL. */
static inline const struct sighting *
match_seen(const struct match *m, const struct vantage *vantages, uint32_t i,
	size_t v)
{
	uint32_t index = m->seen[(size_t)i * m->vantages + v];
	return index == SIGHTING_NONE ? NULL
				      : vantage_sighting(&vantages[v], index);
}

#endif
