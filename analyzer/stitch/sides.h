/*
 * At which end of the path each host stands, by the packets themselves.
 *
 * Two machines that both open connections have attempts in both directions: the
 * capture that is the client's for one attempt is the server's for another. And
 * a lone capture may have been made at either end. To judge such an attempt the
 * wrong way round would accuse the wrong host.
 */
#ifndef STITCH_SIDES_H
#define STITCH_SIDES_H

#include "stitch/match.h"

/* The end of a path at which no capture was made. */
#define SIDES_NO_END SIZE_MAX

struct sides {
	bool mixed;        /* false: no attempt runs the other way */
	uint8_t *reversed; /* 1 for each attempt that does; owned, or NULL */
};

/*
 * Find the attempts of which the client stands at vantage far and the server at
 * near. One of the two may be SIDES_NO_END: then there is one capture, taken
 * for the other one's. Release with sides_release.
 */
void sides_find(struct sides *x, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far);
void sides_release(struct sides *x);

static inline bool
sides_reversed(const struct sides *x, uint32_t attempt)
{
	return x->mixed && x->reversed[attempt] != 0;
}

/*
 * Of two sightings of one attempt: +1 when a was made nearer the client than b,
 * -1 when b was, 0 when it cannot be told.
 */
int sides_vote(const struct sighting *a, const struct sighting *b);

#endif
