/*
 * Limits and the comparison of schemas, by SQLite's own means: a progress
 * handler that looks at the clock, and the text of every statement that made an
 * object, which sqlite_schema keeps as it was written.
 *
 * spec: https://sqlite.org/schematab.html, https://sqlite.org/c3ref/limit.html
 */
#include "store/stranger.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* Steps of SQLite's machine between two looks at the clock: some milliseconds. */
#define STEPS_BETWEEN_LOOKS 100000

static int
is_over(void *end_s)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > (time_t)(intptr_t)end_s;
}

void
stranger_limit(sqlite3 *db)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	sqlite3_exec(db, "PRAGMA trusted_schema = OFF", NULL, NULL, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, STRANGER_BYTES);
	sqlite3_progress_handler(db, STEPS_BETWEEN_LOOKS, is_over,
		(void *)(intptr_t)(now.tv_sec + STRANGER_SECONDS));
}

/* Without what SQLite makes by itself (statistics of ANALYZE), and without
 * indexes: stages add some, and reading by one computes nothing. */
static const char objects_sql[] =
	"SELECT name, type, sql FROM sqlite_schema WHERE type <> 'index' "
	"AND name NOT IN ('sqlite_stat1', 'sqlite_sequence') "
	"ORDER BY name, type";

static sqlite3_stmt *
objects(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	return sqlite3_prepare_v2(db, objects_sql, -1, &s, NULL) == SQLITE_OK
		? s
		: NULL;
}

static const char *
text(sqlite3_stmt *s, int column)
{
	const unsigned char *t = sqlite3_column_text(s, column);
	return t == NULL ? "" : (const char *)t;
}

/* The next character that means something: neither space nor comment. Our own
 * schema has no "--" in a literal; a stranger's that has is another anyway. */
static const char *
next_meaning(const char *t)
{
	for (;;) {
		t += strspn(t, " \t\n\r");
		if (t[0] != '-' || t[1] != '-')
			return t;
		t += strcspn(t, "\n");
	}
}

/* The same statement, whatever its comments say? */
static bool
same_statement(const char *a, const char *b)
{
	for (;;) {
		a = next_meaning(a);
		b = next_meaning(b);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Both lists are in order of names: step through ours as far as theirs. */
static bool
is_among(sqlite3_stmt *ours, int *code, sqlite3_stmt *theirs)
{
	while (*code == SQLITE_ROW &&
		strcmp(text(ours, 0), text(theirs, 0)) < 0)
		*code = sqlite3_step(ours);
	return *code == SQLITE_ROW &&
		strcmp(text(ours, 0), text(theirs, 0)) == 0 &&
		strcmp(text(ours, 1), text(theirs, 1)) == 0 &&
		same_statement(text(ours, 2), text(theirs, 2));
}

static bool
compare(sqlite3_stmt *ours, sqlite3_stmt *theirs, const char *path,
	struct error *e)
{
	int code = sqlite3_step(ours);
	int read;
	while ((read = sqlite3_step(theirs)) == SQLITE_ROW)
		if (!is_among(ours, &code, theirs))
			return error_set(e, ERROR_USAGE,
				"%s: its %s %s is not as lostsyn writes it, so "
				"it is not read; analyse the evidence again",
				path, text(theirs, 1), text(theirs, 0));
	return read == SQLITE_DONE ||
		error_set(e, ERROR_USAGE, "%s: cannot be read: %s", path,
			sqlite3_errmsg(sqlite3_db_handle(theirs)));
}

bool
stranger_check_schema(
	sqlite3 *db, const char *ours, const char *path, struct error *e)
{
	sqlite3 *model = NULL;
	bool made = sqlite3_open_v2(":memory:", &model,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY |
				    SQLITE_OPEN_NOMUTEX,
			    NULL) == SQLITE_OK &&
		sqlite3_exec(model, ours, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_stmt *wanted = made ? objects(model) : NULL;
	sqlite3_stmt *found = objects(db);
	bool ok = wanted != NULL && found != NULL
		? compare(wanted, found, path, e)
		: error_set(e, ERROR_USAGE, "%s: cannot be read: %s", path,
			  sqlite3_errmsg(found == NULL ? db : model));
	sqlite3_finalize(wanted);
	sqlite3_finalize(found);
	sqlite3_close_v2(model);
	return ok;
}
