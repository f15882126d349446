/*
 * All verdict rules as one SELECT over facts.
 *
 * Ways are tried in rank order, the first that holds wins; confidence, failed,
 * candidates, missing and why are then worked out for that way alone. The
 * result is what trying the rules one after the other would give (a test
 * compares), at the cost of one pass.
 */
#ifndef JUDGE_VERDICT_SQL_H
#define JUDGE_VERDICT_SQL_H

#include "judge/rule.h"

/* The columns of the SELECT, in order: those of the table verdict. */
#define VERDICT_COLUMNS                                                      \
	"attempt, verdict, segment, place, confidence, failed, candidates, " \
	"missing, why"

/* Ways of all rules of a set together. */
#define VERDICT_WAYS_MAX (RULES_MAX * RULE_WAYS_MAX)

/* The statement; free with sqlite3_free. The rules are in rank order, the
 * fallback last. */
char *verdict_select(const struct rule_set *r);

/*
 * The same in two: SELECT id, way, which is kept as a table `judged`; then, from
 * that table, the rest of the columns, written for those ways alone that held for
 * any attempt (VERDICT_WAYS_MAX of them, by number). A case has a handful of some
 * eighty, and to prepare what the others would say takes longer than to judge it.
 * can, by number: whether a way is tried (way_screen.h); NULL: all are.
 */
char *verdict_ways(const struct rule_set *r, const bool *can);
char *verdict_told(const struct rule_set *r, const bool *held);

/* SQL that is true when a way holds. Appended to sql. */
struct sqlite3_str;
void way_holds(struct sqlite3_str *sql, const struct way *way);

/* SQL that is the way's confidence as a number, enum confidence. */
void way_confidence(struct sqlite3_str *sql, const struct way *way);

#endif
