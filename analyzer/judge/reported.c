/*
 * Verdicts of reported failures. The statements are in reported.sql; what each
 * way of failing may have been is in model/failure.def.
 */
#include "judge/run.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "model/failure.h"
#include "store/select.h"

extern const struct embedded embedded_reported_sql[];

/* How a program can say that a connect failed, and what each leaves possible,
 * as a table for reported.sql. */
static bool
hows_write(struct store *s, struct error *e)
{
	if (!store_exec(s,
		    "CREATE TEMP TABLE reported_how (how TEXT PRIMARY KEY,"
		    " words TEXT NOT NULL, candidates TEXT NOT NULL,"
		    " lasted_ns INTEGER NOT NULL)",
		    e))
		return false;
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO temp.reported_how (how, words, candidates, "
		"lasted_ns)"
		" VALUES (:how, :words, :candidates, :lasted)",
		e);
	bool ok = stmt != NULL;
	for (int how = 0; ok && how < FAILURE_COUNT; how++) {
		enum failure_how h = (enum failure_how)how;
		store_bind_text(stmt, ":how", failure_id(h));
		store_bind_text(stmt, ":words", failure_words_one(h));
		store_bind_text(stmt, ":candidates", failure_candidates(h));
		store_bind_int(stmt, ":lasted", failure_lasted_s(h) * NS_PER_S);
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
