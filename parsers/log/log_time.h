/*
 * The times of log lines, each read into exactly what it says.
 *
 * Every function reads forward from the cursor, checks the calendar and returns
 * false for anything that is not a real date and time; the cursor is then of no
 * more use. Years are 1970 to 2261 (the range of base/clock); a 60th second is
 * accepted and is the first instant of the next minute.
 */
#ifndef PARSERS_LOG_LOG_TIME_H
#define PARSERS_LOG_LOG_TIME_H

#include "parsers/log/envelope.h"

/* "2026-11-20T23:32:31" or with a space, "." or "," and digits, and a zone:
   "Z", "+0100", "+01:00", " +0000", or none. */
bool time_iso(struct cursor *c, struct log_time *t);

/* "Nov 20 18:39:43", "Nov  3 ...", "Nov 20 2026 ...", fraction or not; month
   names in English or French. */
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

/* "1795218292", "1795218292501", "1795218292501235": whole s, ms or us since
   the epoch; the number of digits tells. */
bool time_epoch(struct cursor *c, struct log_time *t);

/* "Nov20 23:38": the head of a dmesg -e line, whole minutes. */
bool time_reltime(struct cursor *c, struct log_time *t);

/* "1120 15:04:05.000000": klog's month and day. */
bool time_klog(struct cursor *c, struct log_time *t);

/* A number of units of unit_ns: since the epoch, or of another kind. */
struct log_time time_count(uint64_t n, int64_t unit_ns, enum log_time_kind k);

/* " UTC", " CET", " +08": the zone behind a time of journalctl. */
bool time_zone_word(struct cursor *c, struct log_time *t);

#endif
