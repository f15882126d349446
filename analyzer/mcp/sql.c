/*
 * An authorizer, limits, a progress handler, and a LIKE of our own.
 *
 * SQLite's LIKE takes time exponential in the number of % of its pattern, and
 * no handler is called while it does; this one goes back to the last % alone.
 *
 * cite: sqlite3_set_authorizer, sqlite3_limit, sqlite3_progress_handler,
 * sqlite3_hard_heap_limit64 (SQLite 3.31 and later)
 */
#include "mcp/sql.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "render/json_writer.h"
#include "store/stranger.h"

/* Steps of SQLite's machine between two looks, and so many looks at most. */
#define STEPS 10000
#define LOOKS_MAX 20000
#define QUERY_MAX 10000 /* bytes */
/* Of a value, bytes: instr and replace take the square of it in one step. */
#define VALUE_MAX (64 << 10)

/* What has no side effect, needs no memory to speak of and ends. */
static const char *const functions[] = {"abs", "avg", "cast", "ceil",
	"coalesce", "count", "cume_dist", "date", "datetime", "dense_rank",
	"first_value", "floor", "group_concat", "hex", "ifnull", "iif", "instr",
	"json", "json_array_length", "json_each", "json_extract", "json_type",
	"json_valid", "julianday", "lag", "last_value", "lead", "length",
	"like", "lower", "ltrim", "max", "min", "nth_value", "ntile", "nullif",
	"percent_rank", "quote", "rank", "replace", "round", "row_number",
	"rtrim", "sign", "strftime", "substr", "substring", "sum", "time",
	"total", "trim", "typeof", "unicode", "unixepoch", "upper", "->",
	"->>"};

struct guard {
	const char *denied; /* why, or NULL */
	int looks;
	int64_t end_ns; /* CLOCK_MONOTONIC */
};

static bool
is_known(const char *function)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcasecmp(functions[i], function) == 0)
			return true;
	return false;
}

static int
deny(struct guard *g, const char *why)
{
	if (g->denied == NULL)
		g->denied = why;
	return SQLITE_DENY;
}

static int
authorize(void *context, int action, const char *first, const char *second,
	const char *database, const char *inner)
{
	struct guard *g = context;
	(void)inner;
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_READ:
		if (first != NULL && strncasecmp(first, "sqlite_", 7) == 0)
			return deny(g, "the tool schema tells what there is");
		if (database != NULL && strcmp(database, "main") != 0)
			return deny(g, "there is one database");
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		if (second != NULL && is_known(second))
			return SQLITE_OK;
		return deny(g, "a function that is not among those allowed");
	case SQLITE_RECURSIVE:
		return deny(g, "recursion");
	default:
		return deny(g, "only SELECT is allowed");
	}
}

static int64_t
now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int
is_over(void *context)
{
	struct guard *g = context;
	return ++g->looks > LOOKS_MAX || now_ns() > g->end_ns;
}

static bool
alike(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *from = NULL;
	while (*text != '\0') {
		if (*pattern == '%') {
			star = ++pattern;
			from = text;
		} else if (*pattern == '_' ||
			(*pattern != '\0' &&
				tolower((unsigned char)*pattern) ==
					tolower((unsigned char)*text))) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '%')
		pattern++;
	return *pattern == '\0';
}

static void
sql_like(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const char *pattern = (const char *)sqlite3_value_text(argv[0]);
	const char *text = (const char *)sqlite3_value_text(argv[1]);
	(void)argc;
	if (pattern != NULL && text != NULL)
		sqlite3_result_int(context, alike(pattern, text));
}

/* With ESCAPE it would be SQLite's own. */
static void
sql_like_escape(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	(void)argc;
	(void)argv;
	sqlite3_result_error(context, "LIKE without ESCAPE, please", -1);
}

bool
mcp_sql_begin(sqlite3 *db, struct error *e)
{
	if (sqlite3_create_function(db, "like", 2,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
		    sql_like, NULL, NULL) != SQLITE_OK ||
		sqlite3_create_function(db, "like", 3, SQLITE_UTF8, NULL,
			sql_like_escape, NULL, NULL) != SQLITE_OK)
		return error_set(
			e, ERROR_ENVIRONMENT, "%s", sqlite3_errmsg(db));
	return true;
}

