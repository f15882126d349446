/*
 * What becomes of the crowd of a capture (model/crowd.h) before attempts are paired.
 */
#ifndef STITCH_SETTLE_H
#define STITCH_SETTLE_H

#include "base/error.h"
#include "model/event.h"
#include "model/vantage.h"
#include "store/store.h"

/*
 * Rows that may be more than one of very many become sightings: those that anything
 * else speaks of (settle_known.h), with the rows of other captures that show the
 * same SYN. What is left, seen at one capture or by several of them as one SYN each,
 * is told apart by its kind, its moments and its way: the first of each becomes an
 * attempt that stands for the others (crowd_alike). The rows are freed. Cost: some
 * passes through the rows, and for each at most 4 bytes beside an index whose size
 * does not grow with them.
 */
bool settle_crowds(struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e);

#endif
