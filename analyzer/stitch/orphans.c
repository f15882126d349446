/*
 * Two lists of the same SYNs: by time, and by 4-tuple first.
 */
#include "stitch/orphans.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/case.h"

/* A SYN that a device sends on in its own name follows ours within this time:
 * a SYN proxy first waits for the client's ACK, a load balancer may queue. */
#define DEVICE_NS (3 * NS_PER_S)

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static int
by_tuple(const void *a, const void *b)
{
	const struct orphan *x = a;
	const struct orphan *y = b;
	if (x->tuple != y->tuple)
		return x->tuple < y->tuple ? -1 : 1;
	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

static uint64_t
tuple_key(const struct stitch_case *k, const struct sighting *s)
{
	return hash_tuple(
		k->keys, s->client, s->client_port, s->server, s->server_port);
}

/* The SYN that only the server's capture has, or NULL. */
static const struct sighting *
orphan_of(const struct stitch_case *k, uint32_t attempt, size_t *v)
{
	struct attempt_ends a;
	stitch_case_ends(k, attempt, &a);
	*v = a.far;
	return a.c == NULL && a.s != NULL && a.s->syn > 0 ? a.s : NULL;
}

void
orphans_find(struct stitch_case *k)
{
	struct orphans *o = &k->orphans;
	uint32_t room = 0;
	if (k->near == CASE_NO_END || k->far == CASE_NO_END)
		return;
	for (uint32_t i = 0; i < k->match.count; i++) {
		size_t v;
		const struct sighting *s = orphan_of(k, i, &v);
		if (s == NULL)
			continue;
		if (o->count == room) {
			room = room == 0 ? 64 : room * 2;
			o->times =
				memory_grow(o->times, room, sizeof *o->times);
			o->tuples =
				memory_grow(o->tuples, room, sizeof *o->tuples);
		}
		int64_t at_ns = stitch_case_time(k, v, s, 0);
		o->tuples[o->count] = (struct orphan){tuple_key(k, s), at_ns};
		o->times[o->count++] = at_ns;
	}
	if (o->count == 0)
		return;
	qsort(o->times, o->count, sizeof *o->times, by_time);
	qsort(o->tuples, o->count, sizeof *o->tuples, by_tuple);
}

/* Orphans of tuples before this one in their order. */
static uint32_t
tuples_before(const struct orphans *o, uint64_t tuple, int64_t ns)
{
	struct orphan bound = {tuple, ns};
	uint32_t low = 0;
	uint32_t high = o->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (by_tuple(&o->tuples[middle], &bound) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* In [from_ns, to_ns), of those with the addresses and ports of s. */
static uint32_t
of_tuple(const struct stitch_case *k, const struct sighting *s, int64_t from_ns,
	int64_t to_ns)
{
	uint64_t tuple = tuple_key(k, s);
	return tuples_before(&k->orphans, tuple, to_ns) -
		tuples_before(&k->orphans, tuple, from_ns);
}

/* Orphans before ns. */
static uint32_t
times_before(const struct orphans *o, int64_t ns)
{
	uint32_t low = 0;
	uint32_t high = o->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (o->times[middle] < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
orphans_like(const struct stitch_case *k, size_t far, const struct sighting *s,
	int64_t first_ns, int64_t last_ns, int64_t early_ns)
{
	int64_t from = clock_sub(first_ns, early_ns);
	int64_t to = clock_add(last_ns, DEVICE_NS);
	if (cover_knows_pair(&k->covers[far], s->client, s->server))
		return of_tuple(k, s, from, to);
	return times_before(&k->orphans, to) - times_before(&k->orphans, from);
}
