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

/*
 * Whether of two sights of one attempt at one vantage a is the one that its
 * packets passed first, nearer the client; of two that nothing tells apart, a.
 * Where both begin with one copy its times tell. Where one sight lacks the first
 * copies, which the capture missed or the host kept, the TTL tells: it only falls
 * on the way (RFC 791, section 3.2).
 */
bool seen_twice_is_outer(const struct sighting *a, const struct sighting *b);

/* A bit for each sighting that is another one's second sight; the caller
 * frees. */
uint8_t *seen_twice_seconds(const struct vantage *v);

#endif
