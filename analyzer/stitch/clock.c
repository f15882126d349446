/*
 * Bounding clock offsets by segments that two vantages saw.
 *
 * A segment client -> server leaves before it arrives, so (server time - client
 * time) is the offset plus a delay that is not negative: an upper bound. A
 * segment server -> client gives a lower bound in the same way. Queueing only
 * loosens a bound. What lies between the tightest ones of all pairs is what no
 * method can resolve (the asymmetry of the path).
 *
 * Bounds are gathered per slice of time, the tightest of each, and the lines
 * that keep them all are found (stitch/band.h): without slope if such a line
 * exists, else the clocks drift. Where no line keeps them, a clock was set
 * meanwhile or some pairs are not what they seem: stitch/clock_steps.h sorts
 * them out. What it cannot explain gives one offset with an uncertainty that
 * holds all bounds.
 */
#include "stitch/clock.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/clock_samples.h"
#include "stitch/clock_steps.h"

/* Slices of time of which the tightest bounds are kept. */
#define SLICES 64

const char *
clock_method_word(enum clock_method method)
{
	switch (method) {
	case CLOCK_REFERENCE:
		return "reference";
	case CLOCK_BOUNDS:
		return "bounds";
	case CLOCK_ONE_DIRECTION:
		return "one-direction";
	case CLOCK_STATED:
		return "stated";
	case CLOCK_ASSUMED_EQUAL:
		break;
	}
	return "assumed-equal";
}

/*
 * A time of a clock that was set, between two steps or at the ends: from the
 * first to the last segment that shows it, and as far beyond as it may go.
 */
struct piece {
	int64_t first_ns; /* captured clock */
	int64_t last_ns;
	int64_t from_ns;
	int64_t to_ns;
	struct clock_line line;
	int64_t uncertainty_ns;
};

static struct piece
known_piece(const struct clock_map *map, int i)
{
	struct piece p = {.first_ns = map->first_ns,
		.last_ns = map->last_ns,
		.line = {map->offset_ns, map->drift_ppm, map->origin_ns},
		.uncertainty_ns = map->uncertainty_ns};
	if (i > 0) {
		const struct clock_step *s = &map->steps[i - 1];
		p.first_ns = s->first_ns;
		p.last_ns = s->last_ns;
		p.line = s->line;
		p.uncertainty_ns = s->uncertainty_ns;
	}
	p.from_ns = INT64_MIN + 1;
	p.to_ns = INT64_MAX;
	return p;
}

/* The time that passed between two pieces, on the reference clock. */
static int64_t
time_between(const struct piece *before, const struct piece *after)
{
	int64_t ns = clock_sub(clock_apply(&after->line, after->first_ns),
		clock_apply(&before->line, before->last_ns));
	return ns > 0 ? ns : 0;
}

/* The step fell somewhere between two pieces. The first and the last one go on
 * to where the clock shows another piece, or forever. */
static struct piece
piece_of(const struct clock_map *map, int i)
{
	struct piece p = known_piece(map, i);
	for (int j = 0; j <= map->steps_count; j++) {
		struct piece q = known_piece(map, j);
		if (j == i)
			continue;
		if (i == 0 && q.last_ns < p.first_ns && q.last_ns > p.from_ns)
			p.from_ns = q.last_ns;
		if (i == map->steps_count && q.first_ns > p.last_ns &&
			q.first_ns < p.to_ns)
			p.to_ns = q.first_ns;
		if (j == i - 1)
			p.from_ns = clock_sub(p.first_ns, time_between(&q, &p));
		if (j == i + 1)
			p.to_ns = clock_add(p.last_ns, time_between(&p, &q));
	}
	return p;
}

/* How far a captured time lies outside a piece's segments. */
static int64_t
outside(const struct piece *p, int64_t ns)
{
	if (ns < p->first_ns)
		return clock_sub(p->first_ns, ns);
	return ns > p->last_ns ? clock_sub(ns, p->last_ns) : 0;
}

struct clock_line
clock_line_among(const struct clock_map *map, int64_t ns)
{
	struct piece best = piece_of(map, 0);
	for (int i = 1; i <= map->steps_count; i++) {
		struct piece p = piece_of(map, i);
		if (outside(&p, ns) < outside(&best, ns))
			best = p;
	}
	return best.line;
}

