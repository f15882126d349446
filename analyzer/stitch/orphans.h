/*
 * SYNs that only the server's end saw.
 *
 * Behind a device that changes addresses, ports and sequence numbers any of
 * them could be an attempt that only the client's end saw.
 */
#ifndef STITCH_ORPHANS_H
#define STITCH_ORPHANS_H

#include <stdlib.h>

#include "model/sighting.h"

struct stitch_case;

struct orphan {
	uint64_t tuple; /* hash of its addresses and ports */
	int64_t at_ns;  /* reference clock */
};

struct orphans {
	int64_t *times;        /* ascending; owned */
	struct orphan *tuples; /* by 4-tuple, then ascending; owned */
	uint32_t count;
};

/* Collect them into k->orphans, once attempts are paired and clocks aligned.
 * Release with orphans_release. */
void orphans_find(struct stitch_case *k);
static inline void
orphans_release(struct orphans *o)
{
	free(o->times);
	free(o->tuples);
	*o = (struct orphans){0};
}

/* How many of them came in [from_ns, to_ns). */
uint32_t orphans_within(
	const struct orphans *o, int64_t from_ns, int64_t to_ns);

/* The same, of those with the addresses and ports of s. */
uint32_t orphans_of_tuple(const struct stitch_case *k, const struct sighting *s,
	int64_t from_ns, int64_t to_ns);

#endif
