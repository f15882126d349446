/*
 * At which end a capture was made, by its packets: directions, checksums that are
 * left to a card, TTLs, delays; and what contradicts itself or could mean two
 * things tells nothing.
 */
#include "stitch/sides.h"

#include "stitch/stitch.h"
#include "track_script.h"

static struct script near;
static struct script far;

static int
setup(void **state)
{
	(void)state;
	script_begin(&near, "client");
	script_begin(&far, "server");
	near.v.shown_by = far.v.shown_by = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	script_end(&near);
	script_end(&far);
	return 0;
}

/* The end of a capture of these lines; what shows it must be by. */
static int
end_of(const char *lines, uint8_t by)
{
	uint8_t what = 0;
	script_play(&near, lines);
	int end = stitch_lone_end(&near.v, &what);
	assert_int_equal(what, end == 0 ? 0 : by);
	script_end(&near);
	script_begin(&near, "client");
	return end;
}

static void
own_sums_are_unfinished(void **state)
{
	(void)state;
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 2\n"
				"0.010 S>C S. seq 5 ack 2 sum 1\n",
				 SHOWN_BY_SUM),
		1);
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 1\n"
				"0.010 S>C S. seq 5 ack 2 sum 2\n",
				 SHOWN_BY_SUM),
		-1);
}

/* Hosts of one machine hand on what no card will ever finish. */
static void
unfinished_both_ways_tell_nothing(void **state)
{
	(void)state;
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 2\n"
				"0.010 S>C S. seq 5 ack 2 sum 2\n",
				 0),
		0);
}

/* Right both ways: no card does it here, or this is no end. Not told: cut. Wrong:
   damaged on the way, or a driver's own way to leave it. */
static void
other_sums_tell_nothing(void **state)
{
	(void)state;
	static const int pairs[][2] = {
		{1, 1}, {3, 1}, {1, 3}, {3, 3}, {2, 3}, {3, 2}};
	char lines[120];
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		snprintf(lines, sizeof lines,
			"0.000 C>S S  seq 1 sum %d\n"
			"0.010 S>C S. seq 5 ack 2 sum %d\n",
			pairs[i][0], pairs[i][1]);
		assert_int_equal(end_of(lines, 0), 0);
	}
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 2\n"
				"0.010 S>C S. seq 5 ack 2\n",
				 0),
		0);
}

/* A neighbour in the same machine may have sent it: nothing came back that had
   been finished. */
static void
unanswered_ones_tell_nothing(void **state)
{
	(void)state;
	assert_int_equal(end_of("0.000 C>S S seq 1 sum 2\n"
				"1.000 C>S S seq 1 sum 2\n",
				 0),
		0);
}

/* Who answers SYNs for others is not their server. */
static void
syn_proxy_tells_nothing(void **state)
{
	(void)state;
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 1\n"
				"0.010 S>C S. seq 5 ack 2 win 0 sum 2\n",
				 0),
		0);
}

static void
other_signs_confirm_or_contradict(void **state)
{
	(void)state;
	assert_int_equal(end_of("0.000000 C>S S  seq 1 sum 2 ttl 64\n"
				"0.010000 S>C S. seq 5 ack 2 sum 1 ttl 60\n"
				"0.010010 C>S .  seq 2 ack 6 ttl 64\n",
				 SHOWN_BY_SUM | SHOWN_BY_TTL | SHOWN_BY_DELAY),
		1);
	/* By its TTL the client is four routers away. */
	assert_int_equal(end_of("0.000 C>S S  seq 1 sum 2 ttl 60\n"
				"0.010 S>C S. seq 5 ack 2 sum 1 ttl 64\n",
				 0),
		0);
	/* The server answers at once, the client does not. */
	assert_int_equal(end_of("0.000000 C>S S  seq 1 sum 2\n"
				"0.000010 S>C S. seq 5 ack 2 sum 1\n"
				"0.020010 C>S .  seq 2 ack 6\n",
				 0),
		0);
}

static void
arrange(const char *a, const char *b)
{
	struct vantage both[2];
	script_play(&near, a);
	script_play(&far, b);
	both[0] = near.v;
	both[1] = far.v;
	stitch_arrange(both, 2);
	near.v = both[0];
	far.v = both[1];
}

/* Of two captures of one SYN the one where it is unfinished is the nearer one,
   answered or not. */
static void
finished_on_the_way(void **state)
{
	(void)state;
	arrange("0.000 C>S S seq 70001 sum 1\n",
		"0.000 C>S S seq 70001 sum 2\n");
	assert_true(near.v.swapped);
	assert_int_equal(near.v.shown_by, SHOWN_BY_SUM);
	assert_int_equal(far.v.shown_by, SHOWN_BY_SUM);
}

