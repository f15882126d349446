/*
 * A place in a line, which moves forward and never past the end. Functions that
 * take something say whether it was there.
 */
#ifndef PARSERS_LOG_CURSOR_H
#define PARSERS_LOG_CURSOR_H

#include <stdbool.h>

#include "base/bytes.h"

/* Reads forward in a line and never past its end. */
struct cursor {
	const uint8_t *p;
	const uint8_t *end;
};

static inline struct cursor
cursor_of(struct view v)
{
	if (v.len == 0)
		return (struct cursor){0};
	return (struct cursor){.p = v.data, .end = v.data + v.len};
}

static inline size_t
cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

static inline struct view
cursor_rest(const struct cursor *c)
{
	return view_of(c->p, cursor_left(c));
}

/* The next byte, or NUL at the end. */
static inline uint8_t
cursor_peek(const struct cursor *c)
{
	return c->p < c->end ? *c->p : 0;
}

static inline bool
cursor_take(struct cursor *c, char x)
{
	if (c->p == c->end || *c->p != (uint8_t)x)
		return false;
	c->p++;
	return true;
}

static inline bool
cursor_take_text(struct cursor *c, const char *text)
{
	size_t n = strlen(text);
	if (cursor_left(c) < n || memcmp(c->p, text, n) != 0)
		return false;
	c->p += n;
	return true;
}

static inline void
cursor_skip_spaces(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

/* Exactly n digits. */
bool cursor_digits(struct cursor *c, int n, int *out);

/* 1 to max digits (max <= 18). */
bool cursor_number(struct cursor *c, int max, int64_t *out);

/* Bytes up to stop, which is passed; false when stop is missing. */
bool cursor_until(struct cursor *c, char stop, struct view *out);

/* Bytes up to the next space or the end; spaces behind it are left. */
struct view cursor_token(struct cursor *c);

#endif
