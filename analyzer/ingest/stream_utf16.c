/*
 * Units of 16 bits to UTF-8, however the bytes are cut.
 *
 * spec: Unicode 15 section 3.9 (UTF-16, D91), section 23.8 (byte order mark)
 */
#include "ingest/stream_utf16.h"

#include "base/utf8.h"

#define MARK 0xfeff /* U+FEFF, section 23.8 */

/* Units that must look like ASCII where no mark stands before them. */
#define SURE_UNITS 3

static bool
is_plain(uint8_t x)
{
	return (x >= 0x20 && x < 0x7f) || x == '\t' || x == '\r' || x == '\n';
}

bool
utf16_recognise(struct view head, bool *big)
{
	if (head.len < 4)
		return false;
	*big = head.data[0] == 0xfe && head.data[1] == 0xff;
	/* FF FE 00 00 would be UTF-32. */
	if (*big || (head.data[0] == 0xff && head.data[1] == 0xfe))
		return head.data[2] != 0 || head.data[3] != 0;
	if (head.len < 2 * SURE_UNITS)
		return false;
	*big = head.data[0] == 0;
	for (size_t i = 0; i < SURE_UNITS; i++)
		if (head.data[2 * i + !*big] != 0 ||
			!is_plain(head.data[2 * i + *big]))
			return false;
	return true;
}

/* The code point that a unit completes; false when its pair goes on. */
static bool
unit_take(struct utf16 *u, uint16_t unit, uint32_t *code)
{
	uint16_t high = u->high;
	u->high = 0;
	if (unit >= 0xd800 && unit < 0xdc00) {
		u->high = unit;
		*code = UTF8_REPLACEMENT;
		return high != 0;
	}
	*code = unit;
	if (unit >= 0xdc00 && unit < 0xe000)
		*code = high == 0
			? UTF8_REPLACEMENT
			: 0x10000 + ((uint32_t)(high - 0xd800) << 10) + unit -
				0xdc00;
	return true;
}

/* What is left of a character, as far as there is room. */
static size_t
left_flush(struct utf16 *u, uint8_t *out, size_t room)
{
	size_t n = u->left_len < room ? u->left_len : room;
	if (n > 0)
		memcpy(out, u->left, n);
	memmove(u->left, u->left + n, u->left_len - n);
	u->left_len = (uint8_t)(u->left_len - n);
	return n;
}

size_t
utf16_run(struct utf16 *u, struct view *in, uint8_t *out, size_t room)
{
	size_t made = left_flush(u, out, room);
	while (in->len > 0 && made < room) {
		uint8_t x = in->data[0];
		*in = view_skip(*in, 1);
		if (!u->has_half) {
			u->half = x;
			u->has_half = true;
			continue;
		}
		u->has_half = false;
		uint16_t unit = (uint16_t)(u->big ? u->half << 8 | x
						  : x << 8 | u->half);
		bool mark = !u->begun && unit == MARK;
		u->begun = true;
		uint32_t code;
		if (mark || !unit_take(u, unit, &code))
			continue;
		u->left_len = (uint8_t)utf8_put(code, u->left);
		made += left_flush(u, out + made, room - made);
	}
	return made;
}
