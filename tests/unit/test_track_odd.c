/*
 * What a vantage makes of the unusual: pieces of connections, both ends at once,
 * Fast Open, losses, ICMP errors, limits. One story a test, written as in
 * track_script.h.
 */
#include "track_one.h"

static void
attempt_begun_by_its_synack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 S>C S. seq 5000 ack 1001\n"
					"0.01 C>S .  seq 1001 ack 5001\n");
	assert_int_equal(s->flags, SIGHTING_NO_SYN);
	assert_int_equal(s->isn, 1000);
	assert_int_equal(s->syn, 0);
	assert_int_equal(s->syn_last_at, SIGHTING_AT_NONE);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->ack, 1);
	assert_int_equal(s->client_port, 40000);
}

/* Captured out of order: the SYN's time is its own, the SYN-ACK's moves. */
static void
syn_captured_behind_its_synack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000050 S>C S. seq 5000 ack 1001\n"
					"0.000010 C>S S  seq 1000 ts 5\n");
	assert_int_equal(s->flags, 0);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->syn_after_synack, 0);
	assert_int_equal(s->first_ns, SCRIPT_START_NS + 10 * NS_PER_US);
	assert_int_equal(s->syn_at[0], 0);
	assert_int_equal(s->synack_at[0], 40);
	assert_int_equal(s->synack_last_at, 40);
}

/* The capture began between a SYN and its SYN-ACK: the SYN that follows is a
 * copy, a second later. */
static void
syn_copy_after_an_attempt_begun_by_its_synack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 S>C S. seq 5000 ack 1001\n"
					"1.000 C>S S  seq 1000 ts 5\n"
					"3.000 C>S S  seq 1000 ts 9\n");
	assert_int_equal(s->syn, 2);
	assert_int_equal(s->syn_at[0], 1000000);
	assert_int_equal(s->syn_at[1], 3000000);
	assert_int_equal(s->syn_last_at, 3000000);
	assert_int_equal(s->syn_after_synack, 2);
	assert_int_equal(s->first_ns, SCRIPT_START_NS);
}

static void
midstream_is_no_attempt(void **state)
{
	(void)state;
	const struct sighting *s = only("0.0 C>S P. seq 1 ack 1 len 10\n"
					"0.1 S>C .  seq 1 ack 11\n");
	assert_int_equal(s->flags, SIGHTING_MIDSTREAM);
	assert_int_equal(s->client_port, 40000);
	assert_int_equal(s->data_c, 1);
	assert_int_equal(s->data_s, 1);
	assert_int_equal(script.v.pairs_count, 1);
}

static void
syn_on_a_midstream_tuple_is_an_attempt(void **state)
{
	(void)state;
	script_play(&script,
		"0.0 S>C P. seq 1 ack 1 len 10\n"
		"5.0 C>S S  seq 1000\n"
		"5.1 S>C .  seq 11 ack 1\n");
	assert_int_equal(script.v.sightings, 2);
	assert_int_equal(script_sighting(&script, 1)->syn, 1);
	assert_int_equal(script_sighting(&script, 1)->challenge, 1);
}

static void
simultaneous_open(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.001 S>C S  seq 5000\n"
					"0.002 C>S S. seq 1000 ack 5001\n"
					"0.003 S>C S. seq 5000 ack 1001\n");
	assert_true(s->flags & SIGHTING_SIMULTANEOUS);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->ack, 1);
	assert_int_equal(s->synack, 1);
}

/* An answer of the server that opened a connection of its own much later. */
static void
late_syn_of_the_other_side_is_another_attempt(void **state)
{
	(void)state;
	script_play(&script,
		"0.0 C>S S seq 1000\n"
		"60.0 S>C S seq 5000\n");
	assert_int_equal(script.v.sightings, 2);
	assert_int_equal(script_sighting(&script, 1)->client_port, 443);
	/* Unless the clock was set between the two: nobody left it unanswered. */
	assert_int_equal(
		script_sighting(&script, 0)->flags, SIGHTING_SIMULTANEOUS);
}