struct captured_time
clock_from_reference(
	const struct clock_map *map, struct reference_time t, bool *sure)
{
	int64_t found = 0;
	int count = 0;
	for (int i = 0; i <= map->steps_count; i++) {
		struct piece p = piece_of(map, i);
		int64_t ns = clock_add(t.ns, p.line.offset_ns);
		/* The way back from ns - (ns - origin) * drift. */
		if (p.line.drift_ppm != 0)
			ns = clock_add(ns,
				clock_drift(&p.line, ns,
					p.line.drift_ppm /
						(1 - p.line.drift_ppm * 1e-6)));
		bool inside = ns >= p.from_ns && ns <= p.to_ns;
		if (count == 0 && (inside || i == 0))
			found = ns;
		count += inside;
	}
	if (sure != NULL)
		*sure = count == 1;
	return (struct captured_time){found};
}

/* What drift may add so far from the segments that bounded the clock. */
static int64_t
drifted(int64_t away_ns)
{
	return (int64_t)((double)away_ns * CLOCK_DRIFT_PPM * 1e-6);
}

int64_t
clock_uncertainty(const struct clock_map *map, int64_t ns)
{
	if (map->first_ns == 0 && map->last_ns == 0)
		return map->uncertainty_ns;
	struct clock_line line = clock_line_at(map, ns);
	int64_t at = clock_apply(&line, ns);
	int64_t unsure = 0;
	for (int i = 0; i <= map->steps_count; i++) {
		struct piece p = piece_of(map, i);
		if (ns < p.from_ns || ns > p.to_ns)
			continue;
		int64_t away = outside(&p, ns);
		int64_t off = clock_sub(clock_apply(&p.line, ns), at);
		int64_t most = clock_add(off < 0 ? -off : off,
			clock_add(p.uncertainty_ns, drifted(away)));
		if (most > unsure)
			unsure = most;
	}
	return unsure;
}

/* The tightest bounds of a slice of time. */
struct slice {
	struct band_point high;
	struct band_point low;
	bool has_high;
	bool has_low;
};

/* What the pass over all attempts gathers. */
struct gathered {
	struct slice slices[SLICES];
	int64_t highest; /* of all bounds */
	int64_t lowest;
	bool has_high;
	bool has_low;
	int64_t first_ns; /* captured clock: when those segments were seen */
	int64_t last_ns;
	uint64_t pairs;
};

static void
gather_point(struct gathered *g, struct slice *s, const struct band_point *p)
{
	bool first = !g->has_high && !g->has_low;
	if (first || p->at_ns < g->first_ns)
		g->first_ns = p->at_ns;
	if (first || p->at_ns > g->last_ns)
		g->last_ns = p->at_ns;
	if (first || p->diff_ns > g->highest)
		g->highest = p->diff_ns;
	if (first || p->diff_ns < g->lowest)
		g->lowest = p->diff_ns;
	if (p->upper) {
		if (!s->has_high || p->diff_ns < s->high.diff_ns)
			s->high = *p;
		s->has_high = g->has_high = true;
		return;
	}
	if (!s->has_low || p->diff_ns > s->low.diff_ns)
		s->low = *p;
	s->has_low = g->has_low = true;
}

static void
gather(const struct clock_pairs *p, struct gathered *g)
{
	const struct vantage *far = &p->vantages[p->v];
	int64_t width = (far->last.ns - far->first.ns) / SLICES + 1;
	struct band_point points[CLOCK_SAMPLES_MAX];
	for (uint32_t a = 0; a < p->m->count; a++) {
		int n = clock_samples(p, a, points);
		g->pairs += n > 0;
		for (int i = 0; i < n; i++) {
			int64_t at = clock_sub(points[i].at_ns, far->first.ns) /
				width;
			at = at < 0 ? 0 : at >= SLICES ? SLICES - 1 : at;
			gather_point(g, &g->slices[at], &points[i]);
		}
	}
}

static size_t
list_points(const struct gathered *g, struct band_point points[2 * SLICES])
{
	size_t n = 0;
	for (int i = 0; i < SLICES; i++) {
		if (g->slices[i].has_high)
			points[n++] = g->slices[i].high;
		if (g->slices[i].has_low)
			points[n++] = g->slices[i].low;
	}
	return n;
}

