/*
 * Finding the moments at which a clock was set.
 *
 * Attempts in the order in which the reference vantage captured them, which no
 * clock can disturb, are gathered in groups; each has its tightest bounds. A
 * stretch of groups grows as long as one line of ordinary drift keeps the
 * bounds of all. A group that does not fit is an exception when most of those
 * behind it fit again, and the beginning of a new stretch when they fit it
 * instead.
 *
 * Cost: only for clocks that no line explains; at most GROUPS fits of a band of
 * as many points.
 */
#include "stitch/clock_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define GROUPS 512

/* How many groups behind one that does not fit are asked. */
#define AHEAD 5

/* One group in so many may be an exception. */
#define EXCEPTIONS 8

struct group {
	struct band_point high;
	struct band_point low;
	bool has_high;
	bool has_low;
	int64_t first_ns; /* captured clock of the far vantage */
	int64_t last_ns;
};

/* Consecutive groups that one line fits. */
struct stretch {
	struct band_point points[2 * GROUPS];
	size_t count;
	int64_t first_ns;
	int64_t last_ns;
	bool has_high;
	bool has_low;
	size_t members[GROUPS + 1]; /* its groups */
	size_t members_count;
};

struct search {
	struct group groups[GROUPS + 1];
	size_t count;
	struct stretch stretches[CLOCK_STEPS_MAX + 1];
	size_t stretches_count;
	size_t exceptions;
	struct stretch trial;
};

static void
group_add(struct group *g, const struct band_point *p)
{
	bool first = !g->has_high && !g->has_low;
	if (first || p->at_ns < g->first_ns)
		g->first_ns = p->at_ns;
	if (first || p->at_ns > g->last_ns)
		g->last_ns = p->at_ns;
	if (p->upper && (!g->has_high || p->diff_ns < g->high.diff_ns))
		g->high = *p;
	if (!p->upper && (!g->has_low || p->diff_ns > g->low.diff_ns))
		g->low = *p;
	g->has_high |= p->upper;
	g->has_low |= !p->upper;
}

static void
make_groups(struct search *s, const struct clock_pairs *p, uint64_t pairs)
{
	uint64_t each = pairs / GROUPS + 1;
	uint64_t seen = 0;
	struct band_point points[CLOCK_SAMPLES_MAX];
	for (uint32_t a = 0; a < p->m->count; a++) {
		int n = clock_samples(p, a, points);
		if (n == 0)
			continue;
		size_t at = (size_t)(seen++ / each);
		if (at >= GROUPS)
			at = GROUPS;
		for (int i = 0; i < n; i++)
			group_add(&s->groups[at], &points[i]);
		s->count = at + 1;
	}
}

static void
stretch_add(struct stretch *t, const struct group *g)
{
	if (t->count == 0 || g->first_ns < t->first_ns)
		t->first_ns = g->first_ns;
	if (t->count == 0 || g->last_ns > t->last_ns)
		t->last_ns = g->last_ns;
	if (g->has_high)
		t->points[t->count++] = g->high;
	if (g->has_low)
		t->points[t->count++] = g->low;
	t->has_high |= g->has_high;
	t->has_low |= g->has_low;
}

static bool
stretch_holds(const struct stretch *t)
{
	return band_fit(t->points, t->count, CLOCK_DRIFT_PPM).fits;
}

/* Would the stretch still be one with this group? */
static bool
fits(struct search *s, const struct stretch *t, const struct group *g)
{
	if (t->count + 2 > sizeof t->points / sizeof *t->points)
		return false;
	memcpy(s->trial.points, t->points, t->count * sizeof *t->points);
	s->trial.count = t->count;
	stretch_add(&s->trial, g);
	return stretch_holds(&s->trial);
}

/* Of the groups behind at, more go with the stretch than with group at. */
static bool
is_exception(struct search *s, const struct stretch *t, size_t at)
{
	struct stretch *alone = memory_take(1, sizeof *alone);
	int with_stretch = 0;
	int with_group = 0;
	stretch_add(alone, &s->groups[at]);
	bool holds = stretch_holds(alone);
	for (size_t i = at + 1; i < s->count && i <= at + AHEAD; i++) {
		with_stretch += fits(s, t, &s->groups[i]);
		with_group += holds && fits(s, alone, &s->groups[i]);
	}
	free(alone);
	return !holds || with_stretch > with_group;
}

