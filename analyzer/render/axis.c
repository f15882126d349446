/*
 * The time axis; see axis.h. Labels are at round times.
 */
#include "render/axis.h"

#include <string.h>

#include "base/clock.h"

/* Labels; fewer when they have decimals. */
#define TICKS_MAX 6
#define TICKS_LONG_MAX 4

/* Widths of a bin that people count in; the last one is doubled as needed. */
static const int64_t steps_ns[] = {NS_PER_MS, 2 * NS_PER_MS, 5 * NS_PER_MS,
	10 * NS_PER_MS, 20 * NS_PER_MS, 50 * NS_PER_MS, 100 * NS_PER_MS,
	200 * NS_PER_MS, 500 * NS_PER_MS, NS_PER_S, 2 * NS_PER_S, 5 * NS_PER_S,
	10 * NS_PER_S, 15 * NS_PER_S, 30 * NS_PER_S, 60 * NS_PER_S,
	120 * NS_PER_S, 300 * NS_PER_S, 600 * NS_PER_S, 900 * NS_PER_S,
	1800 * NS_PER_S, 3600 * NS_PER_S, 7200 * NS_PER_S, 14400 * NS_PER_S,
	21600 * NS_PER_S, 43200 * NS_PER_S, 86400 * NS_PER_S};

static bool
is_round(int64_t ns)
{
	size_t count = sizeof steps_ns / sizeof steps_ns[0];
	for (size_t i = 0; i < count; i++)
		if (steps_ns[i] == ns)
			return true;
	return ns % steps_ns[count - 1] == 0;
}

static int64_t
floor_to(int64_t value, int64_t step)
{
	int64_t rest = value % step;
	return value - (rest < 0 ? rest + step : rest);
}

void
axis_choose(struct axis *a, int64_t first_ns, int64_t last_ns)
{
	size_t count = sizeof steps_ns / sizeof steps_ns[0];
	a->step_ns = 0;
	for (size_t i = 0; a->step_ns == 0 || i < count; i++) {
		int64_t step = i < count ? steps_ns[i] : 2 * a->step_ns;
		/* Unsigned, because the ends may be 584 years apart. */
		uint64_t span =
			(uint64_t)last_ns - (uint64_t)floor_to(first_ns, step);
		a->step_ns = step;
		a->bins = (int)(span / (uint64_t)step < AXIS_BINS_MAX
				? span / (uint64_t)step + 1
				: AXIS_BINS_MAX);
		if (span / (uint64_t)step < AXIS_BINS_MAX)
			break;
	}
	a->start_ns = floor_to(first_ns, a->step_ns);
}

int
axis_bin_nearest(const struct axis *a, int64_t at_ns)
{
	if (at_ns <= a->start_ns)
		return 0;
	uint64_t bin = ((uint64_t)at_ns - (uint64_t)a->start_ns) /
		(uint64_t)a->step_ns;
	return bin < (uint64_t)a->bins ? (int)bin : a->bins - 1;
}

int
axis_x(const struct axis *a, int b)
{
	return AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * b / a->bins;
}

int
axis_bin(const struct axis *a, int64_t ns)
{
	if (ns < a->start_ns)
		return -1;
	uint64_t bin =
		((uint64_t)ns - (uint64_t)a->start_ns) / (uint64_t)a->step_ns;
	return bin < (uint64_t)a->bins ? (int)bin : -1;
}

const char *
axis_time(const struct axis *a, int64_t ns, char text[AXIS_TIME_MAX])
{
	char whole[CLOCK_TEXT_MAX];
	int decimals = a->step_ns % NS_PER_S == 0 ? 0 : 3;
	clock_format(ns, decimals, whole);
	/* 2026-11-20T09:15:04.120Z: cut the Z, and the date where it would say
	 * nothing. */
	char *t = strchr(whole, 'T');
	char *z = strchr(whole, 'Z');
	if (z)
		*z = '\0';
	bool days = a->bins * (a->step_ns / NS_PER_S) > 86400;
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
tick_every(const struct axis *a)
{
	int max = a->step_ns % NS_PER_S == 0 ? TICKS_MAX : TICKS_LONG_MAX;
	int every = 1;
	while (every < a->bins &&
		(a->bins / every > max || !is_round(every * a->step_ns)))
		every++;
	return every;
}

void
axis_write(struct html *h, const struct axis *a, int top, int bottom)
{
	char text[AXIS_TIME_MAX];
	int every = tick_every(a);
	for (int b = 0; b <= a->bins; b++) {
		/* Labels at round times, wherever the axis begins. */
		if ((a->start_ns / a->step_ns + b) % every != 0)
			continue;
		int x = axis_x(a, b);
		html_add(h,
			"<path class=\"grid\" d=\"M%d %dV%d\"/>"
			"<text class=\"tick\" x=\"%d\" y=\"%d\">%s</text>\n",
			x, top, bottom, x, bottom + 22,
			axis_time(a, a->start_ns + b * a->step_ns, text));
	}
}
