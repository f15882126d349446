/*
 * A throw-away hash index from a 64-bit key to attempt numbers.
 */
#ifndef STITCH_INDEX_H
#define STITCH_INDEX_H

#include <stdint.h>

/* No such key. */
#define INDEX_NONE UINT32_MAX
/* The key was added more than once. */
#define INDEX_MANY (UINT32_MAX - 1)

struct index_slot {
	uint64_t key;
	uint32_t value; /* + 1; 0 = free */
};

struct index {
	struct index_slot *slots; /* owned */
	uint64_t mask;
};

/* Fetch the key's place, for a call that follows soon. */
static inline void
index_prefetch(const struct index *x, uint64_t key)
{
	__builtin_prefetch(&x->slots[(key ^ key >> 32) & x->mask], 1);
}

/* Room for at least entries keys at half load. */
void index_init(struct index *x, uint64_t entries);
void index_release(struct index *x);

/* Add key -> value; a key that is there already becomes INDEX_MANY when unique
 * is wanted by the caller (index_add_unique) or stays as it was (index_add). */
void index_add(struct index *x, uint64_t key, uint32_t value);
void index_add_unique(struct index *x, uint64_t key, uint32_t value);

/* Count the key: its value is how often it came before the last time. */
void index_tally(struct index *x, uint64_t key);

/* The value, INDEX_MANY or INDEX_NONE. */
uint32_t index_find(const struct index *x, uint64_t key);

#endif
