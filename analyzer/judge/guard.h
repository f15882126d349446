/*
 * SQL out of a rule file, before and while SQLite prepares it: whether it can be
 * pasted between parentheses at all, and what an authorizer refused in it.
 *
 * Verdicts (expression.c) and causes (cause_check.c) allow different things; how
 * they refuse, and how the place in the author's file is found, is the same.
 */
#ifndef JUDGE_GUARD_H
#define JUDGE_GUARD_H

#include <sqlite3.h>

#include "base/tree.h"

/* Bytes of one SQL text of a rule; with it the work per row is bounded. */
#define EXPRESSION_MAX 4096

/* What an authorizer refused while a statement was prepared; {0} before it. */
struct guard {
	char denied[160]; /* why, for the author; "" when nothing was */
	char word[64];    /* the name that was refused, cut if it is longer */
};

/*
 * Refuse: SQLITE_DENY. format is printed with word as its one text; near, unless
 * NULL, is offered as what was meant. The first reason is kept: SQLite goes on to
 * complain of what follows from it, and an author is helped by the cause.
 */
int guard_deny(struct guard *g, const char *word, const char *format,
	const char *near);

/* Is the scalar n short enough, and one piece that keeps its meaning between
 * parentheses (no parameters, no ';', nothing left open)? False with a problem
 * added; noun is what the author calls it. */
bool guard_shape(const struct tree *t, const struct tree_node *n,
	const char *noun, struct problems *p);

/* What was meant by the name that an error message of SQLite ends with, or
 * NULL. */
typedef const char *guard_meant(const char *message);

/*
 * Add what is wrong with n, which db refused to prepare, at its place in the
 * file. SQLite counts from the start of the whole statement, of which the first
 * before bytes are ours. meant may be NULL.
 */
void guard_problem(const struct guard *g, sqlite3 *db, const struct tree *t,
	const struct tree_node *n, const char *noun, size_t before,
	guard_meant *meant, struct problems *p);

#endif
