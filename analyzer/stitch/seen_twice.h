/*
 * One attempt that a vantage saw under two names.
 */
#ifndef STITCH_SEEN_TWICE_H
#define STITCH_SEEN_TWICE_H

#include "stitch/match.h"

/*
 * Drop every attempt that one vantage alone saw and whose SYN that vantage saw
 * under other addresses too: its row becomes empty, the other sighting counts
 * its SYNs as duplicates. Run it once equal tuples are paired; isns holds the
 * ISN of each attempt, keys are the caller's secrets.
 */
void seen_twice_drop(struct match *m, struct vantage *vantages,
	const uint32_t *isns, struct hash_keys keys);

#endif
