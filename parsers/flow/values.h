/*
 * The small grammars that all flow logs share: numbers, addresses, times.
 *
 * Each takes the whole view or refuses it: no blanks, no signs, no rest.
 */
#ifndef PARSERS_FLOW_VALUES_H
#define PARSERS_FLOW_VALUES_H

#include "parsers/flow/flow.h"

/* A counter that SQLite can hold. */
bool value_count(struct view v, int64_t *out);

/* 0 to 65535. */
bool value_port(struct view v, int32_t *out);

/* An IANA protocol number, or one of its common names in any case. */
bool value_protocol(struct view v, int16_t *out);

/* IPv4 or IPv6. */
bool value_address(struct view v, struct flow_address *out);

/* Seconds since the epoch, as nanoseconds. */
bool value_seconds(struct view v, int64_t *ns);

/* Seconds, or thousandths of them (ms, us, ns), since the epoch, told apart by
   their size. */
bool value_epoch(struct view v, int64_t *ns);

/* RFC 3339, any number of decimals (cut to nanoseconds), years 1970 to 2261. */
bool value_time(struct view v, int64_t *ns);

/* "3.001" seconds, at most a year of them, as nanoseconds. */
bool value_duration(struct view v, int64_t *ns);

#endif
