/*
 * Memory in a file: it stays what it is when it rests, and is refused where there is
 * no file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/spill.h"
#include "model/crowd.h"

#define PIECE ((size_t)65536)

static void
test_without_a_file(void **state)
{
	(void)state;
	assert_null(spill_take(PIECE));
}

static void
test_rests(void **state)
{
	(void)state;
	spill_open();
	unsigned char *one = spill_take(PIECE);
	unsigned char *other = spill_take(PIECE);
	if (one == NULL) {
		/* No folder here makes files without names. */
		skip();
	}
	assert_int_equal(one[PIECE - 1], 0);
	memset(one, 1, PIECE);
	memset(other, 2, PIECE);
	spill_rest(one, PIECE);
	spill_rest(other, PIECE);
	assert_int_equal(one[0], 1);
	assert_int_equal(one[PIECE - 1], 1);
	assert_int_equal(other[0], 2);
	spill_free(one, PIECE);
	spill_free(other, PIECE);
}

/* Rows beyond those in memory are what they were, in the file and out of it. */
static void
add_and_find(void)
{
	const uint32_t count = (CROWD_CHUNKS_HELD + 7) * CROWD_CHUNK + 5;
	struct crowd c = {0};
	struct sighting s;
	memset(&s, 0, sizeof s);
	s.syn = 1;
	s.server = ip_from_v4(0x0a000001);
	for (uint32_t i = 0; i < count; i++) {
		s.client = ip_from_v4(0x0b000000 + i);
		s.client_port = (uint16_t)i;
		s.isn = i;
		s.c_next = i + 1;
		assert_true(crowd_add(&c, &s));
	}
	for (uint32_t i = 0; i < count; i += 997) {
		struct sighting g;
		crowd_rest(&c, i);
		crowd_sighting(&c, i, &g);
		assert_int_equal(g.client.lo & 0xffffffff, 0x0b000000 + i);
		assert_int_equal(g.isn, i);
		assert_int_equal(g.c_next, i + 1);
		assert_true(crowd_has_print(&c, i,
			crowd_print(g.server, 0, g.client, (uint16_t)i)));
	}
	crowd_release(&c);
}

static void
test_rows(void **state)
{
	(void)state;
	add_and_find();
}

/* The file takes so many chunks of rows and no more: the others are in memory. */
static void
test_no_more_room(void **state)
{
	(void)state;
	struct rlimit before;
	getrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_IGN);
	for (int more = 0; more < 4; more++) {
		struct rlimit limit = before;
		unsigned char *piece = spill_take(PIECE);
		limit.rlim_cur = spill_used() +
			(rlim_t)more * CROWD_CHUNK * sizeof(struct crowd_row);
		setrlimit(RLIMIT_FSIZE, &limit);
		add_and_find();
		if (piece != NULL)
			assert_null(spill_take(PIECE));
		setrlimit(RLIMIT_FSIZE, &before);
		if (piece != NULL)
			spill_free(piece, PIECE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_file),
		cmocka_unit_test(test_rests),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_more_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
