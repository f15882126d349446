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

/* Longer lines are none that somebody typed: nothing is written over in them, so
 * that no line costs its length for each of its bytes. */
#define LINE_DRAWN_MAX 4096

/* A sequence that moves the pen; longer ones are passed over. */
#define ESCAPE_MAX 16

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

/* The line that is drawn: written over where the pen stands. */
struct drawing {
	uint8_t *bytes;
	size_t begin; /* of the line */
	size_t pen;   /* begin <= pen <= out */
	size_t out;
};

/* A character's bytes of UTF-8 are one place of the line. */
static bool
is_inner(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

static void
pen_left(struct drawing *d, size_t n)
{
	for (; n > 0 && d->pen > d->begin; n--)
		do
			d->pen--;
		while (d->pen > d->begin && is_inner(d->bytes[d->pen]));
}

static void
pen_right(struct drawing *d, size_t n)
{
	for (; n > 0 && d->pen < d->out; n--)
		do
			d->pen++;
		while (d->pen < d->out && is_inner(d->bytes[d->pen]));
}

/* Make room of n bytes at the pen for those of gone bytes behind it. */
static void
make_room(struct drawing *d, size_t gone, size_t n)
{
	uint8_t *at = d->bytes + d->pen;
	if (gone != n)
		memmove(at + n, at + gone, d->out - d->pen - gone);
	d->out = d->out - gone + n;
}

/* Bytes of the n characters behind the pen. */
static size_t
behind_pen(const struct drawing *d, size_t n)
{
	struct drawing probe = *d;
	pen_right(&probe, n);
	return probe.pen - d->pen;
}

static void
draw(struct drawing *d, uint8_t byte)
{
	if (byte == '\n')
		d->pen = d->out;
	if (d->pen < d->out)
		make_room(d, is_inner(byte) ? 0 : behind_pen(d, 1), 1);
	else
		d->out++;
	d->bytes[d->pen++] = byte;
	if (byte == '\n')
		d->begin = d->pen;
}

/* ESC [ N X, of which the X that move the pen and change the line count here; len
 * bytes long. Never more room than it has bytes itself. */
static void
take_escape(struct drawing *d, struct view v)
{
	uint64_t n = 1;
	if (v.len < 3 || v.data[1] != '[' ||
		(v.len > 3 &&
			!view_number(view_of(v.data + 2, v.len - 3),
				LINE_DRAWN_MAX, &n)))
		return;
	size_t room = n < v.len ? (size_t)n : v.len;
	switch (v.data[v.len - 1]) {
	case 'C':
		pen_right(d, (size_t)n);
		return;
	case 'D':
		pen_left(d, (size_t)n);
		return;
	case 'G':
		d->pen = d->begin;
		pen_right(d, (size_t)(n > 0 ? n - 1 : 0));
		return;
	case 'P':
		make_room(d, behind_pen(d, (size_t)n), 0);
		return;
	case '@':
		make_room(d, 0, room);
		memset(d->bytes + d->pen, ' ', room);
		return;
	case 'J':
	case 'K': /* 0, or nothing: from here on; 1: what was before, too */
		if (v.len == 3 || v.data[2] == '0')
			d->out = d->pen;
		return;
	default:
		return;
	}
}

static size_t
clean_drawing(uint8_t *bytes, size_t len)
{
	struct drawing d = {.bytes = bytes};
	for (size_t i = 0; i < len;) {
		uint8_t byte = bytes[i];
		bool drawn = d.out - d.begin < LINE_DRAWN_MAX;
		size_t n = byte == ESC ? escape_len(view_of(bytes + i, len - i))
				       : 1;
		/* The bytes may be overwritten while they are drawn. */
		uint8_t escape[ESCAPE_MAX];
		if (byte == ESC && drawn && n <= sizeof escape) {
			memcpy(escape, bytes + i, n);
			take_escape(&d, view_of(escape, n));
		}
		i += n;
		if (!drawn && byte != '\n')
			d.pen = d.out;
		/* NUL fills time and has no place.
		 * cite: ECMA-48 section 8.3, NUL */
		if (byte == ESC || byte == BEL || byte == '\0')
			continue;
		if (byte == '\r')
			d.pen = drawn ? d.begin : d.out;
		else if (byte == BACKSPACE)
			pen_left(&d, drawn ? 1 : 0);
		else
			draw(&d, byte);
	}
	return d.out;
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
	static const char *const quotes[] = {
		"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x9f"};
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