static void
answer_finished_on_the_way(void **state)
{
	(void)state;
	arrange("0.000 C>S S  seq 70001\n0.000 S>C S. seq 5 ack 70002 sum 1\n",
		"0.000 C>S S  seq 70001\n0.000 S>C S. seq 5 ack 70002 sum 2\n");
	assert_false(near.v.swapped);
	assert_int_equal(near.v.shown_by, SHOWN_BY_SUM);
}

/* Between guests of one machine the sums are unfinished at both ends. */
static void
unfinished_at_both_ends(void **state)
{
	(void)state;
	arrange("0.000 C>S S seq 70001 sum 2\n",
		"0.000 C>S S seq 70001 sum 2\n");
	assert_false(near.v.swapped);
	assert_false(vantage_is_placed(&near.v));
}

/* Signs that contradict each other order nothing. */
static void
sum_against_ttl(void **state)
{
	(void)state;
	arrange("0.000 C>S S seq 70001 sum 1 ttl 64\n",
		"0.000 C>S S seq 70001 sum 2 ttl 62\n");
	assert_false(near.v.swapped);
	assert_false(vantage_is_placed(&near.v));
}

/* As many copies at both: the first SYN-ACK is the same one, and the capture that
 * saw it come late is the nearer. Of different copies nothing is told. */
static void
repeated_answers_and_the_way(void **state)
{
	(void)state;
	arrange("0.00000 C>S S  seq 70001\n"
		"0.00004 S>C S. seq 5 ack 70002\n"
		"0.10000 C>S .  seq 70002 ack 6\n"
		"1.00000 S>C S. seq 5 ack 70002\n"
		"1.10000 C>S .  seq 70002 ack 6\n",
		"0.00000 C>S S  seq 70001\n"
		"0.10004 S>C S. seq 5 ack 70002\n"
		"0.10010 C>S .  seq 70002 ack 6\n"
		"1.05000 S>C S. seq 5 ack 70002\n"
		"1.05010 C>S .  seq 70002 ack 6\n");
	assert_true(near.v.swapped);
	assert_int_equal(near.v.shown_by, SHOWN_BY_DELAY);
}

/* What came within milliseconds of the SYN is its first answer at both, though more
 * of them are here than there. */
static void
a_lost_repetition_and_the_way(void **state)
{
	(void)state;
	arrange("0.00000 C>S S  seq 70001\n"
		"0.00002 S>C S. seq 5 ack 70002\n"
		"1.00000 S>C S. seq 5 ack 70002\n",
		"0.00000 C>S S  seq 70001\n"
		"0.00006 S>C S. seq 5 ack 70002\n");
	assert_true(near.v.swapped);
	assert_int_equal(near.v.shown_by, SHOWN_BY_DELAY);
}

static void
other_copies_tell_nothing(void **state)
{
	(void)state;
	arrange("0.00000 C>S S  seq 70001\n"
		"0.00004 S>C S. seq 5 ack 70002\n"
		"1.00000 S>C S. seq 5 ack 70002\n",
		"0.00000 C>S S  seq 70001\n"
		"1.00004 S>C S. seq 5 ack 70002\n"
		"3.00010 S>C S. seq 5 ack 70002\n");
	assert_false(near.v.swapped);
	assert_false(vantage_is_placed(&near.v));
}

/* Both ends' captures of one handshake; the further one's waits are longer by so
 * much, as if it had been the nearer one. */
static int
proof_by_delays(int apart_us)
{
	char answer[64];
	snprintf(answer, sizeof answer, "0.%06d S>C S. seq 5 ack 2\n",
		10000 + apart_us);
	script_play(&near,
		"0.000 C>S S seq 1\n"
		"0.010 S>C S. seq 5 ack 2\n"
		"0.011 C>S . seq 2 ack 6\n");
	script_play(&far, "0.000 C>S S seq 1\n");
	script_play(&far, answer);
	script_play(&far, "0.011 C>S . seq 2 ack 6\n");
	return sides_proof(
		vantage_sighting(&near.v, 0), vantage_sighting(&far.v, 0));
}

/* Queues record in any order within a tenth of a millisecond: what is told by
 * less refutes nobody's word. */
static void
records_out_of_order_prove_nothing(void **state)
{
	(void)state;
	assert_int_equal(proof_by_delays(90), 0);
}

static void
clear_delays_prove_the_order(void **state)
{
	(void)state;
	assert_int_equal(proof_by_delays(900), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(own_sums_are_unfinished),
		CASE(unfinished_both_ways_tell_nothing),
		CASE(other_sums_tell_nothing),
		CASE(unanswered_ones_tell_nothing),
		CASE(syn_proxy_tells_nothing),
		CASE(other_signs_confirm_or_contradict),
		CASE(finished_on_the_way),
		CASE(answer_finished_on_the_way),
		CASE(unfinished_at_both_ends),
		CASE(sum_against_ttl),
		CASE(repeated_answers_and_the_way),
		CASE(a_lost_repetition_and_the_way),
		CASE(records_out_of_order_prove_nothing),
		CASE(clear_delays_prove_the_order),
		CASE(other_copies_tell_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
