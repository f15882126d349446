/*
 * Civil times become nanoseconds; nothing is guessed.
 *
 * spec: RFC 3339, RFC 3164 section 4.1.2, RFC 5424 section 6.2.3; asctime and
 * the names of months in ISO C 7.27.3.1.
 */
#include "parsers/log/log_time.h"

#include <assert.h>

/* A date and time as it was written. */
struct civil {
	int year; /* 0: not written */
	int month, day, hour, minute, second;
	int64_t ns;
	int64_t resolution_ns;
};

#define YEAR_MIN 1970        /* the first that base/clock is used for */
#define YEAR_MAX 2261        /* the last that base/clock can hold in full */
#define DAY_S INT64_C(86400) /* seconds; section 4.3 of POSIX "Epoch" */

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1 January of year 1 to 1 January of year (Gregorian). */
static int64_t
days_before(int year)
{
	int64_t n = year - 1;
	return n * 365 + n / 4 - n / 100 + n / 400;
}

/* Days in a month of a common year, and before it; ISO 8601 calendar, spec:
   RFC 3339 appendix C for the lengths. */
static const int month_days[] = {
	31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const int month_start[] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

/* Days from 1 January; the year counts as leap when it is not known. */
static int
day_of_year(const struct civil *c)
{
	bool leap = c->year == 0 || is_leap(c->year);
	return month_start[c->month - 1] + (leap && c->month > 2) + c->day - 1;
}

static bool
civil_is_real(const struct civil *c)
{
	if (c->year != 0 && (c->year < YEAR_MIN || c->year > YEAR_MAX))
		return false;
	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	bool leap = c->year == 0 || is_leap(c->year);
	if (c->day > month_days[c->month - 1] + (leap && c->month == 2))
		return false;
	return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

/* The record of a civil time without a zone. */
static bool
civil_take(const struct civil *c, struct log_time *t)
{
	if (!civil_is_real(c))
		return false;
	int64_t days = day_of_year(c);
	if (c->year != 0)
		days += days_before(c->year) - days_before(1970);
	int64_t s = days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
	*t = (struct log_time){
		.kind = c->year != 0 ? LOG_TIME_LOCAL : LOG_TIME_LOCAL_NO_YEAR,
		.ns = s * NS_PER_S + c->ns,
		.resolution_ns = c->resolution_ns,
	};
	return true;
}

bool
log_time_in_year(const struct log_time *t, int year, int64_t *local_ns)
{
	if (t->kind != LOG_TIME_LOCAL_NO_YEAR || year < YEAR_MIN ||
		year > YEAR_MAX)
		return false;
	/* The 60th day of a leap year is 29 February. */
	int64_t day = t->ns / (DAY_S * NS_PER_S);
	if (!is_leap(year)) {
		if (day == 59)
			return false;
		day -= day > 59;
	}
	day += days_before(year) - days_before(1970);
	*local_ns = day * DAY_S * NS_PER_S + t->ns % (DAY_S * NS_PER_S);
	return true;
}

/* "." or "," and 1 to 18 digits; nine are kept. None is no error. */
static bool
fraction_take(struct cursor *c, struct civil *out)
{
	out->ns = 0;
	out->resolution_ns = NS_PER_S;
	if (cursor_left(c) < 2 || (c->p[0] != '.' && c->p[0] != ',') ||
		!is_digit(c->p[1]))
		return true;
	c->p++;
	int n = 0;
	for (; is_digit(cursor_peek(c)); c->p++, n++) {
		if (n >= 9)
			continue;
		out->resolution_ns /= 10;
		out->ns += (*c->p - '0') * out->resolution_ns;
	}
	return n <= 18;
}

static bool
clock_take(struct cursor *c, struct civil *out)
{
	return cursor_digits(c, 2, &out->hour) && cursor_take(c, ':') &&
		cursor_digits(c, 2, &out->minute) && cursor_take(c, ':') &&
		cursor_digits(c, 2, &out->second) && fraction_take(c, out);
}

/* Month names: English in every C locale; French as glibc's fr_FR prints them
   (localedata/locales/fr_FR, abmon), in UTF-8. */
static const struct {
	const char *name;
	int month;
} months[] = {
	{"Jan", 1},
	{"Feb", 2},
	{"Mar", 3},
	{"Apr", 4},
	{"May", 5},
	{"Jun", 6},
	{"Jul", 7},
	{"Aug", 8},
	{"Sep", 9},
	{"Oct", 10},
	{"Nov", 11},
	{"Dec", 12},
	{"janv.", 1},
	{"f\303\251vr.", 2},
	{"mars", 3},
	{"avril", 4},
	{"mai", 5},
	{"juin", 6},
	{"juil.", 7},
	{"ao\303\273t", 8},
	{"sept.", 9},
	{"oct.", 10},
	{"nov.", 11},
	{"d\303\251c.", 12},
};

static bool
month_take(struct cursor *c, int *month)
{
	for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
		if (cursor_take_text(c, months[i].name)) {
			*month = months[i].month;
			return true;
		}
	}
	return false;
}

/* A day of one or two digits, padded with a space or not. */
static bool
day_take(struct cursor *c, int *day)
{
	int64_t n;
	cursor_take(c, ' ');
	if (!cursor_number(c, 2, &n))
		return false;
	*day = (int)n;
	return true;
}

static void
offset_take(struct log_time *t, int32_t offset_s)
{
	t->kind = LOG_TIME_UTC;
	t->offset_known = true;
	t->offset_s = offset_s;
	t->ns -= offset_s * NS_PER_S;
}

/* "Z", "+0100", "+01:00" or "+08"; nothing taken when there is none. False
   for an offset that no zone has. */
static bool
zone_take(struct cursor *c, struct log_time *t)
{
	if (cursor_take(c, 'Z')) {
		offset_take(t, 0);
		return true;
	}
	struct cursor at = *c;
	bool west = cursor_peek(&at) == '-';
	int h;
	int m = 0;
	if (!cursor_take(&at, '+') && !cursor_take(&at, '-'))
		return true;
	if (!cursor_digits(&at, 2, &h))
		return true;
	struct cursor colon = at;
	if (cursor_take(&colon, ':'))
		at = colon;
	if (is_digit(cursor_peek(&at)) && !cursor_digits(&at, 2, &m))
		return false;
	/* UTC-12 to UTC+14 (IANA tz), some room for older ones. */
	if (h > 15 || m > 59)
		return false;
	int32_t s = h * 3600 + m * 60;
	offset_take(t, west ? -s : s);
	*c = at;
	return true;
}

static const struct {
	const char *name;
	int16_t minutes; /* east of UTC */
} zones[] = {
#define X(name, minutes) {name, minutes},
#include "parsers/log/zone_names.def"
#undef X
};

bool
time_zone_word(struct cursor *c, struct log_time *t)
{
	if (cursor_peek(c) == '+' || cursor_peek(c) == '-')
		return zone_take(c, t) && t->offset_known;
	struct view name = cursor_token(c);
	if (name.len == 0 || name.len >= LOG_ZONE_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_letter(name.data[i]))
			return false;
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (view_is(name, zones[i].name)) {
			offset_take(t, zones[i].minutes * 60);
			return true;
		}
	memcpy(t->zone, name.data, name.len);
	return true;
}

bool
time_iso(struct cursor *c, struct log_time *t)
{
	struct civil v = {0};
	if (!cursor_digits(c, 4, &v.year) || !cursor_take(c, '-') ||
		!cursor_digits(c, 2, &v.month) || !cursor_take(c, '-') ||
		!cursor_digits(c, 2, &v.day))
		return false;
	if (!cursor_take(c, 'T') && !cursor_take(c, ' '))
		return false;
	if (v.year == 0 || !clock_take(c, &v) || !civil_take(&v, t))
		return false;
	/* " +0000": a space only before a sign and four digits. */
	if (cursor_left(c) >= 6 && c->p[0] == ' ' &&
		(c->p[1] == '+' || c->p[1] == '-') && is_digit(c->p[2]) &&
		is_digit(c->p[3]) && is_digit(c->p[4]) && is_digit(c->p[5]))
		c->p++;
	return zone_take(c, t);
}

bool
time_bsd(struct cursor *c, struct log_time *t)
{
	struct civil v = {0};
	if (!month_take(c, &v.month) || !cursor_take(c, ' ') ||
		!day_take(c, &v.day) || !cursor_take(c, ' '))
		return false;
	/* Some devices print the year; four digits and no colon behind two. */
	if (cursor_left(c) > 4 && c->p[4] == ' ' &&
		(!cursor_digits(c, 4, &v.year) || v.year == 0 ||
			!cursor_take(c, ' ')))
		return false;
	return clock_take(c, &v) && civil_take(&v, t);
}

bool
time_asctime(struct cursor *c, struct log_time *t)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	struct civil v = {0};
	bool day = false;
	for (size_t i = 0; i < sizeof days - 1 && cursor_left(c) >= 3; i += 3)
		day = day || memcmp(c->p, days + i, 3) == 0;
	if (!day)
		return false;
	c->p += 3;
	return cursor_take(c, ' ') && month_take(c, &v.month) &&
		cursor_take(c, ' ') && day_take(c, &v.day) &&
		cursor_take(c, ' ') && clock_take(c, &v) &&
		cursor_take(c, ' ') && cursor_digits(c, 4, &v.year) &&
		v.year != 0 && civil_take(&v, t);
}

