/*
 * An attempt that one vantage saw under two names: on the wire, and inside the
 * host behind its address translation.
 */
#ifndef STITCH_GATHER_SIGHTS_H
#define STITCH_GATHER_SIGHTS_H

#include "base/arena.h"
#include "model/facts.h"
#include "stitch/case.h"

/*
 * Of what vantage v saw of an attempt the sight on the wire: at the client's
 * end the later one, at the server's the earlier. g itself when there is one
 * sight only. NULL for NULL.
 */
const struct sighting *sights_wire(const struct stitch_case *k, size_t v,
	const struct sighting *g, bool at_client);

/* The attempt's other sight at v, g being one; NULL when there is none, or it is
 * an answer from elsewhere. */
const struct sighting *sights_twin(
	const struct stitch_case *k, size_t v, const struct sighting *g);

/* The other one, inside the host; NULL when there is none. */
const struct sighting *sights_inner(const struct stitch_case *k, size_t v,
	uint32_t attempt, bool at_client);

/* What the server's capture says of answers that leave, for an attempt that was
 * answered inside: such an answer, seen no more, may have left by a card that was
 * not captured, unless the capture shows others leaving (leaving.h). Notes are
 * static. */
void sights_limit_to_leaving(const struct stitch_case *k,
	const struct attempt_ends *a, const struct facts *f,
	struct cover_answer *answer);

/* The facts of inner ways and of answers from elsewhere. */
void gather_sights(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f);

#endif
