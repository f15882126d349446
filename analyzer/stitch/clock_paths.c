/*
 * The way from each vantage's clock to the reference, over the vantages that
 * share attempts.
 *
 * Every two vantages that saw the same segments bound each other's clocks. The
 * reference is reached over the edges whose uncertainties add up to the least
 * (Dijkstra), so that one more capture can only add a way. Only edges between
 * clocks that nobody set meanwhile are joined.
 */
#include "stitch/clock.h"

#include "stitch/clock_samples.h"

/* As many as a case may have (stitch/stitch.h). */
#define NODES_MAX 8

struct graph {
	size_t count;
	/* edge[u][v] of u before v on the path: from v's clock to u's. */
	struct clock_map edge[NODES_MAX][NODES_MAX];
};

static bool
is_simple(const struct clock_map *map)
{
	return map->steps_count == 0 &&
		(map->method == CLOCK_BOUNDS ||
			map->method == CLOCK_ONE_DIRECTION);
}

/* From near's clock to far's, where map leads the other way. */
static struct clock_map
invert(const struct clock_map *map)
{
	struct clock_line line = clock_line_at(map, map->origin_ns);
	struct clock_map out = *map;
	out.offset_ns = clock_sub(0, map->offset_ns);
	out.drift_ppm = -map->drift_ppm;
	out.origin_ns = clock_apply(&line, map->origin_ns);
	out.first_ns = clock_apply(&line, map->first_ns);
	out.last_ns = clock_apply(&line, map->last_ns);
	return out;
}

/* What rates of 1 ppm of each other may be off in the time between. */
static int64_t
drifted(int64_t away_ns)
{
	return (int64_t)((double)away_ns * CLOCK_DRIFT_PPM * 1e-6);
}

/* The way holds where both of its parts were bounded. Where they never were at
 * once, it is stated for the end of the first part that is nearest to the other,
 * and rates may differ in the time between. */
static void
take_common_time(struct clock_map *out, const struct clock_map *edge,
	const struct clock_map *map)
{
	int64_t from = clock_from_reference(
		edge, (struct reference_time){map->first_ns}, NULL)
			       .ns;
	int64_t to = clock_from_reference(
		edge, (struct reference_time){map->last_ns}, NULL)
			     .ns;
	if (to < edge->first_ns || from > edge->last_ns) {
		bool before = to < edge->first_ns;
		int64_t away = before ? clock_sub(edge->first_ns, to)
				      : clock_sub(from, edge->last_ns);
		out->uncertainty_ns =
			clock_add(out->uncertainty_ns, drifted(away));
		out->first_ns = out->last_ns =
			before ? edge->first_ns : edge->last_ns;
		return;
	}
	if (from > out->first_ns)
		out->first_ns = from;
	if (to < out->last_ns)
		out->last_ns = to;
}

/* From a clock by way of another one's: first edge, then map. */
static struct clock_map
join(const struct clock_map *edge, const struct clock_map *map)
{
	struct clock_line line = clock_line_at(edge, edge->origin_ns);
	int64_t between = clock_apply(&line, edge->origin_ns);
	struct clock_line next = clock_line_at(map, between);
	struct clock_map out = *edge;
	out.offset_ns = clock_sub(edge->origin_ns, clock_apply(&next, between));
	out.drift_ppm = edge->drift_ppm + map->drift_ppm;
	out.drift_known = edge->drift_known || map->drift_known;
	out.uncertainty_ns =
		clock_add(edge->uncertainty_ns, map->uncertainty_ns);
	if (map->method == CLOCK_REFERENCE)
		return out;
	if (map->method == CLOCK_ONE_DIRECTION)
		out.method = CLOCK_ONE_DIRECTION;
	take_common_time(&out, edge, map);
	return out;
}

/* From v's clock to u's; false when nothing compares the two. */
static bool
edge_between(const struct graph *g, size_t u, size_t v, struct clock_map *out)
{
	const struct clock_map *map = u < v ? &g->edge[u][v] : &g->edge[v][u];
	if (!is_simple(map))
		return false;
	*out = u < v ? *map : invert(map);
	return true;
}

/* Take the way over u for every vantage that it brings nearer. */
static void
relax(const struct graph *g, struct clock_map *maps, const bool *settled,
	size_t u)
{
	for (size_t v = 1; v < g->count; v++) {
		struct clock_map edge;
		if (settled[v] || u == v || !edge_between(g, u, v, &edge))
			continue;
		struct clock_map way = join(&edge, &maps[u]);
		if (!clock_known(&maps[v]) ||
			(is_simple(&maps[v]) &&
				way.uncertainty_ns < maps[v].uncertainty_ns))
			maps[v] = way;
	}
}

/* The vantage with the least uncertainty that is known and not settled. */
static size_t
nearest(const struct graph *g, const struct clock_map *maps,
	const bool *settled)
{
	size_t best = g->count;
	for (size_t v = 0; v < g->count; v++)
		if (!settled[v] && clock_known(&maps[v]) &&
			(best == g->count ||
				maps[v].uncertainty_ns <
					maps[best].uncertainty_ns))
			best = v;
	return best;
}

static void
find_ways(const struct graph *g, struct clock_map *maps)
{
	bool settled[NODES_MAX] = {false};
	for (;;) {
		size_t u = nearest(g, maps, settled);
		if (u == g->count)
			return;
		settled[u] = true;
		if (u == 0 || is_simple(&maps[u]))
			relax(g, maps, settled, u);
	}
}

void
clock_align(struct clock_map *maps, const struct match *m,
	const struct vantage *vantages, const struct sides *sides)
{
	struct graph g = {.count = m->vantages};
	for (size_t u = 0; u < g.count; u++)
		for (size_t v = u + 1; v < g.count; v++)
			clock_align_pair(&g.edge[u][v],
				&(struct clock_pairs){
					m, vantages, sides, u, v});
	/* A clock that was set is known only by what it shares with the
	   reference. */
	maps[0] = (struct clock_map){.method = CLOCK_REFERENCE};
	for (size_t v = 1; v < g.count; v++)
		maps[v] = g.edge[0][v];
	if (g.count > 2)
		find_ways(&g, maps);
}
