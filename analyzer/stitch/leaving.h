/*
 * Whether a capture of a host that forwards shows answers leaving it.
 *
 * An answer that came back from inside and is seen no more was kept by the host,
 * or left by a card that nobody captured. A capture of all of its host's cards has
 * it; one that shows other answers leaving by the card that their SYNs came by has
 * that card both ways. Of any other nothing is known.
 *
 * Cost: nothing where a capture shows no attempt twice and one card at most.
 */
#ifndef STITCH_LEAVING_H
#define STITCH_LEAVING_H

#include "base/hash.h"
#include "model/vantage.h"
#include "stitch/index.h"

struct leaving {
	const struct vantage *vantage; /* borrowed */
	struct hash_keys keys;
	struct index seen; /* where answers left, and to whom; owned */
	bool learnt;
};

/* What is known of answers that should leave the way that a SYN came. */
enum leaving_seen {
	LEAVING_UNSEEN, /* none is seen to leave there */
	LEAVING_OTHERS, /* those to other clients are */
	LEAVING_OWN, /* those to this client are, or all cards were captured */
};

/* Learn from a vantage, once its sights of one attempt are joined. */
void leaving_learn(struct leaving *x, const struct vantage *v);
void leaving_release(struct leaving *x);

/* g is any of the attempt's sights. */
enum leaving_seen leaving_ask(
	const struct leaving *x, const struct sighting *g);

#endif
