/*
 * Everything that is known while attempts are stitched: shared by the files of
 * this stage.
 */
#ifndef STITCH_CASE_H
#define STITCH_CASE_H

#include "stitch/clock.h"
#include "stitch/cover.h"
#include "stitch/inside.h"
#include "stitch/leaving.h"
#include "stitch/match.h"
#include "stitch/orphans.h"
#include "stitch/sides.h"
#include "stitch/stitch.h"

/* The end of a path at which no capture was made. */
#define CASE_NO_END SIDES_NO_END

/* Of one machine: a proxy takes connections at one address and opens its own
 * from another. */
#define CASE_OWN_MAX 2
struct own_addresses {
	struct ip_addr list[CASE_OWN_MAX];
	int count;
};

/* A NAT64 between the ends (behind.h). */
struct behind {
	bool known;
	struct ip_addr prefix; /* of 96 bits; the rest is 0 */
	struct ip_addr client; /* what it calls its clients */
	bool mixed;            /* there are several prefixes */
	bool pool;             /* or several such addresses */
};

struct stitch_case {
	struct vantage *vantages;
	size_t count;
	const struct case_config *config; /* what a person said, or NULL */
	size_t near; /* index of the vantage at the client, or CASE_NO_END */
	size_t far;  /* index of the vantage at the server, or CASE_NO_END */
	bool order_guessed;  /* which of the two captures is whose: names
	                       alone, which convict nobody */
	bool near_at_client; /* false: the nearest one stands between */
	bool far_at_server;
	/* Machines that call each other, or one the next (own.h). */
	bool own_known;
	struct own_addresses own[STITCH_VANTAGES_MAX];
	/* Neither end's by what was said of it. */
	bool said_between[STITCH_VANTAGES_MAX];
	/* Servers side by side at the far end (abreast.h): is it one's own, and
	   under which address it is asked. */
	bool abreast[STITCH_VANTAGES_MAX];
	struct ip_addr serves[STITCH_VANTAGES_MAX];
	enum lone_place lone; /* where a lone capture was made */
	struct sides sides;   /* attempts for which it is the other way */
	struct match match;
	struct clock_map maps[STITCH_VANTAGES_MAX];
	struct inside inside[STITCH_VANTAGES_MAX];
	struct leaving leaving[STITCH_VANTAGES_MAX];
	struct cover covers[STITCH_VANTAGES_MAX];
	int64_t last_ns[STITCH_VANTAGES_MAX]; /* end of each capture,
	                                         reference clock */
	struct behind behind;
	struct orphans orphans; /* SYNs that only the server's end saw */
	struct hash_keys keys;  /* of the orphans' 4-tuples */
	struct {
		uint32_t unasked;    /* answers that nobody asked for */
		uint32_t both_sides; /* attempts counted at the client's end */
	} once;
};

/* The ends of one attempt. */
struct attempt_ends {
	uint32_t attempt;
	size_t near;       /* vantage at its client, or CASE_NO_END */
	size_t far;        /* vantage at its server, or CASE_NO_END */
	bool between;      /* a lone capture, which one of the two stands for */
	bool near_between; /* near is not the client's host, but on the way */
	bool far_between;
	const struct sighting *c; /* at the client, or NULL */
	const struct sighting *s; /* at the server, or NULL */
};

/* Which vantages are the ends, by what a person said of them. */
void stitch_case_find_ends(struct stitch_case *k);

void stitch_case_release(struct stitch_case *k);

void stitch_case_ends(const struct stitch_case *k, uint32_t attempt,
	struct attempt_ends *out);

/* What stands between the ends, and was taken for the client's, is taken for
 * the server's where the client's silence is what matters. */
void stitch_case_stand_in(struct attempt_ends *a);

/* The sighting of an attempt that was made nearest its client; *vantage is set
 * to where. Every attempt has one. */
const struct sighting *stitch_case_first(
	const struct stitch_case *k, uint32_t attempt, size_t *vantage);

/* When something of a sighting happened, on the reference clock, ns. */
int64_t stitch_case_time(const struct stitch_case *k, size_t vantage,
	const struct sighting *s, uint32_t at_us);

#endif
