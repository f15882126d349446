/*
 * Who asked for whose hardware address (ARP, neighbour discovery), as one vantage
 * saw it, and whether anybody answered. Filled by ingest, read by stitch.
 */
#ifndef MODEL_NEIGHBOUR_H
#define MODEL_NEIGHBOUR_H

#include <stdint.h>

#include "base/ip.h"

/* Pairs of asker and target that one vantage keeps; of more, only those. A scan
 * of a large network asks for more, and says nothing about one connection. */
#define NEIGHBOURS_MAX 4096

struct neighbour {
	struct ip_addr asker;
	struct ip_addr target;
	uint32_t questions;  /* all of them */
	uint32_t unanswered; /* of those, behind which no answer came */
	uint32_t answers;
	/* Of the unanswered ones: the first one's frame and time, and the last
	 * one's time; captured clock, meaningless when there are none. */
	uint32_t frame;
	int64_t first_ns;
	int64_t last_ns;
	int64_t answered_ns; /* the last answer's, when there are any */
	/* Two machines answered one question: the first one's hardware address
	 * and the other's, in the order of the wire's bytes. */
	uint32_t contested; /* questions with answers of two */
	uint64_t hardware;  /* of the last answer that says; 0 none */
	uint64_t other;     /* the one that contested; 0 none */
	uint32_t in_a_row;  /* most questions that went unanswered one upon the
	                      other: who is answered does not ask again */
	/* Under way: questions since the last answer. */
	uint32_t open_in_a_row;
	uint32_t open;
	uint32_t open_frame;
	int64_t open_first_ns;
	int64_t open_last_ns;
};

#endif
