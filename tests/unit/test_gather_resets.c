/*
 * What a RST of the server's behind the handshake says, or a silence there, from
 * what two captures show. Delays are 10 ms each way.
 */
#include "gather_ends.h"

/* The server's capture had ended when the last ACK was answered with a RST. */
static void
reset_behind_the_end_of_the_servers_capture(void **state)
{
	(void)state;
	background(8);
	script_play(&near,
		"5.00 C>S S  seq 100\n"
		"5.02 S>C S. seq 500 ack 101\n"
		"5.03 C>S .  seq 101 ack 501\n"
		"30.0 C>S P. seq 101 ack 501 len 9\n"
		"30.1 S>C R  seq 501\n");
	script_play(&far,
		"5.01 C>S S  seq 100\n"
		"5.01 S>C S. seq 500 ack 101\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.c_rst_server_end, 1);
	assert_string_equal(f.s_receives, "doubtful");
}

/* The server acknowledged the data and reset at once: nobody waited. */
static void
data_that_was_reset(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.06 S>C .  seq 501 ack 151\n"
		"1.07 S>C R. seq 501 ack 151\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.c_progress, 1);
	assert_int_equal(f.unanswered_us, 30000);
}

/* The client had gone when the SYN-ACK came, which the server's capture lacks. */
static void
reset_of_an_answer_that_was_not_captured(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"5.00 C>S S  seq 100 id 1\n"
		"6.00 C>S S  seq 100 id 2\n");
	script_play(&far,
		"5.01 C>S S  seq 100 id 1\n"
		"6.01 C>S S  seq 100 id 2\n"
		"8.01 C>S R  seq 101\n");
	/* It is no capture of one direction, nor of SYNs alone. */
	far.v.audit.other = 1;
	struct facts f = facts_of(2);
	assert_int_equal(f.s_rst_client, 1);
	assert_string_equal(f.s_sends, "lossy");
}

/* The client's second file begins with the last copy of its data, and ends with
 * it; the server's shows the whole wait. */
static void
the_end_that_shows_more_copies_tells_the_wait(void **state)
{
	(void)state;
	background(3);
	script_play(&near,
		"11.00 C>S S  seq 100\n"
		"13.26 C>S P. seq 101 ack 501 len 50\n");
	near.v.gaps[near.v.gaps_count++] =
		(struct capture_gap){SCRIPT_START_NS + 11100 * NS_PER_MS,
			SCRIPT_START_NS + 13200 * NS_PER_MS};
	script_play(&far,
		"11.01 C>S S  seq 100\n"
		"11.01 S>C S. seq 500 ack 101\n"
		"11.03 C>S .  seq 101 ack 501\n"
		"11.04 C>S P. seq 101 ack 501 len 50\n"
		"12.07 C>S P. seq 101 ack 501 len 50\n"
		"13.27 C>S P. seq 101 ack 501 len 50\n");
	assert_in_range(facts_of(2).unanswered_us, 1000000, 3000000);
}

/* Systems begin with 64, 128 or 255. */
static void
rst_of_another_kind_of_system(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101 ttl 60\n"
		"1.03 S>C R. seq 501 ack 101 ttl 124\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.rst_ttl_differs, 1);
	assert_int_equal(f.rst_hops_nearer, 0);
}

static void
rst_of_a_nearer_device_of_another_kind(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101 ttl 60\n"
		"1.03 S>C R. seq 501 ack 101 ttl 254\n");
	assert_int_equal(facts_of(2).rst_hops_nearer, 3);
}

/* Neither capture holds the answer, one shows that the client had it. */
static void
what_the_client_acknowledged_it_heard(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n");
	script_play(&far,
		"1.01 C>S S  seq 100\n"
		"1.04 C>S .  seq 101 ack 501\n"
		"1.05 C>S P. seq 101 ack 501 len 50\n"
		"1.07 C>S .  seq 151 ack 531\n");
	assert_int_equal(facts_of(2).unanswered_us, FACT_UNKNOWN);
}

/* A piece that came behind a hole is acknowledged at once: where nothing follows
 * it, the capture lost that, and what else came. */
static void
a_hole_that_nobody_acknowledges(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.06 S>C P. seq 1961 ack 151 len 311\n");
	assert_int_equal(facts_of(2).answer_torn_us, FACT_UNKNOWN);
	stitch_case_release(&k);
	run = false;
	script_play(&near, "1.07 C>S .  seq 151 ack 501\n");
	assert_in_range(facts_of(2).answer_torn_us, 1000000, 30000000);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(reset_behind_the_end_of_the_servers_capture),
		STORY(data_that_was_reset),
		STORY(reset_of_an_answer_that_was_not_captured),
		STORY(rst_of_another_kind_of_system),
		STORY(rst_of_a_nearer_device_of_another_kind),
		STORY(the_end_that_shows_more_copies_tells_the_wait),
		STORY(what_the_client_acknowledged_it_heard),
		STORY(a_hole_that_nobody_acknowledges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
