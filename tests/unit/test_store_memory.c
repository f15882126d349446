/*
 * SQLite's small blocks: they hold what was put into them, whatever their size,
 * however they grow, and whichever thread gives them back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "store/memory.h"

#define BLOCKS 500

static void
fill(uint8_t *block, size_t len, size_t seed)
{
	for (size_t i = 0; i < len; i++)
		block[i] = (uint8_t)(seed * 31 + i);
}

static void
holds(const uint8_t *block, size_t len, size_t seed)
{
	for (size_t i = 0; i < len; i++)
		if (block[i] != (uint8_t)(seed * 31 + i))
			fail_msg("byte %zu of block %zu is another's", i, seed);
}

/* From 1 to 1,997 bytes: of lists, and of malloc. */
static size_t
len_of(size_t i)
{
	return 1 + i * 4;
}

static void
blocks_hold_and_grow(void **state)
{
	(void)state;
	uint8_t *blocks[BLOCKS];
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < BLOCKS; i++) {
			blocks[i] = sqlite3_malloc((int)len_of(i));
			assert_non_null(blocks[i]);
			assert_int_equal((uintptr_t)blocks[i] % 8, 0);
			assert_true(sqlite3_msize(blocks[i]) >= len_of(i));
			fill(blocks[i], len_of(i), i);
		}
		for (size_t i = 0; i < BLOCKS; i++) {
			/* By turns more and less than it was. */
			size_t len = i % 2 == 0 ? 2 * len_of(i) : 1 + i;
			size_t kept = len < len_of(i) ? len : len_of(i);
			blocks[i] = sqlite3_realloc(blocks[i], (int)len);
			assert_non_null(blocks[i]);
			holds(blocks[i], kept, i);
			fill(blocks[i], len, i + 1);
		}
		for (size_t i = 0; i < BLOCKS; i++)
			holds(blocks[i], i % 2 == 0 ? 2 * len_of(i) : 1 + i,
				i + 1);
		for (size_t i = 0; i < BLOCKS; i++)
			sqlite3_free(blocks[i]);
	}
}

static void *
give_and_take(void *argument)
{
	uint8_t **blocks = argument;
	for (size_t i = 0; i < BLOCKS; i++) {
		holds(blocks[i], len_of(i), i);
		sqlite3_free(blocks[i]);
		blocks[i] = sqlite3_malloc((int)len_of(i));
		assert_non_null(blocks[i]);
		fill(blocks[i], len_of(i), i);
	}
	return NULL;
}

static void
another_thread_gives_them_back(void **state)
{
	(void)state;
	uint8_t *blocks[BLOCKS];
	for (size_t i = 0; i < BLOCKS; i++) {
		blocks[i] = sqlite3_malloc((int)len_of(i));
		fill(blocks[i], len_of(i), i);
	}
	/* The second finds what the first left. */
	for (int n = 0; n < 2; n++) {
		pthread_t thread;
		assert_int_equal(
			pthread_create(&thread, NULL, give_and_take, blocks),
			0);
		pthread_join(thread, NULL);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		holds(blocks[i], len_of(i), i);
		sqlite3_free(blocks[i]);
	}
}

int
main(void)
{
	store_memory();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_hold_and_grow),
		cmocka_unit_test(another_thread_gives_them_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
