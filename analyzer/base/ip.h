/*
 * One address type for IPv4 and IPv6.
 *
 * Two host-order words, so that comparing and hashing cost two loads. An IPv4
 * address is held as the IPv4-mapped IPv6 address ::ffff:a.b.c.d (RFC 4291
 * section 2.5.5.2) and written back in dotted form.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct ip_addr {
	uint64_t hi;
	uint64_t lo;
};

#define IP_V4_MAPPED (UINT64_C(0xffff) << 32)

static inline struct ip_addr
ip_from_v4(uint32_t host_order)
{
	return (struct ip_addr){.hi = 0, .lo = IP_V4_MAPPED | host_order};
}

/* p points at the 16 bytes of an IPv6 address in network order. */
static inline struct ip_addr
ip_from_v6(const uint8_t *p)
{
	return (struct ip_addr){.hi = load_be64(p), .lo = load_be64(p + 8)};
}

static inline bool
ip_equal(struct ip_addr a, struct ip_addr b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

/* The order of their numbers, IPv4 as mapped. */
static inline bool
ip_less(struct ip_addr a, struct ip_addr b)
{
	return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

static inline bool
ip_is_v4(struct ip_addr a)
{
	return a.hi == 0 && a.lo >> 32 == 0xffff;
}

/* 127.0.0.0/8 (RFC 1122 section 3.2.1.3) and ::1 (RFC 4291 section 2.5.3): they
 * never leave their machine. */
static inline bool
ip_is_loopback(struct ip_addr a)
{
	return ip_is_v4(a) ? (a.lo >> 24 & 0xff) == 127
			   : a.hi == 0 && a.lo == 1;
}

/* The longest text that ip_format writes, its NUL included. */
#define IP_TEXT_MAX 46

/* Dotted quad for IPv4, RFC 5952 for IPv6. Returns text. */
const char *ip_format(struct ip_addr a, char text[IP_TEXT_MAX]);

/* Read an address in either form; false when text is not one. */
bool ip_parse(const char *text, struct ip_addr *out);
bool ip_read(struct view text, struct ip_addr *out);

#endif
