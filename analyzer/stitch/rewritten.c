/*
 * Pairing by a joint key: the marks of single SYNs and the times of all.
 *
 * A device that changes address, port and sequence number leaves the order of
 * things: between its two sides all SYNs are as far apart in time, whatever the
 * clocks say. It often leaves the IP ID (16 bits) or the timestamp value (32),
 * which alone would pair one SYN in so many wrongly. So every pair of SYNs that
 * look alike gives a distance, and those of true pairs agree:
 *
 *   marked   so many pairs agree in a mark and in their distance that chance
 *            would not do it; the expected number of pairs that agree in a mark
 *            by chance is known, and the share of the captures' time that the
 *            agreement leaves them;
 *   timed    without marks, one distance fits several times as many SYNs as any
 *            other does. Times at regular intervals fit several: then none.
 *
 * Cost: the number of SYNs that only one side saw, squared, up to MARKED_MAX and
 * TIMED_MAX of them; beyond that nothing is paired.
 */
#include "stitch/rewritten.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

/* At most so often chance alone would give such an agreement. */
#define REWRITTEN_CHANCE 1e-6

/* SYNs of each side that are compared. */
#define MARKED_MAX 1024
#define TIMED_MAX 128

/* Distances agree that differ by less: the jitter of the way, and the drift of
 * clocks (100 ppm) over some minutes. */
#define MARKED_NS (100 * NS_PER_MS)
#define TIMED_NS (40 * NS_PER_MS)

/* Once the distance is known, a SYN whose first copy was lost is found by its
 * time, if nothing else is as near. */
#define ALONE_NS NS_PER_S

/* One distance alone must fit so many SYNs, and no other half of that. */
#define TIMED_LEAST 5

struct syn {
	uint32_t attempt;
	const struct sighting *s;
};

struct side {
	struct syn *list;
	uint32_t count;
};

/* Two SYNs that look alike, and by how much the further one is later. */
struct guess {
	uint32_t near; /* index in each side's list */
	uint32_t far;
	int64_t apart_ns;
};

struct rewritten {
	struct match *m;
	struct side near;
	struct side far;
	struct guess *guesses;
	uint32_t count;
	double by_chance; /* pairs whose marks are the same by chance */
	double span_ns;
};

static int
by_time(const void *a, const void *b)
{
	const struct syn *x = a;
	const struct syn *y = b;
	if (x->s->first_ns != y->s->first_ns)
		return x->s->first_ns < y->s->first_ns ? -1 : 1;
	return x->attempt < y->attempt ? -1 : x->attempt > y->attempt;
}

static int
by_distance(const void *a, const void *b)
{
	const struct guess *x = a;
	const struct guess *y = b;
	return x->apart_ns < y->apart_ns ? -1 : x->apart_ns > y->apart_ns;
}

/* The SYNs that one vantage saw and the other did not; false when there are
 * more than can be compared. */
static bool
collect(const struct match *m, const struct vantage *vantages, size_t one,
	size_t other, struct side *out)
{
	*out = (struct side){
		.list = memory_take(MARKED_MAX, sizeof *out->list)};
	for (uint32_t a = 0; a < m->count; a++) {
		if (!match_only_at(m, a, one, other))
			continue;
		const struct sighting *s = match_seen(m, vantages, a, one);
		if (s->syn == 0)
			continue;
		if (out->count == MARKED_MAX)
			return false;
		out->list[out->count++] = (struct syn){a, s};
	}
	if (out->count > 1)
		qsort(out->list, out->count, sizeof *out->list, by_time);
	return out->count > 0;
}

/* The device may have made one of the other: its client's address is another
 * one, and the port asked is the same unless the server's address is not. */
static bool
may_be_same(const struct rewritten *x, const struct syn *a, const struct syn *b)
{
	return !ip_equal(a->s->client, b->s->client) &&
		(a->s->server_port == b->s->server_port ||
			!ip_equal(a->s->server, b->s->server)) &&
		match_same_syn(a->s, b->s) &&
		!match_seen_together(x->m, a->attempt, b->attempt);
}

