/*
 * At which end of the path each host stands.
 *
 * What a person said decides: the client's capture was made at clients, the
 * server's at servers. Two machines that both open connections have attempts in
 * both directions, though: the capture that is the client's for one attempt is
 * the server's for another. To judge such an attempt the wrong way round would
 * accuse the wrong host.
 */
#ifndef STITCH_SIDES_H
#define STITCH_SIDES_H

#include "model/case_config.h"
#include "stitch/match.h"

/* The end of a path at which no capture was made. */
#define SIDES_NO_END SIZE_MAX

/* Where a lone capture was made, by what a person said of it. */
enum lone_place {
	LONE_UNSAID, /* the packets may tell, for some attempts or none */
	LONE_CLIENT,
	LONE_SERVER,
	LONE_BETWEEN,
};

/* How an attempt runs. */
enum side {
	SIDE_AS_SAID,
	SIDE_REVERSED, /* its client stands at far, its server at near */
	SIDE_UNKNOWN,  /* a lone capture, of which end nobody knows */
	SIDE_OUTSIDE,  /* the one capture that shows it stands at the other end
	                  than as said; nobody captured the end that is left */
};

struct sides {
	uint8_t *
		of; /* enum side of each attempt, or NULL: all as said; owned */
	bool contradicted; /* the packets look as if a lone capture had been
	                      made at the other end than was said */
};

/*
 * Find the attempts of two ends' captures, near and far, that run from far to
 * near. Release with sides_release.
 */
void sides_find(struct sides *x, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far);

/* The same for a lone capture, of which SIDE_AS_SAID means: made at the client
 * of the attempt, or, with LONE_SERVER, at its server. said may be NULL. */
void sides_find_lone(struct sides *x, const struct match *m,
	const struct vantage *vantage, enum lone_place place,
	const struct case_role *said);
void sides_release(struct sides *x);

static inline enum side
side_of(const struct sides *x, uint32_t attempt)
{
	return x->of == NULL ? SIDE_AS_SAID : (enum side)x->of[attempt];
}

static inline bool
sides_reversed(const struct sides *x, uint32_t attempt)
{
	return side_of(x, attempt) == SIDE_REVERSED;
}

/*
 * Of two sightings of one attempt: +1 when a was made nearer the client than b,
 * -1 when b was, 0 when it cannot be told. By the delays within each capture,
 * which no clock can change, by the TTLs, by checksums that a card finished on
 * the way and by the capture's word for in and out, where these do not
 * contradict each other:
 */
int sides_vote(const struct sighting *a, const struct sighting *b);
/* The same, and what says so: enum shown_by bits of *by, 0 with a vote of 0. */
int sides_vote_by(
	const struct sighting *a, const struct sighting *b, uint8_t *by);
/* By the capture's own word for in and out: +1, the SYN only left its host; -1,
 * it only came in; 0, both (a router, a container's host), or no such word. */
int sides_way_vote(const struct sighting *g);
/* By the sums of SYN and SYN-ACK in one capture: +1, the capture's own host sent
 * the SYN; -1, it sent the SYN-ACK; 0, it cannot be told. */
int sides_sum_vote(const struct sighting *g);
/* By what one capture alone shows of an attempt: +1, it was made at the client;
 * -1, at the server; 0, nothing proves it. passes: stitch_passes_syns_on
 * of v. */
int sides_lone_vote(
	const struct vantage *v, bool passes, const struct sighting *g);
/* What refutes a person's word, although packets are recorded out of order by
 * as much as they travel: both delays and a TTL, or both delays by more than that
 * and no TTL against them. */
int sides_proof(const struct sighting *a, const struct sighting *b);

#endif
