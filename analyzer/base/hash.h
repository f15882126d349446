/*
 * Mixing words for hash tables.
 *
 * Tables that hold what a capture's author chose are keyed with secrets of the
 * process (hash_keys_random), so that nobody can make every entry collide.
 * Results must never depend on the keys or on the order within a table.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/ip.h"

struct hash_keys {
	uint64_t a;
	uint64_t b;
};

/* Fresh secrets from the kernel. */
struct hash_keys hash_keys_random(void);

/* The product of two words folded into one: a good and cheap mixer. */
static inline uint64_t
hash_mix(uint64_t x, uint64_t y)
{
	unsigned __int128 p = (unsigned __int128)x * y;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static inline uint64_t
hash_endpoint(struct hash_keys k, struct ip_addr ip, uint16_t port)
{
	return hash_mix(ip.lo ^ k.a, ip.hi ^ ((uint64_t)port << 40) ^ k.b);
}

/* Two hosts, the same whichever of them comes first. */
static inline uint64_t
hash_pair(struct hash_keys k, struct ip_addr one, struct ip_addr other)
{
	return hash_endpoint(k, one, 0) + hash_endpoint(k, other, 0);
}

/* A 4-tuple; multiplied by an odd number, so that its ends are not exchanged. */
static inline uint64_t
hash_tuple(struct hash_keys k, struct ip_addr client, uint16_t client_port,
	struct ip_addr server, uint16_t server_port)
{
	return hash_endpoint(k, client, client_port) +
		3 * hash_endpoint(k, server, server_port);
}

#endif
