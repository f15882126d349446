/*
 * Bit by bit down the tree of prefixes.
 */
#include "redact/ip_cipher.h"

#include <assert.h>

/* An address as bits from the left: one type for both families. */
struct bits {
	uint64_t word[2];
};

/* IPv4 behind the well-known prefix of NAT64.
 * cite: RFC 6052 section 2.1 */
#define NAT64_PREFIX (UINT64_C(0x0064ff9b) << 32)

static struct bits
bits_of(struct ip_addr a)
{
	if (ip_is_v4(a))
		return (struct bits){{a.lo << 32, 0}};
	return (struct bits){{a.hi, a.lo}};
}

static int
bit_at(const uint64_t word[2], int n)
{
	return (int)(word[n / 64] >> (63 - n % 64) & 1);
}

/* A word's first n bits (0 to 64) as a mask. */
static uint64_t
first_bits(int n)
{
	return n <= 0 ? 0 : n >= 64 ? UINT64_MAX : ~(UINT64_MAX >> n);
}

static bool
same_start(const uint64_t a[2], const uint64_t b[2], int n)
{
	return ((a[0] ^ b[0]) & first_bits(n)) == 0 &&
		((a[1] ^ b[1]) & first_bits(n - 64)) == 0;
}

static void
pin_add(struct ip_cipher *c, const char *network, int length, int kept)
{
	struct ip_addr a;
	bool ok = ip_parse(network, &a);
	assert(ok && c->pins_count < IP_CIPHER_PINS_MAX);
	struct ip_pin *p = &c->pins[c->pins_count++];
	struct bits b = bits_of(a);
	p->bits[0] = b.word[0];
	p->bits[1] = b.word[1];
	p->length = length;
	p->kept = kept;
	p->v4 = ip_is_v4(a);
}

void
ip_cipher_init(struct ip_cipher *c, const uint8_t secret[IP_CIPHER_SECRET])
{
	*c = (struct ip_cipher){0};
	aes128_set_encrypt_key(&c->v4, secret);
	aes128_set_encrypt_key(&c->v6, secret + 16);
#define X(network, length, kept) pin_add(c, network, length, kept);
#include "redact/pins.def"
#undef X
}

/* Must bit n stay as it is, for the address to stay where pins want it? */
static bool
pinned(const struct ip_cipher *c, bool v4, const struct bits *a, int n)
{
	for (int i = 0; i < c->pins_count; i++) {
		const struct ip_pin *p = &c->pins[i];
		if (p->v4 != v4 || n >= p->kept)
			continue;
		int shared = n < p->length ? n : p->length;
		if (same_start(a->word, p->bits, shared))
			return true;
	}
	return false;
}

/* The pseudo-random bit for the first n (0 to 127) bits of an address. */
static int
turn(const struct ip_cipher *c, bool v4, const struct bits *a, int n)
{
	uint8_t block[AES_BLOCK_SIZE];
	for (int i = 0; i < 2; i++) {
		uint64_t word = a->word[i] & first_bits(n - 64 * i);
		if (n / 64 == i)
			word |= UINT64_C(1) << (63 - n % 64);
		for (int k = 0; k < 8; k++)
			block[8 * i + k] = (uint8_t)(word >> (56 - 8 * k));
	}
	aes128_encrypt(v4 ? &c->v4 : &c->v6, sizeof block, block, block);
	return block[0] >> 7;
}

static struct bits
map_bits(const struct ip_cipher *c, bool v4, struct bits a, int length)
{
	struct bits out = {{0, 0}};
	for (int n = 0; n < length; n++) {
		int bit = bit_at(a.word, n);
		if (!pinned(c, v4, &a, n))
			bit ^= turn(c, v4, &a, n);
		out.word[n / 64] |= (uint64_t)bit << (63 - n % 64);
	}
	return out;
}

struct ip_addr
ip_cipher_network(const struct ip_cipher *c, struct ip_addr a, int length)
{
	bool nat64 = a.hi == NAT64_PREFIX && a.lo >> 32 == 0 && length > 96;
	bool v4 = ip_is_v4(a) || nat64;
	struct bits in = {{a.hi, a.lo}};
	if (v4)
		in = (struct bits){{a.lo << 32, 0}};
	struct bits out = map_bits(c, v4, in, nat64 ? length - 96 : length);
	if (!v4)
		return (struct ip_addr){out.word[0], out.word[1]};
	struct ip_addr mapped = ip_from_v4((uint32_t)(out.word[0] >> 32));
	if (nat64)
		mapped = (struct ip_addr){NAT64_PREFIX, out.word[0] >> 32};
	return mapped;
}
