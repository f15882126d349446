/*
 * Straight lines that fit between bounds.
 *
 * Points say "the offset was at most this" or "at least this" at a moment. A
 * line is an offset that grows evenly. All lines that keep every bound form a
 * convex set; from it come the offset, what is not known of it, and whether the
 * clocks drift at all.
 *
 * Cost: linear in points, about 300 passes over them.
 */
#ifndef STITCH_BAND_H
#define STITCH_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct band_point {
	int64_t at_ns;   /* captured clock of the far vantage */
	int64_t diff_ns; /* far time - near time */
	bool upper;      /* the offset was at most diff_ns, else at least */
};

struct band_line {
	bool fits;         /* false: no such line keeps all bounds */
	bool drifts;       /* no line without slope does */
	bool steep;        /* it drifts, and lines of ppm_max fit */
	double ppm;        /* 0 unless drifts */
	int64_t offset_ns; /* at the first point's moment */
	int64_t unsure_ns; /* every line that fits is within +- this, from the
	                      first point's moment to the last one's */
	int64_t first_ns;  /* of the points' moments */
	int64_t last_ns;
};

/*
 * The middle of all lines that keep the bounds and rise or fall by ppm_max at
 * most. There must be bounds on both sides; points need no order.
 */
struct band_line band_fit(
	const struct band_point *points, size_t count, double ppm_max);

/* The first and the last point that come within_ns of the line: loose bounds
 * do not show that the offset was still the same. False when none does. */
bool band_span(const struct band_point *points, size_t count,
	const struct band_line *line, int64_t within_ns, int64_t *first_ns,
	int64_t *last_ns);

#endif
