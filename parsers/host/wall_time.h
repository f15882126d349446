/*
 * Dates as C's asctime prints them.
 *
 * spec: ISO C 7.27.3.1, without the weekday in front
 */
#ifndef PARSERS_HOST_WALL_TIME_H
#define PARSERS_HOST_WALL_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* "Nov 20 09:14:58 2026": nanoseconds since 1970 of a clock of unknown zone. False
   for any other text and for days that there are not; years are 1970 to 2115. */
bool wall_time_read(struct view text, int64_t *ns);

#endif
