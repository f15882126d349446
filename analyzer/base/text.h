/*
 * Lines, words and numbers of borrowed text.
 *
 * Words are separated by blanks and tabs. What can be asked of any view,
 * view_is and the like, is in bytes.h. Nothing here follows the locale, and
 * nothing looks behind the view.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define TEXT_NOWHERE SIZE_MAX

enum number {
	NUMBER_GOOD,
	NUMBER_NONE,  /* not a number */
	NUMBER_RANGE, /* does not fit int64_t */
};

/* Offset of the first occurrence, or TEXT_NOWHERE. */
size_t view_find(struct view v, const char *what);
size_t view_find_last(struct view v, char what);
static inline bool
view_has(struct view v, const char *what)
{
	return view_find(v, what) != TEXT_NOWHERE;
}
/* The first n bytes, or all if there are fewer. */
struct view view_first(struct view v, size_t n);
/* Without blanks, tabs and line ends at either side. */
struct view view_trim(struct view v);
/* What stands between the two strings, or an empty view. */
struct view view_between(struct view v, const char *open, const char *close);

/* Take a line (without LF or CR LF) off the front; false when rest is empty. */
bool line_next(struct view *rest, struct view *line);
/* Newlines in v; about 20 bytes a nanosecond. */
size_t lines_count(struct view v);
/* Blanks and tabs in front, bytes. */
size_t view_indent(struct view v);
/* Take a word off the front; an empty view when there is none. */
struct view word_next(struct view *rest);

/* The word behind the word key; "" when either is not there. A part of line. */
struct view word_after(struct view line, const char *key);
size_t words_count(struct view line);
/* Split into at most max words; returns how many were stored. */
size_t words_split(struct view line, struct view *words, size_t max);

/* All of v as a number of base 10 or 16; a sign only before base 10. */
enum number number_read(struct view v, int base, int64_t *out);
bool is_number(struct view v);
/* All of v is hexadecimal digits, digits of them. */
bool is_hex(struct view v, size_t digits);
/*
 * "12.345" (or "12,345", as some locales have it) times 10^places, cut, not
 * rounded; a % at the end is ignored.
 */
enum number decimal_read(struct view v, unsigned places, int64_t *out);

#endif
