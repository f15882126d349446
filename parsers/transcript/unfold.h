/*
 * The lines of a transcript while they are put into the order in which they can
 * be split: each pass reads one list and adds to the next.
 */
#ifndef PARSERS_TRANSCRIPT_UNFOLD_H
#define PARSERS_TRANSCRIPT_UNFOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

struct unfold_line {
	struct view text;
	uint32_t number; /* of the line in the file that it comes from */
};

struct unfold {
	struct arena *arena;      /* texts that are made; borrowed */
	struct unfold_line *list; /* owned */
	size_t count;
	size_t room;
};

void unfold_add(struct unfold *u, struct view text, uint32_t number);
/* The same of a format with one text in it, "== %s ==". */
void unfold_add_with(struct unfold *u, const char *format, struct view text,
	uint32_t number);

/* Line i without blanks around it; empty behind the end. */
struct view unfold_at(const struct unfold *u, size_t i);

/* The lines of a text, at most lines_max; outputs in documents of JSON are lines,
 * too. */
void unfold_json(struct view text, uint32_t lines_max, struct unfold *out);

/* What stands before (nearly) every line; false, with nothing added, where that
 * is nothing. */
bool unfold_frame(const struct unfold *in, struct unfold *out);

/* "> " of mails, where prompts or headers stand behind it. */
void unfold_quotes(const struct unfold *in, struct unfold *out);
/* "```[root@web-01 ~]# ss": a fence on a line of its own. */
void unfold_fences(const struct unfold *in, struct unfold *out);
/* Output that is indented as far as its prompt is. */
void unfold_indents(const struct unfold *in, struct unfold *out);

/* Prompts of two lines, commands of several, names between two rules. */
void unfold_prompts(const struct unfold *in, struct unfold *out);

/* What ansible and salt print in a form of their own. */
void unfold_tools(const struct unfold *in, struct unfold *out);
/* "web-01: LINE" of clush and pdsh, whose machines' lines may be mixed. */
void unfold_columns(const struct unfold *in, struct unfold *out);

#endif
