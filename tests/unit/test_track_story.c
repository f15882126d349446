/*
 * What comes when: late resets, silences, segments recorded out of order, who
 * speaks and who waits. Written as in track_script.h.
 */
#include "ingest/track_join.h"
#include "track_one.h"

/* A balancer's handshake timer: the RST answers no SYN. */
static void
reset_of_a_half_open_connection_refuses_nothing(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000 id 1\n"
					"0.001 S>C S. seq 5000 ack 1001\n"
					"1.020 C>S S  seq 1000 id 2\n"
					"1.021 S>C S. seq 5000 ack 1001\n"
					"12.50 S>C R. seq 5001 ack 1001\n");
	assert_int_equal(s->rst_server, 0);
	assert_true(s->flags & SIGHTING_RST_S_END);
	assert_int_equal(s->rst_server_at, 12500000);
}

/* tcp_abort_on_overflow: the RST answers the ACK. */
static void
reset_in_answer_to_the_ack_refuses(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.020 S>C S. seq 5000 ack 1001\n"
					"0.021 C>S .  seq 1001 ack 5001\n"
					"0.022 C>S P. seq 1001 ack 5001 len 9\n"
					"0.041 S>C R  seq 5001\n");
	assert_int_equal(s->rst_server, 1);
	assert_false(s->flags & SIGHTING_RST_S_END);
}

static void
reset_after_a_silence_ends_a_connection(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 1000\n"
		     "0.001 S>C S. seq 5000 ack 1001\n"
		     "0.002 C>S .  seq 1001 ack 5001\n"
		     "360.5 C>S P. seq 1001 ack 5001 len 5\n"
		     "360.501 S>C R  seq 5001\n"
		     "900.0 C>S P. seq 1001 ack 5001 len 5\n");
	assert_int_equal(s->rst_server, 0);
	assert_true(s->flags & SIGHTING_RST_S_END);
	assert_int_equal(s->quiet_us, 360498000);
}

/* A socket that was open took the data that the RST acknowledges. */
static void
reset_that_acknowledges_data(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.020 S>C S. seq 5000 ack 1001\n"
					"0.021 C>S .  seq 1001 ack 5001\n"
					"0.022 C>S P. seq 1001 ack 5001 len 9\n"
					"0.041 S>C R. seq 5001 ack 1010\n");
	assert_true(s->flags & SIGHTING_RST_S_ACKS_DATA);
}

/* The answer itself was not captured; its acknowledgement was. */
static void
acknowledged_answer_is_progress(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.001 S>C S. seq 5000 ack 1001\n"
					"0.002 C>S .  seq 1001 ack 5001\n"
					"0.900 C>S P. seq 1001 ack 5001 len 9\n"
					"0.905 C>S .  seq 1010 ack 5084\n"
					"80.00 C>S P. seq 1010 ack 5084 len 9\n"
					"80.01 S>C R  seq 5084\n");
	assert_true(s->flags & SIGHTING_PROGRESS);
	assert_true(s->flags & SIGHTING_RST_S_LATE);
	assert_int_equal(s->rst_server, 0);
	assert_int_equal(s->quiet_us, 79095000);
}

/* Queues of a card and merged files put the ACK first, by microseconds. */
static void
ack_recorded_before_its_data_is_no_loss(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000000 C>S S  seq 1000\n"
		     "0.000200 C>S .  seq 1001 ack 5001\n"
		     "0.000210 S>C S. seq 5000 ack 1001\n"
		     "0.001000 S>C .  seq 5001 ack 1101\n"
		     "0.001050 C>S P. seq 1001 ack 5001 len 100\n"
		     "0.002000 C>S .  seq 1101 ack 5201\n"
		     "0.002030 S>C P. seq 5001 ack 1101 len 150\n"
		     "0.002050 S>C P. seq 5151 ack 1101 len 50\n"
		     "0.030000 C>S F. seq 1101 ack 5201\n"
		     "0.031000 S>C F. seq 5201 ack 1102\n"
		     "0.032000 C>S .  seq 1102 ack 5202\n"
		     "0.050000 C>S .  seq 1102 ack 5202\n");
	assert_int_equal(script.v.audit.loss_events, 0);
	assert_false(s->flags & (SIGHTING_LOSS | SIGHTING_GAP));
	assert_false(s->flags & SIGHTING_SYNACK_MISSED);
	assert_int_equal(s->synack_after_ack, 0);
	assert_int_equal(s->ack, 1);
	assert_int_equal(s->data_s, 2);
}

