/*
 * Words and lines of borrowed text.
 */
#include "words.h"

#include <strings.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

#define HOST_MAX 253 /* cite: RFC 1035 section 2.3.4 */

struct view
words_next(struct view *rest)
{
	*rest = view_trim(*rest);
	struct view word = view_of(rest->data, 0);
	if (rest->len == 0)
		return word; /* which may lie nowhere */
	if (byte_among(rest->data[0], "'\"")) {
		const uint8_t *end =
			memchr(rest->data + 1, rest->data[0], rest->len - 1);
		size_t len = end == NULL ? rest->len - 1
					 : (size_t)(end - rest->data) - 1;
		word = view_of(rest->data + 1, len);
		*rest = view_skip(*rest, end == NULL ? rest->len : len + 2);
		return word;
	}
	while (word.len < rest->len && !byte_among(rest->data[word.len], " \t"))
		word.len++;
	*rest = view_skip(*rest, word.len);
	return word;
}

size_t
words_find(struct view v, const char *what)
{
	size_t at = view_find(v, what);
	return at == TEXT_NOWHERE ? v.len : at;
}

bool
words_same(struct view v, const char *text)
{
	return v.len == strlen(text) &&
		strncasecmp((const char *)v.data, text, v.len) == 0;
}

size_t
words_host_len(struct view v)
{
	size_t n = 0;
	while (n < v.len && n <= HOST_MAX &&
		(byte_letter(v.data[n]) || byte_digit(v.data[n]) ||
			byte_among(v.data[n], ".-_")))
		n++;
	return n;
}

bool
words_host(struct view v)
{
	return v.len > 0 && v.len <= HOST_MAX && words_host_len(v) == v.len &&
		(byte_letter(v.data[0]) || byte_digit(v.data[0]));
}

/* Files have names with dots as machines do. */
static const char *const file_ends[] = {".log", ".txt", ".conf", ".json", ".md",
	".gz", ".xz", ".csv", ".yaml", ".yml", ".pcap", ".out"};

bool
words_names_host(struct view v)
{
	bool letter = false;
	bool odd = view_is(v, "client") || view_is(v, "server");
	if (!words_host(v))
		return false;
	for (size_t i = 0; i < COUNT(file_ends); i++)
		if (view_ends(v, file_ends[i]))
			return false;
	for (size_t i = 0; i < v.len; i++) {
		letter = letter || byte_letter(v.data[i]);
		odd = odd || byte_digit(v.data[i]) ||
			byte_among(v.data[i], ".-");
	}
	return letter && odd;
}

bool
words_is_time(struct view v)
{
	size_t colons = 0;
	size_t digits = 0;
	v = view_trim(v);
	if (v.len < 17 || v.len > 40)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		bool letter = byte_letter(v.data[i]) || v.data[i] >= 0x80;
		if (!letter && !byte_digit(v.data[i]) &&
			!byte_among(v.data[i], " :.,-+/T"))
			return false;
		digits += byte_digit(v.data[i]);
		colons += v.data[i] == ':' && i > 1 && i + 2 < v.len &&
			byte_digit(v.data[i - 1]) && byte_digit(v.data[i + 1]);
	}
	return colons >= 2 && digits >= 11;
}
