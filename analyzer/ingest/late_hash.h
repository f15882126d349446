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

struct late_hash {
	struct feed_piece **list; /* owned; the pieces are borrowed */
	size_t count;
	_Atomic size_t next;
	pthread_t threads[LATE_HASH_THREADS];
	int running;
};

/* Begin to hash all pieces that wait for it (their late_fd is open). */
void late_hash_start(
	struct late_hash *h, struct feed_piece **list, size_t count);

/* Until all are hashed; their sha256 is set and late_fd closed. */
void late_hash_wait(struct late_hash *h);

#endif