static void
fast_open_data_is_no_progress(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000 len 100 tfo 1\n"
					"0.010 S>C S. seq 5000 ack 1101\n");
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->flags, SIGHTING_SYN_DATA | SIGHTING_FAST_OPEN);
	script_play(&script, "0.011 S>C . seq 5001 ack 1101\n");
	assert_false(s->flags & SIGHTING_PROGRESS);
	script_play(&script,
		"0.012 C>S . seq 1101 ack 5001\n"
		"0.013 S>C . seq 5001 ack 1101\n");
	assert_true(s->flags & SIGHTING_PROGRESS);
}

static void
fast_open_request_without_data_is_noted(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S seq 1000 tfo 1\n");
	assert_int_equal(s->flags, SIGHTING_FAST_OPEN);
}

/* A keep-alive probe repeats the byte before the next one. */
static void
keep_alive_is_no_client_data(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 C>S .  seq 1001 ack 5001\n"
					"75.0 C>S .  seq 1000 ack 5001\n"
					"75.1 S>C .  seq 5001 ack 1001\n");
	assert_int_equal(s->data_c, 0);
	assert_int_equal(s->ack, 1);
	assert_int_equal(script.v.audit.loss_events, 0);
}

/* Frames that overtake each other: the client's RST is there before its ACK. */
static void
a_reset_that_overtakes_the_ack_is_answered(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.001 S>C S. seq 5000 ack 1001\n"
					"0.057 C>S R. seq 1001 ack 5001\n"
					"0.061 C>S .  seq 1001 ack 5001\n"
					"0.061 S>C R  seq 5001\n");
	assert_int_equal(s->rst_client, 1);
	assert_int_equal(s->rst_server, 0);
	assert_true(s->flags & SIGHTING_RST_S_END);
}

/* A container's bridge shows the answers under another name than the requests. */
static void
a_side_that_is_absent_altogether_is_no_loss(void **state)
{
	(void)state;
	const struct sighting *s = only("0.01 S>C S. seq 5000 ack 1001\n"
					"0.03 S>C .  seq 5001 ack 1501\n"
					"0.04 S>C P. seq 5001 ack 1501 len 9\n"
					"0.05 S>C .  seq 5010 ack 1501\n"
					"0.06 S>C .  seq 5010 ack 1501\n");
	assert_true(s->flags & SIGHTING_LOSS);
	assert_int_equal(script.v.audit.loss_events, 0);
}

static void
acknowledged_data_never_captured_is_a_loss(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 C>S .  seq 1001 ack 5001\n"
					"0.03 S>C .  seq 5001 ack 1501\n"
					"0.04 S>C .  seq 5001 ack 1501\n"
					"0.05 S>C .  seq 5001 ack 1501\n"
					"0.06 S>C .  seq 5001 ack 1501\n");
	assert_true(s->flags & SIGHTING_LOSS);
	assert_true(s->flags & SIGHTING_PROGRESS);
	assert_int_equal(script.v.audit.loss_events, 1);
	assert_true(timemap_any(&script.v.losses, 0, SCRIPT_START_NS,
		SCRIPT_START_NS + NS_PER_S));
}

static void
icmp_error_by_its_quote(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.02 icmp 3/13 from 9 C>S seq 1000\n"
					"1.02 icmp 3/1 from 8 C>S seq 1000\n");
	assert_int_equal(s->icmp, 2);
	assert_int_equal(s->icmp_type, 3);
	assert_int_equal(s->icmp_code, 13);
	assert_int_equal(s->icmp_at, 20000);
	assert_int_equal(s->icmp_frame, 2);
	assert_false(s->flags & SIGHTING_ICMP_FROM_SERVER);
	assert_true(ip_equal(
		script.v.senders[s->icmp_sender], ip_from_v4(SCRIPT_NET + 9)));
}

/* It ends nothing, whichever side's data it quotes, and is no error of what was
 * acknowledged before the connection was there. */
