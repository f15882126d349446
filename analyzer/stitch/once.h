/*
 * One connect is one attempt: what is none, or is another side's sight of one
 * that is counted already, gets no row of its own.
 */
#ifndef STITCH_ONCE_H
#define STITCH_ONCE_H

#include "stitch/case.h"

/* Find them, once attempts are paired, clocks aligned and orphans collected;
 * fills k->match.kind and k->once. */
void once_find(struct stitch_case *k);

/* Attempt i is counted elsewhere, or is none. */
static inline bool
once_is_spare(const struct stitch_case *k, uint32_t i)
{
	return k->match.kind[i] == MATCH_SPARE;
}

#endif
