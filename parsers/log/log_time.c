/*
 * Templates of times: see log_time.h.
 *
 * spec: RFC 3339, RFC 3164 section 4.1.2, RFC 5424 section 6.2.3; asctime in
 * ISO C 7.27.3.1
 */
#include "parsers/log/log_time.h"

#include <assert.h>

#include "parsers/log/log_civil.h"
#include "parsers/log/log_zone.h"

/* What a template has read so far. */
struct reading {
	struct civil civil;
	struct zone zone;
	struct log_time counted; /* %s: a whole time */
	int first, second;       /* %q: as written; 0: not written */
	int day_of_year;
	int week, weekday;
};

/* The longest name of a weekday, in bytes of UTF-8: "poniedziałek". */
#define WEEKDAY_MAX 24

/* ":123" behind the seconds: milliseconds of WebSphere and of log4j's
   HH:mm:ss:SSS; neither fewer digits nor more. */
static bool
has_colon_millis(const struct cursor *c)
{
	size_t n = 1;
	while (n < cursor_left(c) && n < 5 && byte_digit(c->p[n]))
		n++;
	return cursor_left(c) >= 4 && c->p[0] == ':' && n == 4;
}

/* "." or "," and 1 to 18 digits; nine are kept. None is no error. */
static bool
fraction_take(struct cursor *c, struct civil *out)
{
	out->ns = 0;
	out->resolution_ns = NS_PER_S;
	if (!has_colon_millis(c) &&
		(cursor_left(c) < 2 || (c->p[0] != '.' && c->p[0] != ',') ||
			!byte_digit(c->p[1])))
		return true;
	c->p++;
	int n = 0;
	for (; byte_digit(cursor_peek(c)); c->p++, n++) {
		if (n >= 9)
			continue;
		out->resolution_ns /= 10;
		out->ns += (*c->p - '0') * out->resolution_ns;
	}
	return n <= 18;
}

static bool
small_take(struct cursor *c, int *out)
{
	int64_t n;
	if (!cursor_number(c, 2, &n))
		return false;
	*out = (int)n;
	return true;
}

/* What the halves of a day are called. cite: CLDR 42 dayPeriods, abbreviated, of
   English, Spanish, Dutch, German, Chinese, Japanese, Korean and Turkish; OpenJDK
   sun.text.resources AmPmMarkers. */
static const struct {
	const char *name; /* ASCII in lower case */
	int hours;
} halves[] = {
	{"am", 0},
	{"pm", 12},
	{"a.m.", 0},
	{"p.m.", 12},
	{"a. m.", 0},
	{"p. m.", 12},
	{"a.\xc2\xa0m.", 0},
	{"p.\xc2\xa0m.", 12},
	{"vorm.", 0},
	{"nachm.", 12},
	{"\xe4\xb8\x8a\xe5\x8d\x88", 0},
	{"\xe4\xb8\x8b\xe5\x8d\x88", 12},
	{"\xe5\x8d\x88\xe5\x89\x8d", 0},
	{"\xe5\x8d\x88\xe5\xbe\x8c", 12},
	{"\xec\x98\xa4\xec\xa0\x84", 0},
	{"\xec\x98\xa4\xed\x9b\x84", 12},
	{"\xc3\x96\xc3\x96", 0},
	{"\xc3\x96s", 12},
};

static size_t
name_match(const struct cursor *c, const char *name)
{
	size_t n = 0;
	for (; name[n] != '\0'; n++) {
		if (n == cursor_left(c))
			return 0;
		uint8_t x = c->p[n];
		if (x >= 'A' && x <= 'Z')
			x |= 0x20; /* bits of ASCII: lower case */
		if (x != (uint8_t)name[n])
			return 0;
	}
	return n;
}

/* " PM": a twelve-hour clock, if it can be one. Java writes U+202F before it
   since Java 20 (CLDR 42). */
