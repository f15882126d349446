/*
 * Writing the one SELECT.
 *
 * Expressions of rules were checked alone (expression.h), so between
 * parentheses, ended by a line end, they keep their meaning.
 */
#include "judge/verdict_sql.h"

#include <sqlite3.h>

/* The weakest coverage decides (contract section 3): a witness is certain,
 * mere coverage likely, doubt possible, everything else proves nothing. */
static void
rest_confidence(sqlite3_str *sql, const char *column)
{
	sqlite3_str_appendf(sql,
		"CASE %s WHEN 'witnessed' THEN %d WHEN 'covered' THEN %d "
		"WHEN 'doubtful' THEN %d ELSE %d END",
		column, CONFIDENCE_CERTAIN, CONFIDENCE_LIKELY,
		CONFIDENCE_POSSIBLE, CONFIDENCE_NONE);
}

static void
limits_confidence(sqlite3_str *sql, const struct way *way)
{
	sqlite3_str_appendall(sql, "CASE");
	for (size_t i = 0; i < way->limits_count; i++)
		sqlite3_str_appendf(sql, " WHEN (%s\n) THEN %d",
			way->limits[i].sql, way->limits[i].at_most);
	sqlite3_str_appendf(sql, " ELSE %d END", CONFIDENCE_NONE);
}

void
way_confidence(sqlite3_str *sql, const struct way *way)
{
	/* min() takes two arguments or more; CERTAIN bounds nothing. */
	sqlite3_str_appendf(sql, "min(%d,%d", CONFIDENCE_CERTAIN,
		CONFIDENCE_CERTAIN);
	for (size_t i = 0; i < way->rests_count; i++) {
		sqlite3_str_appendall(sql, ",");
		rest_confidence(sql, way->rests[i]);
	}
	if (way->limits_count > 0) {
		sqlite3_str_appendall(sql, ",");
		limits_confidence(sql, way);
	}
	sqlite3_str_appendall(sql, ")");
}

void
way_holds(sqlite3_str *sql, const struct way *way)
{
	/* The cheap guard first: AND stops at the first falsehood. */
	sqlite3_str_appendf(sql, "((%s\n) AND ", way->proof);
	way_confidence(sql, way);
	sqlite3_str_appendf(sql, ">%d)", CONFIDENCE_NONE);
}

/* CASE way WHEN n THEN <part> ... END over every way of every rule. */
static void
each_way(sqlite3_str *sql, const struct rule_set *r,
	void (*part)(sqlite3_str *sql, const struct way *way))
{
	int n = 0;
	sqlite3_str_appendall(sql, ",\nCASE way");
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++) {
			sqlite3_str_appendf(sql, "\nWHEN %d THEN ", n++);
			part(sql, &r->rules[i]->ways[w]);
		}
	sqlite3_str_appendall(sql, " END");
}

/* CASE WHEN way<n THEN <part> ... END: what all ways of a rule share. */
static void
each_rule(sqlite3_str *sql, const struct rule_set *r,
	void (*part)(sqlite3_str *sql, const struct rule_set *r,
		const struct rule *rule))
{
	size_t n = 0;
	sqlite3_str_appendall(sql, ",\nCASE");
	for (size_t i = 0; i < r->count; i++) {
		n += r->rules[i]->ways_count;
		sqlite3_str_appendf(sql, "\nWHEN way<%d THEN ", (int)n);
		part(sql, r, r->rules[i]);
	}
	sqlite3_str_appendall(sql, " END");
}

static void
verdict_part(
	sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", rule->verdict);
}

static void
segment_part(
	sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", rule->segment);
}

static void
place_part(sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", rule->place);
}

static void
confidence_part(sqlite3_str *sql, const struct way *way)
{
	sqlite3_str_appendall(sql, "CASE ");
	way_confidence(sql, way);
	for (int c = CONFIDENCE_POSSIBLE; c <= CONFIDENCE_CERTAIN; c++)
		sqlite3_str_appendf(sql, " WHEN %d THEN %Q", c,
			confidence_word((enum confidence)c));
	sqlite3_str_appendall(sql, " END");
}

