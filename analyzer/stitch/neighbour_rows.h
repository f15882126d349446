/*
 * Rows of the table neighbour.
 */
#ifndef STITCH_NEIGHBOUR_ROWS_H
#define STITCH_NEIGHBOUR_ROWS_H

#include "stitch/case.h"
#include "store/store.h"

/* Write what all vantages saw of ARP and neighbour discovery, times on the
 * reference clock. */
bool neighbour_rows_write(
	const struct stitch_case *k, struct store *s, struct error *e);

#endif
