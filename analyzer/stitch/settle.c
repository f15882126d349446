/*
 * Rows are marked first (settle_known.h) and linked (settle_links.h). Then they are
 * gone through once, capture by capture: what begins at a row, and goes on in other
 * captures' rows, becomes sightings or is counted.
 */
#include "stitch/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "stitch/index.h"
#include "stitch/settle_known.h"
#include "stitch/settle_links.h"
#include "stitch/stitch.h"

/* The pairs of a capture's hosts, to which new ones are added. */
struct pairs {
	struct vantage *vantage;
	struct hash_keys keys;
	struct index index;
	uint32_t room;       /* of both */
	uint32_t alike_room; /* of the crowd's alike */
};

/* Room for twice as many, and for what there is at first. */
static void
pairs_grow(struct pairs *x)
{
	struct vantage *v = x->vantage;
	x->room = v->pairs_count < 64 ? 64 : 2 * v->pairs_count;
	v->pairs = memory_grow(v->pairs, x->room, sizeof *v->pairs);
	index_release(&x->index);
	index_init(&x->index, x->room);
	for (uint32_t i = 0; i < v->pairs_count; i++)
		index_add(&x->index,
			hash_pair(x->keys, v->pairs[i].low, v->pairs[i].high),
			i);
}

static uint32_t
pair_of(struct pairs *x, const struct sighting *g)
{
	struct vantage *v = x->vantage;
	uint64_t key = hash_pair(x->keys, g->client, g->server);
	uint32_t at = index_find(&x->index, key);
	if (at != INDEX_NONE)
		return at;
	if (v->pairs_count == x->room)
		pairs_grow(x);
	bool less = ip_less(g->client, g->server);
	v->pairs[v->pairs_count] = (struct host_pair){
		.low = less ? g->client : g->server,
		.high = less ? g->server : g->client,
	};
	index_add(&x->index, key, v->pairs_count);
	return v->pairs_count++;
}

/* The row becomes the sighting that it would have been; returns its place in
 * crowd.alike. */
static uint32_t
sighting_make(struct pairs *x, uint32_t row)
{
	struct vantage *v = x->vantage;
	struct crowd *c = &v->crowd;
	if (c->sample_count == x->alike_room) {
		x->alike_room = x->alike_room == 0 ? 64 : 2 * x->alike_room;
		c->alike =
			memory_grow(c->alike, x->alike_room, sizeof *c->alike);
	}
	struct sighting *g = vantage_add_sighting(v);
	crowd_sighting(c, row, g);
	crowd_row(c, row)->kind = CROWD_TAKEN;
	g->pair = pair_of(x, g);
	struct host_pair *pair = &v->pairs[g->pair];
	timemap_mark(&pair->seen, ip_equal(pair->low, g->client) ? 0 : 1,
		g->first_ns);
	c->alike[c->sample_count] = 0;
	return c->sample_count++;
}

/*
 * A sample stands for others of its moment: one of so many of the capture, and near
 * its ends, where what a capture can prove changes from one moment to the next, of
 * 10 ms. Where there are many kinds, moments are longer: samples are sightings.
 */
#define MOMENTS 4096
#define MOMENT_MIN_NS (10 * NS_PER_MS)
#define NEAR_END_NS (10 * NS_PER_S)
#define KINDS_OF_MOMENT 256

static int64_t
moment_of(const struct vantage *v, int64_t ns)
{
	int64_t first = v->first.ns;
	int64_t last = v->last.ns;
	int64_t wider = v->crowd.kinds_count / KINDS_OF_MOMENT + 1;
	int64_t width = (last - first) / MOMENTS;
	if (width < MOMENT_MIN_NS || ns - first < NEAR_END_NS ||
		last - ns < NEAR_END_NS)
		width = MOMENT_MIN_NS;
	return ns / (width * wider);
}

/* On their ways by so much longer, two are no more alike: as much as copies of one
 * segment may differ (copies.c). */
#define TRANSIT_NS (50 * NS_PER_MS)

