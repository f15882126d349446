/*
 * How the clocks of the vantages relate.
 *
 * The only place where a captured time becomes a reference time. The reference
 * is the clock of the first vantage. "offset" is what this vantage's clock
 * shows more than the reference: reference = captured - offset. Which of the
 * two clocks drifts, or was set, nobody can tell from the two.
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
/*
 * A clock that is off by less is not set but slewed.
 * cite: RFC 5905 section 11.3, STEPT 0.128 s; less our own uncertainty
 */
#define CLOCK_STEP_MIN_NS (100 * NS_PER_MS)
/* What two ordinary clocks drift apart: twice what quartz promises. */
#define CLOCK_DRIFT_PPM 200.0

/*
 * The one-way delay that is assumed when only one direction was seen. Twice
 * the 500 ms of a path over a geostationary satellite.
 */
#define CLOCK_ONE_WAY_NS NS_PER_S

enum clock_method {
	CLOCK_REFERENCE,     /* this is the reference itself */
	CLOCK_BOUNDS,        /* bounded by segments in both directions */
	CLOCK_ONE_DIRECTION, /* bounded by one direction and an assumed delay */
	CLOCK_STATED,        /* nothing matched, but case.yaml says it */
	CLOCK_ASSUMED_EQUAL, /* nothing matched: the clocks are taken as equal */
};

/* An offset that grows evenly from origin_ns (captured clock) on. */
struct clock_line {
	int64_t offset_ns;
	double drift_ppm;
	int64_t origin_ns;
};

/*
 * A clock that was set: from then on it has another line. When it was set is
 * known to lie between two segments that both vantages saw; a time between
 * them, or one that the clock showed twice, may belong to either side.
 */
struct clock_step {
	int64_t first_ns; /* captured clock: the segments behind the step */
	int64_t last_ns;
	int64_t by_ns; /* how much the offset changed */
	struct clock_line line;
	bool drift_known;
	int64_t uncertainty_ns;
};

/* More is no clock that is set now and then. */
#define CLOCK_STEPS_MAX 4

struct clock_map {
	enum clock_method method;
	int64_t offset_ns;
	int64_t uncertainty_ns; /* the true offset is within +- this; for
	                           ASSUMED_EQUAL meaningless */
	double drift_ppm;       /* offset grows by this, from origin_ns on */
	bool drift_known;
	int64_t origin_ns; /* captured clock */
	/* Captured clock: the segments that bounded it, those before the first
	   step. Away from them clocks may drift; both 0 when nobody knows. */
	int64_t first_ns;
	int64_t last_ns;
	uint64_t pairs; /* attempts that bounded it */
	/* What a person said of it, which the packets may contradict. */
	bool stated;
	bool contradicts;
	int64_t stated_ns;
	int64_t stated_unsure_ns;
	int steps_count;
	struct clock_step steps[CLOCK_STEPS_MAX]; /* as they were captured */
};

/*
 * Fit every vantage's map; maps has one entry per vantage. sides tells the
 * attempts that run towards the first vantage instead of away from it. A
 * vantage is compared with the reference by the way that leaves the least
 * uncertainty: directly, or by others that share attempts with both.
 */
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

/* The line that holds for a captured time, of a clock that was set. */
struct clock_line clock_line_among(const struct clock_map *map, int64_t ns);

/* The line that holds for a captured time. */
static inline struct clock_line
clock_line_at(const struct clock_map *map, int64_t ns)
{
	if (map->steps_count > 0)
		return clock_line_among(map, ns);
	return (struct clock_line){
		map->offset_ns, map->drift_ppm, map->origin_ns};
}

/* What a rate of so many ppm adds from the line's origin to ns. The product is
 * at most 2^63 times CLOCK_DRIFT_MAX_PPM / 10^6: far inside the range. */
static inline int64_t
clock_drift(const struct clock_line *line, int64_t ns, double ppm)
{
	return (int64_t)((double)clock_sub(ns, line->origin_ns) * ppm * 1e-6);
}

static inline int64_t
clock_apply(const struct clock_line *line, int64_t captured_ns)
{
	int64_t ns = clock_sub(captured_ns, line->offset_ns);
	if (line->drift_ppm != 0)
		ns = clock_sub(
			ns, clock_drift(line, captured_ns, line->drift_ppm));
	return ns;
}

static inline struct reference_time
clock_to_reference(const struct clock_map *map, struct captured_time t)
{
	struct clock_line line = clock_line_at(map, t.ns);
	return (struct reference_time){clock_apply(&line, t.ns)};
}

/*
 * When the vantage's clock showed what the reference calls t. *sure, unless
 * NULL, is false when a clock was set around then, so that there were two such
 * times, or none.
 */
struct captured_time clock_from_reference(
	const struct clock_map *map, struct reference_time t, bool *sure);

/* How far the reference time of a captured time may be off, ns. */
int64_t clock_uncertainty(const struct clock_map *map, int64_t ns);

#endif
