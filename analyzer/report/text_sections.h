/*
 * The parts of the terminal summary that have a file of their own.
 */
#ifndef REPORT_TEXT_SECTIONS_H
#define REPORT_TEXT_SECTIONS_H

#include <string.h>

#include "base/utf8.h"
#include "report/report_model.h"
#include "render/text_layout.h"
#include "report/sentences.h"

/*
 * How much is left out so that all of it fits one screen (report.tight): nothing
 * first, and with each step what a reader misses least. What is left out is
 * counted, and stands on the page.
 */
enum text_tight {
	TIGHT_NOT,
	TIGHT_ASIDE, /* how to correct who is who; causes that are only possible */
	TIGHT_SHARED,  /* two pieces of evidence and two steps for a cause */
	TIGHT_CROWDED, /* one of each */
	TIGHT_LISTS,   /* the first of every list only */
	TIGHT_MOST,    /* one cause, one service */
};

/* The lines of a screen, and the columns at which they are counted. */
#define TEXT_SCREEN_LINES 40

/* How much of a list is shown: most of it, less where lists are cut, least at the
 * end. */
static inline int
text_most(const struct report *r, int most, int less, int least)
{
	return r->tight >= TIGHT_MOST     ? least
		: r->tight >= TIGHT_LISTS ? less
					  : most;
}

/* An empty line and a title. */
static inline void
text_heading(struct text *t, const char *title)
{
	text_gap(t);
	text_add(t, "%s", title);
	text_end(t, 0, TEXT_HEADING);
}

/* The services in trouble, where there are several services. */
void text_services(struct text *t, struct report *r);

/* Bytes of one line of evidence; whole ones are on the page. */
#define TEXT_LINE_MAX 150

/* Append a line of evidence, cut where it is longer. */
static inline void
text_line(struct text *t, const char *line)
{
	char start[TEXT_LINE_MAX + 1];
	size_t all = strlen(line), len = utf8_cut(line, all, TEXT_LINE_MAX);
	if (len == all) {
		text_add(t, "%s", line);
		return;
	}
	memcpy(start, line, len);
	start[len] = '\0';
	text_add(t, "%s...", start);
}

/* One attempt with what each end saw. */
void text_example(struct text *t, struct report *r, int64_t attempt);

/* Why, and what to do: the causes of weight, with their evidence and first
 * steps. */
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
