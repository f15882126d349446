/*
 * Anonymous mappings that begin where a huge page can, with a piece of advice to
 * the kernel.
 */
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/arena.h"

/* The size of a huge page of x86-64 and of arm64 with pages of 4 KiB.
 * cite: Linux 6.12, Documentation/admin-guide/mm/transhuge.rst */
#define HUGE ((size_t)2 << 20)

/* A mapping of len bytes that begins at a multiple of HUGE. Kernels before 6.7
 * give any multiple of 4 KiB; what is too much in front and behind goes back. */
static void *
map(size_t len)
{
	if (len > SIZE_MAX - HUGE)
		return NULL;
	char *p = mmap(NULL, len + HUGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	size_t before = (size_t)(-(uintptr_t)p & (HUGE - 1));
	if (before > 0)
		munmap(p, before);
	if (before < HUGE)
		munmap(p + before + len, HUGE - before);
	return p + before;
}

/* Whole pages: what is mapped for len bytes. */
static size_t
rounded(size_t len)
{
	return (len + 4095) & ~(size_t)4095;
}

void *
pages_take(size_t count, size_t size)
{
	size_t len;
	if (__builtin_mul_overflow(count, size, &len) || len > SIZE_MAX / 2)
		memory_exhausted();
	if (len < PAGES_LARGE)
		return memory_take(count, size);
	void *p = map(rounded(len));
	if (p == NULL)
		memory_exhausted();
	/* Where there are none, the program is slower and no less right. */
	(void)madvise(p, rounded(len), MADV_HUGEPAGE);
	return p;
}

void
pages_give(void *p, size_t count, size_t size)
{
	if (p != NULL && count * size >= PAGES_LARGE)
		munmap(p, rounded(count * size));
	else
		free(p);
}
