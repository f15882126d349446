/*
 * Limits, by a progress handler that looks at the clock, and the comparison of
 * schemas, by the text of every statement that made an object: sqlite_schema keeps
 * it as it was written. Ours is not executed for that, which would cost more than
 * all that is read of a small case.
 *
 * spec: https://sqlite.org/schematab.html, https://sqlite.org/c3ref/limit.html
 */
#include "store/stranger.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
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
	"AND name NOT IN ('sqlite_stat1', 'sqlite_sequence')";

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

/* Statements of a schema of ours; it has some fifty. */
#define STATEMENTS_MAX 128

struct statement {
	const char *text;
	const char *end; /* its semicolon, or that of the script */
};

/* Where the statement at t ends. */
static const char *
statement_end(const char *t)
{
	bool quoted = false;
	for (; *t != '\0' && (quoted || *t != ';'); t++)
		if (*t == '\'')
			quoted = !quoted;
		else if (!quoted && t[0] == '-' && t[1] == '-')
			t += strcspn(t, "\n") - 1;
	return t;
}

/* The same statement, whatever its comments say? */
static bool
same_statement(const struct statement *ours, const char *theirs)
{
	for (const char *t = ours->text;; t++, theirs++) {
		t = next_meaning(t);
		theirs = next_meaning(theirs);
		if (t == ours->end || *t != *theirs)
			return t == ours->end && *theirs == '\0';
	}
}

/* Does the statement begin with "CREATE", the type in capitals, and the name? */
static bool
makes(const char *statement, const char *type, const char *name)
{
	static const char create[] = "CREATE ";
	size_t type_len = strlen(type);
	size_t len = strlen(name);
	if (strncmp(statement, create, sizeof create - 1) != 0)
		return false;
	statement += sizeof create - 1;
	if (strncasecmp(statement, type, type_len) != 0 ||
		statement[type_len] != ' ')
		return false;
	statement += type_len + 1;
	return strncmp(statement, name, len) == 0 &&
		(statement[len] == ' ' || statement[len] == '(');
}

static size_t
statements_of(const char *script, struct statement list[STATEMENTS_MAX])
{
	size_t count = 0;
	const char *t = next_meaning(script);
	while (*t != '\0') {
		const char *end = statement_end(t);
		assert(count < STATEMENTS_MAX);
		list[count++] = (struct statement){t, end};
		t = next_meaning(*end == ';' ? end + 1 : end);
	}
	return count;
}

/* Is the object of the row at hand made by one of our statements? */
static bool
is_among(const struct statement *ours, size_t count, sqlite3_stmt *theirs)
{
	for (size_t i = 0; i < count; i++)
		if (makes(ours[i].text, text(theirs, 1), text(theirs, 0)))
			return same_statement(&ours[i], text(theirs, 2));
	return false;
}

bool
stranger_check_schema(
	sqlite3 *db, const char *ours, const char *path, struct error *e)
{
	struct statement list[STATEMENTS_MAX];
	size_t count = statements_of(ours, list);
	sqlite3_stmt *theirs = NULL;
	bool ok = true;
	int code = sqlite3_prepare_v2(db, objects_sql, -1, &theirs, NULL);
	while (ok && theirs != NULL &&
		(code = sqlite3_step(theirs)) == SQLITE_ROW)
		ok = is_among(list, count, theirs) ||
			error_set(e, ERROR_USAGE,
				"%s: its %s %s is not as lostsyn writes it, so "
				"it is not read; analyse the evidence again",
				path, text(theirs, 1), text(theirs, 0));
	if (ok && code != SQLITE_DONE)
		ok = error_set(e, ERROR_USAGE, "%s: cannot be read: %s", path,
			sqlite3_errmsg(db));
	sqlite3_finalize(theirs);
	return ok;
}
