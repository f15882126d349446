/*
 * Where does any of these words occur? At more than a gigabyte a second.
 *
 * Every word is known by one run of LITERAL_MIN bytes in it, the one that is
 * least likely in logs. The text is sampled at every third byte: four bytes
 * there are hashed into a bitmap. A run of six bytes holds exactly one sampled
 * group of four, so nothing is missed, and two of three bytes are never looked
 * at. Only where the bitmap says "perhaps" are words compared.
 *
 * Case-sensitive, any bytes. Plain C; no instruction set is asked for.
 */
#ifndef PARSERS_PATTERNS_LITERALS_H
#define PARSERS_PATTERNS_LITERALS_H

#include <stdint.h>

#include "base/bytes.h"

/* Bytes of the shortest word: a group and the two other places where it may
   begin. Shorter ones would be found everywhere. */
#define LITERAL_MIN 6

/* Words in one set; its entries are numbered with 16 bits, STRIDE a word. */
#define LITERALS_MAX 12289

struct literals;

/*
 * words are copied; each must have LITERAL_MIN bytes at least and no newline,
 * count at most LITERALS_MAX (asserted). Freed with literals_free.
 */
struct literals *literals_new(const struct view *words, size_t count);
void literals_free(struct literals *l);

/*
 * A position at or behind `from` that is inside an occurrence of a word which
 * begins at or behind `from`, or text.len when there is none. Occurrences are
 * found in order of lines: no line before that of the position has one.
 */
size_t literals_find(const struct literals *l, struct view text, size_t from);

/* Set the bit of every word (its index in words) that occurs in text. bits
   has a bit for each word; the caller cleared it. */
void literals_all(const struct literals *l, struct view text, uint64_t *bits);

#endif