static void
icmp_error_that_data_is_too_large(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 C>S .  seq 1001 ack 5001\n"
		     "0.03 C>S P. seq 1001 ack 5001 len 1448\n"
		     "0.04 icmp 3/4 from 9 C>S seq 1001\n"
		     "0.05 icmp 3/4 from 9 C>S seq 9001\n");
	assert_int_equal(s->icmp, 0);
	assert_true(s->too_big_c);
	assert_false(s->too_big_s);
	assert_int_equal(script.t.unmatched_icmp, 1);
	script_line(&script, "0.06 S>C P. seq 5001 ack 2449 len 1448");
	script_line(&script, "0.07 icmp 3/4 from 9 S>C seq 5001");
	assert_true(s->too_big_s);
}

static void
icmp_error_of_the_server(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.02 icmp 3/3 from 2 C>S seq 1000\n");
	assert_int_equal(s->flags, SIGHTING_ICMP_FROM_SERVER);
}

static void
icmp_error_of_another_isn_is_not_ours(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.02 icmp 3/1 from 9 C>S seq 999\n"
					"0.03 icmp 3/1 from 9 S>C seq 1000\n");
	assert_int_equal(s->icmp, 0);
	assert_int_equal(script.t.unmatched_icmp, 2);
}

/* A device rewrites numbers and leaves what an error quotes: the timestamp tells. */
static void
icmp_error_of_a_rewritten_number(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S seq 1000 ts 77\n"
		     "0.01 icmp 3/0 from 9 C>S seq 555 flags 2 ts 77\n"
		     "0.02 icmp 3/0 from 9 C>S seq 555 flags 2 ts 78\n"
		     "0.03 icmp 3/0 from 9 C>S seq 555 flags 16 ts 77\n"
		     "5.00 icmp 3/0 from 9 C>S seq 555 flags 2 ts 77\n");
	assert_int_equal(s->icmp, 1);
	assert_int_equal(s->icmp_at, 10000);
	assert_int_equal(script.t.unmatched_icmp, 3);
}

static void
icmp_error_about_the_synack(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001\n"
		     "0.02 icmp 3/1 from 9 S>C seq 5000\n"
		     "1.01 S>C S. seq 5000 ack 1001\n"
		     "1.02 icmp 3/1 from 8 S>C seq 5000\n"
		     /* About data, in the server's own name: not of it. */
		     "1.03 icmp 3/1 from 9 S>C seq 5001\n"
		     "1.04 icmp 3/1 from 2 S>C seq 5000\n");
	assert_int_equal(s->icmp, 2);
	assert_int_equal(s->icmp_at, 20000);
	assert_int_equal(s->icmp_frame, 3);
	assert_int_equal(s->flags, SIGHTING_ICMP_OF_SYNACK);
	assert_true(ip_equal(
		script.v.senders[s->icmp_sender], ip_from_v4(SCRIPT_NET + 9)));
	assert_int_equal(script.t.unmatched_icmp, 2);
}

static void
icmp_error_of_the_client(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 icmp 3/3 from 1 S>C seq 5000\n");
	assert_int_equal(
		s->flags, SIGHTING_ICMP_OF_SYNACK | SIGHTING_ICMP_FROM_CLIENT);
}

/* Whatever came first, the one about the SYN is kept. */
static void
icmp_error_about_the_syn_displaces_the_other(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 icmp 3/1 from 9 S>C seq 5000\n"
					"1.00 icmp 3/13 from 8 C>S seq 1000\n"
					"1.02 icmp 3/1 from 9 S>C seq 5000\n");
	assert_int_equal(s->icmp, 1);
	assert_int_equal(s->icmp_code, 13);
	assert_int_equal(s->flags, 0);
}

/* "Packet too big" asks for something; the error that follows ends it. */
static void
fatal_icmp_error_displaces_advice(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.01 icmp 3/4 from 2 C>S seq 1000\n"
					"0.02 icmp 3/10 from 9 C>S seq 1000\n"
					"0.03 icmp 3/4 from 2 C>S seq 1000\n");
	assert_int_equal(s->icmp, 3);
	assert_int_equal(s->icmp_code, 10);
	assert_int_equal(s->flags, 0);
}

static void
zero_window_synack_is_noted(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C S. seq 5000 ack 1001 win 0\n");
	assert_true(s->flags & SIGHTING_ZERO_WINDOW_SYNACK);
}

