/*
 * What certainly passed a capture, and how much of it the capture shows.
 *
 * A connection that worked had its segments pass both ends, in both directions.
 * A capture that shows none of them was made at another interface, outside a
 * tunnel, or with a filter; one that shows one direction lacks the other one's
 * way. Neither leaves a trace in the file, and neither convicts anybody by what
 * it lacks.
 */
#ifndef STITCH_PASSED_BY_H
#define STITCH_PASSED_BY_H

#include "stitch/case.h"
#include "stitch/routes.h"

/* Fill the proofs of the case's covers: one look over the attempts. */
void passed_by_find(struct stitch_case *k);

/* Add what the machines' routes say, which live as long as the covers. */
void passed_by_routes(struct stitch_case *k, struct routes *routes);

#endif
