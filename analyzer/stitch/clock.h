/*
 * How the clocks of the vantages relate.
 *
 * The only place where a captured time becomes a reference time. The reference
 * is the clock of the first vantage. "offset" is what this vantage's clock
 * shows more than the reference: reference = captured - offset.
 */
#ifndef STITCH_CLOCK_H
#define STITCH_CLOCK_H

#include "base/clock.h"
#include "stitch/match.h"
#include "stitch/sides.h"

/*
 * A clock that gains or loses more is not drifting, it was set: quartz is good
 * to 100 ppm, and the kernel corrects it by at most 500 ppm.
 * cite: Linux 6.12 include/linux/timex.h, MAXFREQ
 */
#define CLOCK_DRIFT_MAX_PPM 1000.0

enum clock_method {
	CLOCK_REFERENCE,     /* this is the reference itself */
	CLOCK_BOUNDS,        /* bounded by segments in both directions */
	CLOCK_ONE_DIRECTION, /* bounded by one direction and an assumed delay */
	CLOCK_STATED,        /* nothing matched, but case.yaml says it */
	CLOCK_ASSUMED_EQUAL, /* nothing matched: the clocks are taken as equal */
};

struct clock_map {
	enum clock_method method;
	int64_t offset_ns;
	int64_t uncertainty_ns; /* the true offset is within +- this; for
	                           ASSUMED_EQUAL meaningless */
	double drift_ppm;       /* offset grows by this, from origin_ns on */
	bool drift_known;
	int64_t origin_ns; /* captured clock */
	uint64_t pairs;    /* attempts that bounded it */
};

/* Fit every vantage's map; maps has one entry per vantage. sides tells the
 * attempts that run towards the first vantage instead of away from it. */
void clock_align(struct clock_map *maps, const struct match *m,
	const struct vantage *vantages, const struct sides *sides);

/* "reference", "bounds", "one-direction", "stated", "assumed-equal". */
const char *clock_method_word(enum clock_method method);

/* True when the offset rests on matched segments, or on a person's word. */
static inline bool
clock_known(const struct clock_map *map)
{
	return map->method != CLOCK_ASSUMED_EQUAL;
}

/* What a rate of so many ppm adds from the map's origin to ns. The product is
 * at most 2^63 times CLOCK_DRIFT_MAX_PPM / 10^6: far inside the range. */
static inline int64_t
clock_drift(const struct clock_map *map, int64_t ns, double ppm)
{
	return (int64_t)((double)clock_sub(ns, map->origin_ns) * ppm * 1e-6);
}

static inline struct reference_time
clock_to_reference(const struct clock_map *map, struct captured_time t)
{
	int64_t ns = clock_sub(t.ns, map->offset_ns);
	if (map->drift_ppm != 0)
		ns = clock_sub(ns, clock_drift(map, t.ns, map->drift_ppm));
	return (struct reference_time){ns};
}

static inline struct captured_time
clock_from_reference(const struct clock_map *map, struct reference_time t)
{
	int64_t ns = clock_add(t.ns, map->offset_ns);
	if (map->drift_ppm != 0)
		/* The way back from ns - (ns - origin) * drift. */
		ns = clock_add(ns,
			clock_drift(map, ns,
				map->drift_ppm / (1 - map->drift_ppm * 1e-6)));
	return (struct captured_time){ns};
}

#endif