/* One attempt: its rows, of one capture each, in the order of the path. */
struct run {
	size_t count;
	size_t vantage[STITCH_VANTAGES_MAX];
	uint32_t row[STITCH_VANTAGES_MAX];
	bool whole; /* something else speaks of it */
};

struct settler {
	struct vantage *vantages;
	size_t count;
	struct hash_keys keys;
	struct settle_links links;
	struct pairs pairs[STITCH_VANTAGES_MAX];
	/* From what runs have in common to the sample that stands for them. */
	struct index samples;
	uint64_t samples_room;
	uint64_t samples_count;
	uint64_t *samples_keys; /* owned; to fill a larger index */
	uint32_t *samples_at;   /* owned; place in the first capture's alike */
};

static const struct crowd_row *
run_row(const struct settler *x, const struct run *r, size_t i)
{
	return crowd_row(&x->vantages[r->vantage[i]].crowd, r->row[i]);
}

/* The row that follows the last one of the run, if it is the same SYN's. */
static bool
run_extend(const struct settler *x, struct run *r)
{
	size_t end = r->count - 1;
	size_t w;
	uint32_t row;
	struct sighting a;
	struct sighting b;
	if (!settle_links_next(
		    &x->links, r->vantage[end], r->row[end], &w, &row))
		return false;
	struct crowd *c = &x->vantages[w].crowd;
	crowd_sighting(&x->vantages[r->vantage[end]].crowd, r->row[end], &a);
	crowd_sighting(c, row, &b);
	if (!settle_links_agree(&a, &b)) {
		/* It begins a run of its own when its capture's turn comes. */
		crowd_row(c, row)->mark &= (uint8_t)~CROWD_BEHIND;
		return false;
	}
	r->vantage[r->count] = w;
	r->row[r->count++] = row;
	r->whole = r->whole || crowd_row(c, row)->mark & CROWD_WHOLE;
	return true;
}

static struct run
run_from(const struct settler *x, size_t v, uint32_t row)
{
	struct run r = {.count = 1, .vantage = {v}, .row = {row}};
	r.whole = run_row(x, &r, 0)->mark & CROWD_WHOLE;
	while (r.count < x->count && run_extend(x, &r))
		;
	return r;
}

/* What all that a sample stands for have in common: where they were seen, kinds,
 * moments, how long from capture to capture, which marks stayed the same. */
static uint64_t
run_key(const struct settler *x, const struct run *r)
{
	uint64_t key = x->keys.b;
	for (size_t i = 0; i < r->count; i++) {
		const struct vantage *v = &x->vantages[r->vantage[i]];
		const struct crowd_row *row = run_row(x, r, i);
		const struct crowd_row *before =
			run_row(x, r, i > 0 ? i - 1 : 0);
		int64_t transit = clock_sub(row->at_ns, before->at_ns);
		uint64_t same = (uint64_t)(row->isn == before->isn) << 1 |
			ip_equal(row->client, before->client);
		uint64_t kind = (uint64_t)r->vantage[i] << 32 | row->kind;
		key = hash_mix(key ^ kind ^ same << 40, x->keys.a);
		key = hash_mix(
			key ^ (uint64_t)moment_of(v, row->at_ns), x->keys.a);
		key = hash_mix(
			key ^ (uint64_t)(transit / TRANSIT_NS), x->keys.a);
	}
	return key;
}

static void
samples_grow(struct settler *x)
{
	x->samples_room = x->samples_room == 0 ? 8192 : 2 * x->samples_room;
	x->samples_keys = memory_grow(
		x->samples_keys, x->samples_room, sizeof *x->samples_keys);
	x->samples_at = memory_grow(
		x->samples_at, x->samples_room, sizeof *x->samples_at);
	index_release(&x->samples);
	index_init(&x->samples, x->samples_room);
	for (uint64_t i = 0; i < x->samples_count; i++)
		index_add(&x->samples, x->samples_keys[i], (uint32_t)i);
}

/* Sightings of all its rows; returns the place of the first one. */
static uint32_t
run_make(struct settler *x, const struct run *r)
{
	uint32_t first = 0;
	for (size_t i = 0; i < r->count; i++) {
		uint32_t at =
			sighting_make(&x->pairs[r->vantage[i]], r->row[i]);
		if (i == 0)
			first = at;
	}
	return first;
}