/* More reuse of one tuple than earlier attempts are searched. */
static void
port_reuse_many_times(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		char line[64];
		snprintf(line, sizeof line, "%d C>S S seq %d", i, 1000 * i);
		script_line(&script, line);
	}
	assert_int_equal(script.v.sightings, 30);
	script_line(&script, "31 S>C S. seq 5 ack 29001");
	assert_int_equal(script_sighting(&script, 29)->synack, 1);
	/* Too old to be found: it begins an attempt of its own. */
	script_line(&script, "32 C>S S seq 1000");
	assert_int_equal(script.v.sightings, 31);
}

static void
limit_stops_growth_not_the_run(void **state)
{
	(void)state;
	script.t.limit = 2;
	for (int i = 0; i < 100; i++) {
		char line[64];
		snprintf(line, sizeof line, "%d C>S S seq 1 cport %d", i,
			1000 + i);
		script_line(&script, line);
		snprintf(line, sizeof line, "%d.5 S>C S. seq 1 ack 2 cport %d",
			i, 1000 + i);
		script_line(&script, line);
	}
	assert_int_equal(script.v.sightings, 2);
	assert_true(script.v.audit.overflowed);
	assert_int_equal(script_sighting(&script, 1)->synack, 1);
}

/* More connections than the table starts with, and more than one chunk. */
static void
many_connections(void **state)
{
	(void)state;
	char line[80];
	for (int i = 0; i < 9000; i++) {
		snprintf(line, sizeof line,
			"0.1 C>S S seq %d cport %d chost %d", i, 1 + i % 3000,
			10 + i / 3000);
		script_line(&script, line);
	}
	assert_int_equal(script.v.sightings, 9000);
	assert_int_equal(script.v.pairs_count, 3);
	for (int i = 0; i < 9000; i++) {
		snprintf(line, sizeof line,
			"0.2 S>C S. seq 5 ack %d cport %d chost %d", i + 1,
			1 + i % 3000, 10 + i / 3000);
		script_line(&script, line);
	}
	assert_int_equal(script.v.sightings, 9000);
	for (uint32_t i = 0; i < 9000; i++)
		assert_int_equal(script_sighting(&script, i)->synack, 1);
}

/* Data that crosses the end of the sequence space. */
static void
data_wraps(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 4294967200\n"
		     "0.010 S>C S. seq 4294967200 ack 4294967201\n"
		     "0.011 C>S P. seq 4294967201 ack 4294967201 len 200\n"
		     "0.020 S>C P. seq 4294967201 ack 105 len 200\n"
		     "0.021 C>S .  seq 105 ack 105\n");
	assert_int_equal(s->c_next, 105);
	assert_int_equal(s->s_next, 105);
	assert_int_equal(s->flags, SIGHTING_PROGRESS);
	assert_int_equal(script.v.audit.loss_events, 0);
}

/* Counters stop at their end, times at theirs (71 minutes). */
static void
counts_and_times_saturate(void **state)
{
	(void)state;
	char line[64];
	for (int i = 0; i < 70000; i++) {
		snprintf(line, sizeof line, "%d C>S S seq 1 id %d", i,
			1 + i % 65535);
		script_line(&script, line);
	}
	const struct sighting *s = script_sighting(&script, 0);
	assert_int_equal(s->syn, UINT16_MAX);
	assert_int_equal(s->syn_last_at, SIGHTING_AT_MAX);
	assert_int_equal(s->last_ns - s->first_ns, 69999 * NS_PER_S);
}

/* The ends of what is believed, forwards and backwards. */
static void
times_far_apart(void **state)
{
	(void)state;
	struct packet p = {
		.kind = PACKET_TCP,
		.flags = TCP_SYN,
		.src = ip_from_v4(1),
		.dst = ip_from_v4(2),
		.src_port = 1,
		.dst_port = 2,
	};
	track_packet(&script.t, &p, (struct captured_time){0}, 1,
		track_tag(&script.t, &p));
	track_packet(&script.t, &p, (struct captured_time){CLOCK_LAST_NS}, 2,
		track_tag(&script.t, &p));
	track_packet(&script.t, &p, (struct captured_time){0}, 3,
		track_tag(&script.t, &p));
	const struct sighting *s = script_sighting(&script, 0);
	assert_int_equal(s->last_ns, CLOCK_LAST_NS);
	assert_int_equal(s->syn_at[1], SIGHTING_AT_MAX);
}