static void
stretch_join(const struct search *s, struct stretch *t, size_t group)
{
	t->members[t->members_count++] = group;
	stretch_add(t, &s->groups[group]);
}

/*
 * The last groups of a stretch may fit the next one as well: a single bound is
 * loose on one side. Nobody knows on which side of the step they were.
 */
static void
drop_doubtful(struct search *s, struct stretch *t, const struct stretch *next)
{
	size_t kept = t->members_count;
	while (kept > 1 && fits(s, next, &s->groups[t->members[kept - 1]]))
		kept--;
	struct stretch *shorter = memory_take(1, sizeof *shorter);
	for (size_t i = 0; i < kept; i++)
		stretch_join(s, shorter, t->members[i]);
	*t = *shorter;
	free(shorter);
}

/* Divide the groups into stretches; false when there are too many. */
static bool
divide(struct search *s)
{
	struct stretch *t = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct group *g = &s->groups[i];
		if (t != NULL && fits(s, t, g)) {
			stretch_join(s, t, i);
			continue;
		}
		if (t != NULL && is_exception(s, t, i)) {
			s->exceptions++;
			continue;
		}
		if (s->stretches_count > CLOCK_STEPS_MAX)
			return false;
		t = &s->stretches[s->stretches_count++];
		stretch_join(s, t, i);
		if (!stretch_holds(t)) {
			/* A group that contradicts itself begins nothing. */
			*t = (struct stretch){0};
			s->stretches_count--;
			s->exceptions++;
			t = s->stretches_count > 0
				? &s->stretches[s->stretches_count - 1]
				: NULL;
		}
	}
	for (size_t i = 1; i < s->stretches_count; i++)
		drop_doubtful(s, &s->stretches[i - 1], &s->stretches[i]);
	return s->stretches_count > 0 && s->exceptions * EXCEPTIONS <= s->count;
}

static struct clock_step
step_between(const struct clock_line *old, const struct stretch *before,
	const struct stretch *after, const struct band_line *line)
{
	int64_t was = clock_add(old->offset_ns,
		clock_drift(old, before->last_ns, old->drift_ppm));
	return (struct clock_step){
		.first_ns = after->first_ns,
		.last_ns = after->last_ns,
		.by_ns = clock_sub(line->offset_ns, was),
		.line = {line->offset_ns, line->ppm, line->first_ns},
		.drift_known = line->drifts,
		.uncertainty_ns = line->unsure_ns,
	};
}

/* Turn stretches into lines and steps; false when one is no step at all. */
static bool
settle(struct clock_map *map, struct search *s)
{
	struct clock_line old = {0};
	for (size_t i = 0; i < s->stretches_count; i++) {
		struct stretch *t = &s->stretches[i];
		if (!t->has_high || !t->has_low)
			return false;
		struct band_line line =
			band_fit(t->points, t->count, CLOCK_DRIFT_PPM);
		band_span(t->points, t->count, &line,
			CLOCK_STEP_MIN_NS + 2 * line.unsure_ns, &t->first_ns,
			&t->last_ns);
		if (i == 0) {
			map->offset_ns = line.offset_ns;
			map->uncertainty_ns = line.unsure_ns;
			map->drift_ppm = line.ppm;
			map->drift_known = line.drifts;
			map->origin_ns = line.first_ns;
			map->first_ns = t->first_ns;
			map->last_ns = t->last_ns;
			old = (struct clock_line){
				line.offset_ns, line.ppm, line.first_ns};
			continue;
		}
		struct clock_step step =
			step_between(&old, &s->stretches[i - 1], t, &line);
		if (step.by_ns < CLOCK_STEP_MIN_NS &&
			-step.by_ns < CLOCK_STEP_MIN_NS)
			return false;
		map->steps[map->steps_count++] = step;
		old = step.line;
	}
	return true;
}

bool
clock_steps_find(struct clock_map *map, const struct clock_pairs *p)
{
	struct search *s = memory_take(1, sizeof *s);
	struct clock_map found = {.method = CLOCK_BOUNDS, .pairs = map->pairs};
	make_groups(s, p, map->pairs);
	bool ok = divide(s) && settle(&found, s);
	if (ok)
		*map = found;
	free(s);
	return ok;
}
