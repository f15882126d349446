/*
 * Writing times and spans as text, and reading times. UTC only; the proleptic Gregorian calendar.
 */
#include "base/clock.h"

#include <assert.h>
#include <ctype.h>
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

/* ".25" in nanoseconds; *text is put behind it. */
static int64_t
fraction_read(const char **text)
{
	int64_t ns = 0;
	int64_t digit = NS_PER_S / 10;
	if (**text != '.' || !isdigit((unsigned char)(*text)[1]))
		return 0;
	for ((*text)++; isdigit((unsigned char)**text); (*text)++) {
		ns += (**text - '0') * digit;
		digit /= 10;
	}
	return ns;
}

bool
clock_parse(const char *text, int64_t *ns, bool *zoned)
{
	struct tm tm = {0};
	struct tm zone = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (rest == NULL)
		rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	if (rest == NULL)
		return false;
	int day = tm.tm_mday;
	int64_t fraction = fraction_read(&rest);
	*zoned = *rest != '\0';
	/* strptime's %z takes Z, +01:00 and +0100. */
	if (*zoned)
		rest = strptime(rest, "%z", &zone);
	if (rest == NULL || *rest != '\0')
		return false;
	int64_t seconds = timegm(&tm);
	if (tm.tm_mday != day || seconds < 0 ||
		seconds > CLOCK_LAST_NS / NS_PER_S - 86400)
		return false;
	*ns = (seconds - zone.tm_gmtoff) * NS_PER_S + fraction;
	return clock_believable(*ns);
}
