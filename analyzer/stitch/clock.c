/*
 * Bounding clock offsets by segments that two vantages saw.
 *
 * A segment client -> server leaves before it arrives, so (server time - client
 * time) is the offset plus a delay that is not negative: an upper bound. A
 * segment server -> client gives a lower bound in the same way. The tightest
 * bounds of all pairs enclose the offset; half their distance is what no
 * method can resolve (the asymmetry of the path).
 *
 * When the tightest bounds cross, or a drift of ordinary clocks would come near
 * to it, bounds are taken per slice of time, a line is fitted through the
 * slices' middles, and the bounds are taken again around that line. Where that
 * leaves clearly more room between them, the clocks drift. Where they still
 * cross, a clock was set meanwhile, and the uncertainty says so.
 */
#include "stitch/clock.h"

/* Slices of time over which drift is looked for. */
#define SLICES 64

/*
 * The one-way delay that is assumed when only one direction was seen. Twice
 * the 500 ms of a path over a geostationary satellite.
 */
#define ONE_WAY_NS NS_PER_S

/* Drift of ordinary clocks against each other, as a divisor of time: 200 ppm,
 * twice what quartz promises. */
#define DRIFT_DIVISOR 5000

struct sample {
	int64_t at_ns;   /* captured clock of the far vantage */
	int64_t diff_ns; /* far time - near time */
	bool upper;      /* client -> server: bounds the offset from above */
};

/* One attempt bounds an offset by so many segments at most. */
#define PAIR_SAMPLES 4

/* All attempts that the reference vantage and vantage v both saw. */
struct pairs {
	const struct match *m;
	const struct vantage *vantages;
	const struct sides *sides;
	size_t v;
};

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

static int64_t
moment(const struct sighting *s, uint32_t at_us)
{
	return s->first_ns + (int64_t)at_us * NS_PER_US;
}

/* The first SYN copy of both sightings is the same packet. */
static bool
same_first_syn(const struct sighting *near, const struct sighting *far)
{
	if (near->syn == 0 || far->syn == 0)
		return false;
	if (near->syn_tsval_first != 0 && far->syn_tsval_first != 0)
		return near->syn_tsval_first == far->syn_tsval_first &&
			(near->syn == far->syn ||
				near->syn_ip_id_first == far->syn_ip_id_first);
	return near->syn == far->syn;
}

static struct sample
sample_of(int64_t near_ns, int64_t far_ns, bool upper)
{
	return (struct sample){far_ns, far_ns - near_ns, upper};
}

/* What one attempt that both vantages saw says of the offset; the count. */
static int
pair_samples(const struct sighting *near, const struct sighting *far,
	struct sample out[PAIR_SAMPLES])
{
	int n = 0;
	if (same_first_syn(near, far))
		out[n++] = sample_of(moment(near, near->syn_at[0]),
			moment(far, far->syn_at[0]), true);
	if (near->synack > 0 && near->synack == far->synack)
		out[n++] = sample_of(moment(near, near->synack_at[0]),
			moment(far, far->synack_at[0]), false);
	if (near->ack == 1 && far->ack == 1)
		out[n++] = sample_of(moment(near, near->ack_first_at),
			moment(far, far->ack_first_at), true);
	if (near->rst_s == 1 && far->rst_s == 1)
		out[n++] = sample_of(moment(near, near->rst_s_at),
			moment(far, far->rst_s_at), false);
	return n;
}

/* The samples of attempt a; 0 when one of the two vantages did not see it. */
static int
attempt_samples(
	const struct pairs *p, uint32_t a, struct sample out[PAIR_SAMPLES])
{
	const struct sighting *near = match_seen(p->m, p->vantages, a, 0);
	const struct sighting *far = match_seen(p->m, p->vantages, a, p->v);
	if (near == NULL || far == NULL)
		return 0;
	int n = pair_samples(near, far, out);
	/* Its SYN travelled towards the reference, its SYN-ACK away. */
	if (sides_reversed(p->sides, a))
		for (int i = 0; i < n; i++)
			out[i].upper = !out[i].upper;
	return n;
}

/* Bounds around a line: the tightest, and the loosest; has_* tell which
 * exist. */
struct bounds {
	int64_t low;
	int64_t high;
	int64_t lowest;
	int64_t highest;
	bool has_low;
	bool has_high;
};

static void
bounds_add(struct bounds *b, bool upper, int64_t diff)
{
	if (upper) {
		if (!b->has_high || diff < b->high)
			b->high = diff;
		if (!b->has_high || diff > b->highest)
			b->highest = diff;
		b->has_high = true;
		return;
	}
	if (!b->has_low || diff > b->low)
		b->low = diff;
	if (!b->has_low || diff < b->lowest)
		b->lowest = diff;
	b->has_low = true;
}

static int64_t
without_drift(const struct clock_map *map, const struct sample *s)
{
	if (map->drift_ppm == 0)
		return s->diff_ns;
	return clock_sub(
		s->diff_ns, clock_drift(map, s->at_ns, map->drift_ppm));
}

