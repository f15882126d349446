/*
 * What is to be said of single packets of a vantage: found by tuple, moment and
 * kind of segment.
 */
#ifndef INGEST_SLICE_NOTES_H
#define INGEST_SLICE_NOTES_H

#include "base/arena.h"
#include "base/ip.h"
#include "parsers/packet/packet.h"

enum slice_segment {
	SLICE_SYN,
	SLICE_SYNACK,
	SLICE_RST,
	SLICE_OTHER, /* ACK, data, an ICMP error that quotes the tuple */
};

struct slice_note {
	struct ip_addr one; /* the ends in any order; slice_notes_sort orders */
	struct ip_addr other;
	uint16_t one_port;
	uint16_t other_port;
	enum slice_segment segment;
	int64_t at_ns; /* captured clock; the packet is less than 1 us later */
	const char *text; /* UTF-8; the arena's */
	bool given;       /* to a packet */
};

struct slice_notes {
	struct slice_note *list; /* owned */
	size_t count;
	size_t room;
	struct arena arena; /* their texts */
};

void slice_notes_add(struct slice_notes *n, const struct slice_note *note);
void slice_notes_release(struct slice_notes *n);

/* To be called when all are added. */
void slice_notes_sort(struct slice_notes *n);

/* The note of a packet that was captured at at_ns, or NULL. It is given once:
 * of a packet that a capture holds twice the first has it. */
const char *slice_notes_take(
	struct slice_notes *n, const struct packet *p, int64_t at_ns);

#endif
