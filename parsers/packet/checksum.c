/*
 * Sums of 16-bit words, most significant byte first.
 */
#include "parsers/packet/checksum.h"

#include "base/bytes.h"

static uint64_t
words_sum(uint64_t half)
{
	return (half >> 48) + (half >> 32 & 0xffff) + (half >> 16 & 0xffff) +
		(half & 0xffff);
}

static uint16_t
fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)sum;
}

/* An IPv4 address counts as its four bytes, whatever form it is kept in. */
static uint64_t
address_sum(struct ip_addr a)
{
	if (ip_is_v4(a))
		return words_sum(a.lo & UINT32_MAX);
	return words_sum(a.hi) + words_sum(a.lo);
}

enum checksum
checksum_verify(struct ip_addr src, struct ip_addr dst, uint8_t protocol,
	const uint8_t *bytes, uint32_t len, uint32_t field)
{
	uint64_t pseudo = address_sum(src) + address_sum(dst) + protocol +
		(len >> 16) + (len & 0xffff);
	uint64_t sum = pseudo;
	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += load_be16(bytes + i);
	if (len & 1)
		sum += (uint64_t)bytes[len - 1] << 8;
	if (fold(sum) == 0xffff)
		return CHECKSUM_RIGHT;
	if (load_be16(bytes + field) == fold(pseudo))
		return CHECKSUM_UNFINISHED;
	return CHECKSUM_WRONG;
}
