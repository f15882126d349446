/*
 * Two passes over each capture's rows: those that anything else speaks of, then the
 * rest, moment by moment.
 */
#include "stitch/settle.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "stitch/index.h"
#include "store/select.h"

/* What is known beside one capture's crowd: of each an index of keys. */
struct known {
	struct hash_keys keys;
	struct index hosts; /* of pairs, at any capture, and of texts */
	struct index syns;  /* sequence numbers and time stamps, elsewhere */
};

static uint64_t
host_key(const struct known *k, struct ip_addr ip)
{
	return hash_endpoint(k->keys, ip, 0);
}

static uint64_t
isn_key(const struct known *k, uint32_t isn)
{
	return hash_mix(isn ^ k->keys.a, k->keys.b);
}

/* Apart from sequence numbers. */
static uint64_t
stamp_key(const struct known *k, uint32_t tsval)
{
	return hash_mix(tsval ^ k->keys.b, ~k->keys.a);
}

static void
text_add(struct known *k, const char *text)
{
	struct ip_addr ip;
	if (text != NULL && ip_parse(text, &ip))
		index_add(&k->hosts, host_key(k, ip), 0);
}

static const char named_sql[] =
	"SELECT src FROM flow_record UNION SELECT dst FROM flow_record UNION"
	" SELECT pkt_src FROM flow_record UNION SELECT pkt_dst FROM"
	" flow_record UNION SELECT src FROM conntrack UNION SELECT reply_src"
	" FROM conntrack UNION SELECT reply_dst FROM conntrack";

static const char named_count_sql[] =
	"SELECT (SELECT count(*) FROM flow_record) * 4 +"
	" (SELECT count(*) FROM conntrack) * 3";

static bool
named_read(struct known *k, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, named_sql, e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		text_add(k, select_TEXT(stmt, 0));
	return sqlite3_finalize(stmt) == SQLITE_OK;
}

static bool
named_count(struct store *s, uint64_t *count, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, named_count_sql, e);
	if (stmt == NULL)
		return false;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*count += (uint64_t)select_INT(stmt, 0);
	sqlite3_finalize(stmt);
	return true;
}

/* All hosts that anything but a crowd shows. */
static bool
hosts_read(struct known *k, const struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e)
{
	uint64_t most = 2 * (uint64_t)events->count;
	if (!named_count(s, &most, e))
		return false;
	for (size_t v = 0; v < count; v++)
		most += 2 * (uint64_t)vantages[v].pairs_count;
	index_init(&k->hosts, most);
	for (size_t v = 0; v < count; v++)
		for (uint32_t i = 0; i < vantages[v].pairs_count; i++) {
			const struct host_pair *p = &vantages[v].pairs[i];
			index_add(&k->hosts, host_key(k, p->low), 0);
			index_add(&k->hosts, host_key(k, p->high), 0);
		}
	for (size_t i = 0; i < events->count; i++) {
		text_add(k, events->list[i].src);
		text_add(k, events->list[i].dst);
	}
	return named_read(k, s, e);
}

static void
syn_add(struct known *k, uint32_t isn, uint32_t tsval)
{
	index_add(&k->syns, isn_key(k, isn), 0);
	if (tsval != 0)
		index_add(&k->syns, stamp_key(k, tsval), 0);
}

/* What the other captures saw, and what of this one is no crowd: a translated SYN has
 * its number twice in one capture. */
static void
syns_read(struct known *k, const struct vantage *vantages, size_t count,
	size_t but)
{
	uint64_t most = 0;
	for (size_t v = 0; v < count; v++)
		most += 2 *
			((uint64_t)vantages[v].sightings +
				(v != but ? vantages[v].crowd.count : 0));
	index_init(&k->syns, most);
	for (size_t v = 0; v < count; v++) {
		const struct vantage *x = &vantages[v];
		for (uint32_t i = 0; i < x->sightings; i++) {
			const struct sighting *g = vantage_sighting(x, i);
			syn_add(k, g->isn, v != but ? g->syn_tsval_first : 0);
		}
		for (uint32_t i = 0; v != but && i < x->crowd.count; i++) {
			const struct crowd_row *row = crowd_row(&x->crowd, i);
			syn_add(k, row->isn, row->tsval);
			if (crowd_ends_chunk(i))
				crowd_rest(&x->crowd, i);
		}
	}
}

static bool
is_known(const struct known *k, const struct crowd_row *row)
{
	return index_find(&k->hosts, host_key(k, row->client)) != INDEX_NONE ||
		index_find(&k->syns, isn_key(k, row->isn)) != INDEX_NONE ||
		(row->tsval != 0 &&
			index_find(&k->syns, stamp_key(k, row->tsval)) !=
				INDEX_NONE);
}

