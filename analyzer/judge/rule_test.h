/*
 * What the tests of verdict rules lend to those of cause rules.
 */
#ifndef JUDGE_RULE_TEST_H
#define JUDGE_RULE_TEST_H

#include <sqlite3.h>

#include "judge/rule.h"

/* Put a test's facts into the table facts as row id; only given and facts of t
 * are read. */
bool facts_row_insert(sqlite3 *db, const struct rule_test *t, int64_t id);

#endif
