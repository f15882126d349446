/*
 * From one attempt's sightings to the facts that rules ask for.
 */
#ifndef STITCH_GATHER_H
#define STITCH_GATHER_H

#include "base/arena.h"
#include "model/facts.h"
#include "stitch/case.h"

/*
 * True when nothing about the attempt needs judging: the handshake is complete
 * at every end that was captured, no segment was repeated, refused or
 * unanswered. Such attempts get the verdict of the rule marked `clean`.
 */
bool gather_is_clean(const struct stitch_case *k, const struct attempt_ends *a);

/* Fill *f. Texts are static, or from arena, which the caller releases. */
void gather_facts(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f);

#endif
