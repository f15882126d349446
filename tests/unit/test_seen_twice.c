/*
 * Two names of one attempt in a capture that begins within it.
 */
#include "stitch/seen_twice.h"
#include "track_pair.h"

/* A capture that begins within the attempt shows first what comes from inside. */
static void
an_answer_from_inside_comes_first(void **state)
{
	(void)state;
	script_play(&near,
		"0.999900 S>C S. seq 7000 ack 1001 shost 9\n"
		"1.000000 C>S S seq 1000 id 7 ts 50 ttl 63\n"
		"1.000010 C>S S seq 1000 id 7 ts 50 ttl 62 shost 9\n"
		"1.000030 S>C S. seq 7000 ack 1001 shost 9\n");
	pair();
	const struct sighting *inner = script_sighting(&near, 0);
	const struct sighting *outer = script_sighting(&near, 1);
	assert_true(inner->synack > 0);
	assert_true(seen_twice_is_outer(outer, inner));
	assert_false(seen_twice_is_outer(inner, outer));
	assert_int_equal(m.count, 1);
	expect(0, 1, -1, MATCH_NONE);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(an_answer_from_inside_comes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
