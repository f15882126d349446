/*
 * Labels of TAI64N: what multilog, tai64n, s6-log and dnscache put before a line.
 *
 *	@ 16 digits: 2^62 + seconds  8 digits: nanoseconds
 *
 * multilog counts ten seconds more than Unix and no leap second, whatever TAI
 * has; so does what reads it (tai64nlocal). Labels of machines that keep real
 * TAI come out as late as there were leap seconds since 1972.
 *
 * spec: D. J. Bernstein, "TAI64, TAI64N, and TAI64NA"
 * cite: daemontools timestamp.c, tai_unix.c: 4611686018427387914 + seconds
 */
#include "parsers/log/log_time.h"

#define TAI_BASE (UINT64_C(0x4000000000000000) + 10)

/* n hexadecimal digits. */
static bool
hex_take(struct cursor *c, int n, uint64_t *out)
{
	*out = 0;
	for (; n > 0 && c->p < c->end; n--, c->p++) {
		uint8_t x = *c->p | 0x20; /* bits of ASCII: lower case */
		if (byte_digit(*c->p))
			*out = *out << 4 | (uint64_t)(x - '0');
		else if (x >= 'a' && x <= 'f')
			*out = *out << 4 | (uint64_t)(x - 'a' + 10);
		else
			return false;
	}
	return n == 0;
}

bool
time_tai64n(struct cursor *c, struct log_time *t)
{
	struct cursor at = *c;
	uint64_t s;
	uint64_t ns;
	if (!cursor_take(&at, '@') || !hex_take(&at, 16, &s) ||
		!hex_take(&at, 8, &ns) || s < TAI_BASE || ns >= NS_PER_S)
		return false;
	s -= TAI_BASE;
	if (s > INT64_MAX / NS_PER_S - 1)
		return false;
	*t = (struct log_time){
		.kind = LOG_TIME_UTC,
		.ns = (int64_t)s * NS_PER_S + (int64_t)ns,
		.resolution_ns = 1,
		.offset_known = true,
	};
	*c = at;
	return true;
}
