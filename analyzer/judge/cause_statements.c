/*
 * Statements that every rule runs anew, prepared once.
 *
 * Preparing one costs a hundred times what running it over a case of twenty
 * attempts does, and there are forty rules with ten such statements each.
 */
#include "judge/cause_run.h"
#include "store/select.h"

sqlite3_stmt *
cause_statement(struct cause_run *run, const char *sql)
{
	for (size_t i = 0; i < run->statements_count; i++)
		if (run->statements[i].sql == sql) {
			sqlite3_reset(run->statements[i].stmt);
			return run->statements[i].stmt;
		}
	sqlite3_stmt *stmt = store_prepare(run->store, sql, run->error);
	if (stmt == NULL)
		return NULL;
	assert(run->statements_count < CAUSE_STATEMENTS_MAX);
	run->statements[run->statements_count++] =
		(struct cause_statement){sql, stmt};
	return stmt;
}

bool
cause_exec(struct cause_run *run, const char *sql)
{
	sqlite3_stmt *stmt = cause_statement(run, sql);
	return stmt != NULL && store_step(run->store, stmt, run->error);
}

void
cause_statements_release(struct cause_run *run)
{
	for (size_t i = 0; i < run->statements_count; i++)
		sqlite3_finalize(run->statements[i].stmt);
	run->statements_count = 0;
}
