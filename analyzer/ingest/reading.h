/*
 * One capture file while it is read: stream, reader, and the packet that is
 * next. So that several files of one vantage can be read in the order of time.
 */
#ifndef INGEST_READING_H
#define INGEST_READING_H

#include "base/progress.h"
#include "ingest/feed.h"
#include "ingest/stream.h"

struct reading {
	struct feed_piece *piece; /* borrowed; filled */
	struct progress *progress;
	struct stream stream;
	struct capture_reader *reader; /* owned */
	struct capture_packet packet;  /* the next one; its data lies in the
	                                  stream's window */
	bool has_packet;
	uint64_t reported; /* bytes that progress knows of */
};

/* Open a piece and read its first packet. False when it cannot be opened: the
 * piece says why, and r needs no reading_close. */
bool reading_open(
	struct reading *r, struct feed_piece *piece, struct progress *progress);

/* The same for a piece whose hash is needed when it is closed: large files are
 * otherwise left to late_hash. */
bool reading_open_hashed(
	struct reading *r, struct feed_piece *piece, struct progress *progress);

/* Go on to the next packet; false at the end. */
bool reading_next(struct reading *r);

/* The piece's hash, size and summary are complete afterwards. */
void reading_close(struct reading *r);

/* The time of a file's first packet that has one; INT64_MAX without, and for
 * what can be read only once. Opens and closes the file. */
int64_t reading_first_time(const struct case_file *file);

#endif
