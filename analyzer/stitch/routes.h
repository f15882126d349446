/*
 * By which card a machine answers, as its own routes tell.
 *
 * A server with two cards takes a SYN by one and may answer by the other. A capture
 * of the first shows the SYN and silence, which is what a server shows that drops
 * the SYN: its routes (ip route, ip route get) and addresses (ip addr) tell the two
 * apart.
 */
#ifndef STITCH_ROUTES_H
#define STITCH_ROUTES_H

#include "base/arena.h"
#include "base/error.h"
#include "model/vantage.h"
#include "stitch/stitch.h"
#include "store/store.h"

/* A machine with more of them is a router of the network's core: nothing is
 * concluded from its routes. */
#define ROUTES_MAX 1024

struct route {
	size_t vantage;
	struct ip_addr to;
	int bits;        /* of its 128 that count */
	bool linked;     /* a network of the card's own, for whose addresses it
	                  stands; its route is there besides */
	const char *dev; /* or "" where several share the way */
};

/* An address of a machine's own, and the card that has it. */
struct route_source {
	size_t vantage;
	struct ip_addr ip;
	const char *dev;
};

struct routes {
	struct arena arena; /* of names and notes */
	const struct vantage *vantages;
	struct route *list; /* in the order of the listings; owned */
	uint32_t count;
	struct route_source *sources; /* owned */
	uint32_t sources_count;
	bool full
		[STITCH_VANTAGES_MAX]; /* by vantage: not all of its routes are kept */
	bool policy
		[STITCH_VANTAGES_MAX]; /* its rules choose by more than the destination, or it
	                   drops what it would answer elsewhere */
};

/* Read those of the vantages' machines. Release in any case. */
bool routes_load(struct routes *r, const struct vantage *vantages, size_t count,
	struct store *s, struct error *e);
void routes_release(struct routes *r);

/*
 * Why an answer from this address of vantage v's machine to that client would not
 * be in its capture: a sentence that names both cards, in the arena of r; NULL where
 * nothing says so. The capture shows no answer, which the caller has found.
 */
const char *routes_elsewhere(
	struct routes *r, size_t v, struct ip_addr own, struct ip_addr client);

#endif
