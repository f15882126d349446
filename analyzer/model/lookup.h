/*
 * The names that clients asked for, as one vantage saw it.
 *
 * A lookup is what a program asks for when it wants a host's addresses: queries
 * for A and AAAA of one name, repeated and put to other resolvers until one
 * answers. Filled by ingest, read by stitch.
 */
#ifndef MODEL_LOOKUP_H
#define MODEL_LOOKUP_H

#include <stdint.h>

#include "base/ip.h"

/* Names that one vantage keeps; of more, only those. A resolver's own capture
 * holds millions, and they say nothing about its own connections. */
#define LOOKUPS_MAX 4096

/* A name is bounded by its 255 bytes on the wire (RFC 1035 section 2.3.4). */
#define LOOKUP_NAME_SIZE 256

enum lookup_outcome {
#define X(constant, id) LOOKUP_##constant,
#include "model/lookup.def"
#undef X
	LOOKUP_OUTCOMES
};

/* The lookups of a name that ended in one way. */
struct lookup_fate {
	uint32_t count;
	uint32_t queries;        /* in all of them */
	uint32_t frame;          /* of the first one's first query */
	struct ip_addr resolver; /* of the same */
	int64_t first_ns;        /* captured clock: that query */
	int64_t last_ns;         /* the last one's last query */
};

/* One name that one client asked for. */
struct lookup {
	struct ip_addr client;
	char name[LOOKUP_NAME_SIZE];
	struct lookup_fate fates[LOOKUP_OUTCOMES];
	/* The one that is under way: queries 0 when none is. */
	struct lookup_fate open;
	enum lookup_outcome best; /* of its answers so far */
	int64_t answered_ns;      /* the last of them */
	uint16_t last_type;
	uint16_t last_id; /* of its last query */
	uint16_t last_port;
};

/* "answered" ... static storage. */
const char *lookup_outcome_id(enum lookup_outcome o);

#endif