static void
take_line(struct clock_map *map, const struct band_line *line)
{
	map->method = CLOCK_BOUNDS;
	map->offset_ns = line->offset_ns;
	map->uncertainty_ns = line->unsure_ns;
	map->drift_ppm = line->ppm;
	map->drift_known = line->drifts;
	map->origin_ns = line->first_ns;
}

/* Whatever the offset was at a sample's moment, it was among the bounds, or
 * beyond the outermost one by a delay. */
static void
take_widest(struct clock_map *map, const struct gathered *g)
{
	int64_t wide = clock_sub(g->highest, g->lowest);
	map->method = CLOCK_BOUNDS;
	map->offset_ns = g->lowest + wide / 2;
	map->uncertainty_ns = wide / 2 +
		(wide < CLOCK_ONE_WAY_NS ? wide : CLOCK_ONE_WAY_NS) + NS_PER_US;
}

/* The tightest bound of the one direction that was seen. */
static void
take_one_direction(struct clock_map *map, const struct gathered *g)
{
	bool first = true;
	int64_t best = 0;
	for (int i = 0; i < SLICES; i++) {
		const struct slice *s = &g->slices[i];
		if (!s->has_high && !s->has_low)
			continue;
		int64_t diff = g->has_high ? s->high.diff_ns : s->low.diff_ns;
		if (first || (g->has_high ? diff < best : diff > best))
			best = diff;
		first = false;
	}
	/* A clock that was set meanwhile shows as bounds far apart. */
	int64_t spread = clock_sub(g->highest, g->lowest);
	map->method = CLOCK_ONE_DIRECTION;
	map->offset_ns = best;
	map->uncertainty_ns = clock_add(
		CLOCK_ONE_WAY_NS, spread > CLOCK_ONE_WAY_NS ? spread : 0);
}

/* Records go back by less where queues of a card put them out of order
   (ingest/feed.c). */
#define DISORDER_NS (10 * NS_PER_MS)

/* A capture shows that its clock was set back, and no pair of segments shows
 * since when: by what it shows, and by the time that passed at the moment. A step
 * shows as less than it was; where the segments took long, it hides between
 * them. */
static int64_t
set_back(const struct vantage *v, const struct gathered *g)
{
	bool hides = clock_sub(g->highest, g->lowest) >= CLOCK_STEP_MIN_NS;
	if (v->set_back_ns < (hides ? DISORDER_NS : CLOCK_STEP_MIN_NS))
		return 0;
	return clock_add(v->set_back_ns, clock_sub(v->last.ns, v->first.ns));
}

void
clock_align_pair(struct clock_map *map, const struct clock_pairs *p)
{
	const struct vantage *near = &p->vantages[p->near];
	const struct vantage *far = &p->vantages[p->v];
	*map = (struct clock_map){.method = CLOCK_ASSUMED_EQUAL};
	/* Packets without times tell nothing of clocks. */
	if (near->first.ns == CLOCK_UNKNOWN_NS ||
		far->first.ns == CLOCK_UNKNOWN_NS)
		return;
	struct gathered *g = memory_take(1, sizeof *g);
	gather(p, g);
	map->pairs = g->pairs;
	map->first_ns = g->first_ns;
	map->last_ns = g->last_ns;
	if (g->has_high && g->has_low) {
		struct band_point points[2 * SLICES];
		size_t n = list_points(g, points);
		struct band_line line = band_fit(points, n, CLOCK_DRIFT_PPM);
		if (!line.fits || line.steep)
			line = band_fit(points, n, CLOCK_DRIFT_MAX_PPM);
		if (line.fits) {
			take_line(map, &line);
			band_span(points, n, &line,
				CLOCK_STEP_MIN_NS + 2 * line.unsure_ns,
				&map->first_ns, &map->last_ns);
			map->uncertainty_ns = clock_add(map->uncertainty_ns,
				clock_add(set_back(near, g), set_back(far, g)));
		} else if (!clock_steps_find(map, p))
			take_widest(map, g);
	} else if (g->pairs > 0) {
		take_one_direction(map, g);
	}
	free(g);
}
