/*
 * Rows of the table lookup.
 */
#ifndef STITCH_LOOKUP_ROWS_H
#define STITCH_LOOKUP_ROWS_H

#include "stitch/case.h"
#include "store/store.h"

/* Write what all vantages saw of DNS, times on the reference clock. */
bool lookup_rows_write(
	const struct stitch_case *k, struct store *s, struct error *e);

#endif
