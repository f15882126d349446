/*
 * What became of each copy of a segment on its way, and whether the far capture
 * would have shown it.
 */
#ifndef STITCH_COPIES_H
#define STITCH_COPIES_H

#include "base/arena.h"
#include "model/facts.h"
#include "stitch/case.h"

/* Fill the coverage, *_covered, *_arrived, *_lost_between and orphans facts. */
void copies_compare(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f);

#endif
