/*
 * Running the rules over a case: verdicts first, then reported failures, then causes.
 *
 * The verdicts are two statements (verdict_sql.c), so what they cost is two passes
 * over the facts; clean attempts have none and get no row. The rules are
 * written down with their SHA-256, so that a report says by what it was judged.
 */
#include "judge/judge.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "judge/cause.h"
#include "judge/functions.h"
#include "judge/rule.h"
#include "judge/reported.h"
#include "judge/run_limit.h"
#include "judge/verdict_sql.h"
#include "judge/way_screen.h"
#include "store/tables.h"

/* Which rules judged, each with its digest, so that a report can be told from
 * one that other rules made. */
static bool
rules_write(struct store *s, const struct rule_set *r, struct error *e)
{
	bool ok = true;
	for (size_t i = 0; ok && i < r->files_count; i++) {
		const struct rule *rule = r->files[i];
		struct store_rule row = store_rule_null;
		row.name = rule->name;
		row.kind = rule->cause != NULL ? "cause" : "verdict";
		row.sha256 = rule->sha256;
		ok = store_insert_rule(s, &row, e);
	}
	return ok;
}

/* How the report tells of the verdicts. */
static bool
words_write(struct store *s, const struct rule_set *r, struct error *e)
{
	bool ok = true;
	for (size_t i = 0; ok && i < r->count; i++) {
		const struct rule *rule = r->rules[i];
		if (rule->story == NULL && rule->look == NULL)
			continue;
		struct store_verdict_words row = store_verdict_words_null;
		row.verdict = rule->verdict;
		row.story = rule->story;
		row.look = rule->look;
		ok = store_insert_verdict_words(s, &row, e);
	}
	return ok;
}

/* The digest of all rules, and the word that clean attempts share, which have
 * no row of their own. */
static bool
meta_write(struct store *s, const struct rule_set *r, struct error *e)
{
	const char *clean = "";
	for (size_t i = 0; i < r->count; i++)
		if (r->rules[i]->clean)
			clean = r->rules[i]->verdict;
	return store_meta(s, "rules_sha256", r->digest, e) &&
		store_meta(s, "clean_verdict", clean, e);
}

/* Up to so many attempts it is cheaper to see which ways can hold at all than to
 * try every one. */
#define SCREEN_ROWS_MAX 1000

/* Rows of facts; they bound the work. */
static int64_t
facts_count(struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, "SELECT count(*) FROM facts", e);
	int64_t rows = -1;
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		rows = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rows;
}

/* Run one of the statements that judge, over what sql selects. */
static bool
judge_step(struct store *s, const char *before, char *sql, int64_t rows,
	struct error *e)
{
	char *text = sqlite3_mprintf("%s (%s)", before, sql);
	sqlite3_free(sql);
	if (text == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = store_prepare(s, text, e);
	sqlite3_free(text);
	if (stmt == NULL)
		return false;
	struct run_limit limit;
	run_limit_set(&limit, store_db(s), rows);
	int code = sqlite3_step(stmt);
	run_limit_clear(store_db(s));
	if (code == SQLITE_INTERRUPT)
		error_set(e, ERROR_RULE, "the rules take too long");
	else if (code != SQLITE_DONE)
		store_error(store_db(s), "writing verdicts", e);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}

/* Which ways held for any attempt. */
static bool
ways_held(struct store *s, bool *held, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT DISTINCT way FROM temp.judged WHERE way IS NOT NULL",
		e);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		held[sqlite3_column_int(stmt, 0)] = true;
	sqlite3_finalize(stmt);
	return stmt != NULL;
}

/* In two steps: which way holds for each attempt, then the words of those ways
 * alone that held anywhere. A statement with the words of all ways takes longer
 * to prepare than a small case to judge. */
static bool
verdicts_write(struct store *s, const struct rule_set *r, struct error *e)
{
	int64_t rows = facts_count(s, e);
	if (rows < 0)
		return false;
	bool *held = memory_take(VERDICT_WAYS_MAX, sizeof *held);
	bool *can = memory_take(VERDICT_WAYS_MAX, sizeof *can);
	bool few = rows <= SCREEN_ROWS_MAX;
	bool ok = (!few || way_screen(s, r, can, e)) &&
		judge_step(s, "CREATE TEMP TABLE judged AS SELECT * FROM",
			verdict_ways(r, few ? can : NULL), rows, e) &&
		ways_held(s, held, e);
	if (ok && rows > 0)
		ok = judge_step(s,
			"INSERT INTO verdict (" VERDICT_COLUMNS
			") SELECT " VERDICT_COLUMNS " FROM",
			verdict_told(r, held), rows, e);
	free(can);
	free(held);
	return ok && store_exec(s, "DROP TABLE temp.judged", e);
}

bool
judge_run(struct store *s, const struct rule_set *r, struct error *e)
{
	if (!functions_add(store_db(s)))
		return store_error(store_db(s), "preparing to judge", e);
	return rules_write(s, r, e) && words_write(s, r, e) &&
		meta_write(s, r, e) && verdicts_write(s, r, e) &&
		reported_judge(s, r, e) && causes_run(s, r, NULL, e);
}
