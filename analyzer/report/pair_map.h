/*
 * A map from two numbers to an index.
 */
#ifndef REPORT_PAIR_MAP_H
#define REPORT_PAIR_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/* Open addressing, half full at most: some 50 bytes a key. Keys are what a
 * capture's author chose, so the hash is keyed: begin with {.keys =
 * hash_keys_random()}, end with pair_map_release. */
struct pair_map {
	struct pair_slot {
		int64_t a, b;
		int value; /* -1: free */
	} * slots;
	size_t room, used;
	struct hash_keys keys;
};

/* The value of the key, or -1 after value (0 or more) was put there. */
int pair_map_put(struct pair_map *m, int64_t a, int64_t b, int value);

/* The value of the key, or -1. */
int pair_map_get(const struct pair_map *m, int64_t a, int64_t b);

void pair_map_release(struct pair_map *m);

#endif
