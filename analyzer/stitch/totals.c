/*
 * Counting attempts by key in one pass over them.
 */
#include "stitch/totals.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "stitch/index.h"
#include "store/tables.h"

/* What one key adds up to. */
struct total {
	int64_t who; /* the client's id, the second, or 0 */
	uint32_t server;
	uint16_t server_port;
	uint16_t traits; /* of pairs; 0 */
	uint32_t attempts;
	uint32_t clean;
	int64_t first_ns;
	int64_t last_ns;
	int64_t clean_first_ns; /* 0 while clean is */
	int64_t clean_last_ns;
	uint32_t reused; /* attempts from a port that one before had */
	uint8_t ttl_low; /* of their answers; 0 while there is none */
	uint8_t ttl_high;
	uint16_t clock; /* of pairs: of the last answer (sighting.h); 0 none */
	uint32_t clock_changes; /* of services */
};

struct totals {
	struct total *list; /* owned */
	uint32_t count;
	uint32_t room;
	struct index index;
	struct hash_keys keys;
};

static uint64_t
total_key(const struct totals *t, const struct total *x)
{
	return hash_mix((uint64_t)x->who ^ t->keys.a,
		((uint64_t)x->server << 32 | (uint64_t)x->traits << 16 |
			x->server_port) ^
			t->keys.b);
}

static bool
total_same(const struct total *a, const struct total *b)
{
	return a->who == b->who && a->server == b->server &&
		a->server_port == b->server_port && a->traits == b->traits;
}

static void
totals_grow(struct totals *t)
{
	t->room = t->room == 0 ? 256 : t->room * 2;
	t->list = memory_grow(t->list, t->room, sizeof *t->list);
	index_release(&t->index);
	index_init(&t->index, t->room);
	for (uint32_t i = 0; i < t->count; i++)
		index_add(&t->index, total_key(t, &t->list[i]), i);
}

/* The total of x's key. Should two keys share a hash, the later one has several
 * rows; who reads them adds up anyway. */
static struct total *
total_of(struct totals *t, const struct total *x)
{
	uint64_t key = total_key(t, x);
	uint32_t at = t->count == 0 ? INDEX_NONE : index_find(&t->index, key);
	if (at != INDEX_NONE && total_same(&t->list[at], x))
		return &t->list[at];
	if (t->count == t->room)
		totals_grow(t);
	index_add(&t->index, key, t->count);
	t->list[t->count] = *x;
	return &t->list[t->count++];
}

static struct total *
total_add(struct totals *t, int64_t who, uint16_t traits,
	const struct attempt_row *row)
{
	struct total *x = total_of(t,
		&(struct total){.who = who,
			.server = row->server,
			.server_port = row->server_port,
			.traits = traits,
			.first_ns = row->first_ns});
	x->attempts++;
	x->last_ns = row->first_ns;
	if (!row->clean)
		return x;
	if (x->clean++ == 0)
		x->clean_first_ns = row->first_ns;
	x->clean_last_ns = row->first_ns;
	return x;
}

/* The 4-tuples of the attempts so far, by a hash of 64 bits: that two of them
 * share one says no more than that a port came again. */
static bool
port_again(struct index *seen, struct hash_keys keys,
	const struct attempt_row *row)
{
	uint64_t key = hash_mix(
		((uint64_t)row->client << 32 | row->server) ^ keys.a,
		((uint64_t)row->client_port << 32 | row->server_port) ^ keys.b);
	bool again = index_find(seen, key) != INDEX_NONE;
	if (!again)
		index_add(seen, key, 0);
	return again;
}

/* Time stamps that begin farther apart than a minute are of two clocks: one keeps
 * the time of the captures but for its drift. In units of sighting.answer_clock. */
#define CLOCK_APART 60

/* Is the answer's time stamp of another clock than the one before it, of the same
 * client and service? */
static bool
clock_changed(struct total *pair, const struct attempt_row *row)
{
	if (row->answer_clock == 0)
		return false;
	uint16_t apart = (uint16_t)(row->answer_clock - pair->clock);
	bool changed = pair->clock != 0 && apart > CLOCK_APART &&
		apart < UINT16_MAX - CLOCK_APART;
	pair->clock = row->answer_clock;
	return changed;
}

