/*
 * Rule files become verdicts and findings. Nothing about any verdict is in C:
 * this stage loads, checks, tests and runs rules.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "store/store.h"

struct rule_set;

/*
 * Load the embedded rules, then those of the given folders (--rules DIR), which
 * add rules or override those of the same name. On trouble NULL; every problem
 * of every file has been written to problems (may be NULL) as
 * "file:line:column: what", and *e holds a summary (ERROR_RULE).
 */
struct rule_set *rules_load(const char *const *folders, size_t count,
	FILE *problems, struct error *e);
/* The same for judging alone: the embedded ones are taken as the build's tests
 * found them, neither checked nor with their own tests, which saves most of the
 * time that a small case takes. */
struct rule_set *rules_load_to_judge(const char *const *folders, size_t count,
	FILE *problems, struct error *e);
void rules_free(struct rule_set *r);

/* The text of the embedded rule file at index, NULL behind the last one. Static
 * storage. */
const char *rules_embedded(size_t index, size_t *len);

/* SHA-256 over all rule files in name order, hex. Valid until rules_free. */
const char *rules_digest(const struct rule_set *r);

/* Give every attempt that is not clean its verdict; write rule, verdict and
 * meta rows. The store must be in stage STORE_JUDGE. */
bool judge_run(struct store *s, const struct rule_set *r, struct error *e);

/*
 * Judge the evidence of from by these rules, into the empty store s. The earlier
 * judgement is kept in the tables former_*, and the views verdict_changes and
 * finding_changes say what is different. False with *e set: ERROR_USAGE when
 * from does not hold together.
 */
bool judge_rejudge(struct store *s, struct store *from,
	const struct rule_set *r, struct error *e);

/* `lostsyn rules list|show NAME|check [DIR]|test [DIR]`, `lostsyn explain`. */
void rules_list(const struct rule_set *r, FILE *out);
bool rules_show(const struct rule_set *r, const char *name, FILE *out);
bool rules_test(const struct rule_set *r, FILE *out, struct error *e);
bool rules_explain(const struct rule_set *r, const char *word, FILE *out);
/* Is there a rule, verdict or cause of that name? All of their words. */
bool rules_know(const struct rule_set *r, const char *word);
void rules_words(const struct rule_set *r, FILE *out);

#endif