/* The pairs of a capture's hosts, to which new ones are added. */
struct pairs {
	struct vantage *vantage;
	struct hash_keys keys;
	struct index index;
	uint32_t room; /* of both */
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

/* The row becomes the sighting that it would have been. */
static void
sighting_make(struct pairs *x, uint32_t row)
{
	struct vantage *v = x->vantage;
	struct sighting *g = vantage_add_sighting(v);
	crowd_sighting(&v->crowd, row, g);
	crowd_row(&v->crowd, row)->kind = CROWD_TAKEN;
	g->pair = pair_of(x, g);
	struct host_pair *pair = &v->pairs[g->pair];
	timemap_mark(&pair->seen, ip_equal(pair->low, g->client) ? 0 : 1,
		g->first_ns);
}

/*
 * A sample stands for others of its moment: one of so many of the capture, and near
 * its ends, where what a capture can prove changes from one moment to the next, of
 * 10 ms.
 */
#define MOMENTS 4096
#define MOMENT_MIN_NS (10 * NS_PER_MS)
#define NEAR_END_NS (10 * NS_PER_S)

static int64_t
moment_of(const struct vantage *v, int64_t ns)
{
	int64_t first = v->first.ns;
	int64_t last = v->last.ns;
	int64_t width = (last - first) / MOMENTS;
	if (width < MOMENT_MIN_NS || ns - first < NEAR_END_NS ||
		last - ns < NEAR_END_NS)
		width = MOMENT_MIN_NS;
	return ns / width;
}

/* Of each kind the first in each moment stands for the others. */
static void
samples_take(struct pairs *x)
{
	struct vantage *v = x->vantage;
	struct crowd *c = &v->crowd;
	struct sample {
		int64_t moment;
		uint32_t nth; /* + 1; 0 none */
	} *latest = memory_take((size_t)c->kinds_count + 1, sizeof *latest);
	uint32_t room = 0;
	c->sample_first = v->sightings;
	for (uint32_t i = 0; i < c->count; i++) {
		const struct crowd_row *row = crowd_row(c, i);
		if (i > 0 && crowd_ends_chunk(i - 1))
			crowd_rest(c, i - 1);
		if (row->kind == CROWD_TAKEN)
			continue;
		struct sample *s = &latest[row->kind];
		int64_t moment = moment_of(v, row->at_ns);
		if (s->nth > 0 && s->moment == moment) {
			c->alike[s->nth - 1]++;
			continue;
		}
		if (c->sample_count == room) {
			room = room == 0 ? 64 : 2 * room;
			c->alike =
				memory_grow(c->alike, room, sizeof *c->alike);
		}
		c->alike[c->sample_count++] = 0;
		*s = (struct sample){moment, c->sample_count};
		sighting_make(x, i);
	}
	free(latest);
}

/* Rows among which the translated twin of a SYN is looked for: it passes the same
 * host, some milliseconds later at most. */
#define RECENT (1u << 16)

static void
crowd_settle(struct vantage *v, const struct known *k)
{
	struct pairs x = {.vantage = v, .keys = k->keys};
	uint32_t *recent = memory_take(RECENT, sizeof *recent);
	pairs_grow(&x);
	for (uint32_t i = 0; i < v->crowd.count; i++) {
		const struct crowd_row *row = crowd_row(&v->crowd, i);
		if (i > 0 && crowd_ends_chunk(i - 1))
			crowd_rest(&v->crowd, i - 1);
		if (row->kind == CROWD_TAKEN)
			continue;
		uint32_t *seen = &recent[row->isn & (RECENT - 1)];
		uint32_t twin = *seen - 1;
		bool is_twin = *seen > 0 &&
			crowd_row(&v->crowd, twin)->isn == row->isn;
		*seen = i + 1;
		if (is_twin && crowd_row(&v->crowd, twin)->kind != CROWD_TAKEN)
			sighting_make(&x, twin);
		if (is_twin || is_known(k, row))
			sighting_make(&x, i);
	}
	free(recent);
	samples_take(&x);
	index_release(&x.index);
}

bool
settle_crowds(struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e)
{
	struct known k = {.keys = hash_keys_random()};
	bool any = false;
	for (size_t v = 0; v < count; v++)
		any = any || vantages[v].crowd.count > 0;
	if (!any)
		return true;
	bool ok = hosts_read(&k, vantages, count, events, s, e);
	for (size_t v = 0; ok && v < count; v++) {
		if (vantages[v].crowd.count == 0)
			continue;
		syns_read(&k, vantages, count, v);
		crowd_settle(&vantages[v], &k);
		index_release(&k.syns);
	}
	/* Only now: each is asked about by the others. */
	for (size_t v = 0; v < count; v++)
		crowd_disperse(&vantages[v].crowd);
	index_release(&k.hosts);
	return ok;
}