static void
service_add(struct totals *t, struct index *seen, bool clock_changes,
	const struct attempt_row *row)
{
	struct total *x = total_add(t, 0, 0, row);
	x->clock_changes += clock_changes;
	uint8_t ttl = row->answer_ttl;
	x->reused += port_again(seen, t->keys, row);
	if (ttl > x->ttl_high)
		x->ttl_high = ttl;
	if (ttl != 0 && (x->ttl_low == 0 || ttl < x->ttl_low))
		x->ttl_low = ttl;
}

struct total_rows {
	const struct total *list;
	struct store_pair_sum pair;
	struct store_second_sum second;
	struct store_service_sum service;
};

static void
pair_fill(void *context, int64_t number)
{
	struct total_rows *rows = context;
	const struct total *x = &rows->list[number];
	bool any = x->clean > 0;
	rows->pair = (struct store_pair_sum){
		.client = x->who,
		.server = x->server,
		.server_port = x->server_port,
		.traits = x->traits,
		.attempts = x->attempts,
		.clean = x->clean,
		.first_ns = x->first_ns,
		.last_ns = x->last_ns,
		.clean_first_ns = any ? x->clean_first_ns : STORE_NULL,
		.clean_last_ns = any ? x->clean_last_ns : STORE_NULL,
	};
}

static void
second_fill(void *context, int64_t number)
{
	struct total_rows *rows = context;
	const struct total *x = &rows->list[number];
	rows->second = (struct store_second_sum){
		.second = x->who,
		.server = x->server,
		.server_port = x->server_port,
		.attempts = x->attempts,
		.clean = x->clean,
	};
}

static void
service_fill(void *context, int64_t number)
{
	struct total_rows *rows = context;
	const struct total *x = &rows->list[number];
	rows->service = (struct store_service_sum){
		.service = (int64_t)x->server * 65536 + x->server_port,
		.attempts = x->attempts,
		.clean = x->clean,
		.first_ns = x->first_ns,
		.last_ns = x->last_ns,
		.reused = x->reused,
		.ttl_low = x->ttl_low == 0 ? STORE_NULL : x->ttl_low,
		.ttl_high = x->ttl_high == 0 ? STORE_NULL : x->ttl_high,
		.clock_changes = x->clock_changes,
	};
}

static void
totals_release(struct totals *t)
{
	free(t->list);
	index_release(&t->index);
}

/* Rounded down, before 1970 too. */
static int64_t
second_of(int64_t ns)
{
	return (ns - (ns % NS_PER_S + NS_PER_S) % NS_PER_S) / NS_PER_S;
}

/* In the order in which the judge keeps them: what comes in the order of its keys
 * costs a table half as much. */
static int
by_pair(const void *a, const void *b)
{
	const struct total *x = a;
	const struct total *y = b;
	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	if (x->server_port != y->server_port)
		return x->server_port < y->server_port ? -1 : 1;
	return (x->traits > y->traits) - (x->traits < y->traits);
}

static bool
write_all(const struct totals *pairs, const struct totals *seconds,
	const struct totals *services, struct store *s, struct error *e)
{
	struct total_rows p = {.list = pairs->list};
	struct total_rows x = {.list = seconds->list};
	struct total_rows v = {.list = services->list};
	return store_append_pair_sum(
		       s, pairs->count, &p.pair, pair_fill, &p, e) &&
		store_append_second_sum(
			s, seconds->count, &x.second, second_fill, &x, e) &&
		store_append_service_sum(
			s, services->count, &v.service, service_fill, &v, e);
}

bool
totals_write(const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e)
{
	struct totals pairs = {.keys = hash_keys_random()};
	struct totals seconds = {.keys = pairs.keys};
	struct totals services = {.keys = pairs.keys};
	struct index seen;
	index_init(&seen, count);
	for (uint32_t i = 0; i < count; i++) {
		struct total *pair = total_add(
			&pairs, rows[i].client, rows[i].traits, &rows[i]);
		bool changed = clock_changed(pair, &rows[i]);
		total_add(&seconds, second_of(rows[i].first_ns), 0, &rows[i]);
		service_add(&services, &seen, changed, &rows[i]);
	}
	index_release(&seen);
	if (pairs.count > 0)
		qsort(pairs.list, pairs.count, sizeof *pairs.list, by_pair);
	bool ok = write_all(&pairs, &seconds, &services, s, e);
	totals_release(&pairs);
	totals_release(&seconds);
	totals_release(&services);
	return ok;
}
