/*
 * What to do, with the things that it is about: a step says "the rule" or names
 * a setting, the evidence says which rule that is and what the setting is today.
 */
#ifndef REPORT_STEPS_H
#define REPORT_STEPS_H

#include "report/report_model.h"

/*
 * The step of a finding, by its id. Where it names a setting (net.core.somaxconn)
 * that the evidence holds: with its value of today, where that stands and, where
 * the step says what to set or to raise, the command. Where it speaks of the rule
 * that drops, or of a listener's backlog: which one. text has room for all of it.
 * A command holds nothing of the evidence but names of letters and figures.
 */
const char *step_words(struct report *r, int64_t finding, const char *step,
	char text[WORDS_MAX]);

#endif
