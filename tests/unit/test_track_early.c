/*
 * Answers that were recorded before the SYN that they answer. Written as in
 * track_script.h.
 */
#include "track_one.h"

/* The connection that had the ports before is still asking. */
static void
synack_before_its_syn_on_ports_in_use(void **state)
{
	(void)state;
	script_play(&script,
		"0.000000 C>S S  seq 1000 id 1\n"
		"1.000000 C>S S  seq 1000 id 2\n"
		"3.000000 S>C S. seq 7000 ack 8001\n"
		"3.000050 C>S S  seq 8000 id 3\n"
		"3.000070 C>S .  seq 8001 ack 7001\n");
	assert_int_equal(script.v.sightings, 2);
	assert_int_equal(script_sighting(&script, 0)->synack_bad, 0);
	const struct sighting *s = script_sighting(&script, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->server_isn, 7000);
	assert_int_equal(s->ack, 1);
	assert_int_equal(s->synack_after_ack, 0);
}

/* The SYN comes behind all that it led to, even the data's acknowledgement. */
static void
syn_behind_its_whole_handshake(void **state)
{
	(void)state;
	script_play(&script,
		"0.000000 C>S S  seq 1000 id 1\n"
		"1.000000 C>S S  seq 1000 id 2\n"
		"3.000000 S>C S. seq 7000 ack 8001\n"
		"3.000050 C>S .  seq 8001 ack 7001\n"
		"3.000064 C>S P. seq 8001 ack 7001 len 5\n"
		"3.000140 S>C .  seq 7001 ack 8006\n"
		"3.000150 C>S S  seq 8000 id 3\n"
		"3.000480 S>C P. seq 7001 ack 8006 len 10\n");
	assert_int_equal(script.v.sightings, 2);
	const struct sighting *lost = script_sighting(&script, 0);
	assert_int_equal(lost->synack_bad, 0);
	assert_int_equal(lost->ack, 0);
	assert_false(lost->flags & SIGHTING_PROGRESS);
	const struct sighting *s = script_sighting(&script, 1);
	assert_int_equal(s->isn, 8000);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->data_c, 1);
	assert_true(s->flags & SIGHTING_PROGRESS);
	assert_false(s->flags & SIGHTING_NO_SYN);
}

/* Of the connect that took the ports, the capture lost the handshake. */
static void
data_of_a_connect_whose_handshake_was_lost(void **state)
{
	(void)state;
	script_play(&script,
		"0.000000 C>S S  seq 1000 id 1\n"
		"1.000000 C>S S  seq 1000 id 2\n"
		"3.000064 C>S P. seq 800000001 ack 7001 len 5\n"
		"3.000140 S>C .  seq 7001 ack 800000006\n"
		"3.000480 S>C P. seq 7001 ack 800000006 len 10\n");
	const struct sighting *lost = script_sighting(&script, 0);
	assert_int_equal(lost->ack, 0);
	assert_int_equal(lost->data_c, 0);
	assert_false(lost->flags & SIGHTING_PROGRESS);
	assert_true(script_sighting(&script, 1)->flags & SIGHTING_MIDSTREAM);
}

/* What was recorded long before answers something else. */
static void
unfit_synack_long_before_a_syn(void **state)
{
	(void)state;
	script_play(&script,
		"0.00 C>S S  seq 1000\n"
		"3.00 S>C S. seq 7000 ack 8001\n"
		"3.50 C>S S  seq 8000\n");
	assert_int_equal(script_sighting(&script, 0)->synack_bad, 1);
	assert_int_equal(script_sighting(&script, 1)->synack, 0);
}

/* More answers than are held are recorded before their SYNs. */
static void
the_latest_answers_are_held(void **state)
{
	(void)state;
	for (int port = 1; port <= 9; port++) {
		char line[80];
		snprintf(line, sizeof line,
			"0.0 icmp 3/1 from 9 C>S cport %d seq %d", port, port);
		script_line(&script, line);
	}
	for (int port = 1; port <= 9; port++) {
		char line[80];
		snprintf(line, sizeof line, "0.0001 C>S S cport %d seq %d",
			port, port);
		script_line(&script, line);
	}
	assert_int_equal(script_sighting(&script, 0)->icmp, 0);
	for (uint32_t i = 1; i < 9; i++)
		assert_int_equal(script_sighting(&script, i)->icmp, 1);
	assert_int_equal(script.t.unmatched_icmp, 1);
}

