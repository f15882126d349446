/*
 * Borrowed bytes and their big- and little-endian loads.
 *
 * A view never owns what it points at; pointer and length travel together.
 * The loads take a pointer to bytes that the caller has already bounded: take
 * the whole fixed header or stop, then read inside it.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of bytes; data may be NULL only when len is 0. */
struct view {
	const uint8_t *data;
	size_t len; /* bytes */
};

static inline struct view
view_of(const void *data, size_t len)
{
	return (struct view){.data = data, .len = len};
}

/* The bytes of a NUL-terminated string, without its NUL. */
static inline struct view
view_str(const char *text)
{
	return view_of(text, strlen(text));
}

/* Drop n bytes (n <= len) from the front. */
static inline struct view
view_skip(struct view v, size_t n)
{
	/* NULL of an empty view: C has no NULL + 0. */
	return view_of(n > 0 ? v.data + n : v.data, v.len - n);
}

static inline bool
view_equal(struct view a, struct view b)
{
	return a.len == b.len &&
		(a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
view_is(struct view v, const char *text)
{
	return view_equal(v, view_str(text));
}

/* Is the byte one of a set's characters? Never true for NUL. */
static inline bool
byte_among(uint8_t byte, const char *set)
{
	for (; *set != '\0'; set++)
		if (byte == (uint8_t)*set)
			return true;
	return false;
}

static inline bool
view_begins(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.len >= n && memcmp(v.data, with, n) == 0;
}

static inline bool
view_ends(struct view v, const char *with)
{
	size_t n = strlen(with);
	return v.len >= n && memcmp(v.data + v.len - n, with, n) == 0;
}

/* ASCII, whatever the locale says. */
static inline bool
byte_digit(uint8_t x)
{
	return x >= '0' && x <= '9';
}

static inline bool
byte_letter(uint8_t x)
{
	return (x | 0x20) >= 'a' && (x | 0x20) <= 'z';
}

/* All of v is decimal digits and at most max: no sign, no blanks, no rest. */
static inline bool
view_number(struct view v, uint64_t max, uint64_t *out)
{
	uint64_t sum = 0;
	if (v.len == 0)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		uint64_t digit = v.data[i] - (uint64_t)'0';
		if (digit > 9 || digit > max || sum > (max - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*out = sum;
	return true;
}

static inline uint16_t
load_be16(const uint8_t *p)
{
	uint16_t x;
	memcpy(&x, p, sizeof x);
	return __builtin_bswap16(x);
}

static inline uint32_t
load_be32(const uint8_t *p)
{
	uint32_t x;
	memcpy(&x, p, sizeof x);
	return __builtin_bswap32(x);
}

static inline uint64_t
load_be64(const uint8_t *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return __builtin_bswap64(x);
}

static inline uint16_t
load_le16(const uint8_t *p)
{
	uint16_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

static inline uint32_t
load_le32(const uint8_t *p)
{
	uint32_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

static inline uint64_t
load_le64(const uint8_t *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the loads above assume a little-endian host"
#endif

#endif