bool
time_slashes(struct cursor *c, struct log_time *t)
{
	struct civil v = {0};
	return cursor_digits(c, 4, &v.year) && cursor_take(c, '/') &&
		cursor_digits(c, 2, &v.month) && cursor_take(c, '/') &&
		cursor_digits(c, 2, &v.day) && cursor_take(c, ' ') &&
		clock_take(c, &v) && v.year != 0 && civil_take(&v, t);
}

bool
time_clf(struct cursor *c, struct log_time *t)
{
	struct civil v = {0};
	if (!cursor_digits(c, 2, &v.day) || !cursor_take(c, '/') ||
		!month_take(c, &v.month) || !cursor_take(c, '/') ||
		!cursor_digits(c, 4, &v.year) || !cursor_take(c, ':') ||
		v.year == 0 || !clock_take(c, &v) || !civil_take(&v, t))
		return false;
	return !cursor_take(c, ' ') || zone_take(c, t);
}

/* "SECONDS.FRACTION", with at most max_digits before the point. */
static bool
seconds_take(struct cursor *c, int max_digits, struct log_time *t,
	enum log_time_kind kind)
{
	int64_t s;
	struct civil v = {0};
	if (!cursor_number(c, max_digits, &s) || cursor_peek(c) != '.' ||
		!fraction_take(c, &v) || v.resolution_ns == NS_PER_S)
		return false;
	*t = (struct log_time){
		.kind = (uint8_t)kind,
		.ns = s * NS_PER_S + v.ns,
		.resolution_ns = v.resolution_ns,
	};
	return true;
}

