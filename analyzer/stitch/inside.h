/*
 * Where inside one host a segment stayed.
 *
 * A capture on several interfaces of a host that forwards (a container host, a
 * node, a router, a balancer) shows each packet at every one that it passes. The
 * way of the attempts that were answered is the way that the others should have
 * gone: where the SYN of one came in by the same card and is missing at the next,
 * it was dropped between the two. A SYN-ACK goes back the way that its SYN came.
 * Nothing but cards and directions is needed, no IP ID and no timestamp.
 *
 * Cost: nothing where no capture tells cards or directions.
 */
#ifndef STITCH_INSIDE_H
#define STITCH_INSIDE_H

#include "base/arena.h"
#include "base/hash.h"
#include "model/vantage.h"
#include "stitch/index.h"

/* A sight before its translation and one behind it. */
#define INSIDE_STEPS (2 * SIGHTING_WAY_STEPS)

struct inside_way {
	uint8_t step[INSIDE_STEPS]; /* SIGHTING_STEP; 0 behind the last */
	int steps;
	bool answered;
	bool differs; /* others went another way */
};

struct inside {
	const struct vantage *vantage; /* borrowed */
	struct hash_keys keys;
	struct index by_key;    /* of the services, hosts and cards asked */
	struct inside_way *way; /* owned */
	uint32_t count;
	uint64_t answers_at; /* bit per card: a SYN-ACK was seen there */
};

/* How well it is known that a segment should have gone on. */
enum inside_proof {
	INSIDE_PASSED,  /* it did, or nothing says that it should have */
	INSIDE_LIKELY,  /* others that came in there left by another card */
	INSIDE_CERTAIN, /* others to the same service, or host, did */
};

/* Learn the ways of a vantage, once its sights of one attempt are joined. */
void inside_learn(struct inside *x, const struct vantage *v);
void inside_release(struct inside *x);

/*
 * Whether the last SYN of g, or its last SYN-ACK, stayed inside the host; then
 * *between is set to "eth0 and docker0", in arena. g is any of the attempt's
 * sights that is not another one's.
 */
enum inside_proof inside_syn(const struct inside *x, const struct sighting *g,
	struct arena *arena, const char **between);
enum inside_proof inside_synack(const struct inside *x,
	const struct sighting *g, struct arena *arena, const char **between);

/* "eth1, its SYN came in by eth0", in arena, where g's SYN came in by one card
 * alone and its SYN-ACK left by another one alone; else NULL. */
const char *inside_left_elsewhere(
	const struct inside *x, const struct sighting *g, struct arena *arena);

#endif
