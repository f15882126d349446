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
#include "store/store.h"

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

#define VIEWS_COUNT (sizeof views / sizeof views[0])

static const char *const functions[] = {
#define X(name) #name,
#include "judge/cause_functions.def"
#include "judge/functions.def"
#undef X
	"->",
	"->>",
};

#define FUNCTIONS_COUNT (sizeof functions / sizeof functions[0])

/* What the authorizer saw and refused. */
struct guard {
	char denied[160];
	char word[64]; /* that was refused, to find its place */
};

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

/* Refuse, and keep the first reason: SQLite goes on to complain of what follows
 * from it, and an author is helped by the cause. */
static int
deny(struct guard *g, const char *word, const char *format, const char *near)
{
	if (g->denied[0] != '\0')
		return SQLITE_DENY;
	snprintf(g->word, sizeof g->word, "%s", word);
	int len = snprintf(g->denied, sizeof g->denied, format, g->word);
	if (near != NULL && len > 0 && (size_t)len < sizeof g->denied)
		snprintf(g->denied + len, sizeof g->denied - (size_t)len,
			"; did you mean %s?", near);
	return SQLITE_DENY;
}

static int
read_allow(struct guard *g, const char *table)
{
	for (size_t i = 0; i < VIEWS_COUNT; i++)
		if (strcasecmp(table, views[i].name) == 0)
			return SQLITE_OK;
	return deny(g, table, "a cause rule may not read '%s'",
		word_nearest(table, VIEWS_COUNT, view_name, NULL));
}

static int
function_allow(struct guard *g, const char *name)
{
	for (size_t i = 0; i < FUNCTIONS_COUNT; i++)
		if (strcasecmp(name, functions[i]) == 0)
			return SQLITE_OK;
	return deny(g, name, "a rule may not call %s()",
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
		return deny(
			g, "", "recursive statements are not allowed%s", NULL);
	default:
		return deny(g, "", "a rule may only read%s", NULL);
	}
}

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

/* Where the refused word stands in the text; 0 when it is not found. */
static size_t
word_at(const char *text, const char *word)
{
	const char *found = word[0] != '\0' ? strcasestr(text, word) : NULL;
	return found == NULL ? 0 : (size_t)(found - text);
}

/* What is wrong with a statement, and where in the rule's file. SQLite counts
 * from the start of what we wrapped around it: before bytes of that are ours.
 * */
static void
select_problem(sqlite3 *db, const struct guard *g, const struct tree *t,
	const struct tree_node *n, size_t before, struct problems *p)
{
	const char *what = sqlite3_errmsg(db);
	int offset = sqlite3_error_offset(db);
	size_t at = 0;
	size_t len = strlen(n->text);
	while (len > 0 && strchr(" \t\n", n->text[len - 1]) != NULL)
		len--;
	if (offset >= 0 && (size_t)offset >= before)
		at = (size_t)offset - before;
	/* SQLite stumbled over the parenthesis that is ours. */
	if (at > len) {
		what = "the statement ends too early";
		at = len;
	}
	if (g->denied[0] != '\0') {
		what = g->denied;
		at = word_at(n->text, g->word);
	}
	problem_add(p, t->file, tree_place(t, n, at), "%s", what);
}

bool
select_check(struct checker *c, const struct tree *t, const struct tree_node *n,
	const char *before, const char *after, sqlite3_stmt **out,
	struct problems *p)
{
	size_t at = 0;
	if (strlen(n->text) > EXPRESSION_MAX) {
		problem_add(p, t->file, n->at,
			"the statement is longer than %d bytes",
			EXPRESSION_MAX);
		return false;
	}
	const char *trouble = expression_shape(n->text, &at);
	if (trouble != NULL) {
		problem_add(p, t->file, tree_place(t, n, at), "%s", trouble);
		return false;
	}
	sqlite3 *db = checker_views(c);
	struct guard guard = {0};
	char *sql = sqlite3_mprintf("%s%s%s", before, n->text, after);
	if (sql == NULL)
		memory_exhausted();
	sqlite3_stmt *stmt = NULL;
	sqlite3_set_authorizer(db, authorize, &guard);
	bool ok = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
	if (!ok)
		select_problem(db, &guard, t, n, strlen(before), p);
	sqlite3_set_authorizer(db, NULL, NULL);
	sqlite3_free(sql);
	if (out != NULL)
		*out = stmt;
	else
		sqlite3_finalize(stmt);
	return ok;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

/* A view's name in a comment or text counts as well: it then asks for evidence
 * that it could do without, which only costs the author a puzzled minute. */
unsigned
select_needs(const char *sql)
{
	unsigned needs = 0;
	while (*sql != '\0') {
		size_t len = 0;
		while (is_word(sql[len]))
			len++;
		if (len == 0) {
			sql++;
			continue;
		}
		for (size_t i = 0; i < VIEWS_COUNT; i++)
			if (views[i].len == len &&
				strncasecmp(sql, views[i].name, len) == 0)
				needs |= views[i].needs;
		sql += len;
	}
	return needs;
}
