/*
 * A memfd, then a file made with O_TMPFILE. Both are there from the start; what
 * lies in memory is copied when it has become too much, once.
 */
#include "ingest/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/spill.h"

#define BLOCK ((size_t)256 * 1024)

void
spool_begin(struct spool *s)
{
	*s = (struct spool){.disk = spill_unnamed()};
	s->memory = memfd_create("lostsyn", MFD_CLOEXEC);
	s->on_disk = s->memory < 0;
}

void
spool_release(struct spool *s)
{
	if (s->memory > 0)
		close(s->memory);
	if (s->disk > 0)
		close(s->disk);
	*s = (struct spool){.memory = -1, .disk = -1};
}

int
spool_fd(const struct spool *s)
{
	return s->on_disk ? s->disk : s->memory;
}

static bool
write_at(int fd, const uint8_t *data, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, data, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return true;
}

/* Memory is full: all of it goes to disk. It stays where it is as well, for
 * those who read it at this moment. */
static bool
move_to_disk(struct spool *s)
{
	uint8_t *block = memory_take(BLOCK, 1);
	uint64_t at = 0;
	bool ok = true;
	while (ok && at < s->used) {
		ssize_t n = pread(s->memory, block, BLOCK, (off_t)at);
		ok = n > 0 && write_at(s->disk, block, (size_t)n, at);
		at += n > 0 ? (uint64_t)n : 0;
	}
	free(block);
	s->on_disk = ok;
	return ok;
}

static bool
full(struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT,
		"no room to unpack archives: %s; name a folder with room in "
		"TMPDIR, or unpack them and give the folder",
		errno == 0 ? "more than is granted" : strerror(errno));
}

bool
spool_add(struct spool *s, struct view bytes, struct error *e)
{
	uint64_t end = s->used + bytes.len;
	errno = 0;
	if (end > SPOOL_BYTES_MAX || spool_fd(s) < 0)
		return full(e);
	if (!s->on_disk && end > SPOOL_MEMORY && s->disk >= 0 &&
		!move_to_disk(s))
		return full(e);
	if (!s->on_disk && end > SPOOL_MEMORY_ALONE)
		return full(e);
	if (!write_at(spool_fd(s), bytes.data, bytes.len, s->used))
		return full(e);
	s->used = end;
	return true;
}

void
spool_cut(struct spool *s, uint64_t used)
{
	s->used = used;
}
