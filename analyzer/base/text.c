/*
 * Lines, words and numbers of borrowed text: see text.h.
 */
#include "base/text.h"

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

size_t
view_find(struct view v, const char *what)
{
	if (v.len == 0)
		return TEXT_NOWHERE;
	const uint8_t *at = memmem(v.data, v.len, what, strlen(what));
	return at == NULL ? TEXT_NOWHERE : (size_t)(at - v.data);
}

size_t
view_find_last(struct view v, char what)
{
	for (size_t i = v.len; i > 0; i--)
		if (v.data[i - 1] == (uint8_t)what)
			return i - 1;
	return TEXT_NOWHERE;
}

struct view
view_first(struct view v, size_t n)
{
	return view_of(v.data, n < v.len ? n : v.len);
}

struct view
view_trim(struct view v)
{
	while (v.len > 0 && (is_blank(v.data[0]) || v.data[0] == '\r'))
		v = view_skip(v, 1);
	while (v.len > 0 &&
		(is_blank(v.data[v.len - 1]) || v.data[v.len - 1] == '\r' ||
			v.data[v.len - 1] == '\n'))
		v.len--;
	return v;
}

struct view
view_between(struct view v, const char *open, const char *close)
{
	size_t at = view_find(v, open);
	if (at == TEXT_NOWHERE)
		return view_of(v.data, 0);
	v = view_skip(v, at + strlen(open));
	size_t end = view_find(v, close);
	return view_first(v, end == TEXT_NOWHERE ? 0 : end);
}

bool
line_next(struct view *rest, struct view *line)
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

struct view
word_next(struct view *rest)
{
	size_t i = 0;
	while (i < rest->len && is_blank(rest->data[i]))
		i++;
	size_t first = i;
	while (i < rest->len && !is_blank(rest->data[i]))
		i++;
	struct view word = view_of(rest->data + first, i - first);
	*rest = view_skip(*rest, i);
	return word;
}

struct view
word_after(struct view line, const char *key)
{
	struct view word;
	while ((word = word_next(&line)).len > 0)
		if (view_is(word, key))
			return word_next(&line);
	return view_str("");
}

size_t
words_split(struct view line, struct view *words, size_t max)
{
	size_t n = 0;
	while (n < max) {
		struct view word = word_next(&line);
		if (word.len == 0)
			break;
		words[n++] = word;
	}
	return n;
}

size_t
words_count(struct view line)
{
	size_t n = 0;
	while (word_next(&line).len > 0)
		n++;
	return n;
}

static int
digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

enum number
number_read(struct view v, int base, int64_t *out)
{
	bool negative = base == 10 && v.len > 0 && v.data[0] == '-';
	int64_t n = 0;
	bool range = false;

	if (negative)
		v = view_skip(v, 1);
	if (v.len == 0)
		return NUMBER_NONE;
	for (size_t i = 0; i < v.len; i++) {
		int digit = digit_of(v.data[i]);
		if (digit >= base)
			return NUMBER_NONE;
		range = range || __builtin_mul_overflow(n, base, &n) ||
			__builtin_add_overflow(n, digit, &n);
	}
	if (range)
		return NUMBER_RANGE;
	*out = negative ? -n : n;
	return NUMBER_GOOD;
}

bool
is_number(struct view v)
{
	int64_t n;
	return number_read(v, 10, &n) != NUMBER_NONE;
}

bool
is_hex(struct view v, size_t digits)
{
	if (v.len != digits)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (digit_of(v.data[i]) >= 16)
			return false;
	return true;
}

enum number
decimal_read(struct view v, unsigned places, int64_t *out)
{
	if (view_ends(v, "%"))
		v.len--;
	size_t point = 0;
	while (point < v.len && v.data[point] != '.' && v.data[point] != ',')
		point++;
	enum number got = number_read(view_first(v, point), 10, out);
	if (got != NUMBER_GOOD)
		return got;
	for (unsigned i = 0; i < places; i++) {
		size_t at = point + 1 + i;
		int digit = at < v.len ? digit_of(v.data[at]) : 0;
		if (digit > 9)
			return NUMBER_NONE;
		if (*out < 0)
			digit = -digit;
		if (__builtin_mul_overflow(*out, 10, out) ||
			__builtin_add_overflow(*out, digit, out))
			return NUMBER_RANGE;
	}
	for (size_t at = point + 1 + places; at < v.len; at++)
		if (digit_of(v.data[at]) > 9)
			return NUMBER_NONE;
	return NUMBER_GOOD;
}

size_t
view_indent(struct view v)
{
	size_t n = 0;
	while (n < v.len && byte_among(v.data[n], " \t"))
		n++;
	return n;
}

/* Counted sixteen bytes at a time. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* Sums of one lane stay below 256. */
#define ROUNDS_MAX 255

size_t
lines_count(struct view v)
{
	size_t count = 0;
	const uint8_t *p = v.data;
	size_t left = v.len;
	while (left >= sizeof(bytes16)) {
		bytes16 sums = {0};
		size_t rounds = left / sizeof sums;
		if (rounds > ROUNDS_MAX)
			rounds = ROUNDS_MAX;
		left -= rounds * sizeof sums;
		for (; rounds > 0; rounds--, p += sizeof sums) {
			bytes16 x;
			memcpy(&x, p, sizeof x);
			sums -= (bytes16)(x == (uint8_t)'\n');
		}
		for (size_t i = 0; i < sizeof sums; i++)
			count += sums[i];
	}
	for (; left > 0; left--)
		count += *p++ == '\n';
	return count;
}