/* The tightest bounds of all pairs, and how many pairs there were. */
static struct bounds
bounds_of(const struct pairs *p, const struct clock_map *map, uint64_t *pairs)
{
	struct bounds b = {0};
	struct sample samples[PAIR_SAMPLES];
	*pairs = 0;
	for (uint32_t a = 0; a < p->m->count; a++) {
		int n = attempt_samples(p, a, samples);
		*pairs += n > 0;
		for (int i = 0; i < n; i++)
			bounds_add(&b, samples[i].upper,
				without_drift(map, &samples[i]));
	}
	return b;
}

/* The bounds of each slice of the far vantage's time. */
static void
bounds_of_slices(const struct pairs *p, int64_t first, int64_t width,
	struct bounds slices[SLICES])
{
	struct sample samples[PAIR_SAMPLES];
	for (uint32_t a = 0; a < p->m->count; a++) {
		int n = attempt_samples(p, a, samples);
		for (int i = 0; i < n; i++) {
			int64_t slice = (samples[i].at_ns - first) / width;
			if (slice >= 0 && slice < SLICES)
				bounds_add(&slices[slice], samples[i].upper,
					samples[i].diff_ns);
		}
	}
}

/* How far the bounds are apart; negative when they cross. */
static int64_t
room(const struct bounds *b)
{
	return clock_sub(b->high, b->low);
}

/* Least squares through the middles of the slices that have both bounds; base
 * is an offset near them. 0 when there is no line, or too steep a one. */
static double
fit_ppm(const struct bounds slices[SLICES], int64_t width, int64_t base)
{
	double n = 0, st = 0, sd = 0, stt = 0, std = 0;
	for (int i = 0; i < SLICES; i++) {
		if (!slices[i].has_low || !slices[i].has_high)
			continue;
		double t = ((double)i + 0.5) * (double)width;
		double d = (double)clock_sub(slices[i].low, base) / 2 +
			(double)clock_sub(slices[i].high, base) / 2;
		n++;
		st += t;
		sd += d;
		stt += t * t;
		std += t * d;
	}
	double spread = n * stt - st * st;
	if (n < 2 || spread <= 0)
		return 0;
	double ppm = (n * std - st * sd) / spread * 1e6;
	return ppm >= -CLOCK_DRIFT_MAX_PPM && ppm <= CLOCK_DRIFT_MAX_PPM ? ppm
									 : 0;
}

/* Try a line instead of a constant; *b are the constant's bounds before and the
 * chosen one's after. */
static void
try_drift(struct clock_map *map, const struct pairs *p, struct bounds *b)
{
	const struct vantage *far = &p->vantages[p->v];
	int64_t width = (far->last.ns - far->first.ns) / SLICES + 1;
	struct bounds slices[SLICES] = {0};
	bounds_of_slices(p, far->first.ns, width, slices);
	struct clock_map line = {
		.origin_ns = far->first.ns,
		.drift_ppm = fit_ppm(slices, width, b->low),
		.drift_known = true,
	};
	struct bounds around = bounds_of(p, &line, &map->pairs);
	/* A true drift takes its own extent away from the constant's room. */
	if (line.drift_ppm != 0 && room(&around) > 0 &&
		room(&around) / 3 > room(b) / 2) {
		map->origin_ns = line.origin_ns;
		map->drift_ppm = line.drift_ppm;
		map->drift_known = true;
		*b = around;
	}
}

/* Turn bounds into an offset and what is not known of it. */
static void
settle(struct clock_map *map, const struct bounds *b)
{
	if (b->has_low && b->has_high && room(b) >= 0) {
		map->method = CLOCK_BOUNDS;
		map->offset_ns = b->low + room(b) / 2;
		map->uncertainty_ns = room(b) / 2 + NS_PER_US;
		return;
	}
	if (b->has_low && b->has_high) {
		/* The offset changed: at every sample's moment it was between
		   the loosest bounds. */
		int64_t wide = clock_sub(b->highest, b->lowest);
		map->method = CLOCK_BOUNDS;
		map->offset_ns = b->lowest + wide / 2;
		map->uncertainty_ns = wide / 2 + NS_PER_US;
		return;
	}
	map->method = CLOCK_ONE_DIRECTION;
	map->offset_ns = b->has_high ? b->high : b->low;
	map->uncertainty_ns = ONE_WAY_NS;
}

static void
align_one(struct clock_map *map, const struct pairs *p)
{
	const struct vantage *near = &p->vantages[0];
	const struct vantage *far = &p->vantages[p->v];
	*map = (struct clock_map){.method = CLOCK_ASSUMED_EQUAL};
	/* Packets without times tell nothing of clocks. */
	if (near->first.ns == CLOCK_UNKNOWN_NS ||
		far->first.ns == CLOCK_UNKNOWN_NS)
		return;
	struct bounds b = bounds_of(p, map, &map->pairs);
	if (map->pairs == 0)
		return;
	if (b.has_low && b.has_high &&
		room(&b) < (far->last.ns - far->first.ns) / DRIFT_DIVISOR)
		try_drift(map, p, &b);
	settle(map, &b);
}

void
clock_align(struct clock_map *maps, const struct match *m,
	const struct vantage *vantages, const struct sides *sides)
{
	maps[0] = (struct clock_map){.method = CLOCK_REFERENCE};
	for (size_t v = 1; v < m->vantages; v++)
		align_one(&maps[v], &(struct pairs){m, vantages, sides, v});
}