bool
time_boot(struct cursor *c, struct log_time *t)
{
	cursor_skip_spaces(c);
	return seconds_take(c, 9, t, LOG_TIME_BOOT);
}

/* Nine digits end in 1973 and ten in 2286, beyond the range; so the first
   digit of ten must leave room. */
bool
time_unix(struct cursor *c, struct log_time *t)
{
	const uint8_t *first = c->p;
	if (!seconds_take(c, 10, t, LOG_TIME_UTC))
		return false;
	t->offset_known = true;
	return memchr(first, '.', (size_t)(c->p - first)) == first + 10 &&
		t->ns > 0;
}

bool
time_epoch(struct cursor *c, struct log_time *t)
{
	const uint8_t *first = c->p;
	int64_t n;
	if (!cursor_number(c, 18, &n))
		return false;
	size_t digits = (size_t)(c->p - first);
	int64_t unit = digits == 10 ? NS_PER_S
		: digits == 13      ? NS_PER_MS
		: digits == 16      ? NS_PER_US
				    : 0;
	if (unit == 0)
		return false;
	*t = time_count((uint64_t)n, unit, LOG_TIME_UTC);
	return t->kind == LOG_TIME_UTC;
}

bool
time_reltime(struct cursor *c, struct log_time *t)
{
	struct civil v = {.resolution_ns = 60 * NS_PER_S};
	return month_take(c, &v.month) && day_take(c, &v.day) &&
		cursor_take(c, ' ') && cursor_digits(c, 2, &v.hour) &&
		cursor_take(c, ':') && cursor_digits(c, 2, &v.minute) &&
		civil_take(&v, t);
}

bool
time_klog(struct cursor *c, struct log_time *t)
{
	struct civil v = {0};
	return cursor_digits(c, 2, &v.month) && cursor_digits(c, 2, &v.day) &&
		cursor_take(c, ' ') && clock_take(c, &v) &&
		v.resolution_ns < NS_PER_S && civil_take(&v, t);
}

struct log_time
time_count(uint64_t n, int64_t unit_ns, enum log_time_kind kind)
{
	assert(unit_ns > 0);
	if (n > (uint64_t)(INT64_MAX / unit_ns))
		return (struct log_time){.kind = LOG_TIME_NONE};
	return (struct log_time){
		.kind = (uint8_t)kind,
		.ns = (int64_t)n * unit_ns,
		.resolution_ns = unit_ns,
		.offset_known = kind == LOG_TIME_UTC,
	};
}
