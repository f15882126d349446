/*
 * A date and time as it was written, and what it becomes.
 */
#ifndef PARSERS_LOG_LOG_CIVIL_H
#define PARSERS_LOG_LOG_CIVIL_H

#include "parsers/log/envelope.h"

struct civil {
	int year;  /* 0: not written */
	int month; /* 0: no date was written, only a time of day */
	int day, hour, minute, second;
	int64_t ns;
	int64_t resolution_ns;
};

/*
 * The calendar is checked: false for a date or time that does not exist, and for
 * years outside 1970 to 2261. A 60th second is the next minute's first.
 */
bool civil_take(const struct civil *c, struct log_time *t);

/* Day and month of a time that has a date changed for each other; false when
   there is no such day. */
bool civil_exchange(struct log_time *t);

/* A time of day (LOG_TIME_CLOCK) on the date of another local time. */
void civil_on_day_of(struct log_time *t, const struct log_time *day);

/* Day 1 to 366 of a year as month and day. */
bool civil_day_of_year(int year, int day, struct civil *c);

/* ISO 8601 week 1 to 53 and weekday 1 (Monday) to 7 as year, month and day. */
bool civil_week(int year, int week, int weekday, struct civil *c);

#endif
