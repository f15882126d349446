/*
 * Rows of the program's memory as a table that INSERT can select from.
 */
#ifndef STORE_BULK_H
#define STORE_BULK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct bulk_rows {
	int64_t count;
	void (*cell)(void *context, int64_t row, int column,
		sqlite3_context *result);
	void *context; /* borrowed */
};

/* Make the module known to a connection; returns a SQLite result code. */
int bulk_register(sqlite3 *db);

/* INSERT INTO target SELECT the first columns of rows; false leaves the error
 * on the connection. */
bool bulk_insert(sqlite3 *db, const char *target, int columns,
	const struct bulk_rows *rows);

#endif
