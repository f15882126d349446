/*
 * Small blocks for SQLite, by lists of free ones of a size.
 *
 * Preparing the statements of a small case takes 130,000 blocks, most of them
 * below 200 bytes, and gives them back. SQLite has its own short way for these
 * (lookaside), which Debian's build leaves out; malloc's costs five times as
 * much. Here a block is the first of its size's list, and goes back to it.
 *
 * A thread has its lists to itself, so that no lock is needed; when it ends, the
 * next one takes them over. Memory of small blocks is kept until the process
 * ends: SQLite's own caches, whose pages are larger, are not among it. Builds
 * with a sanitizer keep to malloc, which shows what is wrong with a block.
 *
 * spec: sqlite.org/malloc.html, "Alternative memory allocators";
 * sqlite.org/c3ref/mem_methods.html
 */
#include "store/memory.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

/* GCC says it by names, Clang by features. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

/* Sizes of blocks, their heads included, are multiples of GRAIN. */
#define GRAIN 32
#define CLASSES 33
#define SMALL_MAX (GRAIN * (CLASSES - 1))
/* So much is taken from malloc at a time. */
#define CHUNK_BYTES (64 * 1024)

/* In front of every block; a free one's next stands behind it. */
struct head {
	uint64_t bytes; /* of the block, head included */
};

struct free_block {
	struct head head;
	struct free_block *next;
};

/* The memory of one thread at a time. */
struct lists {
	struct free_block *free[CLASSES]; /* by bytes / GRAIN */
	char *chunk;                      /* what is left of the newest one */
	size_t left;
	struct lists *next; /* among those without a thread */
};

static _Thread_local struct lists *mine;
static struct lists *spare;
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t at_end;

/* The thread ends: its lists go to another. */
static void
lists_leave(void *argument)
{
	struct lists *l = argument;
	mine = NULL;
	pthread_mutex_lock(&spare_lock);
	l->next = spare;
	spare = l;
	pthread_mutex_unlock(&spare_lock);
}

/* NULL when memory ran out. */
static struct lists *
lists_take(void)
{
	pthread_mutex_lock(&spare_lock);
	struct lists *l = spare;
	if (l != NULL)
		spare = l->next;
	pthread_mutex_unlock(&spare_lock);
	if (l == NULL)
		l = calloc(1, sizeof *l);
	if (l != NULL && pthread_setspecific(at_end, l) != 0) {
		lists_leave(l);
		return NULL;
	}
	return mine = l;
}

static size_t
bytes_of(int len)
{
	size_t bytes = sizeof(struct head) + (size_t)len;
	return (bytes + GRAIN - 1) / GRAIN * GRAIN;
}

/* A block of the newest chunk. What an old one has left is too little for this
 * size, and is lost: a sixtieth at most. */
static struct head *
carve(struct lists *l, size_t bytes)
{
	if (l->left < bytes) {
		char *chunk = malloc(CHUNK_BYTES);
		if (chunk == NULL)
			return NULL;
		l->chunk = chunk;
		l->left = CHUNK_BYTES;
	}
	struct head *h = (struct head *)(void *)l->chunk;
	l->chunk += bytes;
	l->left -= bytes;
	return h;
}

static void *
block_take(int len)
{
	size_t bytes = bytes_of(len);
	struct head *h;
	struct lists *l = mine != NULL ? mine : lists_take();
	if (bytes > SMALL_MAX || l == NULL) {
		/* Its size is one that no list has. */
		bytes = bytes > SMALL_MAX ? bytes : SMALL_MAX + GRAIN;
		h = malloc(bytes);
	} else if (l->free[bytes / GRAIN] != NULL) {
		h = &l->free[bytes / GRAIN]->head;
		l->free[bytes / GRAIN] = l->free[bytes / GRAIN]->next;
	} else
		h = carve(l, bytes);
	if (h == NULL)
		return NULL;
	h->bytes = bytes;
	return h + 1;
}

static void
block_give(void *block)
{
	if (block == NULL)
		return;
	struct head *h = (struct head *)block - 1;
	struct lists *l = mine != NULL ? mine : lists_take();
	if (h->bytes > SMALL_MAX) {
		free(h);
		return;
	}
	if (l == NULL)
		return; /* lost, where memory ran out anyway */
	struct free_block *f = (struct free_block *)(void *)h;
	f->next = l->free[h->bytes / GRAIN];
	l->free[h->bytes / GRAIN] = f;
}

static int
block_size(void *block)
{
	if (block == NULL)
		return 0;
	return (int)(((struct head *)block - 1)->bytes - sizeof(struct head));
}

static int
block_round(int len)
{
	return (int)(bytes_of(len) - sizeof(struct head));
}

static void *
block_grow(void *block, int len)
{
	struct head *h = (struct head *)block - 1;
	size_t bytes = bytes_of(len);
	if (h->bytes > SMALL_MAX && bytes > SMALL_MAX) {
		h = realloc(h, bytes);
		if (h == NULL)
			return NULL;
		h->bytes = bytes;
		return h + 1;
	}
	if (bytes == h->bytes)
		return block;
	void *grown = block_take(len);
	if (grown == NULL)
		return NULL;
	int kept = block_size(block) < len ? block_size(block) : len;
	__builtin_memcpy(grown, block, (size_t)kept);
	block_give(block);
	return grown;
}

static int
begin(void *context)
{
	(void)context;
	return SQLITE_OK;
}

static void
end(void *context)
{
	(void)context;
}

void
store_memory(void)
{
#ifdef SANITIZED
	return;
#endif
	static const sqlite3_mem_methods methods = {
		.xMalloc = block_take,
		.xFree = block_give,
		.xRealloc = block_grow,
		.xSize = block_size,
		.xRoundup = block_round,
		.xInit = begin,
		.xShutdown = end,
	};
	if (pthread_key_create(&at_end, lists_leave) == 0)
		sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