/* The first of its kind in its moment becomes a sample, the others are counted. */
static void
run_count(struct settler *x, const struct run *r)
{
	uint64_t key = run_key(x, r);
	uint32_t nth = index_find(&x->samples, key);
	if (nth != INDEX_NONE) {
		struct crowd *c = &x->vantages[r->vantage[0]].crowd;
		c->alike[x->samples_at[nth]]++;
		return;
	}
	if (x->samples_count == x->samples_room)
		samples_grow(x);
	index_add(&x->samples, key, (uint32_t)x->samples_count);
	x->samples_keys[x->samples_count] = key;
	x->samples_at[x->samples_count++] = run_make(x, r);
}

/* The captures' rows lie in about the same order: what was passed by is not needed
 * for a while. */
static void
rest_behind(const struct settler *x, size_t v, uint32_t row)
{
	for (size_t w = v; w < x->count; w++) {
		const struct crowd *c = &x->vantages[w].crowd;
		for (uint32_t i = 0; i < c->count && w > v; i += CROWD_CHUNK)
			crowd_rest(c, i);
	}
	crowd_rest(&x->vantages[v].crowd, row);
}

static void
runs_settle(struct settler *x)
{
	for (size_t v = 0; v < x->count; v++) {
		struct crowd *c = &x->vantages[v].crowd;
		for (uint32_t i = 0; i < c->count; i++) {
			const struct crowd_row *row = crowd_row(c, i);
			if (row->kind != CROWD_TAKEN &&
				!(row->mark & CROWD_BEHIND)) {
				struct run r = run_from(x, v, i);
				if (r.whole)
					run_make(x, &r);
				else
					run_count(x, &r);
			}
			if (crowd_ends_chunk(i))
				rest_behind(x, v, i);
		}
	}
}

static uint64_t
rows_left(const struct crowd *c)
{
	uint64_t left = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		left += crowd_row(c, i)->kind != CROWD_TAKEN;
		if (crowd_ends_chunk(i))
			crowd_rest(c, i);
	}
	return left;
}

/* So few are left that samples of them save nothing. */
#define FEW_SHARE 64

/* Make all of them, where they are few; how many are left. */
static uint64_t
few_make(struct settler *x, size_t v)
{
	struct crowd *c = &x->vantages[v].crowd;
	uint64_t left = rows_left(c);
	if (left > x->vantages[v].sightings / FEW_SHARE)
		return left;
	for (uint32_t i = 0; i < c->count && left > 0; i++)
		if (crowd_row(c, i)->kind != CROWD_TAKEN)
			sighting_make(&x->pairs[v], i);
	return 0;
}

static void
settler_release(struct settler *x)
{
	for (size_t v = 0; v < x->count; v++) {
		index_release(&x->pairs[v].index);
		crowd_disperse(&x->vantages[v].crowd);
	}
	settle_links_release(&x->links);
	index_release(&x->samples);
	free(x->samples_keys);
	free(x->samples_at);
}

bool
settle_crowds(struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e)
{
	struct settler x = {.vantages = vantages,
		.count = count,
		.keys = hash_keys_random()};
	bool any = false;
	uint64_t left = 0;
	for (size_t v = 0; v < count; v++)
		any = any || vantages[v].crowd.count > 0;
	if (!any)
		return true;
	for (size_t v = 0; v < count; v++) {
		x.pairs[v] =
			(struct pairs){.vantage = &vantages[v], .keys = x.keys};
		pairs_grow(&x.pairs[v]);
		vantages[v].crowd.sample_first = vantages[v].sightings;
		left += few_make(&x, v);
	}
	bool ok = true;
	if (left > 0) {
		ok = settle_known_mark(vantages, count, events, x.keys, s, e);
		if (ok) {
			samples_grow(&x);
			settle_links_find(&x.links, vantages, count, x.keys);
			runs_settle(&x);
		}
	}
	settler_release(&x);
	return ok;
}
