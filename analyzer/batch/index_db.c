/*
 * Statements of index.sqlite; see index_db.h.
 */
#include "batch/index_db.h"

#include "base/arena.h"

bool
index_error(sqlite3 *db, const char *doing, struct error *e)
{
	if (sqlite3_errcode(db) == SQLITE_NOMEM)
		memory_exhausted();
	return error_set(e, ERROR_ENVIRONMENT, "index.sqlite: %s: %s", doing,
		sqlite3_errmsg(db));
}

bool
index_exec(sqlite3 *db, const char *sql, struct error *e)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
		index_error(db, "writing", e);
}

sqlite3_stmt *
index_prepare(sqlite3 *db, const char *sql, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		index_error(db, "preparing a statement", e);
	return stmt;
}

bool
index_step(sqlite3_stmt *stmt, struct error *e)
{
	bool ok = sqlite3_step(stmt) == SQLITE_DONE;
	if (!ok)
		index_error(sqlite3_db_handle(stmt), "writing", e);
	sqlite3_reset(stmt);
	return ok;
}
