/*
 * The facts of how an attempt went on and ended: late resets, silences, who
 * waited for whom.
 */
#ifndef STITCH_GATHER_STORY_H
#define STITCH_GATHER_STORY_H

#include "model/facts.h"
#include "stitch/case.h"

/* Fill in those facts; what gather_counts wrote is there already. */
void gather_story(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f);

/* The connection was reset after a silence that is worth telling. */
bool story_has_idle_reset(const struct sighting *g);

/* Microseconds for which the server repeated data that the client did not
 * acknowledge any more, 3 s or more; or FACT_UNKNOWN. */
int64_t story_stuck_us(const struct sighting *g);

#endif
