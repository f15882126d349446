/*
 * Large memory: zeroed, aligned, and given back; small as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pages.h"

static void
is_zeroed_and_writable(void **state)
{
	(void)state;
	static const size_t sizes[] = {
		1, 4096, PAGES_LARGE - 1, PAGES_LARGE, 3 * PAGES_LARGE + 5};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (int again = 0; again < 2; again++) {
			uint8_t *p = pages_take(sizes[i], 1);
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(p[at], 0);
			memset(p, 0xa5, sizes[i]);
			if (sizes[i] >= PAGES_LARGE)
				assert_int_equal((uintptr_t)p % PAGES_LARGE, 0);
			pages_give(p, sizes[i], 1);
		}
	}
	pages_give(NULL, PAGES_LARGE, 1);
	pages_give(NULL, 1, 1);
}

/* All of it, and nothing beside it: mincore knows what is mapped. */
static void
is_given_back(void **state)
{
	(void)state;
	unsigned char there[1];
	char *p = pages_take(PAGES_LARGE + 1, 1);
	char *last = p + PAGES_LARGE;
	assert_int_equal(mincore(p, 1, there), 0);
	assert_int_equal(mincore(last, 1, there), 0);
	pages_give(p, PAGES_LARGE + 1, 1);
	assert_int_equal(mincore(p, 1, there), -1);
	assert_int_equal(mincore(last, 1, there), -1);
}

static int
status_of_taking(size_t count, size_t size)
{
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO);
		void *p = pages_take(count, size);
		_exit(p != NULL ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
too_much_ends_the_program(void **state)
{
	(void)state;
	assert_int_equal(status_of_taking(SIZE_MAX, 2), 3);
	assert_int_equal(status_of_taking(SIZE_MAX / 2, 1), 3);
	assert_int_equal(status_of_taking(SIZE_MAX / 4, 1), 3);
	assert_int_equal(status_of_taking(PAGES_LARGE, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_zeroed_and_writable),
		cmocka_unit_test(is_given_back),
		cmocka_unit_test(too_much_ends_the_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
