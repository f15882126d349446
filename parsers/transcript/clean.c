/*
 * What a terminal draws with, taken away in place.
 *
 * cite: ECMA-48 sections 5.4 (control sequences: ESC [ parameters 0x30-0x3F,
 * intermediate 0x20-0x2F, final 0x40-0x7E) and 5.6 (control strings: up to BEL,
 * as xterm writes them, or ESC \).
 */
#include "parsers/transcript/transcript.h"
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

/* Nine of ten lines, so that an empty line without the sign is allowed. */
static bool
is_quoted(struct view text)
{
	size_t lines = 0;
	size_t quoted = 0;
	struct view line;
	while (line_next(&text, &line)) {
		if (view_trim(line).len == 0)
			continue;
		lines++;
		quoted += line.data[0] == '>';
	}
	return lines > 2 && quoted * 10 >= lines * 9;
}

static size_t
clean_quotes(uint8_t *bytes, size_t len)
{
	size_t out = 0;
	bool start = true;
	for (size_t i = 0; i < len; i++) {
		if (start && bytes[i] == '>') {
			if (i + 1 < len && bytes[i + 1] == ' ')
				i++;
			start = false;
			continue;
		}
		start = bytes[i] == '\n';
		bytes[out++] = bytes[i];
	}
	return out;
}

size_t
transcript_clean(uint8_t *bytes, size_t len)
{
	len = clean_drawing(bytes, len);
	if (is_quoted(view_of(bytes, len)))
		len = clean_quotes(bytes, len);
	return len;
}
