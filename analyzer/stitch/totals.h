/*
 * How many attempts there were: per client and service, per service and second,
 * and per service. Reports and rules that look for a pattern over all attempts read these
 * few rows instead of every attempt.
 */
#ifndef STITCH_TOTALS_H
#define STITCH_TOTALS_H

#include "stitch/rows.h"

/* Write the rows of pair_sum, second_sum and service_sum. The attempts are in
 * order of time. Cost: one look into a small table per attempt and total, and
 * one into a table of all, of 32 to 64 bytes an attempt. */
bool totals_write(const struct attempt_row *rows, uint32_t count,
	struct store *s, struct error *e);

#endif
