/*
 * Verdicts of failed connects that somebody reports and no capture shows.
 */
#ifndef JUDGE_REPORTED_H
#define JUDGE_REPORTED_H

#include <stdbool.h>

#include "judge/judge.h"

/* What else than a failure's own words (model/failure.def) a rule may name under
 * `reported`: that one who saw the SYN says that he took it, on the server itself
 * or before it, or that he took its answer. */
#define REPORTED_BY_SERVER "taken-by-server"
#define REPORTED_ON_THE_WAY "taken-on-the-way"
#define REPORTED_ON_THE_WAY_BACK "taken-on-the-way-back"
#define REPORTED_NEVER_SENT "never-sent"

/* Is it one of these, or the id of a way to fail? */
bool reported_is_known(const char *how);

/* Give verdicts to the reported failures that no attempt is, as the rules say:
 * before causes_run, which reads them. */
bool reported_judge(struct store *s, const struct rule_set *r, struct error *e);

#endif
