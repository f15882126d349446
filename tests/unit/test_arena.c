/*
 * Arenas: aligned, zeroed, never moving; and the end of memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static void
pieces_are_aligned_zeroed_and_stay(void **state)
{
	(void)state;
	struct arena a;
	unsigned char *pieces[300];
	arena_init(&a);
	for (size_t i = 0; i < 300; i++) {
		pieces[i] = arena_take(&a, i * 7);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t j = 0; j < i * 7; j++)
			assert_int_equal(pieces[i][j], 0);
		memset(pieces[i], (int)i, i * 7);
	}
	for (size_t i = 0; i < 300; i++)
		for (size_t j = 0; j < i * 7; j++)
			assert_int_equal(pieces[i][j], (unsigned char)i);
	assert_true(a.used_bytes >= 299 * 300 / 2 * 7);
	arena_release(&a);
	assert_int_equal(a.used_bytes, 0);
	arena_release(&a);
}

static void
piece_larger_than_a_chunk(void **state)
{
	(void)state;
	struct arena a = {0};
	char *small = arena_take(&a, 1);
	char *large = arena_take(&a, 1000000);
	large[999999] = 1;
	*small = 1;
	/* An arena that was used is zeroed again after release. */
	arena_release(&a);
	assert_int_equal(*(char *)arena_take(&a, 1), 0);
	arena_release(&a);
}

static void
copies_and_formats(void **state)
{
	(void)state;
	struct arena a = {0};
	assert_string_equal(arena_copy(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_copy(&a, NULL, 0), "");
	assert_string_equal(arena_format(&a, "%d-%s", 7, "x"), "7-x");
	assert_int_equal(strlen(arena_format(&a, "%100000d", 1)), 100000);
	arena_release(&a);
}

/* Run it in a child, whose exit status is wanted. */
static int
status_of(void (*run)(void))
{
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO);
		run();
		_exit(0);
	}
	int status = 0;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
overflowing_product(void)
{
	memory_grow(NULL, SIZE_MAX / 2, 3);
}

static void
impossible_piece(void)
{
	struct arena a = {0};
	arena_take(&a, SIZE_MAX - 3);
}

static void
end_of_memory_is_status_3(void **state)
{
	(void)state;
	assert_int_equal(status_of(overflowing_product), 3);
	assert_int_equal(status_of(impossible_piece), 3);
}

static void
nothing_is_something(void **state)
{
	(void)state;
	void *none = memory_take(0, 0);
	void *grown = memory_grow(NULL, 0, 8);
	assert_non_null(none);
	assert_non_null(grown);
	free(none);
	free(grown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_zeroed_and_stay),
		cmocka_unit_test(piece_larger_than_a_chunk),
		cmocka_unit_test(copies_and_formats),
		cmocka_unit_test(end_of_memory_is_status_3),
		cmocka_unit_test(nothing_is_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
