/*
 * Reading text that may hold any bytes.
 *
 * Names and log lines come from evidence: they may be no UTF-8, steer a
 * terminal or turn the reading direction round. Every writer takes its text
 * apart here, so that all of them agree on what is safe to show.
 *
 * spec: RFC 3629; Unicode 15.0 section 3.9, table 3-7 (well-formed bytes).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* What stands for bytes that are no UTF-8: the replacement character. */
#define UTF8_REPLACEMENT 0xfffdu

/*
 * Take the first code point off *v, which must not be empty. Bytes that are no
 * well-formed UTF-8 give UTF8_REPLACEMENT once for each longest run that could
 * have begun a character, as Unicode section 3.9 recommends; at least one byte
 * is always taken.
 */
uint32_t utf8_take(struct view *v);

/* How many of text's len bytes fit in max, without cutting a character in two; of
 * bytes that are no UTF-8 it may be fewer. Never more than len. */
size_t utf8_cut(const char *text, size_t len, size_t max);

/* Write a code point (a scalar value) to out, at most 4 bytes; their number. */
size_t utf8_put(uint32_t code, char out[4]);

/*
 * True for what must not be shown as it is: control characters, bidirectional
 * controls, line separators, invisible format characters and non-characters.
 */
bool utf8_is_hidden(uint32_t code);

/* Columns on a terminal; never less than the truth for what is not hidden
 * (combining marks count one, everything from Hangul on counts two). */
int utf8_columns(uint32_t code);

#endif