static void
icmp_error_before_its_syn(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000000 icmp 3/10 from 9 C>S seq 1000\n"
		     "0.000040 C>S S  seq 1000\n");
	assert_int_equal(s->icmp, 1);
	assert_int_equal(s->icmp_code, 10);
	assert_int_equal(script.t.unmatched_icmp, 0);
}

static void
icmp_error_of_another_syn_stays_unmatched(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000000 icmp 3/10 from 9 C>S seq 2000\n"
		     "0.000040 C>S S  seq 1000\n");
	assert_int_equal(s->icmp, 0);
	assert_int_equal(script.t.unmatched_icmp, 1);
}

/* The RST has the number of the answer that it refuses. */
static void
reset_before_the_unfit_synack_that_it_answers(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000000 C>S S  seq 1000 id 1\n"
					"0.010000 C>S R  seq 4097\n"
					"0.010050 S>C S. seq 5000 ack 4097\n"
					"1.000000 C>S S  seq 1000 id 2\n");
	assert_int_equal(s->rst_client, 0);
	assert_int_equal(s->synack_bad, 1);
	assert_true(s->flags & SIGHTING_RST_C_OF_BAD);
	assert_true(s->flags & SIGHTING_SYN_AFTER_RST);
	assert_false(s->flags & SIGHTING_RST_C_EARLY);
}

/* The SYN that crossed ours is recorded behind our answer to it. */
static void
answer_before_the_syn_that_crossed(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000000 C>S S  seq 1000\n"
					"0.010000 C>S S. seq 1000 ack 5001\n"
					"0.010020 S>C S  seq 5000\n"
					"0.020000 S>C .  seq 5001 ack 1001\n");
	assert_true(s->flags & SIGHTING_SIMULTANEOUS);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->ack, 1);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* A RST of a port of any height, and one that does not begin at 0. */
static void
reset_before_the_syn_that_it_answers(void **state)
{
	(void)state;
	script_play(&script,
		"0.000000 S>C R. seq 0 ack 1001 sport 60000\n"
		"0.000015 C>S S  seq 1000 sport 60000\n"
		"1.000000 S>C R. seq 77 ack 2001 cport 40001\n"
		"1.000015 C>S S  seq 2000 cport 40001\n");
	assert_int_equal(script.v.sightings, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct sighting *s = script_sighting(&script, i);
		assert_int_equal(s->syn, 1);
		assert_int_equal(s->rst_server, 1);
		assert_false(s->flags & SIGHTING_MIDSTREAM);
	}
}

/* Fast Open: the answer acknowledges the data that came with the SYN. */
static void
synack_of_data_before_its_syn(void **state)
{
	(void)state;
	script_play(&script,
		"0.000000 S>C S. seq 7000 ack 1010\n"
		"0.000030 C>S S  seq 1000 len 9 tfo 1\n"
		"0.000070 C>S .  seq 1010 ack 7001\n"
		"0.000200 S>C F. seq 7001 ack 1010\n");
	assert_int_equal(script.v.sightings, 1);
	const struct sighting *s = script_sighting(&script, 0);
	assert_int_equal(s->isn, 1000);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->ack, 1);
	assert_false(s->flags & SIGHTING_NO_SYN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(synack_before_its_syn_on_ports_in_use),
		STORY(reset_before_the_syn_that_it_answers),
		STORY(synack_of_data_before_its_syn),
		STORY(syn_behind_its_whole_handshake),
		STORY(data_of_a_connect_whose_handshake_was_lost),
		STORY(unfit_synack_long_before_a_syn),
		STORY(the_latest_answers_are_held),
		STORY(icmp_error_before_its_syn),
		STORY(icmp_error_of_another_syn_stays_unmatched),
		STORY(reset_before_the_unfit_synack_that_it_answers),
		STORY(answer_before_the_syn_that_crossed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
