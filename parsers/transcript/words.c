/*
 * Words and lines of borrowed text.
 */
#include "words.h"

#define HOST_MAX 253

bool
words_line(struct view *rest, struct view *line)
{
	if (rest->len == 0)
		return false;
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
	*line = view_of(rest->data, len);
	*rest = view_skip(*rest, end == NULL ? len : len + 1);
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	return true;
}

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

struct view
words_trim(struct view v)
{
	while (v.len > 0 && is_blank(v.data[0]))
		v = view_skip(v, 1);
	while (v.len > 0 && is_blank(v.data[v.len - 1]))
		v.len--;
	return v;
}

struct view
words_next(struct view *rest)
{
	*rest = words_trim(*rest);
	struct view word = view_of(rest->data, 0);
	if (rest->len > 0 && byte_among(rest->data[0], "'\"")) {
		const uint8_t *end =
			memchr(rest->data + 1, rest->data[0], rest->len - 1);
		size_t len = end == NULL ? rest->len - 1
					 : (size_t)(end - rest->data) - 1;
		word = view_of(rest->data + 1, len);
		*rest = view_skip(*rest, end == NULL ? rest->len : len + 2);
		return word;
	}
	while (word.len < rest->len && !is_blank(rest->data[word.len]))
		word.len++;
	*rest = view_skip(*rest, word.len);
	return word;
}

bool
words_begin(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.len >= n && memcmp(v.data, with, n) == 0;
}

bool
words_end(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.len >= n && memcmp(v.data + v.len - n, with, n) == 0;
}

size_t
words_find(struct view v, const char *what)
{
	const uint8_t *at =
		v.len == 0 ? NULL : memmem(v.data, v.len, what, strlen(what));
	return at == NULL ? v.len : (size_t)(at - v.data);
}

bool
words_letter(uint8_t byte)
{
	return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

bool
words_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

size_t
words_host_len(struct view v)
{
	size_t n = 0;
	while (n < v.len && n <= HOST_MAX &&
		(words_letter(v.data[n]) || words_digit(v.data[n]) ||
			byte_among(v.data[n], ".-_")))
		n++;
	return n;
}

bool
words_host(struct view v)
{
	return v.len > 0 && v.len <= HOST_MAX && words_host_len(v) == v.len &&
		(words_letter(v.data[0]) || words_digit(v.data[0]));
}