/* The longest segments of both directions are the same; false when one of the
 * captures does not show them. */
static bool
same_lengths(const struct sighting *a, const struct sighting *b)
{
	return a->data_c > 0 && a->data_s > 0 && a->len_c == b->len_c &&
		a->len_s == b->len_s;
}

/* Nothing but times would join them: a program that opens a connection of its
 * own for each that it takes (a proxy) does that at the same times. It asks
 * another server, and what it sends is not of the same length. */
static bool
may_be_timed(const struct sighting *a, const struct sighting *b)
{
	bool lengths = same_lengths(a, b);
	return lengths ||
		(ip_equal(a->server, b->server) &&
			(a->data_c == 0 || a->data_s == 0 || b->data_c == 0 ||
				b->data_s == 0));
}

/* The capture cut the SYN before its timestamp, for all that it shows. */
static bool
stamp_is_cut(const struct sighting *s)
{
	return s->flags & SIGHTING_SYN_CUT && s->syn_tsval_first == 0;
}

/* The chance that two SYNs have the same mark, which these have; 0: they have
 * not, or no mark. */
static double
mark_chance(const struct sighting *a, const struct sighting *b)
{
	bool stamps = a->syn_tsval_first != 0 || b->syn_tsval_first != 0;
	if (stamps && !stamp_is_cut(a) && !stamp_is_cut(b))
		return a->syn_tsval_first == b->syn_tsval_first ? 0x1p-32 : 0;
	bool same = a->syn_ip_id_first != 0 &&
		a->syn_ip_id_first == b->syn_ip_id_first;
	return same ? 0x1p-16 : 0;
}

static int64_t
apart(const struct syn *a, const struct syn *b)
{
	return clock_sub(b->s->first_ns, a->s->first_ns);
}

static void
guess_add(struct rewritten *x, uint32_t near, uint32_t far)
{
	/* Room grows by doubling, from 64. */
	if (x->count >= 64 ? (x->count & (x->count - 1)) == 0 : x->count == 0)
		x->guesses = memory_grow(x->guesses,
			x->count == 0 ? 64 : 2 * (size_t)x->count,
			sizeof *x->guesses);
	x->guesses[x->count++] = (struct guess){
		near, far, apart(&x->near.list[near], &x->far.list[far])};
}

/* All pairs that look alike: those with the same mark, or any. */
static void
guess_all(struct rewritten *x, bool marked)
{
	x->count = 0;
	x->by_chance = 0;
	for (uint32_t i = 0; i < x->near.count; i++)
		for (uint32_t j = 0; j < x->far.count; j++) {
			const struct syn *a = &x->near.list[i];
			const struct syn *b = &x->far.list[j];
			double chance = mark_chance(a->s, b->s);
			bool may =
				marked ? chance > 0 : may_be_timed(a->s, b->s);
			if (!may || !may_be_same(x, a, b))
				continue;
			if (chance > x->by_chance)
				x->by_chance = chance;
			guess_add(x, i, j);
		}
	x->by_chance *= (double)x->near.count * x->far.count;
	if (x->count > 1)
		qsort(x->guesses, x->count, sizeof *x->guesses, by_distance);
}

/* How many SYNs of the near side have one of their own at this distance. */
static uint32_t
fits(const struct rewritten *x, int64_t apart_ns, int64_t within_ns)
{
	uint32_t n = 0;
	uint32_t j = 0;
	for (uint32_t i = 0; i < x->near.count && j < x->far.count; i++) {
		int64_t at = clock_add(x->near.list[i].s->first_ns, apart_ns);
		while (j < x->far.count &&
			x->far.list[j].s->first_ns < clock_sub(at, within_ns))
			j++;
		if (j < x->far.count &&
			x->far.list[j].s->first_ns <=
				clock_add(at, within_ns)) {
			n++;
			j++;
		}
	}
	return n;
}

