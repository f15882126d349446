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
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "judge/cause.h"
#include "judge/chance.h"
#include "judge/firewall_ports.h"
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
	int selects;      /* SELECTs in the statement being prepared */
	char denied[160]; /* why the authorizer refused, or "" */
};

static const char *
harmless_name(const void *context, size_t i)
{
	(void)context;
	return harmless[i];
}

static int
deny(struct checker *c, const char *format, const char *word)
{
	if (c->denied[0] == '\0')
		snprintf(c->denied, sizeof c->denied, format,
			word != NULL ? word : "");
	return SQLITE_DENY;
}

static int
function_allow(struct checker *c, const char *name)
{
	for (size_t i = 0; i < HARMLESS_COUNT; i++)
		if (strcasecmp(name, harmless[i]) == 0)
			return SQLITE_OK;
	return deny(c, "a rule may not call %.40s()", name);
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
			return deny(c, "subqueries are not allowed", NULL);
		return SQLITE_OK;
	case SQLITE_READ:
		if (strcasecmp(a, "facts") != 0)
			return deny(c, "a rule reads facts, not '%.40s'", a);
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return function_allow(c, b);
	default:
		return deny(c, "a rule may only read facts", NULL);
	}
}

/* span(us): a time as people say it. NULL stays NULL; what would not fit in
 * nanoseconds is cut to what does. */
static void
span_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	char text[CLOCK_TEXT_MAX];
	int64_t us = sqlite3_value_int64(values[0]);
	if (us > INT64_MAX / NS_PER_US)
		us = INT64_MAX / NS_PER_US;
	if (us < -(INT64_MAX / NS_PER_US))
		us = -(INT64_MAX / NS_PER_US);
	clock_span(us * NS_PER_US, text);
	sqlite3_result_text(result, text, -1, SQLITE_TRANSIENT);
}

/* firewall_ports(text, port): 1, 0 or NULL. */
static void
ports_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	const char *text = (const char *)sqlite3_value_text(values[0]);
	if (text == NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
		return;
	enum ports_named named =
		firewall_ports(text, (unsigned)sqlite3_value_int(values[1]));
	if (named != PORTS_NONE)
		sqlite3_result_int(result, named);
}

/* chance(...): how likely such a split is by accident; see chance.h. */
static void
chance_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	sqlite3_result_double(result,
		chance_of(sqlite3_value_int64(values[0]),
			sqlite3_value_int64(values[1]),
			sqlite3_value_int64(values[2]),
			sqlite3_value_int64(values[3])));
}

static void
odds_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	char text[CHANCE_TEXT_MAX];
	chance_write(sqlite3_value_double(values[0]), text);
	sqlite3_result_text(result, text, -1, SQLITE_TRANSIENT);
}

/* One end of a share's interval, in percent with one decimal. */
static void
share_sql(sqlite3_context *result, sqlite3_value **values, int end)
{
	double ends[2];
	chance_share(sqlite3_value_int64(values[0]),
		sqlite3_value_int64(values[1]), &ends[0], &ends[1]);
	sqlite3_result_double(result, round(ends[end] * 1000) / 10);
}

static void
share_low_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	share_sql(result, values, 0);
}

static void
share_high_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	share_sql(result, values, 1);
}

static const struct {
	const char *name;
	int arguments;
	void (*function)(sqlite3_context *, int, sqlite3_value **);
} statistics[] = {
	{"chance", 4, chance_sql},
	{"odds", 1, odds_sql},
	{"share_low", 2, share_low_sql},
	{"share_high", 2, share_high_sql},
};

/* The functions of statistics are the same for the checker and for a run. */
static bool
statistics_add(sqlite3 *db)
{
	for (size_t i = 0; i < sizeof statistics / sizeof *statistics; i++)
		if (sqlite3_create_function(db, statistics[i].name,
			    statistics[i].arguments,
			    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
			    statistics[i].function, NULL, NULL) != SQLITE_OK)
			return false;
	return true;
}

bool
functions_add(sqlite3 *db)
{
	if (!statistics_add(db))
		return false;
	/* Views may call it (trusted_schema is off): it is innocuous. */
	if (sqlite3_create_function(db, "firewall_ports", 2,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
		    ports_sql, NULL, NULL) != SQLITE_OK)
		return false;
	return sqlite3_create_function(db, "span", 1,
		       SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, span_sql, NULL,
		       NULL) == SQLITE_OK;
}

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

/* The end of a quoted run or comment that begins at s[i], or i when none does.
 * An unfinished one ends with the text: SQLite then reports it. */
