/*
 * A few threads take files off a list and hash them, two at a time.
 */
#include "ingest/late_hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

/* One of the two files that a thread hashes side by side. */
struct lane {
	struct late_file *file; /* NULL: the list is at its end */
	struct digest digest;
	uint64_t at;    /* bytes hashed */
	uint8_t *block; /* owned */
	size_t len;     /* of what was read and is not hashed; 0 at the end */
};

static void
lane_finish(struct lane *l)
{
	struct late_file *f = l->file;
	digest_imprint(&l->digest, f->imprint);
	digest_finish(&l->digest, f->sha256);
	f->bytes = l->at;
	f->changed = !unchanged(f->piece, l->at);
}

static void
lane_read(struct lane *l)
{
	ssize_t n;
	do
		n = pread(
			l->file->piece->late_fd, l->block, BLOCK, (off_t)l->at);
	while (n < 0 && errno == EINTR);
	l->len = n > 0 ? (size_t)n : 0;
	l->at += l->len;
}

/* Read on, in the next file of the list where one is at its end. */
static void
lane_fill(struct lane *l, struct late_hash *h)
{
	if (l->file != NULL)
		lane_read(l);
	while (l->len == 0) {
		if (l->file != NULL)
			lane_finish(l);
		size_t i = atomic_fetch_add(&h->next, 1);
		l->file = i < h->count ? &h->list[i] : NULL;
		if (l->file == NULL)
			return;
		if (l->block == NULL)
			l->block = memory_take(BLOCK, 1);
		digest_init(&l->digest);
		l->at = 0;
		lane_read(l);
	}
}

/* What the other lane has no counterpart of. */
static void
lane_hash(struct lane *l, size_t from)
{
	if (l->len > from)
		digest_add(&l->digest, view_of(l->block + from, l->len - from));
}

static void *
take_files(void *argument)
{
	struct late_hash *h = argument;
	struct lane a = {0};
	struct lane b = {0};
	for (;;) {
		lane_fill(&a, h);
		lane_fill(&b, h);
		if (a.file == NULL && b.file == NULL)
			break;
		/* Both in full, but for the ends of files. */
		size_t both = a.len < b.len ? a.len : b.len;
		if (both > 0)
			digest_add_two(
				&a.digest, a.block, &b.digest, b.block, both);
		lane_hash(&a, both);
		lane_hash(&b, both);
	}
	free(a.block);
	free(b.block);
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
late_hash_start(struct late_hash *h, struct late_file *list, size_t count)
{
	*h = (struct late_hash){.list = list, .count = count};
	int most = free_cores();
	while (h->running < most && (size_t)h->running < count &&
		tempfile_thread(&h->threads[h->running], take_files, h))
		h->running++;
}

/* The piece has what came of its file. */
static void
settle(const struct late_file *f)
{
	struct feed_piece *p = f->piece;
	memcpy(p->sha256, f->sha256, sizeof p->sha256);
	memcpy(p->imprint, f->imprint, sizeof p->imprint);
	if (f->changed)
		anomaly_counts_add(
			&p->anomalies, ANOMALY_FILE_CHANGED, f->bytes);
	close(p->late_fd);
	p->late_fd = -1;
}

void
late_hash_wait(struct late_hash *h)
{
	take_files(h); /* help, or do it all when no thread was to be had */
	for (int i = 0; i < h->running; i++)
		pthread_join(h->threads[i], NULL);
	for (size_t i = 0; i < h->count; i++)
		settle(&h->list[i]);
	free(h->list);
	*h = (struct late_hash){0};
}
