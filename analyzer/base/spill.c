/*
 * One file, mapped piece by piece. Its blocks are taken before it is mapped: a disk
 * that is full is an answer here and a signal there.
 */
#include "base/spill.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int file = -1;
static _Atomic(off_t) used;

int
spill_unnamed(void)
{
	const char *folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
	int fd = -1;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (folders[i] != NULL && fd < 0)
			fd = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC,
				0600);
	return fd;
}

void
spill_open(void)
{
	if (file < 0)
		file = spill_unnamed();
}

static int
has_room(size_t len)
{
	struct statvfs disk;
	return fstatvfs(file, &disk) == 0 &&
		(unsigned long long)disk.f_bavail * disk.f_frsize >=
		SPILL_LEAVE + len;
}

void *
spill_take(size_t len)
{
	if (file < 0 || !has_room(len))
		return NULL;
	off_t at = atomic_fetch_add(&used, (off_t)len);
	/* Not posix_fallocate: where the file system has no such call, that
	 * writes all of it. */
	if (fallocate(file, 0, at, (off_t)len) != 0)
		return NULL;
	void *piece =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, file, at);
	return piece == MAP_FAILED ? NULL : piece;
}

void
spill_rest(void *piece, size_t len)
{
	/* Of a shared mapping only the page tables are dropped; what was
	 * written is the file's. cite: madvise(2), MADV_DONTNEED */
	madvise(piece, len, MADV_DONTNEED);
}

void
spill_free(void *piece, size_t len)
{
	munmap(piece, len);
}

unsigned long long
spill_used(void)
{
	return (unsigned long long)used;
}
