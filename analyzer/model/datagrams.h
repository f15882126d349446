/*
 * What two hosts sent each other besides TCP, as one vantage saw it: UDP, ICMP
 * queries and ICMP errors, these counted for the host that sent them.
 *
 * They prove which directions a capture holds where no connection worked.
 */
#ifndef MODEL_DATAGRAMS_H
#define MODEL_DATAGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ip.h"

/* Pairs of hosts that are told apart, for each vantage; of later ones nothing
 * is proved. */
#define DATAGRAMS_MAX (1u << 16)

struct datagrams {
	struct ip_addr low; /* the smaller address of the two */
	struct ip_addr high;
	bool seen[2];                  /* 0: low -> high, 1: high -> low */
	struct captured_time first[2]; /* of each direction that was seen */
	struct captured_time last[2];
};

/* The direction in which from sends, as an index of seen and first. */
static inline int
datagrams_row(const struct datagrams *d, struct ip_addr from)
{
	return ip_equal(d->low, from) ? 0 : 1;
}

#endif
