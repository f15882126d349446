/*
 * Verdicts of reported failures. The statements are in reported.sql; what each
 * way of failing may have been is in model/failure.def.
 */
#include "judge/run.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "model/failure.h"

extern const struct embedded embedded_reported_sql[];

static bool
hows_write(struct store *s, struct error *e)
{
	if (!store_exec(s,
		    "CREATE TEMP TABLE reported_how (how TEXT PRIMARY KEY,"
		    " words TEXT NOT NULL, candidates TEXT NOT NULL,"
		    " lasted_ns INTEGER NOT NULL)",
		    e))
		return false;
	sqlite3_stmt *stmt = store_prepare(
		s, "INSERT INTO temp.reported_how VALUES (?, ?, ?, ?)", e);
	bool ok = stmt != NULL;
	for (int how = 0; ok && how < FAILURE_COUNT; how++) {
		enum failure_how h = (enum failure_how)how;
		sqlite3_bind_text(stmt, 1, failure_id(h), -1, SQLITE_STATIC);
		sqlite3_bind_text(
			stmt, 2, failure_words_one(h), -1, SQLITE_STATIC);
		sqlite3_bind_text(
			stmt, 3, failure_candidates(h), -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 4, failure_lasted_s(h) * NS_PER_S);
		ok = store_step(s, stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

bool
reported_judge(struct store *s, struct error *e)
{
	return hows_write(s, e) &&
		store_exec(s, embedded_reported_sql[0].text, e);
}
