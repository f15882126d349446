/*
 * Open addressing from a hash to an index: the tracker's two lookups.
 *
 * Holds indices only; the records they name live elsewhere, so a slot is 8
 * bytes and growing moves no record. Linear probing at most 5/8 full, 7/8 where that
 * saves half a gigabyte. Nothing
 * is ever removed.
 */
#ifndef INGEST_TABLE_H
#define INGEST_TABLE_H

#include <stdint.h>

struct table_slot {
	uint32_t tag;   /* upper half of the hash */
	uint32_t index; /* index + 1; 0 = free */
};

struct table {
	struct table_slot *slots; /* owned */
	uint32_t mask;            /* slots - 1 */
	uint32_t used;
};

/* An empty table for the caller to release. */
void table_init(struct table *t);
void table_release(struct table *t);

/* Make room for one more entry; slots may move. */
void table_reserve(struct table *t);

#endif
