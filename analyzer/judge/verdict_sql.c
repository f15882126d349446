/*
 * Writing the one SELECT.
 *
 * Expressions of rules were checked alone (expression.h), so between
 * parentheses, ended by a line end, they keep their meaning.
 */
#include "judge/verdict_sql.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

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

/* The first bound that holds counts, in the file's order. Where none holds the
 * way does not either: an author who wants one for the rest ends with 1. */
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
	sqlite3_str_appendf(
		sql, "min(%d,%d", CONFIDENCE_CERTAIN, CONFIDENCE_CERTAIN);
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

/* One way of one rule, and its number in the order of trial. */
struct entry {
	const struct rule *rule;
	const struct way *way;
	int number;
};

/* What is written for an entry. */
typedef void part_fn(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry);

/* The value of `way` chooses one of count entries, by halving: a chain of WHENs
 * would cost a row as many steps as there are ways. Depth: log2 of count. */
static void
choose(sqlite3_str *sql, const struct rule_set *r, const struct entry *entries,
	size_t count, part_fn *part)
{
	if (count == 1) {
		part(sql, r, entries);
		return;
	}
	size_t half = count / 2;
	sqlite3_str_appendf(
		sql, "\nCASE WHEN way<%d THEN ", entries[half].number);
	choose(sql, r, entries, half, part);
	sqlite3_str_appendall(sql, " ELSE ");
	choose(sql, r, entries + half, count - half, part);
	sqlite3_str_appendall(sql, " END");
}

static size_t
ways_of(const struct rule_set *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		count += r->rules[i]->ways_count;
	return count;
}

/* Every way, or one of each rule where all ways of a rule share the part; of
 * those that held, where held tells. Returns the count; entries has room for
 * all. */
static size_t
entries_list(const struct rule_set *r, bool all, const bool *held,
	struct entry *entries)
{
	size_t count = 0;
	int number = 0;
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++, number++)
			if ((held == NULL || held[number]) &&
				(all || count == 0 ||
					entries[count - 1].rule != r->rules[i]))
				entries[count++] = (struct entry){r->rules[i],
					&r->rules[i]->ways[w], number};
	return count;
}

/* One column of the statement: a CASE over the ways, or over the rules where
 * all ways of a rule say the same. */
static void
column(sqlite3_str *sql, const struct rule_set *r, bool all, const bool *held,
	part_fn *part, const char *name)
{
	struct entry *entries = memory_take(ways_of(r), sizeof *entries);
	size_t count = entries_list(r, all, held, entries);
	sqlite3_str_appendall(sql, ",");
	choose(sql, r, entries, count, part);
	sqlite3_str_appendf(sql, " AS %s", name);
	free(entries);
}

/* The word itself, which all ways of a rule share. */
static void
verdict_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", entry->rule->verdict);
}

/* What the rule says of every way. */
static void
rule_segment_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", entry->rule->segment);
}

static void
rule_place_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q", entry->rule->place);
}

/* A way may name another segment than its rule: of what came behind the
 * handshake there are several. */
static void
segment_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	sqlite3_str_appendf(sql, "%Q",
		entry->way->segment != NULL ? entry->way->segment
					    : entry->rule->segment);
}

static void
place_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	if (entry->way->place != NULL)
		sqlite3_str_appendall(sql, entry->way->place);
	else
		sqlite3_str_appendf(sql, "%Q", entry->rule->place);
}

/* The way's confidence as its word; it depends on the facts. */
static void
confidence_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	(void)r;
	sqlite3_str_appendall(sql, "CASE ");
	way_confidence(sql, entry->way);
	for (int c = CONFIDENCE_POSSIBLE; c <= CONFIDENCE_CERTAIN; c++)
		sqlite3_str_appendf(sql, " WHEN %d THEN %Q", c,
			confidence_word((enum confidence)c));
	sqlite3_str_appendall(sql, " END");
}

/* An undetermined attempt failed when every verdict that is still possible is
 * a failure. CASE and NOT, so that SQLite stops at the first falsehood; an
 * unknown (NULL) excludes nothing. */
