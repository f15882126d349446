/*
 * Three clocks, three types, so that mixing them does not compile.
 *
 * captured_time   what a capture file says: nanoseconds since the Unix epoch
 *                 on the clock of the machine that captured.
 * logged_time     what a log line says, on the clock of the machine that
 *                 logged, already in UTC.
 * reference_time  on the reference clock of the case; every time that a person
 *                 is shown is on it. Only stitch/clock turns the others into
 *                 one.
 *
 * Range of all three: +-292 years around 1970. CLOCK_UNKNOWN_NS marks "no time
 * known" and is never a valid instant. What evidence says is believed from 1970
 * to 2116 only (clock_believable), so that two such times can be subtracted
 * without a thought; what is worked out of them uses clock_add and clock_sub.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_UNKNOWN_NS INT64_MIN

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* 146 years after 1970: the difference of two such times fits an int64_t. */
#define CLOCK_LAST_NS ((INT64_C(1) << 62) - 1)

/* A time that a machine of ours can have stamped: 1970 to 2116. */
static inline bool
clock_believable(int64_t ns)
{
	return ns >= 0 && ns <= CLOCK_LAST_NS;
}

/* a + b, stopping at the ends of the range; never CLOCK_UNKNOWN_NS. */
static inline int64_t
clock_add(int64_t a, int64_t b)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN + 1 : INT64_MAX;
	return sum == CLOCK_UNKNOWN_NS ? INT64_MIN + 1 : sum;
}

/* a - b in the same way. */
static inline int64_t
clock_sub(int64_t a, int64_t b)
{
	int64_t rest;
	if (__builtin_sub_overflow(a, b, &rest))
		return a < 0 ? INT64_MIN + 1 : INT64_MAX;
	return rest == CLOCK_UNKNOWN_NS ? INT64_MIN + 1 : rest;
}

/* Microseconds in nanoseconds, in the same way. */
static inline int64_t
clock_of_us(int64_t us)
{
	if (us > INT64_MAX / NS_PER_US)
		return INT64_MAX;
	return us < INT64_MIN / NS_PER_US ? INT64_MIN + 1 : us * NS_PER_US;
}

struct captured_time {
	int64_t ns;
};

struct logged_time {
	int64_t ns;
};

struct reference_time {
	int64_t ns;
};

/* Bytes that clock_format writes at most, its NUL included. */
#define CLOCK_TEXT_MAX 40

/*
 * Write ns since the epoch as RFC 3339 in UTC with the given number of decimal
 * places (0 to 9; cut, not rounded), e.g. "2026-11-20T23:32:31.191644Z".
 * CLOCK_UNKNOWN_NS gives "unknown". Returns text.
 */
const char *clock_format(int64_t ns, int decimals, char text[CLOCK_TEXT_MAX]);

/*
 * Read "2026-11-20T09:15:04.25Z", "2026-11-20 10:15:04+01:00" (RFC 3339) or the
 * same without its end, which is UTC then; *zoned tells which. Fractions beyond
 * nanoseconds are cut off. False for anything else, for days that no calendar
 * has and for times that are not believable.
 */
bool clock_parse(const char *text, int64_t *ns, bool *zoned);

/*
 * Write a span of nanoseconds as a person reads it: "45 us", "3.07 s",
 * "2 min 11 s". Returns text.
 */
const char *clock_span(int64_t ns, char text[CLOCK_TEXT_MAX]);

#endif
