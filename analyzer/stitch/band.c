/*
 * Lines between bounds, by their slope.
 *
 * For one slope every bound limits the height of the line: from above by the
 * lowest of the upper bounds, from below by the highest of the lower ones. The
 * room between the two is a concave function of the slope, so that its best
 * place, and the slopes at which it vanishes, are found by halving. How far
 * apart lines are at one moment is found in the same way.
 */
#include "stitch/band.h"

#include <assert.h>
#include <math.h>

#include "base/clock.h"

/* Each step leaves two thirds of the interval: below a nanosecond in 10^5 s. */
#define THIRDS 60
#define HALVES 50

/* Rounding of doubles over spans of years; captures say microseconds. */
#define ROUNDING_NS 1000.0

struct band {
	const struct band_point *points;
	size_t count;
	int64_t origin_ns; /* moments count from here */
	int64_t base_ns;   /* heights count from here */
};

/* The heights at the origin that lines of a slope may have. */
struct heights {
	double low;
	double high;
};

static double
seconds(const struct band *b, int64_t at_ns)
{
	return (double)clock_sub(at_ns, b->origin_ns) / NS_PER_S;
}

/* slope: ns per second. */
static struct heights
heights_of(const struct band *b, double slope)
{
	struct heights h = {-INFINITY, INFINITY};
	for (size_t i = 0; i < b->count; i++) {
		const struct band_point *p = &b->points[i];
		double height = (double)clock_sub(p->diff_ns, b->base_ns) -
			slope * seconds(b, p->at_ns);
		if (p->upper && height < h.high)
			h.high = height;
		else if (!p->upper && height > h.low)
			h.low = height;
	}
	return h;
}

/* What is sought for a slope; concave in it. */
typedef double height_fn(struct heights h, double rise);

static double
room(struct heights h, double rise)
{
	(void)rise;
	return h.high - h.low;
}

static double
highest(struct heights h, double rise)
{
	return h.high + rise;
}

static double
lowest(struct heights h, double rise)
{
	return -(h.low + rise);
}

/* The slope in [from, to] at which f is largest, at a moment of time. */
static double
best_slope(
	const struct band *b, height_fn *f, double at, double from, double to)
{
	for (int i = 0; i < THIRDS; i++) {
		double third = (to - from) / 3;
		double x = from + third;
		double y = to - third;
		if (f(heights_of(b, x), x * at) < f(heights_of(b, y), y * at))
			from = x;
		else
			to = y;
	}
	return (from + to) / 2;
}

/* Between a slope that fits and one that may not: the last one that fits. */
static double
last_slope(const struct band *b, double fits, double beyond)
{
	if (room(heights_of(b, beyond), 0) >= 0)
		return beyond;
	for (int i = 0; i < HALVES; i++) {
		double middle = (fits + beyond) / 2;
		if (room(heights_of(b, middle), 0) >= 0)
			fits = middle;
		else
			beyond = middle;
	}
	return fits;
}

/* Take the moment's extremes, less the chosen slope, into *h. */
static void
widen(const struct band *b, double at, double from, double to, double slope,
	struct heights *h)
{
	double x = best_slope(b, highest, at, from, to);
	double y = best_slope(b, lowest, at, from, to);
	double high = heights_of(b, x).high + (x - slope) * at;
	double low = heights_of(b, y).low + (y - slope) * at;
	if (high > h->high)
		h->high = high;
	if (low < h->low)
		h->low = low;
}

static void
find_moments(const struct band *b, struct band_line *line)
{
	line->first_ns = line->last_ns = b->points[0].at_ns;
	for (size_t i = 1; i < b->count; i++) {
		if (b->points[i].at_ns < line->first_ns)
			line->first_ns = b->points[i].at_ns;
		if (b->points[i].at_ns > line->last_ns)
			line->last_ns = b->points[i].at_ns;
	}
}

struct band_line
band_fit(const struct band_point *points, size_t count, double ppm_max)
{
	assert(count > 0);
	struct band b = {points, count, 0, points[0].diff_ns};
	struct band_line line = {0};
	find_moments(&b, &line);
	b.origin_ns = line.first_ns;
	double most = ppm_max * 1000; /* ns per second */
	double best = best_slope(&b, room, 0, -most, most);
	if (room(heights_of(&b, 0), 0) >= 0)
		best = 0;
	if (room(heights_of(&b, best), 0) < 0)
		return line;
	line.fits = true;
	double from = last_slope(&b, best, -most);
	double to = last_slope(&b, best, most);
	line.drifts = best != 0;
	line.steep = line.drifts && (from <= -most || to >= most);
	double slope = line.drifts ? (from + to) / 2 : 0;
	line.ppm = slope / 1000;
	struct heights h = {INFINITY, -INFINITY};
	widen(&b, 0, from, to, slope, &h);
	widen(&b, seconds(&b, line.last_ns), from, to, slope, &h);
	line.offset_ns = clock_add(b.base_ns, (int64_t)((h.high + h.low) / 2));
	line.unsure_ns = (int64_t)((h.high - h.low) / 2 + ROUNDING_NS);
	return line;
}

bool
band_span(const struct band_point *points, size_t count,
	const struct band_line *line, int64_t within_ns, int64_t *first_ns,
	int64_t *last_ns)
{
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		const struct band_point *p = &points[i];
		double since = (double)clock_sub(p->at_ns, line->first_ns);
		int64_t off = clock_sub(p->diff_ns,
			clock_add(line->offset_ns,
				(int64_t)(since * line->ppm * 1e-6)));
		if (off > within_ns || -off > within_ns)
			continue;
		if (!found || p->at_ns < *first_ns)
			*first_ns = p->at_ns;
		if (!found || p->at_ns > *last_ns)
			*last_ns = p->at_ns;
		found = true;
	}
	return found;
}