static void
half_take(struct cursor *c, struct civil *out)
{
	struct cursor at = *c;
	if (!cursor_take_text(&at, "\xe2\x80\xaf") &&
		!cursor_take_text(&at, "\xc2\xa0"))
		cursor_take(&at, ' ');
	size_t i = 0;
	while (i < sizeof halves / sizeof *halves &&
		name_match(&at, halves[i].name) == 0)
		i++;
	if (i == sizeof halves / sizeof *halves)
		return;
	at.p += strlen(halves[i].name);
	/* "23:41:22 pm2 started" is no half of the day. */
	if (cursor_left(&at) > 0 && !byte_among(*at.p, " \t,:;]})>\"'|"))
		return;
	if (out->hour < 1 || out->hour > 12)
		return;
	out->hour = out->hour % 12 + halves[i].hours;
	*c = at;
}

/* Hours of one digit stand behind a space (MySQL), or on twelve-hour clocks. */
static bool
clock_take(struct cursor *c, struct civil *out)
{
	cursor_take(c, ' ');
	if (!small_take(c, &out->hour) || !cursor_take(c, ':') ||
		!cursor_digits(c, 2, &out->minute) || !cursor_take(c, ':') ||
		!cursor_digits(c, 2, &out->second) || !fraction_take(c, out))
		return false;
	half_take(c, out);
	return true;
}

static const struct {
	const char *name;
	int month;
} months[] = {
#define X(name, month) {name, month},
#include "parsers/log/month_names.def"
#undef X
};

/* The longest name that fits: "mars" is not "mar". */
static bool
month_take(struct cursor *c, int *month)
{
	size_t best = 0;
	/* A name's first byte in small letters; most lines begin with no month. */
	uint8_t x = cursor_left(c) > 0 ? *c->p : 0;
	x |= x >= 'A' && x <= 'Z' ? 0x20 : 0;
	for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
		if ((uint8_t)months[i].name[0] != x)
			continue;
		size_t n = name_match(c, months[i].name);
		if (n > best) {
			best = n;
			*month = months[i].month;
		}
	}
	c->p += best;
	cursor_take(c, '.');
	return best > 0;
}

bool
time_month(struct cursor *c)
{
	int month;
	return month_take(c, &month);
}

/* Up to a space or comma: letters of ASCII, a point, or bytes of UTF-8. */
static bool
weekday_take(struct cursor *c)
{
	const uint8_t *first = c->p;
	while (c->p < c->end && c->p - first < WEEKDAY_MAX &&
		(byte_letter(*c->p) || *c->p >= 0x80 || *c->p == '.'))
		c->p++;
	return c->p - first >= 2 && (*first != '.');
}

static bool
gap_take(struct cursor *c)
{
	const uint8_t *first = c->p;
	if (cursor_take(c, 'T') || cursor_take(c, '_'))
		return true;
	while (cursor_peek(c) == ' ' || cursor_peek(c) == '\t')
		c->p++;
	return c->p > first && c->p - first <= 4;
}

static bool
year_take(struct cursor *c, int digits, int *year)
{
	if (!cursor_digits(c, digits, year))
		return false;
	if (digits == 2)
		*year += 2000;
	return *year != 0;
}

/* "1795218292.501235" or whole units, by the number of digits. */
static bool
epoch_take(struct cursor *c, struct log_time *t)
{
	return time_unix(c, t) ||
		(time_epoch(c, t) && t->resolution_ns < NS_PER_S);
}

static bool
month_number(struct cursor *c, int *month)
{
	return cursor_digits(c, 2, month) && *month >= 1;
}

static bool
day_take(struct cursor *c, int *day)
{
	cursor_take(c, ' ');
	return small_take(c, day);
}

static bool
quarrel_take(struct cursor *c, struct reading *r)
{
	return small_take(c, r->first == 0 ? &r->first : &r->second);
}

/* " ERROR" behind the time: not read, only seen. cite: log4j Level.java */
static bool
level_follows(struct cursor c)
{
	static const char *const levels[] = {
		" INFO ", " WARN ", " ERROR ", " DEBUG ", " FATAL ", " TRACE "};
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		struct cursor at = c;
		if (cursor_take_text(&at, levels[i]))
			return true;
	}
	return false;
}

