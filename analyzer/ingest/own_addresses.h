/*
 * The addresses of the machines at whose ends captures were made, as far as
 * they are one machine's: for placing files that name addresses.
 */
#ifndef INGEST_OWN_ADDRESSES_H
#define INGEST_OWN_ADDRESSES_H

#include "model/vantage.h"

/* More than that and the capture is of a place that many pass. */
#define OWN_ADDRESSES_MAX 16

struct own_addresses {
	struct ip_addr list[OWN_ADDRESSES_MAX];
	size_t count; /* 0 where there are more, too */
};

/* Clients of a capture at the client's end, or servers of one at the server's.
 * An address that is on both sides of attempts is left out. */
void own_addresses_find(
	struct own_addresses *out, const struct vantage *v, bool at_server);

#endif
