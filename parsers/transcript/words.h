/*
 * Words of a command line, and machines' names, beside what base/text.h has of
 * any text. Nothing follows the locale.
 */
#ifndef PARSERS_TRANSCRIPT_WORDS_H
#define PARSERS_TRANSCRIPT_WORDS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/text.h"

/* Take a word off the front; empty when there is none. A text in quotes is one
 * word, without them. */
struct view words_next(struct view *rest);
/* Offset of the first occurrence, or v.len. */
size_t words_find(struct view v, const char *what);

/* A machine's name as prompts and headers have it: letters, digits, dots,
 * dashes, at most 253 (RFC 1035 section 2.3.4), beginning with a letter or
 * digit. */
bool words_host(struct view v);
/* The same text, whatever its case in ASCII. */
bool words_same(struct view v, const char *text);
/* How many bytes at the front could be of such a name. */
size_t words_host_len(struct view v);

/* Is it a machine's name, and no word of a heading? */
bool words_names_host(struct view v);

/* Is it a date with a time of day, as date prints it, and nothing else? */
bool words_is_time(struct view v);

#endif