static bool
directive(char letter, struct cursor *c, struct reading *r)
{
	struct civil *v = &r->civil;
	switch (letter) {
	case 'Y':
		return year_take(c, 4, &v->year);
	case 'y':
		return year_take(c, 2, &v->year);
	case 'm':
		return month_number(c, &v->month);
	case 'd':
		return cursor_digits(c, 2, &v->day);
	case 'e':
		return day_take(c, &v->day);
	case 'b':
		return month_take(c, &v->month);
	case 'a':
		return weekday_take(c);
	case 'q':
		return quarrel_take(c, r);
	case 'j':
		return cursor_digits(c, 3, &r->day_of_year);
	case 'V':
		return cursor_digits(c, 2, &r->week);
	case 'u':
		return cursor_digits(c, 1, &r->weekday);
	case 'T':
		return clock_take(c, v);
	case 'H':
		return cursor_digits(c, 2, &v->hour);
	case 'M':
		return cursor_digits(c, 2, &v->minute);
	case 'S':
		v->resolution_ns = NS_PER_S;
		return cursor_digits(c, 2, &v->second);
	case 'f':
		return fraction_take(c, v);
	case 'z':
		return zone_take(c, &r->zone);
	case 'Z':
		return zone_word_take(c, &r->zone);
	case '_':
		return gap_take(c);
	case 'L':
		return level_follows(*c);
	case 'A':
		return time_tai64n(c, &r->counted);
	default:
		assert(letter == 's');
		return epoch_take(c, &r->counted);
	}
}

/* Which of two numbers is the month? One above 12 is not; else the file has to
   tell, and the time says so. */
static void
order_settle(struct reading *r, struct log_time *t)
{
	if (r->second == 0)
		return;
	bool day_first = r->first > 12;
	r->civil.month = day_first ? r->second : r->first;
	r->civil.day = day_first ? r->first : r->second;
	t->order = day_first            ? LOG_ORDER_DAY_FIRST
		: r->second > 12        ? LOG_ORDER_MONTH_FIRST
		: r->second == r->first ? LOG_ORDER_CLEAR
					: LOG_ORDER_UNKNOWN;
}

static bool
reading_take(struct reading *r, struct log_time *t)
{
	*t = (struct log_time){0};
	if (r->counted.kind != LOG_TIME_NONE) {
		*t = r->counted;
		return true;
	}
	if (r->day_of_year != 0 &&
		!civil_day_of_year(r->civil.year, r->day_of_year, &r->civil))
		return false;
	if (r->week != 0 &&
		!civil_week(r->civil.year, r->week, r->weekday, &r->civil))
		return false;
	order_settle(r, t);
	if (!civil_take(&r->civil, t))
		return false;
	zone_apply(&r->zone, t);
	return true;
}

bool
time_read(struct cursor *c, const char *template, struct log_time *t)
{
	struct reading r = {.civil = {.resolution_ns = NS_PER_S}};
	struct cursor at = *c;
	for (; *template != '\0'; template ++) {
		bool ok = *template == '%' ? directive(*++template, &at, &r)
					   : cursor_take(&at, *template);
		if (!ok)
			return false;
	}
	if (!reading_take(&r, t))
		return false;
	*c = at;
	return true;
}

static const struct {
	const char *template;
	const char *example;
	const char *who;
} forms[] = {
#define X(template, example, who) {template, example, who},
#include "parsers/log/log_times.def"
#undef X
};

#define FORMS (sizeof forms / sizeof *forms)

bool
log_time_form(size_t i, const char **example, const char **who)
{
	if (i >= FORMS)
		return false;
	*example = forms[i].example;
	*who = forms[i].who;
	return true;
}

/* Bytes within which the clock of a time stands that begins here. */
#define CLOCK_WITHIN 48

/* Can a time begin here at all? It has "digit:two digits" not far away, or is a
   run of eight digits, a date of ISO 8601 or a label of TAI64N. Most lines and
   messages are none: nothing more is asked of them. */
