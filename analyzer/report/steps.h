/*
 * What to do, with the things that it is about: a step's text names a setting,
 * the evidence says what it is today.
 */
#ifndef REPORT_STEPS_H
#define REPORT_STEPS_H

#include "report/report_model.h"

/* The step; where it names a setting (net.core.somaxconn) that the evidence
 * holds, with its value of today, where that stands and, where the step says to
 * raise or set it, the command. text has room for all of it. */
const char *step_words(
	struct report *r, const char *step, char text[WORDS_MAX]);

#endif
