/*
 * "== web-01 ==", "### ss -ltn": lines that somebody's loop printed between
 * outputs.
 */
#ifndef PARSERS_TRANSCRIPT_HEADING_H
#define PARSERS_TRANSCRIPT_HEADING_H

#include "mark.h"

/* How a line, trimmed, is drawn as a header, and what stands in it, whatever that
 * says; 0: it is none. Headers of one loop are drawn alike, as a rule. */
unsigned heading_style(struct view line, struct view *text);

/* A header that says what it is: a machine, a command, a time. Fills m's host,
 * command, when and several. */
bool heading_take(struct view line, struct mark *m);

/* The same of the text alone. */
bool heading_text(struct view text, struct mark *m);

/* Is there a word in it that says what is shown or when, not where? */
bool heading_is_title(struct view text);

#endif
