/*
 * A rule file from a stranger: any bytes become a tree and a rule, or problems;
 * what is accepted keeps the promises of expression.h and can be compiled.
 */
#include <stdint.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/rule.h"
#include "judge/verdict_sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One rule alone compiles; its SELECT runs over the empty table. */
static void
compile(struct rule *rule)
{
	struct rule_set set = {.count = 1};
	set.rules[0] = rule;
	char *sql = verdict_select(&set);
	sqlite3 *db = facts_database();
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK && !sqlite3_stmt_readonly(stmt))
		abort();
	/* SQLite's own limits (depth, length) may refuse; syntax may not. */
	if (code == SQLITE_OK && sqlite3_step(stmt) != SQLITE_DONE)
		abort();
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	sqlite3_free(sql);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct checker *checker;
	if (checker == NULL)
		checker = checker_new(cause_views_database);
	struct arena arena = {0};
	struct problems problems = {0};
	struct rule rule = {.name = "fuzz",
		.path = "fuzz.yaml",
		.text = view_of(data, size)};
	bool ok = rule_read(&rule, &arena, checker, &problems);
	/* Trouble is always told. */
	if (!ok && problems.count == 0)
		abort();
	if (ok)
		compile(&rule);
	arena_release(&arena);
	return 0;
}
