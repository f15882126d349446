/*
 * Statements of index.sqlite, and what is said when one fails.
 */
#ifndef BATCH_INDEX_DB_H
#define BATCH_INDEX_DB_H

#include <sqlite3.h>

#include "base/error.h"

/* Set *e from the connection's last error. Always false. */
bool index_error(sqlite3 *db, const char *doing, struct error *e);

/* Run one or more statements. False with *e set on trouble. */
bool index_exec(sqlite3 *db, const char *sql, struct error *e);

/* NULL with *e set on trouble; the caller finalizes. e may be NULL. */
sqlite3_stmt *index_prepare(sqlite3 *db, const char *sql, struct error *e);

/* Run a statement without rows, and make it ready again. */
bool index_step(sqlite3_stmt *stmt, struct error *e);

#endif
