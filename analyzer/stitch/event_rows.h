/*
 * Writing events, their times resolved.
 */
#ifndef STITCH_EVENT_ROWS_H
#define STITCH_EVENT_ROWS_H

#include "model/event.h"
#include "stitch/case.h"

/* *twice: how many times lie in an hour that clocks showed twice. The store must
 * be in stage STORE_STITCH. */
bool event_rows_write(const struct stitch_case *k,
	const struct event_list *events, struct store *s, uint64_t *twice,
	struct error *e);

#endif
