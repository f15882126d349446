/*
 * Civil times become nanoseconds; nothing is guessed.
 *
 * spec: RFC 3339 appendix C for the calendar; ISO 8601 for weeks.
 */
#include "parsers/log/log_civil.h"

#define YEAR_MIN 1970        /* the first that base/clock is used for */
#define YEAR_MAX 2261        /* the last that base/clock can hold in full */
#define DAY_S INT64_C(86400) /* seconds; section 4.3 of POSIX "Epoch" */
#define DAY_NS (DAY_S * NS_PER_S)

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
date_is_real(const struct civil *c)
{
	if (c->year != 0 && (c->year < YEAR_MIN || c->year > YEAR_MAX))
		return false;
	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	bool leap = c->year == 0 || is_leap(c->year);
	return c->day <= month_days[c->month - 1] + (leap && c->month == 2);
}

bool
civil_take(const struct civil *c, struct log_time *t)
{
	int64_t days = 0;
	if (c->hour > 23 || c->minute > 59 || c->second > 60)
		return false;
	if (c->month == 0) {
		t->kind = LOG_TIME_CLOCK;
	} else {
		if (!date_is_real(c))
			return false;
		days = day_of_year(c);
		if (c->year != 0)
			days += days_before(c->year) - days_before(YEAR_MIN);
		t->kind =
			c->year != 0 ? LOG_TIME_LOCAL : LOG_TIME_LOCAL_NO_YEAR;
	}
	int64_t s = days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
	t->ns = s * NS_PER_S + c->ns;
	t->resolution_ns = c->resolution_ns;
	return true;
}

bool
log_time_in_year(const struct log_time *t, int year, int64_t *local_ns)
{
	if (t->kind != LOG_TIME_LOCAL_NO_YEAR || year < YEAR_MIN ||
		year > YEAR_MAX)
		return false;
	/* The 60th day of a leap year is 29 February. */
	int64_t day = t->ns / DAY_NS;
	if (!is_leap(year)) {
		if (day == 59)
			return false;
		day -= day > 59;
	}
	day += days_before(year) - days_before(YEAR_MIN);
	*local_ns = day * DAY_NS + t->ns % DAY_NS;
	return true;
}

/* Month and day of a day of the year, from 0. */
static void
month_and_day(int day, bool leap, struct civil *c)
{
	c->month = 1;
	while (c->month < 12) {
		int days = month_days[c->month - 1] + (leap && c->month == 2);
		if (day < days)
			break;
		day -= days;
		c->month++;
	}
	c->day = day + 1;
}

/* The date of a count of days since 1970. */
static void
date_of(int64_t days, struct civil *c)
{
	days += days_before(YEAR_MIN);
	/* At most one too many: 146097 days are 400 years. */
	c->year = (int)(days * 400 / 146097) + 1;
	while (days_before(c->year) > days)
		c->year--;
	while (days_before(c->year + 1) <= days)
		c->year++;
	month_and_day((int)(days - days_before(c->year)), is_leap(c->year), c);
}

bool
civil_exchange(struct log_time *t)
{
	struct civil c = {0};
	int64_t within = t->ns % DAY_NS;
	int64_t resolution_ns = t->resolution_ns;
	if (t->kind == LOG_TIME_LOCAL)
		date_of(t->ns / DAY_NS, &c);
	else if (t->kind == LOG_TIME_LOCAL_NO_YEAR)
		month_and_day((int)(t->ns / DAY_NS), true, &c);
	else
		return false;
	int day = c.day;
	c.day = c.month;
	c.month = day;
	c.resolution_ns = resolution_ns;
	if (!civil_take(&c, t))
		return false;
	t->ns += within;
	return true;
}

void
civil_on_day_of(struct log_time *t, const struct log_time *day)
{
	t->kind = day->kind;
	t->ns += day->ns - day->ns % DAY_NS;
}

bool
civil_day_of_year(int year, int day, struct civil *c)
{
	bool leap = is_leap(year);
	if (day < 1 || day > 365 + leap)
		return false;
	c->year = year;
	month_and_day(day - 1, leap, c);
	return true;
}

bool
civil_week(int year, int week, int weekday, struct civil *c)
{
	if (year < YEAR_MIN || year > YEAR_MAX || week < 1 || week > 53 ||
		weekday < 1 || weekday > 7)
		return false;
	/* Week 1 is that of 4 January; day 0 of days_before is a Monday. */
	int64_t fourth = days_before(year) + 3;
	int64_t monday = fourth - fourth % 7;
	date_of(monday + (week - 1) * 7 + weekday - 1 - days_before(YEAR_MIN),
		c);
	return true;
}
