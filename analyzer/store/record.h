/*
 * Rows in the form in which SQLite's file holds them.
 *
 * spec: sqlite.org/fileformat2.html, section 2.1 "Record Format", and 1.6
 * (variable-length integers).
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "store/tables.h"

/* Bytes of a variable-length integer, at most. */
#define RECORD_VARINT_MAX 9

/* Write v; returns its bytes, 1 to RECORD_VARINT_MAX. */
size_t record_varint(uint8_t *out, uint64_t v);

/*
 * The column that is the row's number (INTEGER PRIMARY KEY), or -1 for a table
 * whose rows are numbered from 1 in the order in which they come.
 */
int record_key(const struct store_table *t);

/*
 * Can the table's rows be written so: has it nothing that SQLite would have to
 * look after (other keys, checks)?
 */
bool record_suits(const struct store_table *t);

/*
 * Write the row into out. Returns its bytes; 0 when it needs more than room or
 * holds a NULL that the schema refuses. key: what record_key says of t.
 */
size_t record_write(const struct store_table *t, int key, const void *row,
	uint8_t *out, size_t room);

#endif
