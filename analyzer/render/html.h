/*
 * Writing a page: a stream and one formatter that escapes.
 *
 * Every text from evidence goes through html_add's %s; format strings hold our
 * own markup. Write errors show in ferror(out).
 */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HTML_BUFFER_BYTES 65536

struct html {
	FILE *out;       /* borrowed */
	size_t text_max; /* characters of one text that are shown */
	size_t used;
	char buffer[HTML_BUFFER_BYTES];
};

/* Never NULL; html_free hands what was added to the stream. */
struct html *html_new(FILE *out, size_t text_max);
void html_free(struct html *h);

/* The format as in safe_format.h. */
void html_add(struct html *h, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Markup, style or script of our own, as it is. */
void html_put(struct html *h, const char *data, size_t len);

/* Hand what was added to the stream. */
void html_flush(struct html *h);

/* A verdict or trust word in its colour; the word itself says it all. */
void html_badge(struct html *h, const char *word);

#endif