static void
failed_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	if (!entry->rule->fallback) {
		sqlite3_str_appendf(
			sql, "coalesce((%s\n),0)<>0", entry->rule->failed);
		return;
	}
	sqlite3_str_appendall(sql, "(1");
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *rule = r->rules[i];
		if (!rule->fallback && strcmp(rule->failed, "1") != 0)
			sqlite3_str_appendf(sql,
				" AND CASE WHEN NOT (%s\n) THEN 1 "
				"WHEN (%s\n) THEN 1 ELSE 0 END",
				rule->possible, rule->failed);
	}
	sqlite3_str_appendall(sql, ")");
}

/* A JSON array: every element brings a comma, the first one is cut off. */
static void
candidates_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	if (!entry->rule->fallback) {
		sqlite3_str_appendall(sql, "'[]'");
		return;
	}
	sqlite3_str_appendall(sql, "'['||substr(''");
	for (size_t i = 0; i < r->count; i++)
		if (!r->rules[i]->fallback)
			sqlite3_str_appendf(sql,
				"||CASE WHEN NOT (%s\n) THEN '' "
				"ELSE ',\"%w\"' END",
				r->rules[i]->possible, r->rules[i]->verdict);
	sqlite3_str_appendall(sql, ",2)||']'");
}

/* The rule's list of what is missing, for those conditions that hold, as JSON.
 * */
