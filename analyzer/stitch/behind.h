/*
 * What the server's end calls the two hosts of an attempt that it does not show.
 *
 * Behind a translating device a capture is asked about addresses that it never
 * sees. Two things tell the server's address there without a doubt: a NAT64
 * address holds it (RFC 6052 section 2.2), and a person may have said it. One
 * server that all the others of a service met is no proof of where this one went:
 * the balancer's other server may be the one that never answers.
 */
#ifndef STITCH_BEHIND_H
#define STITCH_BEHIND_H

#include "stitch/case.h"

/* The ends of a segment as one vantage would show them. */
struct behind_ends {
	struct ip_addr client;
	struct ip_addr server;
	uint16_t server_port;
	bool translated; /* they differ from what the other end shows */
};

/*
 * As vantage v, at the server's end, would show the ends of g, another vantage's
 * sighting: those of g where nothing is translated, or nobody knows to what. The
 * client's is that of all others that came the same way, or no address where
 * these differ.
 */
void behind_ends(const struct stitch_case *k, size_t v,
	const struct sighting *g, struct behind_ends *out);

/*
 * What the capture nearest to the server shows of an attempt that the server's own
 * does not: a device between may have translated it, and then this is under which
 * names it went on. NULL where none does.
 */
const struct sighting *behind_last_between(
	const struct stitch_case *k, const struct attempt_ends *a);

/* Learn from what was paired, once that is done: k->behind. */
void behind_learn(struct stitch_case *k);

#endif
