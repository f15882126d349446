/*
 * Dates as C's asctime prints them: see wall_time.h.
 */
#include "parsers/host/wall_time.h"

#include <time.h>

#include "base/clock.h"
#include "base/text.h"

/* What base/clock.h believes of a clock; cite: ISO C 7.27.1 for tm_year. */
#define YEAR_FIRST 1970
/* cite: base/clock.h, CLOCK_LAST_NS */
#define YEAR_LAST 2115
/* cite: ISO C 7.27.1, tm_year */
#define YEAR_OF_TM 1900

static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool
number_within(struct view word, int64_t low, int64_t high, int *out)
{
	int64_t n;
	if (number_read(word, 10, &n) != NUMBER_GOOD || n < low || n > high)
		return false;
	*out = (int)n;
	return true;
}

/* "09:14:58" */
static bool
clock_read(struct view v, struct tm *t)
{
	return v.len == 8 && v.data[2] == ':' && v.data[5] == ':' &&
		number_within(view_first(v, 2), 0, 23, &t->tm_hour) &&
		number_within(view_of(v.data + 3, 2), 0, 59, &t->tm_min) &&
		number_within(view_of(v.data + 6, 2), 0, 59, &t->tm_sec);
}

bool
wall_time_read(struct view text, int64_t *ns)
{
	struct tm t = {0};
	struct view month = word_next(&text);
	while (t.tm_mon < 12 && !view_equal(month, view_str(months[t.tm_mon])))
		t.tm_mon++;
	if (t.tm_mon == 12 ||
		!number_within(word_next(&text), 1, 31, &t.tm_mday) ||
		!clock_read(word_next(&text), &t) ||
		!number_within(
			word_next(&text), YEAR_FIRST, YEAR_LAST, &t.tm_year))
		return false;
	t.tm_year -= YEAR_OF_TM;
	int day = t.tm_mday;
	*ns = (int64_t)timegm(&t) * NS_PER_S;
	return t.tm_mday == day; /* 31 February is 3 March */
}
