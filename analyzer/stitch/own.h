/*
 * Captures of several machines that call each other: each is one machine's, and
 * which two are the ends differs from attempt to attempt.
 *
 *	alpha -> beta, beta -> gamma, gamma -> alpha
 *
 * or one the next:
 *
 *	laptop -> proxy, proxy -> program
 *
 * Of a path the outermost captures are the ends of every attempt. Of such a ring
 * or chain no capture stands between two others; the capture of a machine holds only
 * attempts of which its own address is one end.
 */
#ifndef STITCH_OWN_H
#define STITCH_OWN_H

#include "stitch/case.h"

/*
 * Set k->own, k->own_known and the sides of the attempts, when the captures are
 * three or more, or two of which one both takes and opens connections, every one has one address that all of its attempts and no other
 * capture's share (a proxy two, one of which every attempt has), and nothing says that they lie on a path: no attempt is in
 * three captures, and none has two captures at one end. Behind match_run, in the
 * place of sides_find; false when it is not so.
 */
bool own_find(struct stitch_case *k);

/* The vantages of an attempt's ends, CASE_NO_END where none stands. */
void own_ends(const struct stitch_case *k, uint32_t attempt, size_t *near,
	size_t *far);

#endif
