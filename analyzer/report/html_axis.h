/*
 * The time axis that the plots share: pictures below each other, marks of one
 * moment at one place.
 */
#ifndef REPORT_HTML_AXIS_H
#define REPORT_HTML_AXIS_H

#include "report/html.h"

enum {
	AXIS_WIDTH = 1000, /* of the whole picture */
	AXIS_LEFT = 250,
	AXIS_RIGHT = 870,
};

/* Where bin b begins; b may be the number of bins. */
int axis_x(const struct overview *o, int b);

/* Vertical lines from top to bottom with their times below. */
void axis_write(struct html *h, int top, int bottom);

/* "09:15:04", with the date in front when the axis is longer than a day, and as
 * many decimals as its steps need. */
#define AXIS_TIME_MAX 40
const char *axis_time(
	const struct overview *o, int64_t ns, char text[AXIS_TIME_MAX]);

/* The bin that a moment falls in, or -1 when it is beyond the axis. */
int axis_bin(const struct overview *o, int64_t ns);

#endif