static void
missing_part(
	sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	const struct rule *rule = entry->rule;
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

/* The words of the first bound that holds, or ''. */
static void
because_part(sqlite3_str *sql, const struct way *way)
{
	sqlite3_str_appendall(sql, "CASE");
	for (size_t i = 0; i < way->limits_count; i++)
		sqlite3_str_appendf(sql, " WHEN (%s\n) THEN %s",
			way->limits[i].sql,
			way->limits[i].because != NULL ? way->limits[i].because
						       : "''");
	sqlite3_str_appendall(sql, " ELSE '' END");
}

/* Is one of the coverages that the way rests on doubtful? The fallback rests on
 * none, and names whatever speaks against a capture. */
static void
doubt_part(sqlite3_str *sql, const struct rule *rule, const struct way *way)
{
	if (rule->fallback) {
		sqlite3_str_appendall(sql, "coverage_note");
		return;
	}
	sqlite3_str_appendall(sql, "CASE WHEN 'doubtful' IN (''");
	for (size_t i = 0; i < way->rests_count; i++)
		sqlite3_str_appendf(sql, ",%s", way->rests[i]);
	sqlite3_str_appendall(sql,
		") THEN "
		"coalesce(nullif(doubt_note,''),coverage_note) ELSE '' END");
}

/* A verdict that is only possible names what speaks against it: a doubtful
 * capture, what the rule itself says, or both. */
static void
why_part(sqlite3_str *sql, const struct rule_set *r, const struct entry *entry)
{
	const struct way *way = entry->way;
	(void)r;
	sqlite3_str_appendf(sql, "%s||CASE WHEN ", way->why);
	way_confidence(sql, way);
	sqlite3_str_appendf(
		sql, "=%d THEN coalesce(' ('||nullif(", CONFIDENCE_POSSIBLE);
	if (way->limits_count > 0) {
		because_part(sql, way);
		sqlite3_str_appendall(sql, "||coalesce(iif((");
		because_part(sql, way);
		sqlite3_str_appendall(sql, ")='','','; ')||nullif(");
		doubt_part(sql, entry->rule, way);
		sqlite3_str_appendall(sql, ",''),'')");
	} else {
		doubt_part(sql, entry->rule, way);
	}
	sqlite3_str_appendall(sql, ",'')||')','') ELSE '' END||'.'");
}

/* Which way holds, counted over all rules in rank order; of those that can (NULL:
 * all). */
static void
judged(sqlite3_str *sql, const struct rule_set *r, const bool *can)
{
	int n = 0;
	/* CASE wants one condition, whichever can hold. */
	sqlite3_str_appendall(sql, "SELECT attempt AS id, CASE WHEN 0 THEN 0");
	for (size_t i = 0; i < r->count; i++)
		for (size_t w = 0; w < r->rules[i]->ways_count; w++, n++) {
			if (can != NULL && !can[n])
				continue;
			sqlite3_str_appendall(sql, "\nWHEN ");
			way_holds(sql, &r->rules[i]->ways[w]);
			sqlite3_str_appendf(sql, " THEN %d", n);
		}
	sqlite3_str_appendall(sql, " END AS way FROM facts");
}

/* What every rule says of its verdict, chosen by the verdict's name. */
static void
by_verdict(sqlite3_str *sql, const struct rule_set *r, const char *verdict,
	part_fn *part)
{
	sqlite3_str_appendf(sql, "CASE %s", verdict);
	for (size_t i = 0; i < r->count; i++) {
		struct entry entry = {r->rules[i], &r->rules[i]->ways[0], 0};
		sqlite3_str_appendf(
			sql, " WHEN %Q THEN ", r->rules[i]->verdict);
		part(sql, r, &entry);
	}
	sqlite3_str_appendall(sql, " END");
}

/*
 * One candidate alone is the verdict, though only a possible one; it failed, or
 * did not, as the undetermined attempt did. With none the sentence says so.
 */
static void
settled(sqlite3_str *sql, const struct rule_set *r)
{
	const char *only = "json_extract(candidates,'$[0]')";
	sqlite3_str_appendf(sql,
		"SELECT id AS attempt,"
		"CASE WHEN one THEN %s ELSE verdict END AS verdict,"
		"CASE WHEN one THEN ",
		only);
	by_verdict(sql, r, only, rule_segment_part);
	sqlite3_str_appendall(
		sql, " ELSE segment END AS segment,CASE WHEN one THEN ");
	by_verdict(sql, r, only, rule_place_part);
	sqlite3_str_appendf(sql,
		" ELSE place END AS place,confidence,failed,"
		"CASE WHEN one THEN '[]' ELSE candidates END AS candidates,"
		"missing,"
		"why||CASE WHEN one THEN ' No other verdict fits.'"
		" WHEN none THEN ' No verdict fits that one fault explains.'"
		" ELSE '' END AS why FROM (SELECT *,"
		"candidates<>'[]' AND instr(candidates,',')=0 AS one,"
		"candidates='[]' AND verdict IN (''");
	for (size_t i = 0; i < r->count; i++)
		if (r->rules[i]->fallback)
			sqlite3_str_appendf(sql, ",%Q", r->rules[i]->verdict);
	sqlite3_str_appendall(sql, ") AS none FROM told)");
}

/* What the ways that held (NULL: all) say; judged has been named before. */
static void
told(sqlite3_str *sql, const struct rule_set *r, const bool *held)
{
	sqlite3_str_appendall(
		sql, "told AS MATERIALIZED (SELECT attempt AS id");
	column(sql, r, false, held, verdict_part, "verdict");
	column(sql, r, true, held, segment_part, "segment");
	column(sql, r, true, held, place_part, "place");
	column(sql, r, true, held, confidence_part, "confidence");
	column(sql, r, false, held, failed_part, "failed");
	column(sql, r, false, held, candidates_part, "candidates");
	column(sql, r, false, held, missing_part, "missing");
	column(sql, r, true, held, why_part, "why");
	/* CROSS: judged is read once, each row of facts found by its number. */
	sqlite3_str_appendall(sql,
		"\nFROM judged CROSS JOIN facts ON facts.attempt = "
		"judged.id)\n");
	settled(sql, r);
}

/* The text, which sqlite3_free gives back; without memory the program ends. SQLite's
 * own bound on a statement's length is found when it is prepared. */
static char *
finish(sqlite3_str *sql)
{
	if (sqlite3_str_errcode(sql) == SQLITE_NOMEM)
		memory_exhausted();
	return sqlite3_str_finish(sql);
}

/* Both steps of judge.c in one statement: what rule tests run, and what is
 * prepared to see that a set holds together. */
char *
verdict_select(const struct rule_set *r)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "WITH judged AS MATERIALIZED (");
	judged(sql, r, NULL);
	sqlite3_str_appendall(sql, "),");
	told(sql, r, NULL);
	return finish(sql);
}

char *
verdict_ways(const struct rule_set *r, const bool *can)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	judged(sql, r, can);
	return finish(sql);
}

char *
verdict_told(const struct rule_set *r, const bool *held)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendall(sql, "WITH ");
	told(sql, r, held);
	return finish(sql);
}
