/*
 * Filling an empty table of a database file without SQLite's machine.
 *
 * A row costs SQLite half a microsecond, most of it for looking after what cannot
 * be otherwise here: the table is empty, nobody else writes, and rows come in the
 * order of their numbers. So the table's pages are written into the file as
 * SQLite would write them, between two of its transactions, and it is told that
 * the file has changed as it is told by any other process.
 *
 * spec: sqlite.org/fileformat2.html, 1.3 (header), 1.6 (b-tree pages)
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "base/error.h"
#include "store/bulk.h"

/* Fewer rows are not worth the two transactions. */
#define LOAD_ROWS_MIN 4096

enum load_outcome {
	LOAD_DONE,
	LOAD_UNFIT, /* as before: these rows need SQLite's own way */
	LOAD_FAILED /* *e is set */
};

/*
 * Put all rows into their table, which SQLite holds open as db, in a
 * transaction, from the file at path. After this it is in another transaction.
 * With LOAD_UNFIT the rows may have been filled in; they are as before.
 */
enum load_outcome load_rows(sqlite3 *db, const char *path,
	const struct bulk_rows *rows, struct error *e);

#endif
