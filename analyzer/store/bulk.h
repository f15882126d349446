/*
 * Rows of the program's memory as a table that INSERT can select from.
 */
#ifndef STORE_BULK_H
#define STORE_BULK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/tables.h"

/* See store_append_<table> in tables.h; all borrowed. */
struct bulk_rows {
	const struct store_table *table;
	int64_t count;
	const void *row;
	void (*fill)(void *context, int64_t number);
	void *context;
};

/* Make the module known to a connection; returns a SQLite result code. */
int bulk_register(sqlite3 *db);

/* INSERT INTO the table SELECT all rows; false leaves the error on the
 * connection. */
bool bulk_insert(sqlite3 *db, const struct bulk_rows *rows);

#endif
