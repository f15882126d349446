/*
 * Which rows of a crowd anything else speaks of.
 */
#ifndef STITCH_SETTLE_KNOWN_H
#define STITCH_SETTLE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/hash.h"
#include "model/event.h"
#include "model/vantage.h"
#include "store/store.h"

/* Mark rows CROWD_WHOLE, of all captures: those of hosts that did more than send one
 * SYN at any of them, or that a log, a flow log or a list of tracked connections
 * names; those with the sequence number of a sighting, or with the time stamp of one
 * that another capture has; and those that look like another row of their capture
 * which was translated. A number that very many have marks nobody. Cost: one pass
 * through each crowd, an index of sightings. */
bool settle_known_mark(struct vantage *vantages, size_t count,
	const struct event_list *events, struct hash_keys keys, struct store *s,
	struct error *e);

#endif
