/*
 * Which ways of the verdict rules can hold at all, by what no attempt of the case has.
 */
#ifndef JUDGE_WAY_SCREEN_H
#define JUDGE_WAY_SCREEN_H

#include "judge/rule.h"
#include "store/store.h"

/* A proof begins so often with counts above zero; more of them are not looked at. */
#define WAY_ASKS_MAX 8

/* What a proof asks of a fact: a number that is at least this. */
struct way_ask {
	int column; /* enum facts_column */
	int64_t least;
};

/* What the proof cannot do without; the count, at most WAY_ASKS_MAX. Only conditions
 * that AND joins outermost are believed: name > 0, name >= 1, name = 1. */
size_t way_asks(const char *proof, struct way_ask asks[WAY_ASKS_MAX]);

/* can, with room for every way, gets false for those that ask for what no row of
 * facts has. False with *e set. */
bool way_screen(
	struct store *s, const struct rule_set *r, bool *can, struct error *e);

#endif