/* Half of it comes late, the other half never. */
static void
data_that_stays_away_is_a_loss(void **state)
{
	(void)state;
	only("0.000 C>S S  seq 1000\n"
	     "0.001 S>C S. seq 5000 ack 1001\n"
	     "0.002 C>S .  seq 1001 ack 5001\n"
	     "0.003 C>S .  seq 1001 ack 5201\n"
	     "0.003 S>C P. seq 5101 ack 1001 len 100\n"
	     "0.020 C>S .  seq 1001 ack 5201\n"
	     "0.021 C>S .  seq 1001 ack 5201\n");
	assert_int_equal(script.v.audit.loss_events, 1);
	assert_true(timemap_any(&script.v.losses, 1, SCRIPT_START_NS,
		SCRIPT_START_NS + NS_PER_S));
}

/* More gaps at a time than are kept: the oldest count. */
static void
many_gaps_are_losses(void **state)
{
	(void)state;
	script_line(&script, "0.000 C>S S  seq 1000");
	script_line(&script, "0.001 S>C S. seq 5000 ack 1001");
	for (int i = 0; i < TRACK_GAPS_MAX + 5; i++) {
		char line[64];
		snprintf(line, sizeof line, "0.002 C>S . seq 1001 ack %d",
			5001 + 10 * (i + 1));
		script_line(&script, line);
	}
	assert_int_equal(script.v.audit.loss_events, 5);
}

/* Each line is acknowledged, none answered, and the client speaks on. */
static void
a_client_that_only_sends(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 C>S .  seq 1001 ack 5001\n"
					"0.03 C>S P. seq 1001 ack 5001 len 10\n"
					"0.04 S>C .  seq 5001 ack 1011\n"
					"1.03 C>S P. seq 1011 ack 5001 len 10\n"
					"1.04 S>C .  seq 5001 ack 1021\n"
					"2.03 C>S P. seq 1021 ack 5001 len 10\n"
					"2.04 S>C .  seq 5001 ack 1031\n");
	assert_int_equal(s->turns, 2);
	assert_int_equal(s->data_c_last_at, 2030000);
	assert_int_equal(script.v.answers[443 >> 6], 0);
}

/* A request that is repeated is no second one. */
static void
a_client_that_waits(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001\n"
		     "0.03 C>S P. seq 1001 ack 5001 len 10\n"
		     "0.04 C>S P. seq 1011 ack 5001 len 10\n"
		     "0.24 C>S P. seq 1001 ack 5001 len 20\n"
		     "0.64 C>S P. seq 1001 ack 5001 len 20\n"
		     "0.65 S>C P. seq 5001 ack 1021 len 1\n");
	assert_int_equal(s->turns, 0);
	assert_int_equal(s->data_c_last_at, 40000);
	assert_true(script.v.answers[443 >> 6] >> (443 & 63) & 1);
}

/* The answers come from an address that was sent no SYN. */
static void
answers_from_elsewhere_join_their_attempt(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S  seq 1000 id 1\n"
		"0.010 S>C S. seq 5000 ack 1001 shost 9\n"
		"0.011 C>S R  seq 1001 shost 9\n"
		"1.000 C>S S  seq 1000 id 2\n"
		"1.010 S>C S. seq 5000 ack 1001 shost 9\n"
		"1.011 C>S R  seq 1001 shost 9\n");
	track_join_answers(&script.v);
	assert_int_equal(script.v.sightings, 2);
	const struct sighting *s = script_sighting(&script, 0);
	assert_int_equal(s->synack, 0);
	assert_int_equal(s->synack_bad, 2);
	assert_int_equal(s->other, 1);
	assert_true(s->flags & SIGHTING_RST_C_OF_BAD);
	assert_true(s->flags & SIGHTING_SYN_AFTER_RST);
	assert_true(script_sighting(&script, 1)->flags & SIGHTING_MIDSTREAM);
}

