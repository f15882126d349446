/*
 * Pairing of attempts that a device changed in address, port and sequence
 * number.
 */
#include "track_pair.h"

#include "stitch/rewritten.h"

static void
run(void)
{
	pair();
	rewritten_match(&m, both, 2);
}

/* No timestamps; the device keeps IP IDs, which a false one has as well. The
 * first copy of the third SYN is lost. */
static void
ids_and_times_agree(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 id 7\n"
		"2.0 C>S S seq 2000 id 8 cport 2\n"
		"7.0 C>S S seq 3000 id 9 cport 3\n"
		"8.0 C>S S seq 3000 id 10 cport 3\n"
		"20.0 C>S S seq 4000 id 11 cport 4\n"
		"30.0 C>S S seq 5000 id 12 cport 5\n");
	script_play(&far,
		"900.10 C>S S seq 91000 id 7 chost 9 cport 71\n"
		"902.11 C>S S seq 92000 id 8 chost 9 cport 72\n"
		"908.10 C>S S seq 93000 id 10 chost 9 cport 73\n"
		"920.09 C>S S seq 94000 id 11 chost 9 cport 74\n"
		"925.00 C>S S seq 95000 id 12 chost 9 cport 75\n");
	run();
	for (uint32_t i = 0; i < 4; i++)
		expect(i, (int)i, (int)i, MATCH_TIMES);
	expect(4, 4, -1, MATCH_NONE);
	assert_int_equal(m.count, 6);
}

/* The far capture cut its records before the timestamps. */
static void
ids_where_stamps_are_cut(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 id 7 ts 501\n"
		"0.2 C>S S seq 2000 id 98 ts 702 cport 2\n"
		"0.5 C>S S seq 3000 id 309 ts 903 cport 3\n");
	script_play(&far,
		"900.00 C>S S seq 91000 id 7 chost 9 cport 71\n"
		"900.21 C>S S seq 92000 id 98 chost 9 cport 72\n"
		"900.50 C>S S seq 93000 id 309 chost 9 cport 73\n");
	run();
	assert_int_equal(m.count, 6); /* SYNs without timestamps are others */
	match_release(&m);
	for (uint32_t i = 0; i < far.v.sightings; i++)
		vantage_sighting(&far.v, i)->flags |= SIGHTING_SYN_CUT;
	run();
	assert_int_equal(m.count, 3);
	for (uint32_t i = 0; i < 3; i++)
		expect(i, (int)i, (int)i, MATCH_TIMES);
}

/* One pair with the same IP ID is nothing. */
static void
one_id_alone(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 id 7\n"
		"2.0 C>S S seq 2000 id 8 cport 2\n");
	script_play(&far,
		"900.1 C>S S seq 91000 id 7 chost 9 cport 71\n"
		"903.1 C>S S seq 92000 id 99 chost 9 cport 72\n");
	run();
	assert_int_equal(m.count, 4);
}

/* Six SYNs without any mark, as far apart on both sides. */
static void
times_alone(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1\n2.7 C>S S seq 2 cport 2\n"
		"7.1 C>S S seq 3 cport 3\n9.9 C>S S seq 4 cport 4\n"
		"17.3 C>S S seq 5 cport 5\n23.8 C>S S seq 6 cport 6\n");
	script_play(&far,
		"50.01 C>S S seq 11 chost 9\n"
		"52.71 C>S S seq 12 chost 9 cport 2\n"
		"57.10 C>S S seq 13 chost 9 cport 3\n"
		"59.92 C>S S seq 14 chost 9 cport 4\n"
		"67.31 C>S S seq 15 chost 9 cport 5\n"
		"73.80 C>S S seq 16 chost 9 cport 6\n");
	run();
	assert_int_equal(m.count, 6);
	expect(5, 5, 5, MATCH_TIMES);
}

/* A beat fits a step further. */
static void
a_beat_tells_nothing(void **state)
{
	(void)state;
	script_play(&near,
		"0 C>S S seq 1\n1 C>S S seq 2 cport 2\n"
		"2 C>S S seq 3 cport 3\n3 C>S S seq 4 cport 4\n"
		"4 C>S S seq 5 cport 5\n5 C>S S seq 6 cport 6\n");
	script_play(&far,
		"50 C>S S seq 11 chost 9\n51 C>S S seq 12 chost 9 cport 2\n"
		"52 C>S S seq 13 chost 9 cport 3\n"
		"53 C>S S seq 14 chost 9 cport 4\n"
		"54 C>S S seq 15 chost 9 cport 5\n"
		"55 C>S S seq 16 chost 9 cport 6\n");
	run();
	assert_int_equal(m.count, 12);
}

/* The copy that is repeated asks for Fast Open no more. */
static void
nat_and_a_lost_copy_with_fast_open(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 1 tfo 1\n"
		"1.0 C>S S seq 1000 ts 1050 id 2\n");
	script_play(&far, "1.1 C>S S seq 1000 ts 1050 chost 77 cport 9\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_ISN);
}

/* One copy each: no SYN loses an option on the way. */
static void
fast_open_at_one_end_alone(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000 ts 50 id 1 tfo 1\n");
	script_play(&far, "0.1 C>S S seq 1000 ts 50 chost 77 cport 9\n");
	pair();
	assert_int_equal(m.count, 2);
}

/* pf's SYN proxy: it answered with no window, and then asks with none. */
static void
a_proxy_asks_under_another_number(void **state)
{
	(void)state;
	script_play(&near,
		"0.00 C>S S seq 1000 ts 50 win 64240\n"
		"0.01 S>C S. seq 5 ack 1001 win 0\n"
		"0.02 C>S . seq 1001 ack 6 ts 70 win 63\n");
	script_play(&far, "0.03 C>S S seq 7000 win 0\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_TIME);
}

static void
no_proxy_answers_with_a_window(void **state)
{
	(void)state;
	script_play(&near,
		"0.00 C>S S seq 1000 ts 50 win 64240\n"
		"0.01 S>C S. seq 5 ack 1001 win 100\n"
		"0.02 C>S . seq 1001 ack 6 ts 70 win 63\n");
	script_play(&far, "0.03 C>S S seq 7000 win 0\n");
	pair();
	assert_int_equal(m.count, 2);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(ids_and_times_agree),
		STORY(ids_where_stamps_are_cut),
		STORY(one_id_alone),
		STORY(times_alone),
		STORY(a_beat_tells_nothing),
		STORY(nat_and_a_lost_copy_with_fast_open),
		STORY(fast_open_at_one_end_alone),
		STORY(a_proxy_asks_under_another_number),
		STORY(no_proxy_answers_with_a_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
