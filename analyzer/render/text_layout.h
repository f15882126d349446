/*
 * Paragraphs on a terminal: filled to a width, with a hanging indent.
 *
 * Build a paragraph with text_add, text_number and text_pad, then text_end
 * writes it. Never writes a line wider than columns, nor a character that
 * steers the terminal (safe_format.h). Colour is only ever added around words
 * that say the same.
 */
#ifndef RENDER_TEXT_LAYOUT_H
#define RENDER_TEXT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_COLUMNS_DEFAULT 80
#define TEXT_COLUMNS_MIN 40
/* One name may take this many characters; whole names are in report.json. */
#define TEXT_NAME_MAX 200
/* So many may whole sentences take, which are in the words of rules. */
#define TEXT_PROSE_MAX 4000

enum text_style {
	TEXT_PLAIN,
	TEXT_HEADING,
	TEXT_BAD,
	TEXT_UNSURE,
	TEXT_GOOD,
	TEXT_FAINT,
};

struct text {
	FILE *out; /* borrowed */
	int columns;
	bool colour;
	char *line; /* the paragraph so far, UTF-8; owned */
	size_t used, room;
};

void text_init(struct text *t, FILE *out, int columns, bool colour);
void text_release(struct text *t);

/* Append; the format as in safe_format.h. */
void text_add(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append sentences, made as harmless as names are. */
void text_prose(struct text *t, const char *sentences);

/* Append a number so that it ends at column (from 0) or right behind. */
void text_number(struct text *t, int column, int64_t value);

/* Append spaces up to column, at least one. */
void text_pad(struct text *t, int column);

/* Write the paragraph: lines after the first are indented by hang. */
void text_end(struct text *t, int hang, enum text_style style);

/* An empty line. */
void text_gap(struct text *t);

#endif
