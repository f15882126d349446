/*
 * `lostsyn rules test`: every rule's own tests, judged in one pass.
 *
 * Each test becomes one row of facts in memory, numbered in the order in which
 * it is shown; the very statement of a real run then judges them all. With
 * rules of somebody's, theirs come first and of ours only what fails is shown.
 */
#include "judge/rule_test.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/rule_tally.h"
#include "judge/run_limit.h"
#include "model/facts.h"
#include "store/select.h"

/* What is compared of a judged row. */
#define JUDGED(X)                         \
	X(INT, attempt, "attempt")        \
	X(WORD, verdict, "verdict")       \
	X(WORD, confidence, "confidence") \
	X(BOOL, failed, "failed")         \
	X(WORD, candidates, "candidates") \
	X(WORD, why, "why")
STORE_SELECT(judged, JUDGED)

/* Compare the lists as the JSON that the judge writes. */
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
		test_differs(out, "candidates", wanted, got);
	sqlite3_free(wanted);
	sqlite3_free(list);
	return same;
}

/* Compare a judged row with what the test expects; differences to out. */
static bool
row_matches(FILE *out, const struct rule_test *t, const struct judged *got)
{
	bool ok = true;
	if (strcmp(got->verdict, t->verdict) != 0)
		ok = test_differs(out, "verdict", t->verdict, got->verdict);
	if (t->confidence != NULL &&
		strcmp(got->confidence, t->confidence) != 0)
		ok = test_differs(
			out, "confidence", t->confidence, got->confidence);
	if (t->failed >= 0 && got->failed != t->failed)
		ok = test_differs(out, "failed", t->failed ? "true" : "false",
			got->failed ? "true" : "false");
	if (t->why != NULL && strstr(got->why, t->why) == NULL)
		ok = test_differs(out, "why", t->why, got->why);
	if (t->candidates != NULL)
		ok &= candidates_match(out, t, got->candidates);
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

/* The tests of one rule as rows of facts behind *id. */
static bool
insert_rule(sqlite3 *db, const struct rule *rule, int64_t *id, struct error *e)
{
	for (size_t t = 0; t < rule->tests_count; t++)
		if (!facts_row_insert(db, &rule->tests[t], ++*id))
			return error_set(e, ERROR_RULE,
				"%s:%u: facts cannot be stored: %s", rule->path,
				rule->tests[t].at.line, sqlite3_errmsg(db));
	return true;
}

/* Somebody's tests first, as they are shown first; numbers are given in this
 * order. */
static bool
insert_all(sqlite3 *db, const struct rule_set *r, struct error *e)
{
	int64_t id = 0;
	for (int part = 0; part < RULE_PARTS; part++)
		for (size_t i = 0; i < r->count; i++)
			if (rule_of_part(r->rules[i], part) &&
				!insert_rule(db, r->rules[i], &id, e))
				return false;
	return true;
}

/* One test's result, and where it stands when it failed. */
static void
test_judge(FILE *out, const struct rule_set *r, const struct rule *rule,
	const struct rule_test *t, sqlite3_stmt *stmt, struct rule_tally *tally)
{
	sqlite3 *db = sqlite3_db_handle(stmt);
	struct judged got = judged_of(stmt);
	const struct rule *given = rule_find(r, got.verdict);
	bool ok = row_matches(out, t, &got);
	ok &= verdict_is_possible(out, db, given, got.attempt);
	const struct test_result result = {t->name, t->at.line, ok};
	rule_tally_add(tally, rule, &result, out);
}

/* As many rows are taken as the rule has tests: both sides go in step. */
static bool
judge_rule(FILE *out, const struct rule_set *r, const struct rule *rule,
	sqlite3_stmt *stmt, struct rule_tally *tally)
{
	for (size_t t = 0; t < rule->tests_count; t++) {
		if (sqlite3_step(stmt) != SQLITE_ROW)
			return false;
		test_judge(out, r, rule, &rule->tests[t], stmt, tally);
	}
	return true;
}

/* Rows come in the order of their numbers, that is as insert_all has them. */
static bool
judge_all(FILE *out, const struct rule_set *r, sqlite3_stmt *stmt,
	struct rule_tally *tally)
{
	for (int part = 0; part < RULE_PARTS; part++)
		for (size_t i = 0; i < r->count; i++)
			if (rule_of_part(r->rules[i], part) &&
				!judge_rule(out, r, r->rules[i], stmt, tally))
				return false;
	return true;
}

/* Are there rules that did not come with the build? */
static bool
has_theirs(const struct rule_set *r)
{
	for (size_t i = 0; i < r->files_count; i++)
		if (r->files[i]->ours == NULL)
			return true;
	return false;
}

bool
rules_test(const struct rule_set *r, FILE *out, struct error *e)
{
	struct rule_tally tally = {.theirs_only = has_theirs(r)};
	sqlite3 *db = facts_database();
	if (!insert_all(db, r, e)) {
		sqlite3_close(db);
		return false;
	}
	sqlite3_stmt *stmt = NULL;
	struct run_limit limit;
	run_limit_set(&limit, db, (int64_t)sqlite3_total_changes(db));
	char *sql = sqlite3_mprintf(
		"SELECT 0" STORE_COLUMNS(JUDGED) " FROM (%s)", r->select);
	bool ok = sql != NULL &&
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		judge_all(out, r, stmt, &tally);
	if (!ok)
		error_set(e, ERROR_RULE, "the rules cannot be run: %s",
			sqlite3_errmsg(db));
	sqlite3_free(sql);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	ok = ok && causes_test(r, out, &tally, e);
	if (tally.theirs_only)
		fprintf(out, "ok   %zu tests of the built-in rules\n",
			tally.ours);
	fprintf(out, "%zu passed, %zu failed\n", tally.passed, tally.failed);
	if (ok && tally.failed > 0)
		return error_set(e, ERROR_RULE, "%zu of %zu rule tests failed",
			tally.failed, tally.passed + tally.failed);
	return ok;
}
