/*
 * What generated SQL and rules may call besides SQLite's own: times as people
 * say them, numbers with their nouns, chance, ports and sources of a firewall's line.
 * All are deterministic and cost no more than their arguments are long; see
 * functions.h.
 */
#include "judge/functions.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "judge/chance.h"
#include "judge/firewall_fate.h"
#include "judge/firewall_ports.h"
#include "judge/firewall_source.h"

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

/* firewall_source(text, address): 1, 0 or NULL. */
static void
source_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	const char *text = (const char *)sqlite3_value_text(values[0]);
	const char *from = (const char *)sqlite3_value_text(values[1]);
	if (text == NULL || from == NULL)
		return;
	enum source_named named = firewall_source(text, from);
	if (named != SOURCE_NONE)
		sqlite3_result_int(result, named);
}

/* firewall_fate(scope, name, value, hook, port, address): over the records of one
 * listing, 1 dropped, 0 not for sure, NULL where no such chain is listed. */
struct listing {
	struct firewall_rules *rules; /* owned */
	char *hook;                   /* owned, as the address */
	char *address;
	unsigned port;
};

static void
fate_step(sqlite3_context *result, int count, sqlite3_value **values)
{
	(void)count;
	struct listing *l = sqlite3_aggregate_context(result, sizeof *l);
	const char *scope = (const char *)sqlite3_value_text(values[0]);
	const char *name = (const char *)sqlite3_value_text(values[1]);
	const char *hook = (const char *)sqlite3_value_text(values[3]);
	const char *address = (const char *)sqlite3_value_text(values[5]);
	if (l == NULL || scope == NULL || name == NULL || hook == NULL)
		return;
	if (l->rules == NULL) {
		l->rules = firewall_rules_new();
		l->hook = memory_copy(hook);
		l->address = address != NULL ? memory_copy(address) : NULL;
		l->port = (unsigned)sqlite3_value_int(values[4]);
	}
	firewall_rules_add(l->rules, scope, name,
		(const char *)sqlite3_value_text(values[2]));
}

static void
fate_end(sqlite3_context *result)
{
	struct listing *l = sqlite3_aggregate_context(result, 0);
	if (l == NULL || l->rules == NULL)
		return;
	enum firewall_fate fate =
		firewall_fate(l->rules, l->hook, l->port, l->address);
	if (fate != FIREWALL_UNKNOWN)
		sqlite3_result_int(result, fate == FIREWALL_DROPPED);
	firewall_rules_free(l->rules);
	free(l->hook);
	free(l->address);
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

/* odds(p): "1 in 70"; see chance_write. */
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

/* The noun for n things: the second argument, with an s or as the third has it
 * where they are not one. NULL gives NULL. */
static void
noun_sql(sqlite3_context *result, const char *before, int count,
	sqlite3_value **values)
{
	bool one = sqlite3_value_int64(values[0]) == 1;
	bool own = !one && count > 2;
	const char *noun =
		(const char *)sqlite3_value_text(values[own ? 2 : 1]);
	char *text = noun
		? sqlite3_mprintf("%s%s%s", before, noun, one || own ? "" : "s")
		: NULL;
	if (text != NULL)
		sqlite3_result_text(result, text, -1, sqlite3_free);
}

/* counted(n, one[, many]): "1 attempt", "3 attempts". */
static void
counted_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	char before[32];
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	snprintf(before, sizeof before, "%" PRId64 " ",
		(int64_t)sqlite3_value_int64(values[0]));
	noun_sql(result, before, count, values);
}

/* all_of(n, one): "the only attempt", "both attempts", "all 3 attempts". */
static void
all_of_sql(sqlite3_context *result, int count, sqlite3_value **values)
{
	char before[32];
	if (sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	int64_t n = sqlite3_value_int64(values[0]);
	if (n == 1 || n == 2)
		snprintf(before, sizeof before, "%s",
			n == 1 ? "the only " : "both ");
	else
		snprintf(before, sizeof before, "all %" PRId64 " ", n);
	noun_sql(result, before, count, values);
}

static const struct {
	const char *name;
	int arguments;
	void (*function)(sqlite3_context *, int, sqlite3_value **);
	/* What rules may say of numbers and of chance. Deterministic, so that SQLite
	 * works a constant call out once. */
} statistics[] = {
	{"counted", 2, counted_sql},
	{"counted", 3, counted_sql},
	{"all_of", 2, all_of_sql},
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
	/* Views may call them (trusted_schema is off): they are innocuous. */
	if (sqlite3_create_function(db, "firewall_ports", 2,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
		    ports_sql, NULL, NULL) != SQLITE_OK ||
		sqlite3_create_function(db, "firewall_source", 2,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
			NULL, source_sql, NULL, NULL) != SQLITE_OK ||
		sqlite3_create_function(db, "firewall_fate", 6,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
			NULL, NULL, fate_step, fate_end) != SQLITE_OK)
		return false;
	return sqlite3_create_function(db, "span", 1,
		       SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, span_sql, NULL,
		       NULL) == SQLITE_OK;
}
