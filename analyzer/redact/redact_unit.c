/*
 * Words in text from outside: where they end, and which of them stay.
 */
#include <string.h>

#include "redact/redactor_text.h"

/* Interfaces and processors are numbered from these; the numbers say nothing. */
static const char *const numbered[] = {"eth", "ens", "eno", "enp", "enx",
	"bond", "br", "docker", "wlan", "tun", "tap", "wg", "veth", "ifb",
	"cpu", "CPU", "rx", "tx", "queue", "swapper"};

/* Letters that follow a number as its unit: 12ms, 1024kB, 04.123Z. */
#define SUFFIX_MAX 2

size_t
redact_unit(struct view t, size_t at)
{
	size_t n = at + 1;
	while (n < t.len) {
		uint8_t c = t.data[n];
		bool joins = (c == '.' || c == '-') && n + 1 < t.len &&
			redact_is_word(t.data[n + 1]);
		if (!redact_is_word(c) && !joins)
			break;
		/* ip-10-0-0-1, v10.0.0.1: the address is a thing of its own. */
		if (byte_digit(c) && !byte_digit(t.data[n - 1]) &&
			redact_quad_at(t, n))
			break;
		n++;
	}
	/* Up to the sign before an address. */
	return n - at;
}

/* Digits, with the signs that dates, times and decimals have. */
static bool
is_number(struct view u)
{
	size_t n = 0;
	while (n < u.len &&
		(byte_digit(u.data[n]) || byte_among(u.data[n], ".-_TZ")))
		n++;
	if (!byte_digit(u.data[0]))
		return false;
	size_t letters = u.len - n;
	return letters == 0 ||
		(letters <= SUFFIX_MAX && u.data[n] < 0x80 &&
			u.data[u.len - 1] < 0x80);
}

/* 0x1f; longer ones may be addresses. */
static bool
is_short_hex(struct view u)
{
	if (u.len < 3 || u.len > 6 || u.data[0] != '0' || u.data[1] != 'x')
		return false;
	for (size_t i = 2; i < u.len; i++)
		if (!byte_digit(u.data[i]) &&
			!((u.data[i] | 0x20) >= 'a' &&
				(u.data[i] | 0x20) <= 'f'))
			return false;
	return true;
}

static bool
is_numbered(struct view u)
{
	for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
		size_t n = strlen(numbered[i]);
		if (u.len <= n || u.len > n + 6 ||
			memcmp(u.data, numbered[i], n) != 0)
			continue;
		while (n < u.len &&
			(byte_digit(u.data[n]) || byte_among(u.data[n], "spf")))
			n++;
		if (n == u.len)
			return true;
	}
	return false;
}

bool
redact_unit_stays(const struct redactor *r, struct view u)
{
	while (u.len > 0 &&
		(u.data[u.len - 1] == '-' || u.data[u.len - 1] == '.'))
		u.len--;
	return u.len <= 1 || is_number(u) || is_short_hex(u) ||
		is_numbered(u) || words_has(&r->vocabulary, u);
}

/* Names of the samples' hosts look like web-01; words of ours do not. */
static bool
like_a_host(struct view u)
{
	bool dash = false;
	bool digit = false;
	for (size_t i = 0; i < u.len; i++) {
		dash |= u.data[i] == '-';
		digit |= byte_digit(u.data[i]);
	}
	return dash && digit;
}

void
redactor_know(struct redactor *r, struct view text)
{
	size_t at = 0;
	while (at < text.len) {
		if (!redact_is_word(text.data[at])) {
			at++;
			continue;
		}
		size_t n = redact_unit(text, at);
		struct view unit = view_of(text.data + at, n);
		if (!like_a_host(unit))
			words_add(&r->vocabulary, unit);
		at += n;
	}
}
