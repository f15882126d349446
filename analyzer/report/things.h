/*
 * The things that a finding is about, as its evidence names them.
 */
#ifndef REPORT_THINGS_H
#define REPORT_THINGS_H

#include "report/report_model.h"

/* Append to text " Here: " and the place of the rule among the finding's evidence
 * that counted most packets ("inet lab input 1"), with their number and where it
 * stands; where the step is to accept, the command as well. Nothing where no rule
 * counted. */
void thing_rule(
	struct report *r, int64_t finding, bool accept, char text[WORDS_MAX]);

/* Append to text " Here: " and the listener with the shortest queue that the
 * finding's attempts went to; returns its backlog, -1 where there is none. */
int64_t thing_listener(struct report *r, int64_t finding, char text[WORDS_MAX]);

#endif
