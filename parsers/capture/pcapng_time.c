/*
 * Interface ticks to nanoseconds.
 *
 * spec: draft-ietf-opsawg-pcapng section 4.2, if_tsresol and if_tsoffset; the
 * result is rounded down, as libpcap does.
 *
 * A tick count has 64 bits and so has the result, so anything between needs
 * more: the odd resolutions go through 128 bits. The usual ones (micro- and
 * nanoseconds, years up to 2262) are one multiplication behind one comparison,
 * in pcapng_ticks_to_ns.
 */
#include "parsers/capture/pcapng.h"

#define RESOLUTION_BINARY 0x80

/* Larger exponents leave less than two seconds since 1970 in 64 bits; libpcap
   refuses them as well (sf-pcapng.c, process_idb_options()). */
#define DECIMAL_EXPONENT_MAX 19
#define BINARY_EXPONENT_MAX 63

/* 10^9 ticks a second are nanoseconds. */
#define NANO_EXPONENT 9

typedef unsigned __int128 uint128;
typedef __int128 int128;

static uint64_t
power_of_ten(unsigned exponent)
{
	uint64_t n = 1;
	for (unsigned i = 0; i < exponent; i++)
		n *= 10;
	return n;
}

static void
choose_scale(struct capture_interface *i, uint8_t resolution)
{
	unsigned exponent = resolution & ~RESOLUTION_BINARY & 0xff;
	if ((resolution & RESOLUTION_BINARY) != 0) {
		i->scale = exponent <= BINARY_EXPONENT_MAX ? TICK_SHIFT
							   : TICK_UNUSABLE;
		i->factor = exponent;
	} else if (exponent <= NANO_EXPONENT) {
		i->scale = TICK_MULTIPLY;
		i->factor = power_of_ten(NANO_EXPONENT - exponent);
	} else if (exponent <= DECIMAL_EXPONENT_MAX) {
		i->scale = TICK_DIVIDE;
		i->factor = power_of_ten(exponent - NANO_EXPONENT);
	} else {
		i->scale = TICK_UNUSABLE;
	}
}

void
pcapng_ticks_init(
	struct capture_interface *i, uint8_t resolution, int64_t offset_s)
{
	choose_scale(i, resolution);
	if (__builtin_mul_overflow(offset_s, NS_PER_S, &i->offset_ns))
		i->scale = TICK_UNUSABLE;
	/* Only zero ticks take the fast way where it does not apply: their
	   time is the offset, whatever the scale, or unknown. */
	i->ticks_max = 0;
	if (i->scale == TICK_UNUSABLE)
		i->offset_ns = CLOCK_UNKNOWN_NS;
	if (i->scale != TICK_MULTIPLY)
		return;
	/* A negative offset only makes room: leaving it out is safe. */
	int64_t positive = i->offset_ns > 0 ? i->offset_ns : 0;
	i->ticks_max = (uint64_t)(INT64_MAX - positive) / i->factor;
}

int64_t
pcapng_ticks_slow(const struct capture_interface *i, uint64_t ticks)
{
	uint128 ns = 0;
	switch ((enum tick_scale)i->scale) {
	case TICK_MULTIPLY:
		ns = (uint128)ticks * i->factor;
		break;
	case TICK_DIVIDE:
		ns = ticks / i->factor;
		break;
	case TICK_SHIFT:
		/* Below 2^94. */
		ns = (uint128)ticks * (uint64_t)NS_PER_S >> i->factor;
		break;
	case TICK_UNUSABLE:
		return CLOCK_UNKNOWN_NS;
	}
	int128 sum = (int128)ns + i->offset_ns;
	if (sum > INT64_MAX || sum <= INT64_MIN)
		return CLOCK_UNKNOWN_NS;
	return (int64_t)sum;
}
