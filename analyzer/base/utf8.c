/*
 * One decoder of UTF-8 and one list of what is not fit to be shown.
 */
#include "base/utf8.h"

/* The bounds of the second byte and the length, by first byte. */
struct lead {
	uint8_t first, last; /* of the first byte */
	uint8_t len;
	uint8_t low, high; /* of the second byte */
};

/* cite: Unicode 15.0, table 3-7. */
static const struct lead leads[] = {
	{0xc2, 0xdf, 2, 0x80, 0xbf},
	{0xe0, 0xe0, 3, 0xa0, 0xbf},
	{0xe1, 0xec, 3, 0x80, 0xbf},
	{0xed, 0xed, 3, 0x80, 0x9f},
	{0xee, 0xef, 3, 0x80, 0xbf},
	{0xf0, 0xf0, 4, 0x90, 0xbf},
	{0xf1, 0xf3, 4, 0x80, 0xbf},
	{0xf4, 0xf4, 4, 0x80, 0x8f},
};

static const struct lead *
lead_find(uint8_t byte)
{
	for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	return NULL;
}

uint32_t
utf8_take(struct view *v)
{
	uint8_t first = v->data[0];
	*v = view_skip(*v, 1);
	if (first < 0x80)
		return first;
	const struct lead *lead = lead_find(first);
	if (!lead)
		return UTF8_REPLACEMENT;
	/* The first byte of a sequence of n keeps its low 7 - n bits. */
	uint32_t code = first & (0x7fu >> lead->len);
	uint8_t low = lead->low, high = lead->high;
	for (int i = 1; i < lead->len; i++) {
		if (v->len == 0 || v->data[0] < low || v->data[0] > high)
			return UTF8_REPLACEMENT;
		code = code << 6 | (v->data[0] & 0x3f);
		*v = view_skip(*v, 1);
		low = 0x80;
		high = 0xbf;
	}
	return code;
}

size_t
utf8_put(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

struct range {
	uint32_t first, last;
};

/*
 * cite: Unicode 15.0, UnicodeData.txt: general categories Cc, Cf, Zl and Zp;
 * and the blank letters that show nothing (Hangul fillers, braille blank).
 * Variation selectors stay: they change how the character before looks, and
 * emoji in file names carry them.
 */
static const struct range hidden[] = {
	{0x0000, 0x001f},
	{0x007f, 0x009f},
	{0x00ad, 0x00ad},
	{0x034f, 0x034f},
	{0x0600, 0x0605},
	{0x061c, 0x061c},
	{0x06dd, 0x06dd},
	{0x070f, 0x070f},
	{0x0890, 0x0891},
	{0x08e2, 0x08e2},
	{0x115f, 0x1160},
	{0x17b4, 0x17b5},
	{0x180e, 0x180e},
	{0x200b, 0x200f},
	{0x2028, 0x202e},
	{0x2060, 0x206f},
	{0x2800, 0x2800},
	{0x3164, 0x3164},
	{0xfdd0, 0xfdef},
	{0xfeff, 0xfeff},
	{0xffa0, 0xffa0},
	{0xfff0, 0xfffb},
	{0xfffe, 0xffff},
	{0x110bd, 0x110bd},
	{0x110cd, 0x110cd},
	{0x13430, 0x1345f},
	{0x1bca0, 0x1bca3},
	{0x1d173, 0x1d17a},
	{0xe0000, 0x10ffff},
};

bool
utf8_is_hidden(uint32_t code)
{
	if (code >= 0x20 && code < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (code <= hidden[i].last)
			return code >= hidden[i].first;
	return true;
}

int
utf8_columns(uint32_t code)
{
	return code < 0x1100 ? 1 : 2;
}

size_t
utf8_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	/* A byte of the form 10xxxxxx continues a character. */
	for (len = max; len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}
