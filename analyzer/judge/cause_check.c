/*
 * Is a cause rule's SQL harmless and right? Asked once, when it is loaded.
 *
 * A statement is prepared against empty tables that have the columns of
 * cause_views.def, under an authorizer that lets it read those and call a short
 * list of functions. It may join and loop, within bounds: when it runs,
 * causes.c counts its steps and bounds its texts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/guard.h"
#include "store/store.h"

/* The views a rule may name, with the columns that stand in for the real ones
 * while its SQL is checked. A view without columns is a table that
 * facts_database has made. */
static const struct {
	const char *name;
	size_t len;
	unsigned needs;
	const char *columns;
} views[] = {
#define X(name, needs, columns) \
	{#name, sizeof #name - 1, NEEDS_##needs, columns},
#include "judge/cause_views.def"
#undef X
};

/* Names and kinds of evidence are all that is known of a view here; what its
 * rows mean is in causes.sql, and for authors in rules/README.md. */
#define VIEWS_COUNT (sizeof views / sizeof views[0])

/* More than verdicts may call: a cause looks through rows, so it needs
 * aggregates and JSON. Operators of JSON are functions to SQLite's authorizer,
 * and names that no .def row can spell. */
static const char *const functions[] = {
#define X(name) #name,
#include "judge/cause_functions.def"
#include "judge/functions.def"
#undef X
	"->",
	"->>",
};

#define FUNCTIONS_COUNT (sizeof functions / sizeof functions[0])

/* For word_nearest: the names that an author may have meant. */
static const char *
view_name(const void *context, size_t i)
{
	(void)context;
	return views[i].name;
}

static const char *
function_name(const void *context, size_t i)
{
	(void)context;
	return functions[i];
}

/* SQLite asks for each column that is read, with its table. A view of the
 * checker is a table, so what it is made of is never asked about here. */
static int
read_allow(struct guard *g, const char *table)
{
	for (size_t i = 0; i < VIEWS_COUNT; i++)
		if (strcasecmp(table, views[i].name) == 0)
			return SQLITE_OK;
	return guard_deny(g, table, "a cause rule may not read '%s'",
		word_nearest(table, VIEWS_COUNT, view_name, NULL));
}

/* Names are compared without case, as SQLite does: lower() and LOWER() are one.
 * */
static int
function_allow(struct guard *g, const char *name)
{
	for (size_t i = 0; i < FUNCTIONS_COUNT; i++)
		if (strcasecmp(name, functions[i]) == 0)
			return SQLITE_OK;
	return guard_deny(g, name, "a rule may not call %s()",
		word_nearest(name, FUNCTIONS_COUNT, function_name, NULL));
}

/* Asked by SQLite while it prepares a rule's statement. Whatever is not listed
 * is refused, so that a newer SQLite with more actions opens nothing. */
static int
authorize(void *context, int action, const char *a, const char *b,
	const char *database, const char *trigger)
{
	struct guard *g = context;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_READ:
		return read_allow(g, a);
	case SQLITE_FUNCTION:
		return function_allow(g, b);
	case SQLITE_RECURSIVE:
		return guard_deny(
			g, "", "recursive statements are not allowed%s", NULL);
	default:
		return guard_deny(g, "", "a rule may only read%s", NULL);
	}
}

/* Made once for all rules of a set. Double-quoted texts are off, so that a
 * misspelt name in double quotes is an error; the depth of an expression is
 * bounded, as the parser of SQLite recurses on it. */
sqlite3 *
cause_views_database(void)
{
	sqlite3 *db = facts_database();
	for (size_t i = 0; i < VIEWS_COUNT; i++) {
		if (views[i].columns == NULL)
			continue;
		char *sql = sqlite3_mprintf("CREATE TABLE %s (%s)",
			views[i].name, views[i].columns);
		if (sql == NULL ||
			sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			memory_exhausted();
		sqlite3_free(sql);
	}
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
	return db;
}

bool
select_check(struct checker *c, const struct tree *t, const struct tree_node *n,
	const char *before, const char *after, sqlite3_stmt **out,
	struct problems *p)
{
	if (!guard_shape(t, n, "statement", p))
		return false;
	sqlite3 *db = checker_views(c);
	struct guard guard = {0};
	char *sql = sqlite3_mprintf("%s%s%s", before, n->text, after);
	if (sql == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = NULL;
	sqlite3_set_authorizer(db, authorize, &guard);
	/* The authorizer is asked while a statement is prepared, never while it
	 * runs: for the length of this one call it is ours. */
	bool ok = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
	if (!ok)
		guard_problem(
			&guard, db, t, n, "statement", strlen(before), NULL, p);
	sqlite3_set_authorizer(db, NULL, NULL);
	sqlite3_free(sql);
	if (out != NULL)
		*out = stmt;
	else
		sqlite3_finalize(stmt);
	return ok;
}

/* Bytes of a name in SQL. Others end it; a name with a letter beyond ASCII is
 * no view of ours. */
static inline bool
is_word(char c)
{
	/* A bit each: 0 to 9, A to Z, _, a to z. */
	static const uint64_t words[4] = {
		UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe87fffffe)};
	unsigned char byte = (unsigned char)c;
	return (words[byte >> 6] >> (byte & 63) & 1) != 0;
}

size_t
sql_word_len(const char *s)
{
	size_t len = 0;
	while (is_word(s[len]))
		len++;
	return len;
}

unsigned
view_needs(const char *word, size_t len)
{
	for (size_t i = 0; i < VIEWS_COUNT; i++)
		if (views[i].len == len &&
			(views[i].name[0] | ' ') == (word[0] | ' ') &&
			strncasecmp(word, views[i].name, len) == 0)
			return views[i].needs;
	return 0;
}

/* A view's name in a comment or text counts as well: it then asks for evidence
 * that it could do without, which only costs the author a puzzled minute. */
unsigned
select_needs(const char *sql)
{
	unsigned needs = 0;
	/* By length, with which letters the views' names begin: bits. */
	uint32_t letters[32] = {0};
	for (size_t i = 0; i < VIEWS_COUNT; i++)
		letters[views[i].len & 31] |= UINT32_C(1)
			<< (views[i].name[0] & 31);
	for (;;) {
		while (*sql != '\0' && !is_word(*sql))
			sql++;
		if (*sql == '\0')
			return needs;
		size_t len = sql_word_len(sql);
		/* Most words of a statement look like no view. */
		if ((letters[len & 31] >> (*sql & 31) & 1) != 0)
			needs |= view_needs(sql, len);
		sql += len;
	}
}
