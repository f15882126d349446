/*
 * Preparing a stranger's SQL under guard.
 *
 * cite: sqlite3_set_authorizer, sqlite3_error_offset (SQLite 3.38 and later),
 * SQLITE_DBCONFIG_DQS_DML (double-quoted strings off, so that a misspelt name
 * in double quotes is an error and not a text).
 */
#include "judge/expression.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge/functions.h"
#include "judge/guard.h"
#include "model/facts.h"
#include "store/store.h"

/* Functions whose time and result are bounded by their arguments' size. Left
 * out on purpose: printf, replace, zeroblob, randomblob, hex, group_concat,
 * load_extension, readfile and all that grow, loop or touch the world. */
static const char *const harmless[] = {
#define X(name) #name,
#include "judge/functions.def"
#undef X
};

#define HARMLESS_COUNT (sizeof harmless / sizeof harmless[0])

struct checker {
	sqlite3 *db;
	sqlite3 *views; /* for cause rules; NULL until one is read */
	sqlite3 *(*views_new)(void);
	int selects; /* SELECTs in the statement being prepared */
	struct guard guard;
};

static const char *
harmless_name(const void *context, size_t i)
{
	(void)context;
	return harmless[i];
}

/* Without case, as SQLite finds functions. */
static int
function_allow(struct checker *c, const char *name)
{
	for (size_t i = 0; i < HARMLESS_COUNT; i++)
		if (strcasecmp(name, harmless[i]) == 0)
			return SQLITE_OK;
	return guard_deny(&c->guard, name, "a rule may not call %.40s()", NULL);
}

/* Asked by SQLite while it prepares a verdict's condition: it sees the facts of
 * one attempt, and nothing that another row could change. */
static int
authorize(void *context, int action, const char *a, const char *b,
	const char *database, const char *trigger)
{
	struct checker *c = context;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
		if (++c->selects > 1)
			return guard_deny(&c->guard, "",
				"subqueries are not allowed%s", NULL);
		return SQLITE_OK;
	case SQLITE_READ:
		if (strcasecmp(a, "facts") == 0)
			return SQLITE_OK;
		return guard_deny(
			&c->guard, a, "a rule reads facts, not '%.40s'", NULL);
	case SQLITE_FUNCTION:
		return function_allow(c, b);
	default:
		return guard_deny(
			&c->guard, "", "a rule may only read facts%s", NULL);
	}
}

/* Used to check rules and to run their tests; a case has its facts in its own
 * store. */
sqlite3 *
facts_database(void)
{
	sqlite3 *db = NULL;
	char *sql = store_facts_sql();
	if (sql == NULL || sqlite3_open(":memory:", &db) != SQLITE_OK ||
		sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK ||
		!functions_add(db))
		memory_exhausted();
	sqlite3_free(sql);
	return db;
}

/* The authorizer stays for good: everything that this database ever prepares is
 * a rule's. */
struct checker *
checker_new(sqlite3 *(*views_new)(void))
{
	struct checker *c = memory_take(1, sizeof *c);
	*c = (struct checker){.db = facts_database(), .views_new = views_new};
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_limit(c->db, SQLITE_LIMIT_EXPR_DEPTH, 200);
	sqlite3_set_authorizer(c->db, authorize, c);
	return c;
}

void
checker_free(struct checker *c)
{
	if (c == NULL)
		return;
	sqlite3_close(c->db);
	sqlite3_close(c->views);
	free(c);
}

sqlite3 *
checker_views(struct checker *c)
{
	if (c->views == NULL)
		c->views = c->views_new();
	return c->views;
}

/* The columns are some hundred, and words are looked up while rules are loaded
 * only. */
int
fact_find(const char *word)
{
	for (int i = 0; i < FACTS_COLUMNS; i++)
		if (strcmp(fact_columns[i].name, word) == 0)
			return i;
	return -1;
}

static const char *
fact_name(const void *context, size_t i)
{
	(void)context;
	return fact_columns[i].name;
}

const char *
fact_nearest(const char *word)
{
	return word_nearest(word, FACTS_COLUMNS, fact_name, NULL);
}

/* What the author may have meant by a name that SQLite does not know: a fact or a
 * function with nearly that name. NULL where the message is about something
 * else. */
static const char *
meant(const char *message)
{
	static const char column[] = "no such column: ";
	static const char function[] = "no such function: ";
	if (strncmp(message, column, sizeof column - 1) == 0)
		return fact_nearest(message + sizeof column - 1);
	if (strncmp(message, function, sizeof function - 1) == 0)
		return word_nearest(message + sizeof function - 1,
			HARMLESS_COUNT, harmless_name, NULL);
	return NULL;
}

/* Prepared and thrown away. What is wrong is told once: the first thing that
 * SQLite finds, for the rest often follows from it. */
bool
expression_check(struct checker *c, const struct tree *t,
	const struct tree_node *n, struct problems *p)
{
	/* In WHERE, aggregates and window functions are errors. */
	static const char before[] = "SELECT 1 FROM facts WHERE (";
	if (!guard_shape(t, n, "expression", p))
		return false;
	char *sql = sqlite3_mprintf("%s%s\n)", before, n->text);
	if (sql == NULL)
		memory_exhausted();
	c->selects = 0;
	c->guard = (struct guard){0};
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL) == SQLITE_OK;
	if (!ok)
		guard_problem(&c->guard, c->db, t, n, "expression",
			sizeof before - 1, meant, p);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return ok;
}
