/*
 * The report's page: its sections. A section is a function in sections.def with
 * a file of its own.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "render/frame.h"
#include "report/overview.h"
#include "report/report_model.h"
#include "report/sentences.h"

/* One text on the page; whole ones are in report.json. */
#define HTML_TEXT_MAX 2000

struct page {
	struct html *html;
	struct report *r;
	struct overview *overview; /* the report's */
};

/* A sentence of ours, its commands as code that can be copied. */
void html_prose(struct page *page, const char *text);

/* <ul> of a JSON array of texts, under a small title, or none (NULL); nothing when
 * empty. */
void html_list(struct page *page, int64_t finding, const char *title,
	const char *list);

#define X(id, title, fold, function) void function(struct page *page);
#include "report/sections.def"
#undef X

/* Between the head and the sections: the first sentences, what to do, and the
 * picture of the path. */
void html_top(struct page *page);
void html_services(struct page *page);
void html_next_steps(struct page *page);
void html_path(struct page *page);

/* One attempt, unfolded: its ladder, and how to look at it. */
void html_attempt_detail(struct page *page, const struct report_attempt *a);

/* How long attempts took: the second picture of the section html_when. */
void html_latency(struct page *page);

/* The ladder of an attempt as a picture. */
void html_ladder(struct page *page, const struct report_attempt *a);

#endif
