/*
 * The time axis that pictures share: below each other, the marks of one moment
 * stand at one place.
 */
#ifndef RENDER_AXIS_H
#define RENDER_AXIS_H

#include "render/html.h"

#define AXIS_BINS_MAX 80 /* marks along the axis */

enum {
	AXIS_WIDTH = 1000, /* of the whole picture */
	AXIS_LEFT = 250,
	AXIS_RIGHT = 870,
};

struct axis {
	int64_t start_ns; /* of the first bin, reference clock */
	int64_t step_ns;  /* width of a bin: a round number */
	int bins;
};

/* From first_ns to last_ns, in round steps. */
void axis_choose(struct axis *a, int64_t first_ns, int64_t last_ns);

/* The bin that a moment falls in, or -1 when it is beyond the axis. */
int axis_bin(const struct axis *a, int64_t ns);

/* The same, but times beyond the axis count at its ends. */
int axis_bin_nearest(const struct axis *a, int64_t at_ns);

/* Where bin b begins; b may be the number of bins. */
int axis_x(const struct axis *a, int b);

/* Vertical lines from top to bottom with their times below. */
void axis_write(struct html *h, const struct axis *a, int top, int bottom);

/* "09:15:04", with the date in front when the axis is longer than a day, and as
 * many decimals as its steps need. */
#define AXIS_TIME_MAX 40
const char *axis_time(
	const struct axis *a, int64_t ns, char text[AXIS_TIME_MAX]);

#endif
