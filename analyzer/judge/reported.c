/*
 * Verdicts of reported failures.
 *
 * The statements are in reported.sql; which verdict a way of failing may have been
 * is the verdict's rule's to say, and comes to them as a table. Costs a statement
 * a way, whatever is reported.
 */
#include "judge/reported.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/embedded.h"
#include "judge/rule.h"
#include "model/failure.h"
#include "store/select.h"

extern const struct embedded embedded_reported_sql[];

static const char *const taken[] = {REPORTED_BY_SERVER, REPORTED_ON_THE_WAY,
	REPORTED_ON_THE_WAY_BACK, REPORTED_NEVER_SENT};
#define TAKEN_COUNT (sizeof taken / sizeof *taken)

bool
reported_is_known(const char *how)
{
	for (size_t i = 0; i < TAKEN_COUNT; i++)
		if (strcmp(how, taken[i]) == 0)
			return true;
	return failure_of_id(how) != FAILURE_COUNT;
}

/* A verdict that a way of failing may have been. */
struct candidate {
	int place;
	const char *verdict;
};

/* By place; rules that claim the same one stand by name, so that the order never
 * depends on the files' own. */
static int
by_place(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	return x->place != y->place ? x->place - y->place
				    : strcmp(x->verdict, y->verdict);
}

/* The verdicts of a way as a JSON array, "[]" when no rule names it. The caller
 * gives it back with sqlite3_free. */
static char *
candidates_of(const struct rule_set *r, const char *how)
{
	struct candidate list[RULES_MAX];
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < r->rules[i]->reports_count; k++) {
			const struct rule_report *report =
				&r->rules[i]->reports[k];
			if (strcmp(report->how, how) == 0)
				list[count++] = (struct candidate){
					report->place, r->rules[i]->verdict};
		}
	if (count > 0)
		qsort(list, count, sizeof *list, by_place);
	sqlite3_str *json = sqlite3_str_new(NULL);
	for (size_t i = 0; i < count; i++)
		sqlite3_str_appendf(
			json, "%s\"%w\"", i == 0 ? "[" : ",", list[i].verdict);
	sqlite3_str_appendall(json, count == 0 ? "[]" : "]");
	char *text = sqlite3_str_finish(json);
	if (text == NULL)
		memory_exhausted();
	return text;
}

/* One way, with what it leaves possible. words is what is told of one failure. */
static bool
how_write(struct store *s, sqlite3_stmt *stmt, const struct rule_set *r,
	const char *how, const char *words, int lasted_s, struct error *e)
{
	char *candidates = candidates_of(r, how);
	store_bind_text(stmt, ":how", how);
	store_bind_text(stmt, ":words", words);
	store_bind_text(stmt, ":candidates", candidates);
	store_bind_int(stmt, ":lasted", lasted_s * NS_PER_S);
	bool ok = store_step(s, stmt, e);
	sqlite3_free(candidates);
	return ok;
}

/* How a program can say that a connect failed, and what each leaves possible,
 * as a table for reported.sql. */
static bool
hows_write(struct store *s, const struct rule_set *r, struct error *e)
{
	if (!store_exec(s,
		    "CREATE TEMP TABLE reported_how (how TEXT PRIMARY KEY,"
		    " words TEXT NOT NULL, candidates TEXT NOT NULL,"
		    " lasted_ns INTEGER NOT NULL)",
		    e))
		return false;
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT INTO temp.reported_how (how, words, candidates, "
		"lasted_ns)"
		" VALUES (:how, :words, :candidates, :lasted)",
		e);
	bool ok = stmt != NULL;
	for (int i = 0; ok && i < FAILURE_COUNT; i++) {
		enum failure_how h = (enum failure_how)i;
		ok = how_write(s, stmt, r, failure_id(h), failure_words_one(h),
			failure_lasted_s(h), e);
	}
	for (size_t i = 0; ok && i < TAKEN_COUNT; i++)
		ok = how_write(s, stmt, r, taken[i], "", 0, e);
	sqlite3_finalize(stmt);
	return ok;
}

bool
reported_judge(struct store *s, const struct rule_set *r, struct error *e)
{
	return hows_write(s, r, e) &&
		store_exec(s, embedded_reported_sql[0].text, e);
}
