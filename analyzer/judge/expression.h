/*
 * Is a rule's SQL harmless and right? Asked once, when the rule is loaded.
 *
 * Every expression is prepared alone against an empty table of facts, under an
 * authorizer that lets it read that table and call a short list of functions
 * that are cheap whatever they are given. Subqueries, parameters, several
 * statements and unbalanced parentheses are refused, so what passes is one
 * expression without loops: its cost is bounded by its length, and pasting it
 * between parentheses keeps its meaning.
 */
#ifndef JUDGE_EXPRESSION_H
#define JUDGE_EXPRESSION_H

#include "base/tree.h"

struct checker;
struct sqlite3;

/* A checker with its empty table, in memory; views_new makes the database for the
 * SQL of cause rules when there is one. Ends the program without memory. */
struct checker *checker_new(struct sqlite3 *(*views_new)(void));
void checker_free(struct checker *c);

/*
 * Check the SQL in a scalar; false with one problem added, at the place in the
 * file where SQLite found it where that is known.
 */
bool expression_check(struct checker *c, const struct tree *t,
	const struct tree_node *n, struct problems *p);

/* The checker's database for the SQL of cause rules. */
struct sqlite3 *checker_views(struct checker *c);

/* A database in memory that holds an empty `facts` and the functions that
 * generated SQL calls. The caller closes it. */
struct sqlite3 *facts_database(void);

/* The column of facts named word, or -1; and the one it was meant to be. */
int fact_find(const char *word);
const char *fact_nearest(const char *word);

#endif
