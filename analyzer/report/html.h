/*
 * Writing the page: a stream and one formatter that escapes.
 *
 * Every text from evidence goes through html_add's %s; format strings hold our
 * own markup. A section is a function in sections.def with a file of its own.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/overview.h"
#include "report/report_model.h"
#include "report/words.h"

/* One text on the page; whole ones are in report.json. */
#define HTML_TEXT_MAX 2000

#define HTML_BUFFER_BYTES 65536

struct html {
	FILE *out; /* borrowed */
	struct report *r;
	struct overview *overview; /* the report's */
	size_t used;
	char buffer[HTML_BUFFER_BYTES];
};

/* The format as in safe_format.h. */
void html_add(struct html *h, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Hand what was added to the stream. */
void html_flush(struct html *h);

/* <ul> of a JSON array of texts, under a small title; nothing when empty. */
void html_list(struct html *h, const char *title, const char *list);

/* A verdict or trust word in its colour; the word itself says it all. */
void html_badge(struct html *h, const char *word);

/* The style sheet, for <style>. */
extern const char html_style[];

#define X(id, title, function) void function(struct html *h);
#include "report/sections.def"
#undef X

/* Between the head and the sections: the first sentences, what to do, and the
 * picture of the path. */
void html_top(struct html *h);
void html_next_steps(struct html *h);
void html_path(struct html *h);

/* One attempt, unfolded: its ladder, and how to look at it. */
void html_attempt_detail(struct html *h, const struct report_attempt *a);

/* The ladder of an attempt as a picture. */
void html_ladder(struct html *h, const struct report_attempt *a);

#endif
