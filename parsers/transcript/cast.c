/*
 * One pass: what is written is never longer than what it is read from.
 */
#include "cast.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "base/utf8.h"

#define UNICODE_LEN 4 /* hex digits behind \u; cite: RFC 8259 section 7 */

static struct view
skip_blanks(struct view v)
{
	while (v.len > 0 && byte_among(v.data[0], " \t"))
		v = view_skip(v, 1);
	return v;
}

/* {"version": 2, ... and a line behind it that begins an event. */
static bool
is_cast(struct view text)
{
	static const char key[] = "\"version\":";
	struct view line;
	if (!view_begins(text, "{") || !line_next(&text, &line))
		return false;
	size_t at = view_find(line, key);
	if (at == TEXT_NOWHERE)
		return false;
	struct view version = skip_blanks(view_skip(line, at + sizeof key - 1));
	return version.len > 1 && byte_among(version.data[0], "23") &&
		!byte_digit(version.data[1]) && view_begins(text, "[");
}

/* The string of an event of output, from behind its first quote; false for
 * another line. */
static bool
output_of(struct view line, struct view *text)
{
	if (!view_begins(line, "["))
		return false;
	line = skip_blanks(view_skip(line, 1));
	while (line.len > 0 &&
		(byte_digit(line.data[0]) || byte_among(line.data[0], ".eE+-")))
		line = view_skip(line, 1);
	line = skip_blanks(line);
	if (!view_begins(line, ","))
		return false;
	line = skip_blanks(view_skip(line, 1));
	if (!view_begins(line, "\"o\""))
		return false;
	line = skip_blanks(view_skip(line, 3));
	if (!view_begins(line, ","))
		return false;
	line = skip_blanks(view_skip(line, 1));
	if (!view_begins(line, "\""))
		return false;
	*text = view_skip(line, 1);
	return true;
}

static bool
hex_read(struct view v, uint32_t *code)
{
	*code = 0;
	if (v.len < UNICODE_LEN)
		return false;
	for (size_t i = 0; i < UNICODE_LEN; i++) {
		uint8_t c = v.data[i];
		uint32_t digit;
		if (byte_digit(c))
			digit = (uint32_t)c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)(c | 0x20) - 'a' + 10;
		else
			return false;
		*code = *code << 4 | digit;
	}
	return true;
}

/* A code point behind "\u", maybe of two halves; what is none is shown as such.
 * cite: RFC 8259 section 7; Unicode 15 section 3.9, table 3-5 */
static size_t
unicode_take(struct view *v, uint8_t *to)
{
	uint32_t code;
	uint32_t low;
	if (!hex_read(*v, &code))
		return 0;
	*v = view_skip(*v, UNICODE_LEN);
	if (code >= 0xd800 && code < 0xdc00 && view_begins(*v, "\\u") &&
		hex_read(view_skip(*v, 2), &low) && low >= 0xdc00 &&
		low < 0xe000) {
		*v = view_skip(*v, 2 + UNICODE_LEN);
		code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
	} else if (code >= 0xd800 && code < 0xe000) {
		code = UTF8_REPLACEMENT;
	}
	char bytes[8];
	size_t n = utf8_put(code, bytes);
	memcpy(to, bytes, n);
	return n;
}

/* The string's bytes, to its closing quote or to the end of what there is. */
static size_t
string_play(struct view v, uint8_t *to)
{
	size_t out = 0;
	while (v.len > 0 && v.data[0] != '"') {
		uint8_t byte = v.data[0];
		v = view_skip(v, 1);
		if (byte != '\\' || v.len == 0) {
			to[out++] = byte;
			continue;
		}
		byte = v.data[0];
		v = view_skip(v, 1);
		if (byte == 'u')
			out += unicode_take(&v, to + out);
		else
			to[out++] = byte == 'n' ? '\n'
				: byte == 'r'   ? '\r'
				: byte == 't'   ? '\t'
				: byte == 'b'   ? '\b'
				: byte == 'f'   ? '\f'
						: byte;
	}
	return out;
}

size_t
cast_play(uint8_t *bytes, size_t len)
{
	struct view rest = view_of(bytes, len);
	struct view line;
	struct view text;
	size_t out = 0;
	if (!is_cast(rest))
		return len;
	while (line_next(&rest, &line))
		if (output_of(line, &text))
			out += string_play(text, bytes + out);
	return out;
}
