/*
 * What every page has around its contents, and its tables.
 *
 * One self-contained file. Its content security policy allows inline style and,
 * by its hash, the one script at its end, so that even a mistake in escaping
 * could load and run nothing. Complete without it, on paper, by keyboard,
 * light and dark.
 */
#ifndef RENDER_FRAME_H
#define RENDER_FRAME_H

#include "base/embedded.h"
#include "render/html.h"

/* Style and script of one kind of page; page.css and page.js stand before. */
struct frame {
	const char *title;
	const struct embedded *style, *script;
};

/* Up to and with <body>. */
void frame_begin(struct html *h, const struct frame *f);

/* The script and the end. */
void frame_end(struct html *h, const struct frame *f);

/* A table that may be wider than the page: its class ("sort" can be sorted, ""
 * none), what it is about, and its columns, "Verdict|#Attempts": # marks
 * numbers, an empty one has no heading. All three are our own text. */
void table_begin(struct html *h, const char *class, const char *label,
	const char *columns);
void table_end(struct html *h);

#endif
