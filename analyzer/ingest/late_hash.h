/*
 * Hashing captures beside the work that follows their reading.
 *
 * Hashing costs about as much as reading and tracking together, and every core
 * is busy while captures are read. The stages that follow run on one core; the
 * other hashes meanwhile, out of the page cache, through the descriptor that
 * the analysis read. A file that changed in between is noted.
 */
#ifndef INGEST_LATE_HASH_H
#define INGEST_LATE_HASH_H

#include <pthread.h>
#include <stdatomic.h>

#include "ingest/feed.h"

/* Threads that hash, at most; one core is left to the stages that follow. */
#define LATE_HASH_THREADS 4

/* A file that waits, and what came of it. A piece's row is written while its
 * file is hashed: no thread writes to a piece. */
struct late_file {
	struct feed_piece *piece; /* borrowed; its late_fd is open */
	char sha256[DIGEST_TEXT_MAX];
	uint8_t imprint[DIGEST_IMPRINT_BYTES];
	uint64_t bytes; /* that were hashed */
	bool changed;   /* since the analysis read it */
};

struct late_hash {
	struct late_file *list; /* owned */
	size_t count;
	_Atomic size_t next;
	pthread_t threads[LATE_HASH_THREADS];
	int running;
};

/* Begin to hash count files, their pieces set; takes over the list. */
void late_hash_start(struct late_hash *h, struct late_file *list, size_t count);

/* Until all are hashed. Only here the pieces change: their sha256 and imprint
 * are set, late_fd is closed, and a file that changed is counted. */
void late_hash_wait(struct late_hash *h);

#endif
