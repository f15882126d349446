/*
 * Writing times and spans as text. UTC only; the proleptic Gregorian calendar.
 */
#include "base/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

const char *
clock_format(int64_t ns, int decimals, char text[CLOCK_TEXT_MAX])
{
	assert(decimals >= 0 && decimals <= 9);
	if (ns == CLOCK_UNKNOWN_NS) {
		snprintf(text, CLOCK_TEXT_MAX, "unknown");
		return text;
	}
	int64_t seconds = ns / NS_PER_S;
	int64_t rest = ns % NS_PER_S;
	if (rest < 0) {
		seconds--;
		rest += NS_PER_S;
	}
	time_t t = (time_t)seconds;
	struct tm tm;
	gmtime_r(&t, &tm);
	size_t n = strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (decimals > 0) {
		char digits[16];
		snprintf(digits, sizeof digits, ".%09" PRId64, rest);
		digits[1 + decimals] = '\0';
		n += (size_t)snprintf(
			text + n, CLOCK_TEXT_MAX - n, "%s", digits);
	}
	snprintf(text + n, CLOCK_TEXT_MAX - n, "Z");
	return text;
}

const char *
clock_span(int64_t ns, char text[CLOCK_TEXT_MAX])
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	if (u < UINT64_C(1000000))
		snprintf(text, CLOCK_TEXT_MAX, "%s%" PRIu64 " us", sign,
			u / 1000);
	else if (u < UINT64_C(1000000000))
		snprintf(text, CLOCK_TEXT_MAX, "%s%.4g ms", sign,
			(double)u / 1e6);
	else if (u < UINT64_C(60000000000))
		snprintf(text, CLOCK_TEXT_MAX, "%s%.2f s", sign,
			(double)u / 1e9);
	else if (u < UINT64_C(3600000000000))
		snprintf(text, CLOCK_TEXT_MAX,
			"%s%" PRIu64 " min %" PRIu64 " s", sign,
			u / UINT64_C(60000000000),
			u % UINT64_C(60000000000) / UINT64_C(1000000000));
	else
		snprintf(text, CLOCK_TEXT_MAX,
			"%s%" PRIu64 " h %" PRIu64 " min", sign,
			u / UINT64_C(3600000000000),
			u % UINT64_C(3600000000000) / UINT64_C(60000000000));
	return text;
}
