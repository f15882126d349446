/*
 * Taking numbers and words off the front of a line; see cursor.h.
 */
#include "parsers/log/cursor.h"

bool
cursor_digits(struct cursor *c, int n, int *out)
{
	if (cursor_left(c) < (size_t)n)
		return false;
	int x = 0;
	for (int i = 0; i < n; i++) {
		if (!byte_digit(c->p[i]))
			return false;
		x = x * 10 + c->p[i] - '0';
	}
	c->p += n;
	*out = x;
	return true;
}

bool
cursor_number(struct cursor *c, int max, int64_t *out)
{
	int64_t x = 0;
	int n = 0;
	for (; n < max && byte_digit(cursor_peek(c)); n++)
		x = x * 10 + *c->p++ - '0';
	*out = x;
	return n > 0 && !byte_digit(cursor_peek(c));
}

bool
cursor_until(struct cursor *c, char stop, struct view *out)
{
	if (c->p == c->end)
		return false;
	const uint8_t *at = memchr(c->p, stop, cursor_left(c));
	if (at == NULL)
		return false;
	*out = view_of(c->p, (size_t)(at - c->p));
	c->p = at + 1;
	return true;
}

struct view
cursor_token(struct cursor *c)
{
	const uint8_t *first = c->p;
	while (c->p < c->end && *c->p != ' ')
		c->p++;
	return view_of(first, (size_t)(c->p - first));
}
