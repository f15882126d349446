/*
 * What must hold among the cause rules of a set: the verdicts and causes that
 * they name exist, and no cause brings itself about. Several rules may give one
 * cause: a full table on the client needs other evidence than one on the server.
 */
#include <string.h>

#include "judge/cause.h"

/* The first of that id: which of several does not matter to whether there is
 * one. */
static const struct rule *
cause_find(const struct rule_set *set, const char *id)
{
	for (size_t i = 0; i < set->causes_count; i++)
		if (strcmp(set->causes[i]->cause->id, id) == 0)
			return set->causes[i];
	return NULL;
}

/* The depth of the deepest cause that c brings about, or -1. */
static int
depth_below(const struct rule_set *set, const struct cause *c)
{
	int below = -1;
	for (size_t i = 0; i < set->causes_count; i++) {
		const struct cause *other = set->causes[i]->cause;
		for (size_t b = 0; b < c->brings_count; b++)
			if (strcmp(other->id, c->brings[b]) == 0 &&
				other->depth > below)
				below = other->depth;
	}
	return below;
}

/* How many causes lie below each in chains of `brings`. A circle never comes to
 * rest: it is found by a depth that no chain can have. */
static void
check_brings(struct rule_set *set, struct problems *p)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < set->causes_count; i++) {
			struct cause *c = set->causes[i]->cause;
			int depth = depth_below(set, c) + 1;
			if (depth <= c->depth)
				continue;
			/* Each round lengthens a chain by one; without a circle
			 * none is longer than there are causes, so the loop
			 * ends. */
			if ((size_t)depth > set->causes_count) {
				problem_add(p, set->causes[i]->path,
					c->brings_at[0],
					"'brings' goes round in a circle");
				return;
			}
			c->depth = depth;
			changed = true;
		}
	}
}

/* Not in cause_read, because a rule may speak of what a later file brings, and
 * somebody's folder may replace a file of ours. */
void
causes_check(struct rule_set *set, struct problems *p)
{
	for (size_t i = 0; i < set->causes_count; i++) {
		const struct rule *rule = set->causes[i];
		const struct cause *c = rule->cause;
		for (size_t x = 0; x < c->explains_count; x++)
			if (rule_find(set, c->explains[x]) == NULL)
				problem_add(p, rule->path, c->explains_at[x],
					"no rule gives the verdict '%.60s'",
					c->explains[x]);
		for (size_t x = 0; x < c->brings_count; x++)
			if (cause_find(set, c->brings[x]) == NULL)
				problem_add(p, rule->path, c->brings_at[x],
					"no rule is about the cause '%.60s'",
					c->brings[x]);
	}
	check_brings(set, p);
}
