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

/* Until when the client's capture ran, by the clock of the server's: both are
 * there. INT64_MIN when no SYN shows it. */
int64_t passed_by_until_ns(
	const struct stitch_case *k, const struct attempt_ends *a);

/* A client in SYN-SENT resets nothing but what answered it (RFC 9293 section
 * 3.10.7.3): a capture that shows the RST alone lacks that answer. */
bool passed_by_lacks_reset(const struct sighting *g);

#endif