/* The distance in which most marked pairs agree; *most is set to how many. */
static int64_t
marked_distance(const struct rewritten *x, uint32_t *most)
{
	int64_t best = 0;
	uint32_t end = 0;
	*most = 0;
	for (uint32_t i = 0; i < x->count; i++) {
		while (end < x->count &&
			clock_sub(x->guesses[end].apart_ns,
				x->guesses[i].apart_ns) <= MARKED_NS)
			end++;
		if (end - i > *most) {
			*most = end - i;
			best = x->guesses[i + (end - i) / 2].apart_ns;
		}
	}
	return best;
}

/* Chance would give n pairs of the same mark and distance so often. */
static bool
marks_suffice(const struct rewritten *x, uint32_t n)
{
	double share = 2 * (double)MARKED_NS / x->span_ns;
	double chance = x->by_chance;
	for (uint32_t i = 1; i < n; i++)
		chance *= x->by_chance * (share < 1 ? share : 1);
	return n > 0 && chance < REWRITTEN_CHANCE;
}

/* Another distance fits more SYNs: counters that happen to be close give one
 * that is wrong, and fits less. */
static bool
other_fits_better(const struct rewritten *x, int64_t apart_ns)
{
	uint32_t here = fits(x, apart_ns, MARKED_NS);
	if (x->near.count > TIMED_MAX || x->far.count > TIMED_MAX)
		return false;
	for (uint32_t i = 0; i < x->near.count; i++)
		for (uint32_t j = 0; j < x->far.count; j++)
			if (fits(x, apart(&x->near.list[i], &x->far.list[j]),
				    MARKED_NS) > here)
				return true;
	return false;
}

/* Marks that many SYNs share are none. */
static bool
find_marked(struct rewritten *x, int64_t *apart_ns)
{
	uint32_t most;
	guess_all(x, true);
	*apart_ns = marked_distance(x, &most);
	return x->count <= x->near.count + x->far.count &&
		marks_suffice(x, most) && !other_fits_better(x, *apart_ns);
}

/* The chance that blind times would fit n SYNs in one of all distances. */
static bool
times_suffice(const struct rewritten *x, uint32_t n)
{
	double share = 2 * (double)TIMED_NS * x->far.count / x->span_ns;
	double chance = (double)x->count;
	/* As many choices of n - 1 among the others, each of which has to fit. */
	for (uint32_t i = 1; i < n; i++)
		chance *= share * (x->near.count - i) / i;
	return chance < REWRITTEN_CHANCE;
}

static bool
find_timed(struct rewritten *x, int64_t *apart_ns)
{
	if (x->near.count > TIMED_MAX || x->far.count > TIMED_MAX)
		return false;
	uint32_t most = 0;
	uint32_t next = 0;
	guess_all(x, false);
	for (uint32_t i = 0; i < x->count; i++) {
		uint32_t n = fits(x, x->guesses[i].apart_ns, TIMED_NS);
		if (n > most) {
			most = n;
			*apart_ns = x->guesses[i].apart_ns;
		}
	}
	for (uint32_t i = 0; i < x->count; i++) {
		int64_t other = clock_sub(x->guesses[i].apart_ns, *apart_ns);
		if (other >= -2 * TIMED_NS && other <= 2 * TIMED_NS)
			continue;
		uint32_t n = fits(x, x->guesses[i].apart_ns, TIMED_NS);
		next = n > next ? n : next;
	}
	return most >= TIMED_LEAST && 2 * next <= most &&
		times_suffice(x, most);
}

/* The only SYN of a side within the time of ALONE_NS around a moment, and near
 * it; or NULL. */
static const struct syn *
alone_at(const struct side *side, int64_t at_ns)
{
	const struct syn *found = NULL;
	for (uint32_t i = 0; i < side->count; i++) {
		int64_t far = clock_sub(side->list[i].s->first_ns, at_ns);
		if (far < -ALONE_NS || far > ALONE_NS)
			continue;
		if (found != NULL || far < -MARKED_NS || far > MARKED_NS)
			return NULL;
		found = &side->list[i];
	}
	return found;
}

static bool
is_unpaired(const struct rewritten *x, const struct syn *a, size_t one,
	size_t other)
{
	return match_only_at(x->m, a->attempt, one, other);
}

/* The copy of a that came first to the other side: where marks are kept, it has
 * one that a copy of a had. */
