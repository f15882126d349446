/*
 * Counting and printing the results of rules' tests, of verdicts and causes.
 */
#ifndef JUDGE_RULE_TALLY_H
#define JUDGE_RULE_TALLY_H

#include <stdio.h>

#include "judge/rule.h"

/* Rules are tested in two parts: somebody's (0), then ours (1). */
#define RULE_PARTS 2
bool rule_of_part(const struct rule *rule, int part);

struct rule_tally {
	size_t passed; /* of all rules */
	size_t failed;
	size_t ours;      /* of passed: tests of built-in rules */
	bool theirs_only; /* such are counted and not shown */
};

struct test_result {
	const char *name;
	unsigned line; /* of the rule's file */
	bool ok;
};

/* Print what a test wanted and got instead, as a line above its result. Always
 * false. */
bool test_differs(
	FILE *out, const char *what, const char *wanted, const char *got);

/* Count one result, and print it unless only somebody's are wanted. */
void rule_tally_add(struct rule_tally *tally, const struct rule *rule,
	const struct test_result *got, FILE *out);

#endif
