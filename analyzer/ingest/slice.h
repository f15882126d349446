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
#include "ingest/slice_notes.h"

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
	struct slice_notes notes; /* what is said of their packets */
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

/* A packet that is wanted. */
struct slice_packet {
	struct capture_packet packet; /* its data until the next one is read */
	struct captured_time at;
	const char *note; /* or NULL */
};

struct slicing;

/*
 * Read the pieces (their file set; in the order of their first packets).
 * context: also the first packet of each kind besides TCP, and some datagrams
 * between the hosts of the attempts, which tell what the capture saw. Everything is borrowed until slice_end; notes of the targets are
 * given away. A piece that could not be read to its end says so in its error.
 */
struct slicing *slice_begin(struct slice_targets *targets, bool context,
	struct feed_piece *pieces, size_t count);

/* The next wanted packet, in the order of time; false at the end. */
bool slice_next(struct slicing *s, struct slice_packet *out);

/* The link type of the first piece that has a packet, known once slice_next was
 * called; CAPTURE_LINK_UNKNOWN without. */
uint16_t slice_link_type(const struct slicing *s);

/* Close what is open and free it. NULL is fine. */
void slice_end(struct slicing *s, struct slice_result *result);

/*
 * All of it to w. Even without context a slice is not left
 * empty: a TCP packet of others (no SYN) then says that the capture did see
 * something, if not these attempts. False when the slice cannot be written.
 */
bool slice_write(struct slice_targets *targets, bool context,
	struct feed_piece *pieces, size_t count, struct pcapng_write *w,
	struct slice_result *result, struct error *e);

#endif
