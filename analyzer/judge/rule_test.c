/*
 * `lostsyn rules test`: every rule's own tests, judged in one pass.
 *
 * Each test becomes one row of facts in memory, numbered in file order; the
 * very statement of a real run then judges them all.
 */
#include "judge/rule_test.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/run.h"
#include "model/facts.h"

static const char *
column_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	return text != NULL ? text : "";
}

/* The columns of VERDICT_COLUMNS that are compared. */
enum { VERDICT = 1, CONFIDENCE = 4, FAILED = 5, CANDIDATES = 6, WHY = 8 };

static bool
differs(FILE *out, const char *what, const char *wanted, const char *got)
{
	fprintf(out, "  %s: expected %s, got %s\n", what, wanted, got);
	return false;
}

static bool
candidates_match(FILE *out, const struct rule_test *t, const char *got)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	for (size_t i = 0; i < t->candidates_count; i++)
		sqlite3_str_appendf(
			sql, "%s\"%w\"", i > 0 ? "," : "", t->candidates[i]);
	char *list = sqlite3_str_finish(sql);
	char *wanted = sqlite3_mprintf("[%s]", list != NULL ? list : "");
	bool same = wanted != NULL && strcmp(wanted, got) == 0;
	if (!same)
		differs(out, "candidates", wanted, got);
	sqlite3_free(wanted);
	sqlite3_free(list);
	return same;
}

/* Compare a judged row with what the test expects; differences to out. */
static bool
row_matches(FILE *out, const struct rule_test *t, sqlite3_stmt *stmt)
{
	bool ok = true;
	const char *got = column_text(stmt, VERDICT);
	if (strcmp(got, t->verdict) != 0)
		ok = differs(out, "verdict", t->verdict, got);
	got = column_text(stmt, CONFIDENCE);
	if (t->confidence != NULL && strcmp(got, t->confidence) != 0)
		ok = differs(out, "confidence", t->confidence, got);
	int failed = sqlite3_column_int(stmt, FAILED);
	if (t->failed >= 0 && failed != t->failed)
		ok = differs(out, "failed", t->failed ? "true" : "false",
			failed ? "true" : "false");
	got = column_text(stmt, WHY);
	if (t->why != NULL && strstr(got, t->why) == NULL)
		ok = differs(out, "why", t->why, got);
	if (t->candidates != NULL)
		ok &= candidates_match(out, t, column_text(stmt, CANDIDATES));
	return ok;
}

/* A proved verdict that is called impossible would be missing among the
 * candidates when its proof just fails: the two must agree. */
static bool
verdict_is_possible(
	FILE *out, sqlite3 *db, const struct rule *given, int64_t id)
{
	if (given == NULL || given->possible == NULL)
		return true;
	char *sql = sqlite3_mprintf("SELECT coalesce((%s\n),1) FROM facts "
				    "WHERE attempt=%lld",
		given->possible, id);
	sqlite3_stmt *stmt = NULL;
	bool ok = sql != NULL &&
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW &&
		sqlite3_column_int(stmt, 0) != 0;
	if (!ok)
		fprintf(out, "  %s is proved, but its 'possible' is false\n",
			given->verdict);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return ok;
}

struct tally {
	size_t passed;
	size_t failed;
};

static bool
insert_all(sqlite3 *db, const struct rule_set *r, struct error *e)
{
	int64_t id = 0;
	for (size_t i = 0; i < r->count; i++)
		for (size_t t = 0; t < r->rules[i]->tests_count; t++)
			if (!facts_row_insert(db, &r->rules[i]->tests[t], ++id))
				return error_set(e, ERROR_RULE,
					"%s:%u: facts cannot be stored: %s",
					r->rules[i]->path,
					r->rules[i]->tests[t].at.line,
					sqlite3_errmsg(db));
	return true;
}

static void
test_judge(FILE *out, const struct rule_set *r, const struct rule *rule,
	const struct rule_test *t, sqlite3_stmt *stmt, struct tally *tally)
{
	sqlite3 *db = sqlite3_db_handle(stmt);
	int64_t id = sqlite3_column_int64(stmt, 0);
	const struct rule *given = rule_find(r, column_text(stmt, VERDICT));
	bool ok = row_matches(out, t, stmt);
	ok &= verdict_is_possible(out, db, given, id);
	fprintf(out, "%s %s: %s\n", ok ? "ok  " : "FAIL", rule->name, t->name);
	if (!ok)
		fprintf(out, "  %s:%u\n", rule->path, t->at.line);
	tally->passed += ok;
	tally->failed += !ok;
}

/* Rows come in the order of their numbers, that is of the tests. */
static bool
judge_all(FILE *out, const struct rule_set *r, sqlite3_stmt *stmt,
	struct tally *tally)
{
	for (size_t i = 0; i < r->count; i++)
		for (size_t t = 0; t < r->rules[i]->tests_count; t++) {
			if (sqlite3_step(stmt) != SQLITE_ROW)
				return false;
			test_judge(out, r, r->rules[i], &r->rules[i]->tests[t],
				stmt, tally);
		}
	return true;
}

bool
rules_test(const struct rule_set *r, FILE *out, struct error *e)
{
	struct tally tally = {0};
	sqlite3 *db = facts_database();
	if (!insert_all(db, r, e)) {
		sqlite3_close(db);
		return false;
	}
	sqlite3_stmt *stmt = NULL;
	struct run_limit limit;
	run_limit_set(&limit, db, (int64_t)sqlite3_total_changes(db));
	bool ok = sqlite3_prepare_v2(db, r->select, -1, &stmt, NULL) ==
			SQLITE_OK &&
		judge_all(out, r, stmt, &tally);
	if (!ok)
		error_set(e, ERROR_RULE, "the rules cannot be run: %s",
			sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	ok = ok && causes_test(r, out, &tally.passed, &tally.failed, e);
	fprintf(out, "%zu passed, %zu failed\n", tally.passed, tally.failed);
	if (ok && tally.failed > 0)
		return error_set(e, ERROR_RULE, "%zu of %zu rule tests failed",
			tally.failed, tally.passed + tally.failed);
	return ok;
}
