/*
 * A few threads take files off a list and hash them.
 */
#include "ingest/late_hash.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cores.h"
#include "base/tempfile.h"

#define BLOCK ((size_t)256 * 1024)

/* The file is still what the analysis read. */
static bool
unchanged(const struct feed_piece *p, uint64_t hashed)
{
	struct stat st;
	return fstat(p->late_fd, &st) == 0 && hashed == p->raw_bytes &&
		st.st_mtim.tv_sec == p->late_mtime.tv_sec &&
		st.st_mtim.tv_nsec == p->late_mtime.tv_nsec;
}

static void
hash_piece(struct feed_piece *p, uint8_t *block)
{
	struct digest d;
	uint64_t at = 0;
	digest_init(&d);
	for (;;) {
		ssize_t n = pread(p->late_fd, block, BLOCK, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		digest_add(&d, view_of(block, (size_t)n));
		at += (uint64_t)n;
	}
	digest_imprint(&d, p->imprint);
	digest_finish(&d, p->sha256);
	if (!unchanged(p, at))
		anomaly_counts_add(&p->anomalies, ANOMALY_FILE_CHANGED, at);
	close(p->late_fd);
	p->late_fd = -1;
}

static void *
take_files(void *argument)
{
	struct late_hash *h = argument;
	uint8_t *block = NULL;
	for (;;) {
		size_t i = atomic_fetch_add(&h->next, 1);
		if (i >= h->count)
			break;
		if (block == NULL)
			block = memory_take(BLOCK, 1);
		hash_piece(h->list[i], block);
	}
	free(block);
	return NULL;
}

/* Cores beside the one that goes on with the work. */
static int
free_cores(void)
{
	int cores = cores_usable() - 1;
	return cores < LATE_HASH_THREADS ? cores : LATE_HASH_THREADS;
}

void
late_hash_start(struct late_hash *h, struct feed_piece **list, size_t count)
{
	*h = (struct late_hash){.list = list, .count = count};
	int most = free_cores();
	while (h->running < most && (size_t)h->running < count &&
		tempfile_thread(&h->threads[h->running], take_files, h))
		h->running++;
}

void
late_hash_wait(struct late_hash *h)
{
	take_files(h); /* help, or do it all when no thread was to be had */
	for (int i = 0; i < h->running; i++)
		pthread_join(h->threads[i], NULL);
	free(h->list);
	*h = (struct late_hash){0};
}