static size_t
quoted_end(const char *s, size_t i)
{
	const char *end;
	if (strncmp(s + i, "--", 2) == 0) {
		end = strchr(s + i, '\n');
		return end == NULL ? strlen(s) : (size_t)(end - s);
	}
	if (strncmp(s + i, "/*", 2) == 0) {
		end = strstr(s + i + 2, "*/");
		return end == NULL ? strlen(s) : (size_t)(end - s) + 2;
	}
	char close = s[i] == '[' ? ']' : s[i];
	if (strchr("'\"`[", s[i]) == NULL)
		return i;
	/* A doubled quote ends one run and begins the next: same result. */
	end = strchr(s + i + 1, close);
	return end == NULL ? strlen(s) : (size_t)(end - s) + 1;
}

const char *
expression_shape(const char *s, size_t *at)
{
	size_t depth = 0;
	size_t opened = 0; /* the outermost parenthesis that is open */
	size_t i = 0;
	while (s[i] != '\0') {
		size_t end = quoted_end(s, i);
		*at = i;
		if (end > i) {
			if (s[i] == '/' && s[end] == '\0' && s[end - 1] != '/')
				return "the comment does not end";
			i = end;
			continue;
		}
		if (s[i] == '(' && depth++ == 0)
			opened = i;
		if (s[i] == ')' && depth-- == 0)
			return "')' without '('";
		if (s[i] == ';')
			return "';' is not allowed in an expression";
		if (strchr("?:@$#", s[i]) != NULL)
			return "parameters are not allowed";
		i++;
	}
	*at = opened;
	return depth > 0 ? "'(' without ')'" : NULL;
}

/* Where in the text a refused function or table stands; 0 when not found. */
static size_t
denied_at(const char *text, const char *denied)
{
	const char *end = strstr(denied, "()");
	const char *start = end;
	while (start != NULL && start > denied && start[-1] != ' ')
		start--;
	if (end == NULL || start == NULL)
		return 0;
	char name[64];
	snprintf(name, sizeof name, "%.*s", (int)(end - start), start);
	const char *found = strcasestr(text, name);
	return found == NULL ? 0 : (size_t)(found - text);
}

/* What is wrong with an expression, where, and what the author may have meant:
 * a fact or a function with nearly that name. */
static void
prepare_problem(struct checker *c, const struct tree *t,
	const struct tree_node *n, size_t before, struct problems *p)
{
	const char *what = sqlite3_errmsg(c->db);
	int offset = sqlite3_error_offset(c->db);
	size_t in_text = 0;
	if (offset >= 0 && (size_t)offset >= before)
		in_text = (size_t)offset - before;
	/* SQLite stumbled over the parenthesis that is ours. */
	size_t len = strlen(n->text);
	while (len > 0 && strchr(" \t\n", n->text[len - 1]) != NULL)
		len--;
	if (in_text > len) {
		what = "the expression ends too early";
		in_text = len;
	}
	if (c->denied[0] != '\0') {
		what = c->denied;
		in_text = denied_at(n->text, what);
	}
	struct place at = tree_place(t, n, in_text);
	static const char unknown[] = "no such column: ";
	const char *near = NULL;
	if (strncmp(what, unknown, sizeof unknown - 1) == 0)
		near = fact_nearest(what + sizeof unknown - 1);
	static const char function[] = "no such function: ";
	if (strncmp(what, function, sizeof function - 1) == 0)
		near = word_nearest(what + sizeof function - 1, HARMLESS_COUNT,
			harmless_name, NULL);
	if (near != NULL)
		problem_add(p, t->file, at, "%s; did you mean %s?", what, near);
	else
		problem_add(p, t->file, at, "%s", what);
}

bool
expression_check(struct checker *c, const struct tree *t,
	const struct tree_node *n, struct problems *p)
{
	size_t at = 0;
	if (strlen(n->text) > EXPRESSION_MAX) {
		problem_add(p, t->file, n->at,
			"the expression is longer than %d bytes",
			EXPRESSION_MAX);
		return false;
	}
	const char *trouble = expression_shape(n->text, &at);
	if (trouble != NULL) {
		problem_add(p, t->file, tree_place(t, n, at), "%s", trouble);
		return false;
	}
	/* In WHERE, aggregates and window functions are errors. */
	static const char before[] = "SELECT 1 FROM facts WHERE (";
	char *sql = sqlite3_mprintf("%s%s\n)", before, n->text);
	if (sql == NULL)
		memory_exhausted();
	c->selects = 0;
	c->denied[0] = '\0';
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL) == SQLITE_OK;
	if (!ok)
		prepare_problem(c, t, n, sizeof before - 1, p);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return ok;
}