/* A mirror shows packets twice: that is not the sender insisting. */
static void
captured_twice_counts_once(void **state)
{
	(void)state;
	script_line(&script, "0.000 C>S S seq 1000");
	script_line(&script, "0.010 S>C R. seq 0 ack 1001");
	script_line(&script, "0.01001 S>C R. seq 0 ack 1001");
	script_line(&script, "0.000 C>S S seq 2000 cport 5");
	script_line(&script, "0.010 S>C S. seq 5000 ack 2001 cport 5");
	script_line(&script, "0.011 C>S . seq 2001 ack 5001 cport 5");
	script_line(&script, "0.01101 C>S . seq 2001 ack 5001 cport 5");
	script_line(&script, "0.012 C>S P. seq 2001 ack 5001 len 9 cport 5");
	assert_int_equal(script_sighting(&script, 0)->rst_server, 1);
	assert_int_equal(script_sighting(&script, 1)->ack, 2);
	/* A second later it is another one. */
	script_line(&script, "1.010 S>C R. seq 0 ack 1001");
	assert_int_equal(script_sighting(&script, 0)->rst_server, 2);
}

/* One byte that the client acknowledges and nobody captured: the answer. */
static void
acknowledged_byte_may_be_the_answer(void **state)
{
	(void)state;
	script_line(&script, "0.000 C>S S seq 1000");
	script_line(&script, "0.010 S>C S. seq 5000 ack 1001");
	script_line(&script, "0.011 C>S . seq 1001 ack 5001");
	script_line(&script, "0.012 C>S P. seq 1001 ack 5001 len 9");
	assert_false(script_sighting(&script, 0)->flags & SIGHTING_LOSS);
	script_line(&script, "0.020 C>S . seq 1010 ack 5002");
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_GAP);
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_PROGRESS);
	script_play(&script,
		"0.030 C>S . seq 1010 ack 5002\n"
		"0.040 C>S . seq 1010 ack 5002\n"
		"0.050 C>S . seq 1010 ack 5002\n");
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_LOSS);
	assert_int_equal(script.v.audit.loss_events, 0);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(attempt_begun_by_its_synack),
		STORY(syn_captured_behind_its_synack),
		STORY(syn_copy_after_an_attempt_begun_by_its_synack),
		STORY(midstream_is_no_attempt),
		STORY(syn_on_a_midstream_tuple_is_an_attempt),
		STORY(simultaneous_open),
		STORY(late_syn_of_the_other_side_is_another_attempt),
		STORY(fast_open_data_is_no_progress),
		STORY(fast_open_request_without_data_is_noted),
		STORY(keep_alive_is_no_client_data),
		STORY(a_reset_that_overtakes_the_ack_is_answered),
		STORY(a_side_that_is_absent_altogether_is_no_loss),
		STORY(acknowledged_data_never_captured_is_a_loss),
		STORY(icmp_error_by_its_quote),
		STORY(icmp_error_that_data_is_too_large),
		STORY(icmp_error_of_the_server),
		STORY(icmp_error_of_another_isn_is_not_ours),
		STORY(icmp_error_of_a_rewritten_number),
		STORY(icmp_error_about_the_synack),
		STORY(icmp_error_of_the_client),
		STORY(icmp_error_about_the_syn_displaces_the_other),
		STORY(fatal_icmp_error_displaces_advice),
		STORY(zero_window_synack_is_noted),
		STORY(port_reuse_many_times),
		STORY(limit_stops_growth_not_the_run),
		STORY(many_connections),
		STORY(data_wraps),
		STORY(counts_and_times_saturate),
		STORY(times_far_apart),
		STORY(captured_twice_counts_once),
		STORY(acknowledged_byte_may_be_the_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
