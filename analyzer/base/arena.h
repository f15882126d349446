/*
 * A stage's memory: taken piece by piece, given back all at once.
 *
 * Pieces are 16-byte aligned, zeroed and never move. An arena belongs to one
 * thread. Out of memory ends the program with status 3 and a message
 * (memory_exhausted), so callers need no check.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first; owned */
	size_t used_bytes;          /* handed out, padding included */
};

/* Empty an arena of the caller's before first use ({0} does as well). */
void arena_init(struct arena *a);

/* Give back everything taken from it; the arena can be used again. */
void arena_release(struct arena *a);

/* len zeroed bytes; valid until arena_release. */
void *arena_take(struct arena *a, size_t len);

/* A NUL-terminated copy of len bytes. */
char *arena_copy(struct arena *a, const void *data, size_t len);

/* A formatted, NUL-terminated string. */
char *arena_format(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * malloc, calloc and realloc that end the program with status 3 instead of
 * returning NULL. The caller owns and frees. count * size must not overflow:
 * checked.
 */
void *memory_take(size_t count, size_t size);
void *memory_grow(void *old, size_t count, size_t size);

/* A copy of a text; the caller frees. */
char *memory_copy(const char *text);

/* Say "out of memory" on standard error and exit with status 3. */
_Noreturn void memory_exhausted(void);

#endif