/* The capture lost the first SYN and holds what answered it. */
static void
answers_from_elsewhere_to_a_syn_that_was_missed(void **state)
{
	(void)state;
	script_play(&script,
		"0.010 S>C S. seq 5000 ack 1001 shost 9\n"
		"0.011 C>S R  seq 1001 shost 9\n"
		"1.000 C>S S  seq 1000 id 2\n"
		"1.010 S>C S. seq 5000 ack 1001 shost 9\n"
		"1.011 C>S R  seq 1001 shost 9\n");
	track_join_answers(&script.v);
	assert_int_equal(script_sighting(&script, 1)->synack_bad, 2);
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_MIDSTREAM);
}

/* Nor another client's, nor one that was answered long before. */
static void
an_answer_to_another_client_stays_its_own(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S  seq 1000\n"
		"0.010 S>C S. seq 5000 ack 1001 shost 9 chost 7\n"
		"500.0 S>C S. seq 6000 ack 1001 shost 8\n");
	track_join_answers(&script.v);
	assert_int_equal(script_sighting(&script, 0)->synack_bad, 0);
	assert_int_equal(script_sighting(&script, 0)->other, SIGHTING_NONE);
	assert_false(script_sighting(&script, 1)->flags & SIGHTING_MIDSTREAM);
}

/* One connect is one attempt, whatever the answers acknowledge. */
static void
an_answer_with_another_number_begins_nothing(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000 id 1\n"
					"0.010 S>C S. seq 5000 ack 1001\n"
					"1.000 C>S S  seq 1000 id 2\n"
					"1.010 S>C S. seq 5001 ack 1002\n"
					"1.011 C>S R  seq 1002\n"
					"3.000 C>S S  seq 1000 id 3\n"
					"3.010 S>C S. seq 5001 ack 1002\n"
					"3.011 C>S R  seq 1002\n");
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->synack_bad, 2);
	assert_int_equal(s->bad_ack, 1);
	assert_int_equal(s->rst_client, 0);
	assert_true(s->flags & SIGHTING_RST_C_OF_BAD);
	assert_false(s->flags & SIGHTING_RST_C_EARLY);
}

/* The head of an answer arrives; what is larger is repeated in vain. */
static void
an_answer_that_gets_stuck(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001\n"
		     "0.03 C>S P. seq 1001 ack 5001 len 10\n"
		     "0.04 S>C P. seq 5001 ack 1011 len 200\n"
		     "0.05 C>S .  seq 1011 ack 5201\n"
		     "0.06 S>C .  seq 5201 ack 1011 len 1448\n"
		     "0.26 S>C .  seq 5201 ack 1011 len 1448\n"
		     "0.66 S>C .  seq 5201 ack 1011 len 1448\n");
	assert_int_equal(s->again_s, 2);
	assert_int_equal(s->s_acked, 5201);
	assert_int_equal(s->s_acked_at, 50000);
	assert_int_equal(s->len_s, 1448);
	assert_int_equal(s->len_c, 10);
	script_line(&script, "0.70 C>S . seq 1011 ack 6649");
	assert_int_equal(s->again_s, 0);
}

static void
a_window_that_shuts_and_opens(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001\n"
		     "0.03 C>S P. seq 1001 ack 5001 len 10\n"
		     "0.04 S>C .  seq 5001 ack 1011 win 0\n");
	assert_true(s->flags & SIGHTING_WINDOW_SHUT_S);
	script_line(&script, "0.05 S>C . seq 5001 ack 1011 win 99");
	assert_false(s->flags & SIGHTING_WINDOW_SHUT_S);
}

/* The socket took the handshake, for it says what it lacks. */
static void
a_bare_ack_behind_data_is_progress(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001\n"
		     "0.03 C>S P. seq 3897 ack 5001 len 100\n"
		     "0.04 S>C .  seq 5001 ack 1001\n");
	assert_true(s->flags & SIGHTING_PROGRESS);
}

