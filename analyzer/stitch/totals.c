/*
 * Counting attempts by key in one pass over them.
 */
#include "stitch/totals.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "stitch/index.h"

/* Columns of pair_sum; second_sum has the first of them. */
#define PAIR_COLUMNS 9
#define SECOND_COLUMNS 5
/* The columns from here on are NULL without a clean attempt. */
#define CLEAN_COLUMN 7

/* What one key adds up to; numbers in the order of the table. */
struct total {
	int64_t who; /* the client's id, or the second */
	uint32_t server;
	uint16_t server_port;
	uint32_t attempts;
	uint32_t clean;
	int64_t first_ns;
	int64_t last_ns;
	int64_t clean_first_ns; /* 0 while clean is */
	int64_t clean_last_ns;
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
		((uint64_t)x->server << 16 | x->server_port) ^ t->keys.b);
}

static bool
total_same(const struct total *a, const struct total *b)
{
	return a->who == b->who && a->server == b->server &&
		a->server_port == b->server_port;
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

static void
total_add(struct totals *t, int64_t who, const struct attempt_row *row)
{
	struct total *x = total_of(t,
		&(struct total){.who = who,
			.server = row->server,
			.server_port = row->server_port,
			.first_ns = row->first_ns});
	x->attempts++;
	x->last_ns = row->first_ns;
	if (!row->clean)
		return;
	if (x->clean++ == 0)
		x->clean_first_ns = row->first_ns;
	x->clean_last_ns = row->first_ns;
}

static void
total_cell(void *context, int64_t row, int column, sqlite3_context *result)
{
	const struct total *x = &((const struct total *)context)[row];
	const int64_t numbers[PAIR_COLUMNS] = {x->who, x->server,
		x->server_port, x->attempts, x->clean, x->first_ns, x->last_ns,
		x->clean_first_ns, x->clean_last_ns};
	if (column >= CLEAN_COLUMN && x->clean == 0)
		sqlite3_result_null(result);
	else
		sqlite3_result_int64(result, numbers[column]);
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

bool
totals_write(const struct attempt_row *rows, uint32_t count, struct store *s,
	struct error *e)
{
	struct totals pairs = {.keys = hash_keys_random()};
	struct totals seconds = {.keys = pairs.keys};
	for (uint32_t i = 0; i < count; i++) {
		total_add(&pairs, rows[i].client, &rows[i]);
		total_add(&seconds, second_of(rows[i].first_ns), &rows[i]);
	}
	bool ok = store_append(s, "pair_sum", PAIR_COLUMNS, pairs.count,
			  total_cell, pairs.list, e) &&
		store_append(s, "second_sum", SECOND_COLUMNS, seconds.count,
			total_cell, seconds.list, e);
	totals_release(&pairs);
	totals_release(&seconds);
	return ok;
}