/* An undetermined attempt failed when every verdict that is still possible is
 * a failure. */
static void
failed_part(sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	if (!rule->fallback) {
		sqlite3_str_appendf(
			sql, "coalesce((%s\n),0)<>0", rule->failed);
		return;
	}
	sqlite3_str_appendall(sql, "NOT(0");
	for (size_t i = 0; i < r->count; i++)
		if (!r->rules[i]->fallback)
			sqlite3_str_appendf(sql,
				" OR coalesce((%s\n),1)<>0 AND "
				"coalesce((%s\n),0)=0",
				r->rules[i]->possible, r->rules[i]->failed);
	sqlite3_str_appendall(sql, ")");
}

/* A JSON array: every element brings a comma, the first one is cut off. */
static void
candidates_part(
	sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	sqlite3_str_appendall(sql, rule->fallback ? "'['||substr(''" : "'[]'");
	if (!rule->fallback)
		return;
	for (size_t i = 0; i < r->count; i++)
		if (!r->rules[i]->fallback)
			sqlite3_str_appendf(sql,
				"||CASE WHEN coalesce((%s\n),1) "
				"THEN ',\"%w\"' ELSE '' END",
				r->rules[i]->possible, r->rules[i]->verdict);
	sqlite3_str_appendall(sql, ",2)||']'");
}

static void
missing_part(
	sqlite3_str *sql, const struct rule_set *r, const struct rule *rule)
{
	(void)r;
	if (rule->missing_count == 0) {
		sqlite3_str_appendall(sql, "'[]'");
		return;
	}
	sqlite3_str_appendall(sql, "'['||substr(''");
	for (size_t i = 0; i < rule->missing_count; i++)
		sqlite3_str_appendf(sql,
			"||CASE WHEN (%s\n) THEN ','||json_quote(%s||'.') "
			"ELSE '' END",
			rule->missing[i].when, rule->missing[i].text);
	sqlite3_str_appendall(sql, ",2)||']'");
}

/* What speaks against the deciding capture is named whenever it weighs. */
static void
why_part(sqlite3_str *sql, const struct way *way)
{
	sqlite3_str_appendf(sql, "%s||CASE WHEN ", way->why);
	way_confidence(sql, way);
	sqlite3_str_appendf(sql,
		"=%d THEN coalesce(' ('||nullif(coverage_note,'')||')','') "
		"ELSE '' END||'.'",
		CONFIDENCE_POSSIBLE);
}

/* Which way holds, counted over all rules in rank order. */
static void
judged(sqlite3_str *sql, const struct rule_set *r)
{
	int n = 0;
	sqlite3_str_appendall(sql,
		"WITH judged AS MATERIALIZED (SELECT attempt AS id, CASE");
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++) {
			sqlite3_str_appendall(sql, "\nWHEN ");
			way_holds(sql, &r->rules[i]->ways[w]);
			sqlite3_str_appendf(sql, " THEN %d", n++);
		}
	sqlite3_str_appendall(sql, " END AS way FROM facts)\n");
}

char *
verdict_select(const struct rule_set *r)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	judged(sql, r);
	sqlite3_str_appendall(sql, "SELECT attempt");
	each_rule(sql, r, verdict_part);
	each_rule(sql, r, segment_part);
	each_rule(sql, r, place_part);
	each_way(sql, r, confidence_part);
	each_rule(sql, r, failed_part);
	each_rule(sql, r, candidates_part);
	each_rule(sql, r, missing_part);
	each_way(sql, r, why_part);
	/* CROSS: judged is read once, each row of facts found by its number. */
	sqlite3_str_appendall(sql,
		"\nFROM judged CROSS JOIN facts ON facts.attempt = judged.id");
	if (sqlite3_str_errcode(sql) == SQLITE_NOMEM)
		memory_exhausted();
	return sqlite3_str_finish(sql);
}
