/*
 * The parts of the terminal summary that have a file of their own.
 */
#ifndef REPORT_TEXT_SECTIONS_H
#define REPORT_TEXT_SECTIONS_H

#include <string.h>

#include "report/report_model.h"
#include "render/text_layout.h"
#include "report/sentences.h"

/* An empty line and a title. */
void text_heading(struct text *t, const char *title);

/* The services in trouble, where there are several services. */
void text_services(struct text *t, struct report *r);

/* Bytes of one line of evidence; whole ones are on the page. */
#define TEXT_LINE_MAX 150

/* Append a line of evidence, cut where it is longer. */
void text_line(struct text *t, const char *line);

/* One attempt with what each end saw. */
void text_example(struct text *t, struct report *r, int64_t attempt);

void text_findings(struct text *t, struct report *r);

/* Who is who; all of it, or only what is not sure and matters. */
void text_hosts(struct text *t, struct report *r);
void text_unsure_hosts(struct text *t, struct report *r);

/* Inputs with their trust, clocks, and what is wrong with either. */
void text_inputs(struct text *t, struct report *r);
void text_weak_inputs(struct text *t, struct report *r);
void text_clocks(struct text *t, struct report *r);
void text_warnings(struct text *t, struct report *r);

#endif
