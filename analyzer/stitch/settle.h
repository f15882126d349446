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
 * Rows that may be more than one of very many become sightings: those with the
 * sequence number or the time stamp of something that another capture saw, or with
 * the number of another SYN of their own, those of hosts that did more than this, and those of hosts that a log, a flow log or a list
 * of tracked connections names. Of what is left the first of each kind in each
 * moment becomes a sighting that stands for the others (crowd_alike). The rows are
 * freed. Cost: a few look-ups for each row, and an index of what the other captures
 * saw.
 */
bool settle_crowds(struct vantage *vantages, size_t count,
	const struct event_list *events, struct store *s, struct error *e);

#endif
