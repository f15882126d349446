/*
 * The packets of chosen connection attempts, out of one vantage's captures.
 *
 * All TCP packets of an attempt's 4-tuple within its time, in both directions,
 * and the ICMP errors that quote them; and those of connections that bear its
 * initial sequence number under other addresses: copies that were translated on
 * the way through a host, answers that were not translated back. They keep their times, link types and
 * lengths; several pieces are merged in the order of time.
 */
#ifndef INGEST_SLICE_H
#define INGEST_SLICE_H

#include "ingest/case_files.h"
#include "ingest/feed.h"
#include "ingest/pcapng_write.h"

/* What is wanted: a 4-tuple as this vantage sees it, and a time. */
struct slice_target {
	struct ip_addr one; /* the ends in any order; slice_sort orders them */
	struct ip_addr other;
	uint16_t one_port;
	uint16_t other_port;
	uint32_t isn;    /* of the client, as this vantage sees it */
	int64_t from_ns; /* captured clock of this vantage */
	int64_t to_ns;
};

/* A handshake, whatever its addresses. */
struct slice_isn {
	uint32_t isn;
	int64_t from_ns;
	int64_t to_ns;
};

struct slice_targets {
	struct slice_target *list; /* owned */
	size_t count;
	size_t room;
	struct slice_isn *isns; /* owned; by isn and time, after slice_sort */
	size_t isns_count;
};

void slice_add(struct slice_targets *t, const struct slice_target *target);
void slice_release(struct slice_targets *t);

/* To be called when all are added. Times of one tuple that touch are joined. */
void slice_sort(struct slice_targets *t);

/* What came of a vantage. */
struct slice_result {
	uint64_t read; /* packets */
	uint64_t written;
	uint64_t context; /* of these, written for the context alone */
};

/*
 * Read the pieces (their file set; in the order of their first packets) and
 * write what is wanted to w. context: also the first packet of each kind besides
 * TCP, which tell what the capture saw. Even without it a slice is not left
 * empty: a TCP packet of others (no SYN) then says that the capture did see
 * something, if not these attempts. A piece that could not be read to its end says so
 * in its error; false with *e set when the slice cannot be written.
 */
bool slice_write(const struct slice_targets *targets, bool context,
	struct feed_piece *pieces, size_t count, struct pcapng_write *w,
	struct slice_result *result, struct error *e);

#endif
