/*
 * SHA-1 over the ordered tuple, by nettle.
 *
 *	0       2            6 or 18      10 or 34
 *	+-------+------------+------------+-------+---+---------+---------+
 *	| seed  | lower addr | upper addr | proto | 0 | l. port | u. port |
 *	+-------+------------+------------+-------+---+---------+---------+
 *
 * All in network byte order; an IPv4 address has 4 bytes, an IPv6 one 16.
 */
#include "stitch/community_id.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>

/* cite: IANA, Assigned Internet Protocol Numbers */
#define PROTOCOL_TCP 6
#define TUPLE_MAX (2 + 16 + 16 + 2 + 2 + 2)

_Static_assert(
	COMMUNITY_ID_MAX == 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1,
	"\"1:\", the hash and a NUL");

static size_t
put_be(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
	return bytes;
}

static size_t
put_address(uint8_t *at, struct ip_addr a)
{
	if (ip_is_v4(a))
		return put_be(at, a.lo & UINT32_MAX, 4);
	put_be(at, a.hi, 8);
	return 8 + put_be(at + 8, a.lo, 8);
}

static bool
is_above(struct ip_addr a, uint16_t a_port, struct ip_addr b, uint16_t b_port)
{
	if (a.hi != b.hi)
		return a.hi > b.hi;
	return a.lo != b.lo ? a.lo > b.lo : a_port > b_port;
}

const char *
community_id(struct ip_addr a, uint16_t a_port, struct ip_addr b,
	uint16_t b_port, char text[COMMUNITY_ID_MAX])
{
	uint8_t tuple[TUPLE_MAX] = {0};
	uint8_t hash[SHA1_DIGEST_SIZE];
	struct sha1_ctx state;
	size_t n = 2; /* the seed is 0 */
	if (is_above(a, a_port, b, b_port))
		return community_id(b, b_port, a, a_port, text);
	n += put_address(tuple + n, a);
	n += put_address(tuple + n, b);
	n += put_be(tuple + n, PROTOCOL_TCP << 8, 2);
	n += put_be(tuple + n, a_port, 2);
	n += put_be(tuple + n, b_port, 2);
	sha1_init(&state);
	sha1_update(&state, n, tuple);
	sha1_digest(&state, sizeof hash, hash);
	text[0] = '1';
	text[1] = ':';
	base64_encode_raw(text + 2, sizeof hash, hash);
	text[COMMUNITY_ID_MAX - 1] = '\0';
	return text;
}
