/*
 * Two captures of which nothing shows which is the client's.
 */
#include "gather_ends.h"

/* One saw the SYNs: at which end that was is as open as with it alone. */
static void
syns_that_one_capture_saw(void **state)
{
	(void)state;
	order_open = true;
	script_play(&far,
		"5.0 C>S S  seq 100 id 1\n"
		"6.0 C>S S  seq 100 id 2\n");
	script_play(&near, "5.0 C>S P. seq 1 ack 1 len 9 cport 9\n");
	struct attempt_ends e = ends(2);
	assert_true(e.between);
	assert_int_equal(e.far, CASE_NO_END);
	struct facts f = facts_of(2);
	assert_int_equal(f.stands_in, 1);
	assert_int_equal(f.c_syn, 2);
	assert_int_equal(f.s_present, 0);
	order_open = false;
}

/* Both saw the SYN, one of them the rest as well: whose silence it is that the
 * other lacks is as open. */
static void
an_attempt_of_which_one_saw_more(void **state)
{
	(void)state;
	order_open = true;
	script_play(&near, "5.0 C>S S  seq 100 id 1\n");
	script_play(&far,
		"5.0 C>S S  seq 100 id 1\n"
		"5.1 S>C S. seq 500 ack 101\n"
		"5.1 C>S .  seq 101 ack 501\n"
		"5.2 C>S P. seq 101 ack 501 len 9\n"
		"6.1 S>C S. seq 500 ack 101\n"
		"6.1 C>S .  seq 110 ack 501\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.stands_in, 1);
	assert_int_equal(f.c_ack, 3);
	assert_int_equal(f.s_present, 0);
	order_open = false;
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(syns_that_one_capture_saw),
		STORY(an_attempt_of_which_one_saw_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
