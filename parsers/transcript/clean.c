/*
 * What a terminal draws with, taken away in place.
 *
 * cite: ECMA-48 sections 5.4 (control sequences: ESC [ parameters 0x30-0x3F,
 * intermediate 0x20-0x2F, final 0x40-0x7E) and 5.6 (control strings: up to BEL,
 * as xterm writes them, or ESC \).
 */
#include "parsers/transcript/transcript.h"
#include "cast.h"
#include "page.h"
#include "words.h"

#define ESC 0x1b
#define BEL 0x07
#define BACKSPACE 0x08

/* The length of an escape sequence at the front; at least 1. */
static size_t
escape_len(struct view v)
{
	size_t n = 2;
	if (v.len < 2)
		return v.len;
	if (v.data[1] == '[') {
		while (n < v.len && v.data[n] >= 0x20 && v.data[n] <= 0x3f)
			n++;
		return n < v.len && v.data[n] != '\n' ? n + 1 : n;
	}
	if (byte_among(v.data[1], "]P_^X")) {
		while (n < v.len && v.data[n] != BEL && v.data[n] != ESC &&
			v.data[n] != '\n')
			n++;
		if (n + 1 < v.len && v.data[n] == ESC && v.data[n + 1] == '\\')
			return n + 2;
		return n < v.len && v.data[n] == BEL ? n + 1 : n;
	}
	if (byte_among(v.data[1], "()*+#"))
		return v.len > 2 && v.data[2] != '\n' ? 3 : 2;
	return v.data[1] == '\n' ? 1 : 2;
}

static size_t
clean_drawing(uint8_t *bytes, size_t len)
{
	size_t out = 0;
	for (size_t i = 0; i < len;) {
		uint8_t byte = bytes[i];
		if (byte == ESC) {
			i += escape_len(view_of(bytes + i, len - i));
			continue;
		}
		i++;
		if (byte == '\r' || byte == BEL)
			continue;
		if (byte == BACKSPACE) {
			if (out > 0 && bytes[out - 1] != '\n')
				out--;
			continue;
		}
		bytes[out++] = byte;
	}
	return out;
}

/* Bytes of a blank that is none of ASCII, and whether it has a width.
 * cite: Unicode 15 (U+00A0, U+202F, U+200B, U+FEFF) */
static size_t
odd_blank(struct view v, bool *wide)
{
	*wide = true;
	if (view_begins(v, "\xc2\xa0"))
		return 2;
	if (view_begins(v, "\xe2\x80\xaf"))
		return 3;
	*wide = false;
	return view_begins(v, "\xe2\x80\x8b") || view_begins(v, "\xef\xbb\xbf")
		? 3
		: 0;
}

/* What a word processor makes of a quote and a dash as they are typed; 0 for
 * none. cite: Unicode 15, General Punctuation: U+2013, U+2014, U+201C to U+201F;
 * U+2018 and U+2019 stay, programs print them themselves */
static char
typeset(struct view v)
{
	static const char *const quotes[] = {"\xe2\x80\x9c", "\xe2\x80\x9d",
		"\xe2\x80\x9e", "\xe2\x80\x9f"};
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
		if (view_begins(v, quotes[i]))
			return '"';
	return view_begins(v, "\xe2\x80\x93") || view_begins(v, "\xe2\x80\x94")
		? '-'
		: 0;
}

/* "^M" at a line's end: a carriage return as cat -v and less show it. */
static bool
is_caret(struct view v)
{
	return view_begins(v, "^M") && (v.len == 2 || v.data[2] == '\n');
}

static size_t
clean_blanks(uint8_t *bytes, size_t len)
{
	size_t out = 0;
	for (size_t i = 0; i < len;) {
		bool wide;
		struct view v = view_of(bytes + i, len - i);
		size_t n = bytes[i] >= 0x80 ? odd_blank(v, &wide) : 0;
		char sign = bytes[i] == 0xe2 ? typeset(v) : 0;
		if (sign != 0) {
			bytes[out++] = (uint8_t)sign;
			n = 3;
		} else if (n > 0 && wide)
			bytes[out++] = ' ';
		else if (n == 0 && is_caret(v))
			n = 2;
		else if (n == 0)
			bytes[out++] = bytes[i];
		i += n > 0 ? n : 1;
	}
	return out;
}

size_t
transcript_clean(uint8_t *bytes, size_t len)
{
	len = page_play(bytes, cast_play(bytes, len));
	return clean_blanks(bytes, clean_drawing(bytes, len));
}
