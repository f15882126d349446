/*
 * Running the rules over a case: verdicts first, then reported failures, then causes.
 *
 * The verdicts are one INSERT from one SELECT (verdict_sql.c), so what it costs is a
 * pass over the facts; clean attempts have none and get no row. The rules are
 * written down with their SHA-256, so that a report says by what it was judged.
 */
#include "judge/judge.h"

#include <sqlite3.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/rule.h"
#include "judge/run.h"
#include "judge/verdict_sql.h"
#include "store/tables.h"

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

static bool
verdicts_write(struct store *s, const struct rule_set *r, struct error *e)
{
	int64_t rows = facts_count(s, e);
	if (rows < 0)
		return false;
	char *sql = sqlite3_mprintf(
		"INSERT INTO verdict (" VERDICT_COLUMNS ") %s", r->select);
	if (sql == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = store_prepare(s, sql, e);
	sqlite3_free(sql);
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

bool
judge_run(struct store *s, const struct rule_set *r, struct error *e)
{
	if (!functions_add(store_db(s)))
		return store_error(store_db(s), "preparing to judge", e);
	return rules_write(s, r, e) && words_write(s, r, e) &&
		meta_write(s, r, e) && verdicts_write(s, r, e) &&
		reported_judge(s, e) && causes_run(s, r, NULL, e);
}
