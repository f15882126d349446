/*
 * Words and lines of borrowed text, for this room. Nothing follows the locale.
 */
#ifndef PARSERS_TRANSCRIPT_WORDS_H
#define PARSERS_TRANSCRIPT_WORDS_H

#include <stdbool.h>

#include "base/bytes.h"

/* Take a line (without LF or CR LF) off the front; false at the end. */
bool words_line(struct view *rest, struct view *line);
/* Without blanks and tabs at either side. */
struct view words_trim(struct view v);
/* Take a word off the front; empty when there is none. A text in quotes is one
 * word, without them. */
struct view words_next(struct view *rest);
bool words_begin(struct view v, const char *with);
bool words_end(struct view v, const char *with);
/* Offset of the first occurrence, or v.len. */
size_t words_find(struct view v, const char *what);
bool words_letter(uint8_t byte);
bool words_digit(uint8_t byte);

/* A machine's name as prompts and headers have it: letters, digits, dots,
 * dashes, at most 253 (RFC 1035 section 2.3.4), beginning with a letter or
 * digit. */
bool words_host(struct view v);
/* How many bytes at the front could be of such a name. */
size_t words_host_len(struct view v);

#endif
