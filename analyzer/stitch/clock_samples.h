/*
 * What attempts that two vantages saw say of their clocks.
 */
#ifndef STITCH_CLOCK_SAMPLES_H
#define STITCH_CLOCK_SAMPLES_H

#include "stitch/band.h"
#include "stitch/clock.h"
#include "stitch/match.h"
#include "stitch/sides.h"

/* One attempt bounds an offset by so many segments at most. */
#define CLOCK_SAMPLES_MAX 4

/* All attempts that vantage near and vantage v, further down the path, both
 * saw. */
struct clock_pairs {
	const struct match *m;
	const struct vantage *vantages;
	const struct sides *sides;
	size_t near;
	size_t v;
};

/* The bounds that attempt a gives; the count, 0 when one of the two vantages
 * did not see it or the two may speak of different copies. */
int clock_samples(const struct clock_pairs *p, uint32_t a,
	struct band_point out[CLOCK_SAMPLES_MAX]);

/* Fit the map from vantage v's clock to that of vantage near. */
void clock_align_pair(struct clock_map *map, const struct clock_pairs *p);

#endif