static bool
is_copy_of(const struct sighting *a, const struct sighting *b, bool marked)
{
	uint16_t since = (uint16_t)(b->syn_ip_id_first - a->syn_ip_id_first);
	uint16_t last = (uint16_t)(a->syn_ip_id_last - a->syn_ip_id_first);
	return !marked || a->syn_ip_id_first == 0 || since <= last;
}

/* What has its time to itself on both sides is the same; where marks are kept
 * also when the first copies of the SYN were lost on the way. */
static void
pair_by_time(struct rewritten *x, const struct syn *a, size_t near, size_t far,
	int64_t apart_ns, bool marked)
{
	int copies =
		a->s->syn < SIGHTING_SYN_TIMES ? a->s->syn : SIGHTING_SYN_TIMES;
	for (int c = 0; c < (marked ? copies : 1); c++) {
		int64_t at = clock_add(
			a->s->first_ns, (int64_t)a->s->syn_at[c] * NS_PER_US);
		const struct syn *b =
			alone_at(&x->far, clock_add(at, apart_ns));
		if (b == NULL || !may_be_same(x, a, b) ||
			!(marked || may_be_timed(a->s, b->s)) ||
			!is_copy_of(a->s, b->s, marked) ||
			!is_unpaired(x, a, near, far) ||
			!is_unpaired(x, b, far, near) ||
			(c == 0 &&
				alone_at(&x->near,
					clock_sub(b->s->first_ns, apart_ns)) !=
					a))
			continue;
		match_merge(x->m, a->attempt, b->attempt, MATCH_TIMES);
		return;
	}
}

/* Those of the agreed distance that have the same mark, and no other has. */
static void
pair_marked(struct rewritten *x, size_t near, size_t far, int64_t apart_ns)
{
	uint8_t *nears = memory_take(MARKED_MAX, 1);
	uint8_t *fars = memory_take(MARKED_MAX, 1);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < x->count; i++) {
			const struct guess *g = &x->guesses[i];
			const struct syn *a = &x->near.list[g->near];
			const struct syn *b = &x->far.list[g->far];
			int64_t off = clock_sub(g->apart_ns, apart_ns);
			if (off < -MARKED_NS || off > MARKED_NS)
				continue;
			if (pass == 0) {
				nears[g->near] = nears[g->near] == 0 ? 1 : 2;
				fars[g->far] = fars[g->far] == 0 ? 1 : 2;
			} else if (nears[g->near] == 1 && fars[g->far] == 1 &&
				is_unpaired(x, a, near, far) &&
				is_unpaired(x, b, far, near)) {
				match_merge(x->m, a->attempt, b->attempt,
					MATCH_TIMES);
			}
		}
	free(nears);
	free(fars);
}

static double
span_of(const struct side *side)
{
	return (double)clock_sub(side->list[side->count - 1].s->first_ns,
		side->list[0].s->first_ns);
}

static void
pair_two(struct match *m, struct vantage *vantages, size_t near, size_t far)
{
	struct rewritten x = {.m = m};
	int64_t apart_ns = 0;
	if (collect(m, vantages, near, far, &x.near) &&
		collect(m, vantages, far, near, &x.far)) {
		double one = span_of(&x.near);
		double other = span_of(&x.far);
		x.span_ns = one > other ? one : other;
		if (x.span_ns < NS_PER_S)
			x.span_ns = NS_PER_S;
		bool marked = find_marked(&x, &apart_ns);
		if (marked)
			pair_marked(&x, near, far, apart_ns);
		bool timed = !marked && find_timed(&x, &apart_ns);
		for (uint32_t i = 0; (marked || timed) && i < x.near.count; i++)
			pair_by_time(&x, &x.near.list[i], near, far, apart_ns,
				marked);
	}
	free(x.near.list);
	free(x.far.list);
	free(x.guesses);
}

void
rewritten_match(struct match *m, struct vantage *vantages, size_t count)
{
	for (size_t near = 0; near < count; near++)
		for (size_t far = near + 1; far < count; far++)
			pair_two(m, vantages, near, far);
	match_compact(m);
}
