/*
 * Connections between a captured machine and one that nobody captured.
 *
 *	alpha -> beta, beta -> gamma (no capture)
 *
 * Of a path every attempt runs from the nearest capture to the furthest. A
 * machine at the far end that asks others, though, is the client of what it asks,
 * and one at the near end that others ask is its server. Where such an attempt is
 * only in its own capture, the other one's silence says nothing, and the machine
 * is not at the end that the path gives it.
 */
#ifndef STITCH_OUTSIDE_H
#define STITCH_OUTSIDE_H

#include "stitch/sides.h"

/*
 * Of the attempts that one of the captures near and far alone shows, find those
 * whose end there is the other one than the path says: by the addresses of what
 * both captures saw, or by the packets of the machine's other attempts. x->of is
 * SIDE_OUTSIDE for them, or SIDE_REVERSED where the other capture stands at their
 * other end. Behind sides_find, which it adds to.
 */
void outside_find(struct sides *x, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far);

#endif
