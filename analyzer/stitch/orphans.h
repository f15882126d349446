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

/*
 * Those that could be s, of which only the client's end shows SYNs between the two
 * moments: any behind a device that changes everything, which is thinkable only
 * while vantage far never sees this client's address at all; else those of the same
 * addresses and ports, whose sequence numbers a device changed. None came before
 * the client's first SYN: early_ns is how far the two clocks may deceive.
 * None was the only one that fits, or it would have been paired.
 */
uint32_t orphans_like(const struct stitch_case *k, size_t far,
	const struct sighting *s, int64_t first_ns, int64_t last_ns,
	int64_t early_ns);

#endif
