/*
 * Open addressing with linear probing; sized once, never grown.
 */
#include "stitch/index.h"

#include "base/pages.h"

void
index_init(struct index *x, uint64_t entries)
{
	uint64_t room = 64;
	while (room < entries * 2)
		room *= 2;
	x->slots = pages_take(room, sizeof *x->slots);
	x->mask = room - 1;
}

void
index_release(struct index *x)
{
	pages_give(x->slots, x->mask + 1, sizeof *x->slots);
	*x = (struct index){0};
}

static struct index_slot *
slot_of(const struct index *x, uint64_t key)
{
	uint64_t at = (key ^ key >> 32) & x->mask;
	while (x->slots[at].value != 0 && x->slots[at].key != key)
		at = (at + 1) & x->mask;
	return &x->slots[at];
}

void
index_add(struct index *x, uint64_t key, uint32_t value)
{
	struct index_slot *slot = slot_of(x, key);
	if (slot->value == 0)
		*slot = (struct index_slot){key, value + 1};
}

void
index_add_unique(struct index *x, uint64_t key, uint32_t value)
{
	struct index_slot *slot = slot_of(x, key);
	if (slot->value == 0)
		*slot = (struct index_slot){key, value + 1};
	else
		slot->value = INDEX_MANY + 1;
}

uint32_t
index_find(const struct index *x, uint64_t key)
{
	const struct index_slot *slot = slot_of(x, key);
	return slot->value == 0 ? INDEX_NONE : slot->value - 1;
}

void
index_tally(struct index *x, uint64_t key)
{
	struct index_slot *slot = slot_of(x, key);
	slot->key = key;
	if (slot->value < INDEX_MANY)
		slot->value++;
}
