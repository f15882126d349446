/*
 * An eponymous-only virtual table over the program's own records.
 *
 * INSERT ... SELECT from it runs as one statement whose loop lives inside
 * SQLite, which is several times cheaper per narrow row than bind, step and
 * reset. The rows reach the table by a pointer value (sqlite3_bind_pointer), so
 * that SQL text alone can never make it read memory.
 *
 * spec: sqlite.org/vtab.html, "Eponymous-only virtual tables"; bindptr.html.
 */
#include "store/bulk.h"

#include <stdio.h>
#include <stdlib.h>

#define POINTER_TYPE "lostsyn-bulk-rows"
#define HIDDEN_COLUMN STORE_BULK_COLUMNS

struct cursor {
	sqlite3_vtab_cursor base;
	const struct bulk_rows *rows;
	int64_t row;
	int64_t filled; /* which row is in rows->row; -1 none */
};

static int
bulk_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
	sqlite3_vtab **out, char **message)
{
	(void)aux;
	(void)argc;
	(void)argv;
	(void)message;
	char sql[1024] = "CREATE TABLE x(";
	size_t n = sizeof "CREATE TABLE x(" - 1;
	for (int i = 0; i < STORE_BULK_COLUMNS; i++)
		n += (size_t)snprintf(sql + n, sizeof sql - n, "c%d,", i);
	snprintf(sql + n, sizeof sql - n, "source HIDDEN)");
	int code = sqlite3_declare_vtab(db, sql);
	if (code != SQLITE_OK)
		return code;
	*out = sqlite3_malloc(sizeof **out);
	if (*out == NULL)
		return SQLITE_NOMEM;
	**out = (sqlite3_vtab){0};
	return SQLITE_OK;
}

static int
bulk_disconnect(sqlite3_vtab *vtab)
{
	sqlite3_free(vtab);
	return SQLITE_OK;
}

/* The source must be given: without it the table is unusable. */
static int
bulk_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	(void)vtab;
	for (int i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != HIDDEN_COLUMN ||
			!info->aConstraint[i].usable)
			continue;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		info->estimatedCost = 1;
		return SQLITE_OK;
	}
	return SQLITE_CONSTRAINT;
}

static int
bulk_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
	(void)vtab;
	struct cursor *c = sqlite3_malloc(sizeof *c);
	if (c == NULL)
		return SQLITE_NOMEM;
	*c = (struct cursor){0};
	*out = &c->base;
	return SQLITE_OK;
}

static int
bulk_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int
bulk_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc,
	sqlite3_value **argv)
{
	(void)number;
	(void)text;
	struct cursor *c = (struct cursor *)cursor;
	c->row = 0;
	c->filled = -1;
	c->rows =
		argc == 1 ? sqlite3_value_pointer(argv[0], POINTER_TYPE) : NULL;
	return SQLITE_OK;
}

static int
bulk_next(sqlite3_vtab_cursor *cursor)
{
	((struct cursor *)cursor)->row++;
	return SQLITE_OK;
}

static int
bulk_eof(sqlite3_vtab_cursor *cursor)
{
	const struct cursor *c = (const struct cursor *)cursor;
	return c->rows == NULL || c->row >= c->rows->count;
}

/* Texts are not copied: the row lives until the next one is filled in. */
static void
give_member(sqlite3_context *result, enum store_type type, const void *member)
{
	const struct view *view = member;
	switch (type) {
	case STORE_INT:
		if (*(const int64_t *)member != STORE_NULL)
			sqlite3_result_int64(result, *(const int64_t *)member);
		break;
	case STORE_REAL:
		sqlite3_result_double(result, *(const double *)member);
		break;
	case STORE_TEXT:
		sqlite3_result_text(result, *(const char *const *)member, -1,
			SQLITE_STATIC);
		break;
	case STORE_VIEW:
		sqlite3_result_text64(result, (const char *)view->data,
			view->len, SQLITE_STATIC, SQLITE_UTF8);
		break;
	}
}

/* Without a result the value is NULL. */
static int
bulk_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
	struct cursor *c = (struct cursor *)cursor;
	const struct bulk_rows *rows = c->rows;
	if (column >= rows->table->columns_count)
		return SQLITE_OK;
	if (c->row != c->filled) {
		rows->fill(rows->context, c->row);
		c->filled = c->row;
	}
	const struct store_column *k = &rows->table->columns[column];
	give_member(result, k->type, (const char *)rows->row + k->offset);
	return SQLITE_OK;
}

static int
bulk_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
	*rowid = ((const struct cursor *)cursor)->row;
	return SQLITE_OK;
}

int
bulk_register(sqlite3 *db)
{
	static const sqlite3_module module = {
		.xConnect = bulk_connect, /* no xCreate: eponymous only */
		.xBestIndex = bulk_best_index,
		.xDisconnect = bulk_disconnect,
		.xOpen = bulk_open,
		.xClose = bulk_close,
		.xFilter = bulk_filter,
		.xNext = bulk_next,
		.xEof = bulk_eof,
		.xColumn = bulk_column,
		.xRowid = bulk_rowid,
	};
	return sqlite3_create_module(db, "bulk", &module, NULL);
}

bool
bulk_insert(sqlite3 *db, const struct bulk_rows *rows)
{
	char sql[1024];
	size_t n = (size_t)snprintf(
		sql, sizeof sql, "INSERT INTO %s SELECT ", rows->table->name);
	for (int i = 0; i < rows->table->columns_count; i++)
		n += (size_t)snprintf(
			sql + n, sizeof sql - n, "%sc%d", i == 0 ? "" : ",", i);
	snprintf(sql + n, sizeof sql - n, " FROM bulk WHERE source = ?1");
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_pointer(stmt, 1, (void *)rows, POINTER_TYPE, NULL);
	int code = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE;
}
