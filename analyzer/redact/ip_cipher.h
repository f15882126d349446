/*
 * Addresses to pseudonyms that keep prefixes.
 *
 * Two addresses of one family share their first n bits if and only if their
 * pseudonyms do, for every n: networks stay networks. Different addresses get
 * different pseudonyms. Blocks of pins.def are kept, so that private, loopback
 * or multicast addresses can be told; the price is written in
 * decisions/0013.
 *
 * The construction is that of Crypto-PAn: bit n of an address is turned over
 * or not by a pseudo-random function (AES) of the n bits before it, and never
 * where that would lead out of a pinned block.
 * cite: Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization",
 * ICNP 2002, section 3
 * It differs in what fills a block behind the prefix: there the rest of a secret
 * pad, which gives two neighbouring lengths the same block, and the same bit,
 * whenever address and pad agree; here a one and zeros, so that no two prefixes
 * share a block.
 *
 * Costs one AES block a bit that is not pinned: about 1 us for IPv4, 4 for
 * IPv6.
 */
#ifndef REDACT_IP_CIPHER_H
#define REDACT_IP_CIPHER_H

#include <nettle/aes.h>

#include "base/ip.h"

#define IP_CIPHER_PINS_MAX 32

struct ip_pin {
	uint64_t bits[2]; /* left-aligned, the first bit is the highest */
	int length;       /* bits of it */
	int kept;
	bool v4;
};

struct ip_cipher {
	struct aes128_ctx v4;
	struct aes128_ctx v6;
	struct ip_pin pins[IP_CIPHER_PINS_MAX];
	int pins_count;
};

/* Secret bytes that decide everything: a key for each family. */
#define IP_CIPHER_SECRET 32

void ip_cipher_init(
	struct ip_cipher *c, const uint8_t secret[IP_CIPHER_SECRET]);

/* The pseudonym of a network, or of an address (length 32 or 128): bits behind
 * length are zero in the result as they must be in a. length counts from the
 * family's first bit. IPv4 written as IPv6 (RFC 4291 mapped, RFC 6052
 * well-known prefix 64:ff9b::/96) gets the pseudonym of the IPv4 address. */
struct ip_addr ip_cipher_network(
	const struct ip_cipher *c, struct ip_addr a, int length);

#endif