static bool
may_be_time(const struct cursor *c)
{
	size_t far =
		cursor_left(c) < CLOCK_WITHIN ? cursor_left(c) : CLOCK_WITHIN;
	if (far >= 8 && (c->p[0] == '@' || (c->p[4] == '-' && c->p[7] == '-')))
		return c->p[0] == '@' || byte_digit(*c->p);
	if (far < 8 ||
		(*c->p < 0x80 && !byte_letter(*c->p) && !byte_digit(*c->p)))
		return false;
	size_t digits = 0;
	while (digits < 8 && byte_digit(c->p[digits]))
		digits++;
	for (size_t i = 1; digits < 8 && i + 2 < far; i++)
		if (c->p[i] == ':' && byte_digit(c->p[i - 1]) &&
			byte_digit(c->p[i + 1]) && byte_digit(c->p[i + 2]))
			return true;
	return digits == 8;
}

/* "Nov 21 09:14:58 2026/11/21 09:14:57": the year is of the date behind. */
static bool
is_within_date(const struct cursor *c)
{
	return cursor_left(c) > 3 && byte_among(c->p[0], "-/") &&
		byte_digit(c->p[1]) && byte_digit(c->p[2]) &&
		c->p[3] == c->p[0];
}

bool
time_any(struct cursor *c, struct log_time *t)
{
	struct cursor start = *c;
	if (!may_be_time(c))
		return false;
	for (size_t i = 0; i < FORMS; i++, *c = start)
		if (time_read(c, forms[i].template, t) && !is_within_date(c))
			return true;
	return false;
}

bool
time_zone_word(struct cursor *c, struct log_time *t)
{
	struct zone z;
	if (!zone_word_take(c, &z))
		return false;
	zone_apply(&z, t);
	return true;
}

bool
time_iso(struct cursor *c, struct log_time *t)
{
	if (cursor_left(c) < 11 || (c->p[10] != 'T' && c->p[10] != ' '))
		return false;
	return time_read(c, "%Y-%m-%d%_%T%z", t);
}

bool
time_bsd(struct cursor *c, struct log_time *t)
{
	return time_read(c, "%b %e %T", t) || time_read(c, "%b %e %Y %T", t);
}

bool
time_asctime(struct cursor *c, struct log_time *t)
{
	return time_read(c, "%a %b %e %T %Y", t);
}

bool
time_slashes(struct cursor *c, struct log_time *t)
{
	return time_read(c, "%Y/%m/%d %T", t);
}

bool
time_clf(struct cursor *c, struct log_time *t)
{
	return time_read(c, "%d/%b/%Y:%T%z", t);
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
	struct cursor at = *c;
	cursor_skip_spaces(&at);
	if (!seconds_take(&at, 9, t, LOG_TIME_BOOT))
		return false;
	*c = at;
	return true;
}

/* Nine digits end in 1973 and ten in 2286, beyond the range; so the first
   digit of ten must leave room. */
bool
time_unix(struct cursor *c, struct log_time *t)
{
	struct cursor at = *c;
	if (!seconds_take(&at, 10, t, LOG_TIME_UTC) ||
		memchr(c->p, '.', (size_t)(at.p - c->p)) != c->p + 10 ||
		t->ns <= 0)
		return false;
	t->offset_known = true;
	*c = at;
	return true;
}

bool
time_epoch(struct cursor *c, struct log_time *t)
{
	struct cursor at = *c;
	int64_t n;
	/* 19 digits that begin with 9 need more than 63 bits. */
	int most = cursor_peek(c) < '9' ? 19 : 18;
	if (!cursor_number(&at, most, &n))
		return false;
	size_t digits = (size_t)(at.p - c->p);
	int64_t unit = digits == 10 ? NS_PER_S
		: digits == 13      ? NS_PER_MS
		: digits == 16      ? NS_PER_US
		: digits == 19      ? 1
				    : 0;
	if (unit == 0)
		return false;
	*t = time_count((uint64_t)n, unit, LOG_TIME_UTC);
	if (t->kind != LOG_TIME_UTC)
		return false;
	*c = at;
	return true;
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
	return (time_read(c, "%Y%m%d %T", t) || time_read(c, "%m%d %T", t)) &&
		t->resolution_ns < NS_PER_S;
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
