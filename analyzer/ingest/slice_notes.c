/*
 * A sorted list. Stored times are whole microseconds from an attempt's first
 * packet on, packets have nanoseconds: hence the microsecond that they may be
 * later.
 */
#include "ingest/slice_notes.h"

#include <stdlib.h>

#include "base/clock.h"

void
slice_notes_add(struct slice_notes *n, const struct slice_note *note)
{
	if (n->count == n->room) {
		n->room = n->room == 0 ? 64 : n->room * 2;
		n->list = memory_grow(n->list, n->room, sizeof *n->list);
	}
	n->list[n->count++] = *note;
}

void
slice_notes_release(struct slice_notes *n)
{
	free(n->list);
	arena_release(&n->arena);
	*n = (struct slice_notes){0};
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_ip(struct ip_addr a, struct ip_addr b)
{
	int order = compare_u64(a.hi, b.hi);
	return order != 0 ? order : compare_u64(a.lo, b.lo);
}

/* The lower end first, so that both directions are one tuple. */
static void
set_order(struct slice_note *x)
{
	struct slice_note was = *x;
	int order = compare_ip(x->one, x->other);
	if (order < 0 || (order == 0 && x->one_port <= x->other_port))
		return;
	x->one = was.other;
	x->other = was.one;
	x->one_port = was.other_port;
	x->other_port = was.one_port;
}

static int
compare(const void *a, const void *b)
{
	const struct slice_note *x = a;
	const struct slice_note *y = b;
	int order = compare_ip(x->one, y->one);
	if (order == 0)
		order = compare_ip(x->other, y->other);
	if (order == 0)
		order = (int)x->one_port - (int)y->one_port;
	if (order == 0)
		order = (int)x->other_port - (int)y->other_port;
	if (order == 0)
		order = (int)x->segment - (int)y->segment;
	if (order != 0)
		return order;
	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

void
slice_notes_sort(struct slice_notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		set_order(&n->list[i]);
	if (n->count > 0)
		qsort(n->list, n->count, sizeof *n->list, compare);
}

static enum slice_segment
segment_of(const struct packet *p)
{
	if (p->kind != PACKET_TCP)
		return SLICE_OTHER;
	if (p->flags & TCP_RST)
		return SLICE_RST;
	if (p->flags & TCP_SYN)
		return p->flags & TCP_ACK ? SLICE_SYNACK : SLICE_SYN;
	return SLICE_OTHER;
}

/* How many notes come before key, or are it. */
static size_t
count_to(const struct slice_notes *n, const struct slice_note *key)
{
	size_t low = 0;
	size_t high = n->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&n->list[middle], key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
slice_notes_take(struct slice_notes *n, const struct packet *p, int64_t at_ns)
{
	struct slice_note key = {.one = p->src,
		.other = p->dst,
		.one_port = p->src_port,
		.other_port = p->dst_port,
		.segment = segment_of(p),
		.at_ns = at_ns};
	if (n->count == 0)
		return NULL;
	set_order(&key);
	key.at_ns = clock_sub(at_ns, NS_PER_US);
	size_t i = count_to(n, &key);
	for (; i < n->count; i++) {
		struct slice_note *x = &n->list[i];
		key.at_ns = x->at_ns;
		if (x->at_ns > at_ns || compare(x, &key) != 0)
			return NULL;
		if (x->given)
			continue;
		x->given = true;
		return x->text;
	}
	return NULL;
}
