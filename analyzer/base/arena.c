/*
 * Chunked bump allocation. The first chunk has 4 KiB, for many arenas hold a name
 * or two; the others 64 KiB, or as much as one piece needs.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_FIRST_BYTES ((size_t)4 * 1024)
#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGN ((size_t)16)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* usable bytes after this header */
	size_t used;
	alignas(16) unsigned char data[];
};

_Noreturn void
memory_exhausted(void)
{
	fputs("lostsyn: out of memory\n", stderr);
	exit(3);
}

void *
memory_take(size_t count, size_t size)
{
	void *p = calloc(count != 0 ? count : 1, size != 0 ? size : 1);
	if (p == NULL)
		memory_exhausted();
	return p;
}

void *
memory_grow(void *old, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		memory_exhausted();
	void *p = realloc(old, total != 0 ? total : 1);
	if (p == NULL)
		memory_exhausted();
	return p;
}

char *
memory_copy(const char *text)
{
	size_t len = strlen(text) + 1;
	return memcpy(memory_take(len, 1), text, len);
}

void
arena_init(struct arena *a)
{
	*a = (struct arena){0};
}

void
arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks;
	while (c != NULL) {
		struct arena_chunk *next = c->next;
		free(c);
		c = next;
	}
	arena_init(a);
}

void *
arena_take(struct arena *a, size_t len)
{
	if (len > SIZE_MAX / 2)
		memory_exhausted();
	size_t need = (len + ALIGN - 1) & ~(ALIGN - 1);
	struct arena_chunk *c = a->chunks;
	if (c == NULL || c->size - c->used < need) {
		size_t size = c == NULL ? CHUNK_FIRST_BYTES : CHUNK_BYTES;
		size = need > size ? need : size;
		c = calloc(1, sizeof *c + size);
		if (c == NULL)
			memory_exhausted();
		c->size = size;
		c->next = a->chunks;
		a->chunks = c;
	}
	void *p = c->data + c->used;
	c->used += need;
	a->used_bytes += need;
	return p;
}

char *
arena_copy(struct arena *a, const void *data, size_t len)
{
	char *p = arena_take(a, len + 1);
	if (len > 0)
		memcpy(p, data, len);
	return p;
}

char *
arena_format(struct arena *a, const char *format, ...)
{
	/* Most fit: without room, vsnprintf counts byte by byte. */
	char text[2048];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n < 0)
		return arena_copy(a, "", 0);
	if ((size_t)n < sizeof text)
		return arena_copy(a, text, (size_t)n);
	char *p = arena_take(a, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return p;
}
