/*
 * printf for text from strangers: what a format's %s inserts is made harmless
 * by the sink, what the format itself says is written as it is.
 *
 * So markup lives in format strings (ours) and names in arguments (theirs), and
 * no call site can forget to escape. Directives: %s (NULL shows a dash), %jd,
 * %d, %ju, %zu, %u, %%; nothing else (asserted).
 */
#ifndef BASE_SAFE_FORMAT_H
#define BASE_SAFE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct safe_sink {
	/* Ours: markup, digits, fixed words. */
	void (*raw)(void *context, const char *data, size_t len);
	/* Theirs: one code point at a time; hidden ones and bytes that are no
	 * UTF-8 have been replaced by something visible. */
	void (*code)(void *context, uint32_t code);
	/* Theirs as well, many at once: printable ASCII only, still to be
	 * escaped. NULL when code is to get every one. */
	void (*run)(void *context, const char *text, size_t len);
	void *context;
	size_t text_max; /* code points of one %s; the rest is cut, visibly */
};

void safe_vformat(
	const struct safe_sink *sink, const char *format, va_list arguments);

/* The same to a stream as plain text; of one %s at most text_max code points. */
void safe_vprint(
	FILE *out, size_t text_max, const char *format, va_list arguments);

/* The same with arguments; texts are cut at 4096 code points. */
void safe_print(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Insert one text the way %s does. */
void safe_text(const struct safe_sink *sink, const char *text);

#endif
