/*
 * `lostsyn rules test` for causes: each test is a small case of its own.
 *
 * The rows go into a store in memory and the rule, alone, is run over it just
 * as in an analysis.
 */
#include <string.h>

#include "judge/cause.h"
#include "judge/functions.h"
#include "judge/rule_tally.h"
#include "store/select.h"

/* The finding's confidence by its word; none where the word is NULL or another.
 * */
static enum finding_confidence
confidence_parse_finding(const unsigned char *word)
{
	for (int f = FINDING_CONFIRMED; word != NULL && f < FINDING_NONE; f++)
		if (strcmp((const char *)word,
			    finding_word((enum finding_confidence)f)) == 0)
			return (enum finding_confidence)f;
	return FINDING_NONE;
}

#define BEST(X)                           \
	X(TEXT, confidence, "confidence") \
	X(INT, attempts, "attempts")      \
	X(TEXT, host, "host")
STORE_SELECT(best, BEST)

/* Compare the best finding with what the test expects. */
static bool
finding_matches(sqlite3 *db, const struct cause_test *t, FILE *out)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = true;
	if (sqlite3_prepare_v2(db,
		    /* Findings are numbered in the order of their worth: the first
		 * is the best. */
		    "SELECT 0" STORE_COLUMNS(BEST) " FROM finding"
						   " ORDER BY id LIMIT 1",
		    -1, &stmt, NULL) != SQLITE_OK)
		return test_differs(
			out, "findings", "some", sqlite3_errmsg(db));
	bool found = sqlite3_step(stmt) == SQLITE_ROW;
	/* Without a row every column reads as NULL: no confidence, 0 attempts,
	 * no host. */
	struct best got = best_of(stmt);
	enum finding_confidence confidence = found
		? confidence_parse_finding(
			  (const unsigned char *)got.confidence)
		: FINDING_NONE;
	if (confidence != t->confidence)
		ok = test_differs(out, "confidence",
			finding_word(t->confidence), finding_word(confidence));
	char wanted[32];
	char attempts[32];
	snprintf(wanted, sizeof wanted, "%jd", (intmax_t)t->expected_attempts);
	snprintf(attempts, sizeof attempts, "%jd", (intmax_t)got.attempts);
	if (t->expected_attempts >= 0 && strcmp(wanted, attempts) != 0)
		ok = test_differs(out, "attempts", wanted, attempts);
	if (t->host != NULL &&
		(got.host == NULL || strcmp(got.host, t->host) != 0))
		ok = test_differs(
			out, "host", t->host, got.host ? got.host : "none");
	sqlite3_finalize(stmt);
	return ok;
}

#define SHOWN(X)                  \
	X(TEXT, weighs, "weighs") \
	X(TEXT, text, "text")
STORE_SELECT(shown, SHOWN)

/* The evidence rows of the first finding, for an author who wonders. */
static void
evidence_show(sqlite3 *db, FILE *out)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db,
		    "SELECT 0" STORE_COLUMNS(
			    SHOWN) " FROM finding_evidence WHERE finding = 1",
		    -1, &stmt, NULL) == SQLITE_OK)
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			struct shown row = shown_of(stmt);
			fprintf(out, "  %s: %s\n", row.weighs, row.text);
		}
	sqlite3_finalize(stmt);
}

/* The names of the evidence that had rows for the best finding. */
static bool
evidence_matches(const struct cause *c, const struct cause_test *t,
	uint32_t seen, FILE *out)
{
	if (!t->evidence_checked)
		return true;
	bool ok = true;
	for (size_t i = 0; i < c->evidence_count; i++) {
		bool wanted = t->evidence >> i & 1;
		bool got = seen >> i & 1;
		if (wanted != got)
			ok = test_differs(out, c->evidence[i].name,
				wanted ? "rows" : "no rows",
				got ? "rows" : "no rows");
	}
	return ok;
}

/* One test in a database of its own, in memory, judged by this rule alone
 * through the same steps as a case. */
static bool
test_run(const struct rule *rule, const struct cause_test *t, FILE *out,
	struct error *e)
{
	/* Other causes must not take attempts from it: that is what a case's
	 * order is for, and not what a rule's own test asks. */
	struct rule_set alone = {.causes_count = 1};
	alone.causes[0] = (struct rule *)rule;
	struct store *s = store_create_small(NULL, e);
	if (s == NULL || !functions_add(store_db(s))) {
		store_free(s);
		return false;
	}
	bool ok = cause_rows_insert(s, t, out);
	uint32_t seen = 0;
	store_stage(s, STORE_JUDGE);
	if (ok && !causes_run(s, &alone, &seen, e)) {
		fprintf(out, "  %s\n", e->text);
		ok = false;
	}
	/* Each says what it misses, whatever the other found. */
	bool finding = ok && finding_matches(store_db(s), t, out);
	bool evidence = ok && evidence_matches(rule->cause, t, seen, out);
	bool same = finding && evidence;
	if (ok && !same)
		evidence_show(store_db(s), out);
	store_free(s);
	return same;
}

/* What else a rule's tests hold against one piece of its evidence. */
static void
instead_print(const struct cause *c, uint32_t piece, FILE *out)
{
	for (size_t i = 0; i < c->tests_count; i++) {
		const struct cause_test *t = &c->tests[i];
		if (t->instead == NULL || (t->against & piece) == 0)
			continue;
		fprintf(out, "    not by: %s", t->instead);
		if (t->source != NULL)
			fprintf(out, " (%s)", t->source);
		fputc('\n', out);
	}
}

/* What the rule confirms by, what else was held against each of it and where
 * that is written, and which innocent resources stand beside. */
static void
alternatives_print(const struct rule *rule, FILE *out)
{
	const struct cause *c = rule->cause;
	int count = 0;
	fprintf(out, "%s\n", rule->name);
	for (size_t i = 0; i < c->evidence_count; i++) {
		if (c->evidence[i].weighs != WEIGHS_CONFIRMS)
			continue;
		fprintf(out, "  confirmed by: %s\n", c->evidence[i].name);
		instead_print(c, UINT32_C(1) << i, out);
		count++;
	}
	if (count == 0)
		fputs("  never confirmed\n", out);
	for (size_t i = 0; i < c->tests_count; i++)
		if (c->tests[i].beside != NULL)
			fprintf(out, "  beside: %s\n", c->tests[i].beside);
}

/* A failure of the store (memory) is told as the test's failure, and the next
 * one is tried. */
static void
rule_run(const struct rule *rule, FILE *out, struct rule_tally *tally,
	struct error *e)
{
	for (size_t t = 0; t < rule->cause->tests_count; t++) {
		const struct cause_test *test = &rule->cause->tests[t];
		const struct test_result got = {test->name, test->at.line,
			test_run(rule, test, out, e)};
		rule_tally_add(tally, rule, &got, out);
	}
}

bool
causes_test(const struct rule_set *r, FILE *out, struct rule_tally *tally,
	struct error *e)
{
	for (int part = 0; part < RULE_PARTS; part++)
		for (size_t i = 0; i < r->causes_count; i++)
			if (rule_of_part(r->causes[i], part))
				rule_run(r->causes[i], out, tally, e);
	for (size_t i = 0; i < r->causes_count; i++)
		if (!tally->theirs_only || r->causes[i]->ours == NULL)
			alternatives_print(r->causes[i], out);
	return true;
}
