/*
 * A small open-addressing table of what is counted, filled attempt by attempt.
 */
#include "stitch/standing.h"

#include <stdlib.h>

#include "base/arena.h"
#include "store/tables.h"

/* Twice as many as there are rows at most: chains stay short. */
#define SLOTS ((uint32_t)STANDINGS_MAX * 2)

struct tally {
	const struct stitch_case *k;
	struct hosts *hosts;
	struct store_standing *rows; /* SLOTS; attempts 0: free; owned */
	uint32_t count;
};

static bool
is_same(const struct store_standing *a, const struct store_standing *b)
{
	return a->vantage == b->vantage && a->at_server == b->at_server &&
		a->host == b->host && a->server == b->server &&
		a->server_port == b->server_port;
}

static uint32_t
slot_of(const struct tally *t, const struct store_standing *x)
{
	uint64_t place = (uint64_t)x->host << 32 | (uint64_t)x->vantage << 1 |
		(uint64_t)x->at_server;
	uint64_t service = (uint64_t)x->server << 16 | (uint64_t)x->server_port;
	uint64_t hash = hash_mix(place ^ t->k->keys.b, t->k->keys.a);
	return (uint32_t)hash_mix(service ^ hash, t->k->keys.a) & (SLOTS - 1);
}

static void
tally_add(struct tally *t, const struct store_standing *x)
{
	uint32_t i = slot_of(t, x);
	while (t->rows[i].attempts > 0 && !is_same(&t->rows[i], x))
		i = (i + 1) & (SLOTS - 1);
	if (t->rows[i].attempts > 0) {
		t->rows[i].attempts++;
		return;
	}
	if (t->count == STANDINGS_MAX)
		return;
	t->count++;
	t->rows[i] = *x;
	t->rows[i].attempts = 1;
}

/* Both ends of an attempt, where a capture stands there for sure. */
static void
count_attempt(struct tally *t, const struct attempt_row *row)
{
	struct attempt_ends a;
	stitch_case_ends(t->k, row->attempt, &a);
	struct store_standing x = {
		.server = row->server, .server_port = row->server_port};
	if (a.between)
		return;
	if (a.c != NULL && !a.near_between) {
		x.vantage = (int64_t)a.near;
		x.host = hosts_id(t->hosts, a.c->client);
		tally_add(t, &x);
	}
	if (a.s != NULL && !a.far_between) {
		x.vantage = (int64_t)a.far;
		x.at_server = 1;
		x.host = hosts_id(t->hosts, a.s->server);
		tally_add(t, &x);
	}
}

static int
by_standing(const void *a, const void *b)
{
	const struct store_standing *x = a;
	const struct store_standing *y = b;
	const int64_t order[] = {y->attempts - x->attempts,
		x->vantage - y->vantage, x->at_server - y->at_server,
		x->server - y->server, x->server_port - y->server_port,
		x->host - y->host};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i] != 0)
			return order[i] < 0 ? -1 : 1;
	return 0;
}

/* Those that are counted to the front: most slots are free. */
static void
rows_gather(struct tally *t)
{
	uint32_t to = 0;
	for (uint32_t i = 0; to < t->count; i++)
		if (t->rows[i].attempts > 0)
			t->rows[to++] = t->rows[i];
}

bool
standing_write(const struct stitch_case *k, struct hosts *hosts,
	const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e)
{
	struct tally t = {.k = k,
		.hosts = hosts,
		.rows = memory_take(SLOTS, sizeof *t.rows)};
	bool ok = true;
	for (uint32_t i = 0; i < count; i++)
		count_attempt(&t, &rows[i]);
	rows_gather(&t);
	qsort(t.rows, t.count, sizeof *t.rows, by_standing);
	for (uint32_t i = 0; ok && i < t.count; i++)
		ok = store_insert_standing(s, &t.rows[i], e);
	free(t.rows);
	return ok;
}