#define TORN_ANSWER                               \
	"0.00 C>S S  seq 1000\n"                  \
	"0.01 S>C S. seq 5000 ack 1001\n"         \
	"0.02 C>S P. seq 1001 ack 5001 len 100\n" \
	"0.03 S>C P. seq 7901 ack 1101 len 300\n" \
	"0.04 C>S .  seq 1101 ack 5001\n"

static void
an_answer_with_a_hole(void **state)
{
	(void)state;
	const struct sighting *s = only(TORN_ANSWER);
	assert_true(s->hole_of_server);
	assert_int_equal(s->hole, 0);
	assert_int_equal(s->hole_at, 30000);
	assert_int_equal(s->c_acked, 100);
}

static void
a_hole_that_is_mended_in_two_pieces(void **state)
{
	(void)state;
	const struct sighting *s =
		only(TORN_ANSWER "0.20 S>C .  seq 5001 ack 1101 len 1450\n"
				 "0.21 C>S .  seq 1101 ack 6451\n");
	assert_int_equal(s->hole, 1450);
	assert_int_equal(s->hole_at, 30000);
	script_line(&script, "0.30 S>C .  seq 6451 ack 1101 len 1450");
	script_line(&script, "0.31 C>S .  seq 1101 ack 8201");
	assert_int_equal(script_sighting(&script, 0)->hole_at, 30000);
	assert_int_not_equal(script_sighting(&script, 0)->hole,
		script_sighting(&script, 0)->s_acked - 5001);
}

/* At the sender's end: a first piece is lost, and the server asks for it. */
static void
acknowledgements_that_stand_still(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001 len 1460\n"
		     "0.021 C>S P. seq 2461 ack 5001 len 295\n"
		     "0.04 S>C .  seq 5001 ack 1001\n");
	assert_int_equal(s->asks, 1);
	assert_int_equal(s->c_acked, 0);
	assert_int_equal(s->hole_at, SIGHTING_AT_NONE);
	script_line(&script, "0.30 S>C .  seq 5001 ack 2756");
	assert_int_equal(script_sighting(&script, 0)->asks, 0);
}

/* A filter for SYN and RST: the last one says what had been said before. */
static void
a_reset_that_tells_what_worked(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.020 S>C S. seq 5000 ack 1001\n"
					"90.00 C>S R. seq 1301 ack 5400\n");
	assert_int_equal(s->ack, 1);
	assert_true(s->flags & SIGHTING_PROGRESS);
	assert_true(s->flags & SIGHTING_RST_C_LATE);
	assert_int_equal(s->rst_client, 0);
}

/* Of a client that gave up, or of any number. */
static void
a_reset_that_tells_nothing(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.020 S>C S. seq 5000 ack 1001\n"
					"9.000 C>S R. seq 1001 ack 5001\n"
					"9.100 C>S R. seq 1001 ack 0\n"
					"9.200 C>S R  seq 1301\n");
	assert_int_equal(s->ack, 0);
	assert_false(s->flags & SIGHTING_PROGRESS);
	assert_int_equal(s->rst_client, 3);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(reset_of_a_half_open_connection_refuses_nothing),
		STORY(reset_in_answer_to_the_ack_refuses),
		STORY(reset_after_a_silence_ends_a_connection),
		STORY(reset_that_acknowledges_data),
		STORY(acknowledged_answer_is_progress),
		STORY(ack_recorded_before_its_data_is_no_loss),
		STORY(data_that_stays_away_is_a_loss),
		STORY(many_gaps_are_losses),
		STORY(a_client_that_only_sends),
		STORY(a_client_that_waits),
		STORY(answers_from_elsewhere_join_their_attempt),
		STORY(answers_from_elsewhere_to_a_syn_that_was_missed),
		STORY(an_answer_to_another_client_stays_its_own),
		STORY(an_answer_with_another_number_begins_nothing),
		STORY(an_answer_that_gets_stuck),
		STORY(a_window_that_shuts_and_opens),
		STORY(a_bare_ack_behind_data_is_progress),
		STORY(an_answer_with_a_hole),
		STORY(a_hole_that_is_mended_in_two_pieces),
		STORY(acknowledgements_that_stand_still),
		STORY(a_reset_that_tells_what_worked),
		STORY(a_reset_that_tells_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
