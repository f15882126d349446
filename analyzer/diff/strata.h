/*
 * Did the share of failed attempts change, client by client?
 *
 * Two sums can differ because other clients tried, and hide a change because
 * others did (Simpson's paradox). So each client is compared with itself, and
 * these comparisons are put together: a conditional exact test of all at once,
 * and an interval of the mean change, in which a client weighs as much as it
 * says (Mantel and Haenszel). With one client both are what share.h has.
 *
 * spec: W. G. Cochran, Biometrics 10 (1954) 417-451; N. Mantel and W. Haenszel,
 *       JNCI 22 (1959) 719-748: strata, and their weights
 * spec: M. Zelen, Biometrika 58 (1971) 129-137: the conditional distribution of
 *       the sum, as the product of hypergeometric ones
 * spec: G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008) 1693-1702:
 *       limits of a sum from the limits of its parts (squaring and adding);
 *       with one stratum it is Newcombe's method 10
 *
 * Costs: for the exact test the square of STRATA_EXACT_MAX steps at most.
 */
#ifndef DIFF_STRATA_H
#define DIFF_STRATA_H

#include <stddef.h>

#include "base/share.h"

/* Values of the sum for which the exact test is worked out; beyond it the
 * interval decides alone. */
#define STRATA_EXACT_MAX 2000

/* One client, then and now. */
struct stratum {
	struct share old, new;
};

/* The two-sided probability; -1: not worked out. */
double strata_exact(const struct stratum *s, size_t count);

/* Compare as share_compare does; strata without attempts on one side say
 * nothing, and are passed over. */
void strata_compare(const struct stratum *s, size_t count, int comparisons,
	struct share_change *change);

#endif
