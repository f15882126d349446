/*
 * The shared time axis; see html_axis.h. Labels are at round times.
 */
#include "report/html_axis.h"

#include <string.h>

#include "base/clock.h"

/* Labels; fewer when they have decimals. */
#define TICKS_MAX 6
#define TICKS_LONG_MAX 4

int
axis_x(const struct overview *o, int b)
{
	return AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * b / o->bins;
}

int
axis_bin(const struct overview *o, int64_t ns)
{
	if (ns < o->start_ns)
		return -1;
	uint64_t bin =
		((uint64_t)ns - (uint64_t)o->start_ns) / (uint64_t)o->step_ns;
	return bin < (uint64_t)o->bins ? (int)bin : -1;
}

const char *
axis_time(const struct overview *o, int64_t ns, char text[AXIS_TIME_MAX])
{
	char whole[CLOCK_TEXT_MAX];
	int decimals = o->step_ns % NS_PER_S == 0 ? 0 : 3;
	clock_format(ns, decimals, whole);
	/* 2026-11-20T09:15:04.120Z: cut the Z, and the date where it would say
	 * nothing. */
	char *t = strchr(whole, 'T');
	char *z = strchr(whole, 'Z');
	if (z)
		*z = '\0';
	bool days = o->bins * (o->step_ns / NS_PER_S) > 86400;
	if (t && days)
		*t = ' ';
	snprintf(text, AXIS_TIME_MAX, "%s",
		!t             ? whole
			: days ? whole + 5 /* the year */
			       : t + 1);
	return text;
}

/* Every how many bins there is a label: a round time, and few enough. */
static int
tick_every(const struct overview *o)
{
	int max = o->step_ns % NS_PER_S == 0 ? TICKS_MAX : TICKS_LONG_MAX;
	int every = 1;
	while (every < o->bins &&
		(o->bins / every > max ||
			!overview_is_round(every * o->step_ns)))
		every++;
	return every;
}

void
axis_write(struct html *h, int top, int bottom)
{
	const struct overview *o = h->overview;
	char text[AXIS_TIME_MAX];
	int every = tick_every(o);
	for (int b = 0; b <= o->bins; b++) {
		/* Labels at round times, wherever the axis begins. */
		if ((o->start_ns / o->step_ns + b) % every != 0)
			continue;
		int x = axis_x(o, b);
		html_add(h,
			"<path class=\"grid\" d=\"M%d %dV%d\"/>"
			"<text class=\"tick\" x=\"%d\" y=\"%d\">%s</text>\n",
			x, top, bottom, x, bottom + 22,
			axis_time(o, o->start_ns + b * o->step_ns, text));
	}
}