static void
limits_set(sqlite3 *db, struct guard *g)
{
	g->end_ns = now_ns() + MCP_SQL_SECONDS * NS_PER_S;
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 200);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
	sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 50);
	sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 100000);
	sqlite3_set_authorizer(db, authorize, g);
	sqlite3_progress_handler(db, STEPS, is_over, g);
	sqlite3_hard_heap_limit64(MCP_SQL_MEMORY_BYTES);
}

static void
limits_clear(sqlite3 *db)
{
	sqlite3_hard_heap_limit64(0);
	sqlite3_set_authorizer(db, NULL, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 2000);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 1000);
	sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 500);
	sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 250000000);
	stranger_limit(db);
}

static void
write_value(struct json_writer *w, sqlite3_stmt *s, int column)
{
	const char *name = sqlite3_column_name(s, column);
	if (name == NULL)
		name = "?";
	switch (sqlite3_column_type(s, column)) {
	case SQLITE_INTEGER:
		jsonw_int(w, name, sqlite3_column_int64(s, column));
		break;
	case SQLITE_FLOAT:
		jsonw_double(w, name, sqlite3_column_double(s, column), 6);
		break;
	case SQLITE_NULL:
		jsonw_null(w, name);
		break;
	default: {
		const void *text = sqlite3_column_text(s, column);
		int len = sqlite3_column_bytes(s, column);
		if (len > MCP_SQL_TEXT_MAX)
			len = MCP_SQL_TEXT_MAX;
		jsonw_view(
			w, name, view_of(text, text == NULL ? 0 : (size_t)len));
	}
	}
}

static int
write_rows(sqlite3_stmt *s, FILE *out)
{
	struct json_writer *w = memory_take(1, sizeof *w);
	int columns = sqlite3_column_count(s);
	int code = SQLITE_DONE;
	int rows = 0;
	while (rows < MCP_SQL_ROWS_MAX && ftell(out) < MCP_SQL_BYTES_MAX &&
		(code = sqlite3_step(s)) == SQLITE_ROW) {
		jsonw_begin_line(w, out);
		jsonw_object(w, NULL);
		for (int i = 0; i < columns; i++)
			write_value(w, s, i);
		jsonw_end(w);
		jsonw_finish(w);
		rows++;
	}
	if (code == SQLITE_ROW)
		fprintf(out,
			"(%d rows; there may be more: use WHERE, LIMIT and "
			"OFFSET, or count them)\n",
			rows);
	else if (rows == 0)
		fputs("(no row)\n", out);
	free(w);
	return code == SQLITE_ROW ? SQLITE_DONE : code;
}

/* What ended it, in words of ours and SQLite's. */
static bool
refuse(sqlite3 *db, const struct guard *g, int code, struct error *e)
{
	if (g->denied != NULL)
		return error_set(e, ERROR_USAGE, "refused: %s", g->denied);
	if (code == SQLITE_INTERRUPT)
		return error_set(e, ERROR_USAGE,
			"stopped: more than %d s or %d million steps",
			MCP_SQL_SECONDS, LOOKS_MAX / 1000 * STEPS / 1000);
	if (code == SQLITE_NOMEM)
		return error_set(e, ERROR_USAGE,
			"stopped: more than %d MB of memory",
			MCP_SQL_MEMORY_BYTES >> 20);
	return error_set(e, ERROR_USAGE, "%s", sqlite3_errmsg(db));
}

static bool
is_blank(const char *rest)
{
	return rest == NULL || rest[strspn(rest, " \t\r\n;")] == '\0';
}

bool
mcp_sql(sqlite3 *db, const char *sql, FILE *out, struct error *e)
{
	struct guard g = {0};
	sqlite3_stmt *s = NULL;
	const char *rest = NULL;
	if (strlen(sql) > QUERY_MAX)
		return error_set(e, ERROR_USAGE,
			"refused: more than %d bytes of SQL", QUERY_MAX);
	limits_set(db, &g);
	int code = sqlite3_prepare_v2(db, sql, -1, &s, &rest);
	bool ok = true;
	if (code != SQLITE_OK)
		ok = refuse(db, &g, code, e);
	else if (s == NULL || !is_blank(rest) || !sqlite3_stmt_readonly(s) ||
		sqlite3_stmt_isexplain(s))
		ok = error_set(
			e, ERROR_USAGE, "refused: one statement, a SELECT");
	else if ((code = write_rows(s, out)) != SQLITE_DONE)
		ok = refuse(db, &g, code, e);
	sqlite3_finalize(s);
	limits_clear(db);
	return ok;
}
