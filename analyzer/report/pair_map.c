/*
 * The map of services and their clients, with linear steps; nothing is ever taken
 * out, so a slot that was filled stays. See pair_map.h.
 */
#include "report/pair_map.h"

#include <stdlib.h>

#include "base/arena.h"

/* The slot of the key, or the free one in which it would be. There is one, as
 * the table is half full at most. */
static size_t
slot_of(const struct pair_map *m, int64_t a, int64_t b)
{
	size_t at = hash_mix((uint64_t)a ^ m->keys.a, (uint64_t)b ^ m->keys.b) &
		(m->room - 1);
	while (m->slots[at].value >= 0 &&
		(m->slots[at].a != a || m->slots[at].b != b))
		at = (at + 1) & (m->room - 1);
	return at;
}

/* Twice the room, everything put in anew. */
static void
grow(struct pair_map *m)
{
	struct pair_map old = *m;
	m->room = old.room == 0 ? 64 : 2 * old.room;
	m->slots = memory_take(m->room, sizeof *m->slots);
	for (size_t i = 0; i < m->room; i++)
		m->slots[i].value = -1;
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].value >= 0)
			m->slots[slot_of(m, old.slots[i].a, old.slots[i].b)] =
				old.slots[i];
	free(old.slots);
}

/* What is there already stays: only the first value of a key counts. */
int
pair_map_put(struct pair_map *m, int64_t a, int64_t b, int value)
{
	if (2 * (m->used + 1) > m->room)
		grow(m);
	size_t at = slot_of(m, a, b);
	if (m->slots[at].value >= 0)
		return m->slots[at].value;
	m->slots[at] = (struct pair_slot){a, b, value};
	m->used++;
	return -1;
}

int
pair_map_get(const struct pair_map *m, int64_t a, int64_t b)
{
	return m->room == 0 ? -1 : m->slots[slot_of(m, a, b)].value;
}

void
pair_map_release(struct pair_map *m)
{
	free(m->slots);
	m->slots = NULL;
	m->room = m->used = 0;
}
