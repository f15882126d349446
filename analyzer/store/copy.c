/*
 * Evidence from one evidence.sqlite into another.
 *
 * Rows are copied, never the file: a database from a stranger may hold triggers
 * and views of its own under our names, and none of that is taken along. What
 * has another shape than the schema wants is refused by the schema's own types
 * (STRICT tables).
 *
 * Costs: a bind and a step for each value and row, 1 to 2 microseconds a row.
 */
#include <string.h>

#include "base/arena.h"
#include "store/tables.h"

static bool
damaged(struct store *from, const char *what, struct error *e)
{
	if (sqlite3_errcode(store_db(from)) == SQLITE_NOMEM)
		memory_exhausted();
	return error_set(e, ERROR_USAGE,
		"%s cannot be taken over: %s; analyse the evidence again", what,
		sqlite3_errmsg(store_db(from)));
}

/* INSERT INTO target VALUES (?, ...), with so many columns. */
static sqlite3_stmt *
prepare_insert(
	struct store *s, const char *target, int columns, struct error *e)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql, "INSERT INTO %s VALUES (?", target);
	for (int i = 1; i < columns; i++)
		sqlite3_str_appendall(sql, ",?");
	sqlite3_str_appendall(sql, ")");
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = store_prepare(s, text, e);
	sqlite3_free(text);
	return stmt;
}

/* A row that the schema refuses is the other file's fault. */
static bool
put_row(struct store *s, sqlite3_stmt *in, const char *target, struct error *e)
{
	int code = sqlite3_step(in);
	bool refused =
		(code & 0xff) == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH;
	bool ok = code == SQLITE_DONE;
	if (refused)
		damaged(s, target, e);
	else if (!ok)
		store_error(store_db(s), "writing", e);
	sqlite3_reset(in);
	return ok;
}

bool
store_copy(struct store *s, const char *target, struct store *from,
	const char *select, struct error *e)
{
	sqlite3_stmt *out = NULL;
	if (sqlite3_prepare_v2(store_db(from), select, -1, &out, NULL) !=
		SQLITE_OK)
		return damaged(from, target, e);
	int columns = sqlite3_column_count(out);
	sqlite3_stmt *in = prepare_insert(s, target, columns, e);
	bool ok = in != NULL;
	int code = SQLITE_DONE;
	while (ok && (code = sqlite3_step(out)) == SQLITE_ROW) {
		for (int i = 0; i < columns; i++)
			sqlite3_bind_value(
				in, i + 1, sqlite3_column_value(out, i));
		ok = put_row(s, in, target, e);
	}
	if (ok && code != SQLITE_DONE)
		ok = damaged(from, target, e);
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	return ok;
}

/* "a, b, c": the columns of a table of ours; the caller frees. */
static char *
columns_of(const struct store_table *t)
{
	sqlite3_str *list = sqlite3_str_new(NULL);
	for (int i = 0; i < t->columns_count; i++)
		/* Bare: a name in quotes that is no column would be a text. */
		sqlite3_str_appendf(
			list, "%s%s", i > 0 ? ", " : "", t->columns[i].name);
	char *text = sqlite3_str_finish(list);
	if (text == NULL)
		memory_exhausted();
	return text;
}

/* A table it must be: a view could be anything, and take for ever. */
static bool
is_table(struct store *from, const char *table, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(store_db(from),
		    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' "
		    "AND name = ?1 AND sql LIKE 'CREATE TABLE%'",
		    -1, &stmt, NULL) != SQLITE_OK)
		return damaged(from, table, e);
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	bool ok = sqlite3_step(stmt) == SQLITE_ROW &&
		sqlite3_column_int(stmt, 0) == 1;
	sqlite3_finalize(stmt);
	return ok ||
		error_set(e, ERROR_USAGE,
			"the table %s is missing; analyse the evidence again",
			table);
}

/* In the order in which it was written, so that row ids stay what they were. */
static bool
copy_table(struct store *s, struct store *from, const struct store_table *t,
	struct error *e)
{
	if (!is_table(from, t->name, e))
		return false;
	char *columns = columns_of(t);
	char *target = sqlite3_mprintf("%s (%s)", t->name, columns);
	bool keyed = strstr(t->options, "WITHOUT ROWID") != NULL;
	char *select = sqlite3_mprintf("SELECT %s FROM %s ORDER BY %s", columns,
		t->name, keyed ? "1, 2" : "rowid");
	if (target == NULL || select == NULL)
		memory_exhausted();
	bool ok = store_copy(s, target, from, select, e);
	sqlite3_free(select);
	sqlite3_free(target);
	sqlite3_free(columns);
	return ok;
}

bool
store_copy_evidence(struct store *s, struct store *from, struct error *e)
{
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	for (int i = 0; i < STORE_TABLES; i++)
		if (store_tables[i].writer != STORE_JUDGE &&
			!copy_table(s, from, &store_tables[i], e))
			return false;
	return true;
}
