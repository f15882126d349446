/*
 * Making and growing a table.
 */
#include "ingest/table.h"

#include "base/pages.h"

#define TABLE_START 1024u

void
table_init(struct table *t)
{
	*t = (struct table){
		.slots = pages_take(TABLE_START, sizeof(struct table_slot)),
		.mask = TABLE_START - 1,
	};
}

void
table_release(struct table *t)
{
	pages_give(t->slots, (size_t)t->mask + 1, sizeof *t->slots);
	*t = (struct table){0};
}

/*
 * The tag holds the hash's upper half and the slot comes from the tag, so that
 * a table of up to 2^32 slots grows without asking the records again.
 */
static void
grow(struct table *t)
{
	uint32_t old_slots = t->mask + 1;
	struct table_slot *old = t->slots;
	uint32_t mask = old_slots * 2 - 1;
	struct table_slot *slots =
		pages_take((size_t)mask + 1, sizeof(struct table_slot));
	for (uint32_t i = 0; i < old_slots; i++) {
		if (old[i].index == 0)
			continue;
		uint32_t at = old[i].tag & mask;
		while (slots[at].index != 0)
			at = (at + 1) & mask;
		slots[at] = old[i];
	}
	pages_give(old, old_slots, sizeof *old);
	t->slots = slots;
	t->mask = mask;
}

/* Half a gigabyte of slots and more is filled further before it is doubled: 50
 * million entries lie in 64 million slots, 8 of which are looked at on average for
 * one that is not there. */
#define LARGE_SLOTS (UINT32_C(1) << 26)

void
table_reserve(struct table *t)
{
	if (t->used >= (t->mask / 8) * (t->mask + 1 >= LARGE_SLOTS ? 7u : 5u))
		grow(t);
}
