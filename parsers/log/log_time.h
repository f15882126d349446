/*
 * The times of log lines, each read into exactly what it says.
 *
 * A form of time is a template; log_times.def lists those that lines begin with.
 *
 *	%Y %y  year, of four digits or two (2000 to 2099)
 *	%m %d  month and day of two digits     %e  day of one or two, ' ' before
 *	%b     name of a month (month_names.def), a point behind it or not
 *	%a     name of a weekday in any language: passed over
 *	%q %q  day and month in an order that the file has to show
 *	%j     day of the year                 %V %u  ISO week and weekday
 *	%T     hour:minute:second, a fraction or not, AM or PM or not
 *	%H %M %S %f   the same, packed; %f is a fraction or nothing
 *	%z     Z, +0100, +01:00, " +0000", " UTC", or nothing
 *	%Z     the same, or a zone's name that stands for no one offset: needed
 *	%_     what stands between date and time: T, _, spaces or tabs
 *	%L     nothing: a level must follow behind a space
 *	%s     seconds since 1970 with a fraction, or ms, us, ns
 *	%A     a label of TAI64N: "@" and 24 hexadecimal digits
 *
 * Every function reads forward from the cursor, checks the calendar and returns
 * false, the cursor where it was, for anything that is not a real date and time.
 * Years are 1970 to 2261 (the range of base/clock); a 60th second is accepted
 * and is the first instant of the next minute.
 */
#ifndef PARSERS_LOG_LOG_TIME_H
#define PARSERS_LOG_LOG_TIME_H

#include "parsers/log/envelope.h"

/* The time at the cursor, in that form. */
bool time_read(struct cursor *c, const char *template, struct log_time *t);

/* The same in any of the forms of log_times.def. Whole seconds since 1970
   alone are too often something else: they are no time here. */
bool time_any(struct cursor *c, struct log_time *t);

/*
 * Does v show a date or a time of day near its beginning, whether or not it can
 * be read? *where is then the part that looks like one.
 */
bool time_shows(struct view v, struct view *where);

/* The short name of a month, in any language. */
bool time_month(struct cursor *c);

/* "2026-11-20T23:32:31" or with a space, "." or "," and digits, and a zone. */
bool time_iso(struct cursor *c, struct log_time *t);

/* "Nov 20 18:39:43", "Nov  3 ...", "Nov 20 2026 ...", fraction or not. */
bool time_bsd(struct cursor *c, struct log_time *t);

/* "Fri Nov 20 23:38:05 2026" or with ".123456" before the year (asctime). */
bool time_asctime(struct cursor *c, struct log_time *t);

/* "2026/11/20 23:41:20" and a fraction or not (nginx, Go). */
bool time_slashes(struct cursor *c, struct log_time *t);

/* "20/Nov/2026:23:41:20 +0000" or "20/Nov/2026:23:41:41.278". */
bool time_clf(struct cursor *c, struct log_time *t);

/* "  1263.426672": seconds since boot. */
bool time_boot(struct cursor *c, struct log_time *t);

/* "1795218292.501235": seconds since the epoch. */
bool time_unix(struct cursor *c, struct log_time *t);

/* "1795218292", "1795218292501", "1795218292501235": whole s, ms, us or ns
   since the epoch; the number of digits tells. */
bool time_epoch(struct cursor *c, struct log_time *t);

/* "Nov20 23:38": the head of a dmesg -e line, whole minutes. */
bool time_reltime(struct cursor *c, struct log_time *t);

/* "1120 15:04:05.000000": klog's month and day; "20261120 15:04:05.000000": glog
   with a year. */
bool time_klog(struct cursor *c, struct log_time *t);

/* "@400000006b00daac148e5d34": seconds that daemontools' multilog counts, and ns
   (log_tai.c). */
bool time_tai64n(struct cursor *c, struct log_time *t);

/* A number of units of unit_ns: since the epoch, or of another kind. */
struct log_time time_count(uint64_t n, int64_t unit_ns, enum log_time_kind k);

/* " UTC", " CET", " +08": the zone behind a time of journalctl. */
bool time_zone_word(struct cursor *c, struct log_time *t);

#endif
