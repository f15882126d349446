/*
 * What a vantage makes of handshakes, their copies and their refusals: one
 * story a test, written as in track_script.h.
 */
#include "track_one.h"

static void
handshake_with_data_and_close(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 1000 id 7 ts 50 win 64240 ttl 64\n"
		     "0.010 S>C S. seq 5000 ack 1001 ttl 57\n"
		     "0.011 C>S .  seq 1001 ack 5001\n"
		     "0.012 C>S P. seq 1001 ack 5001 len 100\n"
		     "0.022 S>C .  seq 5001 ack 1101\n"
		     "0.030 S>C P. seq 5001 ack 1101 len 20\n"
		     "0.031 C>S F. seq 1101 ack 5021\n"
		     "0.041 S>C F. seq 5021 ack 1102\n"
		     "0.042 C>S .  seq 1102 ack 5022\n");
	assert_int_equal(s->isn, 1000);
	assert_int_equal(s->server_isn, 5000);
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->ack, 2); /* until the server made progress */
	assert_int_equal(s->data_c, 1);
	assert_int_equal(s->data_s, 1);
	assert_int_equal(s->synack_at[0], 10000);
	assert_int_equal(s->ack_first_at, 11000);
	assert_int_equal(s->data_c_first_at, 12000);
	assert_int_equal(s->data_s_first_at, 30000);
	assert_int_equal(s->fin_c_at, 31000);
	assert_int_equal(s->fin_s_at, 41000);
	assert_int_equal(s->syn_first_frame, 1);
	assert_int_equal(s->synack_first_frame, 2);
	assert_int_equal(s->ack_first_frame, 3);
	assert_int_equal(s->data_c_frame, 4);
	assert_int_equal(s->data_s_frame, 6);
	assert_int_equal(s->ttl_c, 64);
	assert_int_equal(s->ttl_s, 57);
	assert_int_equal(s->window, 64240);
	assert_int_equal(s->syn_tsval_first, 50);
	assert_int_equal(s->syn_ip_id_first, 7);
	assert_int_equal(
		s->flags, SIGHTING_PROGRESS | SIGHTING_FIN_C | SIGHTING_FIN_S);
	assert_int_equal(script.v.audit.loss_events, 0);
	assert_int_equal(s->last_ns - s->first_ns, 42 * NS_PER_MS);
}

/* The same with initial sequence numbers at the end of their space. */
static void
sequence_numbers_wrap(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 4294967295\n"
		     "0.010 S>C S. seq 4294967290 ack 0\n"
		     "0.011 C>S .  seq 0 ack 4294967291\n"
		     "0.012 C>S P. seq 0 ack 4294967291 len 100\n"
		     "0.020 S>C P. seq 4294967291 ack 100 len 20\n"
		     "0.021 C>S .  seq 100 ack 15\n");
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->synack_bad, 0);
	assert_int_equal(s->ack, 2);
	assert_int_equal(s->data_c, 1);
	assert_int_equal(s->flags, SIGHTING_PROGRESS);
	assert_int_equal(script.v.audit.loss_events, 0);
}

static void
syn_copies_keep_their_times(void **state)
{
	(void)state;
	const struct sighting *s = only("0.0 C>S S seq 9 id 1 ts 10\n"
					"1.0 C>S S seq 9 id 2 ts 1010\n"
					"3.0 C>S S seq 9 id 3 ts 3010\n");
	assert_int_equal(s->syn, 3);
	assert_int_equal(s->syn_at[0], 0);
	assert_int_equal(s->syn_at[1], 1000000);
	assert_int_equal(s->syn_at[2], 3000000);
	assert_int_equal(s->syn_last_at, 3000000);
	assert_int_equal(s->syn_tsval_last, 3010);
	assert_int_equal(s->syn_ip_id_last, 3);
	assert_int_equal(s->duplicates, 0);
	assert_int_equal(s->syn_last_frame, 3);
}

/* The frames between the first and the last copy, as many as times are kept. */
static void
copies_between_keep_their_frames(void **state)
{
	(void)state;
	const struct sighting_copy *copy;
	/* Two attempts in turn, so that their copies have to be told apart. */
	for (int i = 0; i < 20; i++) {
		char line[64];
		snprintf(line, sizeof line, "%d C>S S seq 9 id %d", i, i + 1);
		script_line(&script, line);
		snprintf(line, sizeof line, "%d.1 C>S S seq 7 cport 9 id %d", i,
			i + 1);
		script_line(&script, line);
	}
	script_line(&script, "20.0 S>C S. seq 5000 ack 10");
	script_line(&script, "21.0 S>C S. seq 5000 ack 10");
	script_line(&script, "22.0 S>C S. seq 5000 ack 10");
	vantage_sort_copies(&script.v);
	for (uint32_t k = 0; k < 2; k++) {
		const struct sighting *s = script_sighting(&script, k);
		assert_int_equal(
			vantage_find_copies(&script.v, s, false, &copy),
			SIGHTING_SYN_TIMES - 1);
		for (uint32_t i = 0; i < SIGHTING_SYN_TIMES - 1; i++)
			assert_int_equal(copy[i].frame, 2 * i + 3 + k);
	}
	assert_int_equal(vantage_find_copies(&script.v,
				 script_sighting(&script, 0), true, &copy),
		1);
	assert_int_equal(copy[0].frame, 42);
	assert_int_equal(vantage_find_copies(&script.v,
				 script_sighting(&script, 1), true, &copy),
		0);
}

/* More copies than times are kept: the last one's stays known. */
static void
syn_copies_beyond_those_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		char line[64];
		snprintf(line, sizeof line, "%d C>S S seq 9 id %d", i, i + 1);
		script_line(&script, line);
	}
	const struct sighting *s = script_sighting(&script, 0);
	assert_int_equal(s->syn, 20);
	assert_int_equal(s->syn_at[SIGHTING_SYN_TIMES - 1],
		(SIGHTING_SYN_TIMES - 1) * 1000000);
	assert_int_equal(s->syn_last_at, 19000000);
}

/* -i any and mirror ports capture a packet twice. */
/* The server repeats its SYN-ACK after a second; its clock was set back by a
   minute in between. */
static void
a_copy_behind_a_clock_that_was_set_back(void **state)
{
	(void)state;
	const struct sighting *s = only("100.000 C>S S  seq 1000\n"
					"100.010 S>C S. seq 5000 ack 1001\n"
					"100.020 C>S .  seq 1001 ack 5001\n"
					" 41.010 S>C S. seq 5000 ack 1001\n");
	assert_int_equal(s->synack, 2);
	assert_int_equal(s->synack_after_ack, 1);
	assert_int_equal(s->duplicates, 0);
}

/* The files of two cards, one behind the other: what is shown twice has the time
   of its first sight, whichever copy came last. */
static void
copies_of_files_joined_end_to_end(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000000 C>S S  seq 1000 id 7 ts 50\n"
					"0.010000 S>C S. seq 5000 ack 1001\n"
					"1.010000 S>C S. seq 5000 ack 1001\n"
					"0.000030 C>S S  seq 1000 id 7 ts 50\n"
					"0.010020 S>C S. seq 5000 ack 1001\n"
					"1.010020 S>C S. seq 5000 ack 1001\n");
	assert_int_equal(s->synack, 2);
	assert_int_equal(s->duplicates, 3);
}

static void
duplicates_count_once(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000000 C>S S  seq 1000 id 7 ts 50\n"
					"0.000030 C>S S  seq 1000 id 7 ts 50\n"
					"0.010000 S>C S. seq 5000 ack 1001\n"
					"0.010020 S>C S. seq 5000 ack 1001\n"
					"0.011000 C>S .  seq 1001 ack 5001\n");
	assert_int_equal(s->syn, 1);
	assert_int_equal(s->synack, 1);
	assert_int_equal(s->duplicates, 2);
	assert_true(s->flags & SIGHTING_DUPLICATES);
}

/* A quick copy with its own IP id is a retransmission, however quick. */
static void
quick_retransmission_is_no_duplicate(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S seq 1000 id 7 ts 50\n"
					"0.012 C>S S seq 1000 id 8 ts 62\n");
	assert_int_equal(s->syn, 2);
	assert_int_equal(s->duplicates, 0);
}

static void
new_isn_is_a_new_attempt(void **state)
{
	(void)state;
	script_play(&script,
		"0.0 C>S S seq 1000\n"
		"5.0 C>S S seq 2000\n"
		"5.1 S>C S. seq 5000 ack 2001\n");
	assert_int_equal(script.v.sightings, 2);
	assert_int_equal(script_sighting(&script, 0)->synack, 0);
	assert_int_equal(script_sighting(&script, 1)->synack, 1);
	assert_int_equal(script_sighting(&script, 1)->previous, 0);
}

/* A SYN-ACK of the older attempt that comes after the newer one's SYN. */
static void
late_synack_finds_its_attempt(void **state)
{
	(void)state;
	script_play(&script,
		"0.0 C>S S seq 1000\n"
		"5.0 C>S S seq 2000\n"
		"5.1 S>C S. seq 5000 ack 1001\n");
	assert_int_equal(script.v.sightings, 2);
	assert_int_equal(script_sighting(&script, 0)->synack, 1);
	assert_int_equal(script_sighting(&script, 1)->synack, 0);
	assert_int_equal(script_sighting(&script, 1)->synack_bad, 0);
}

static void
synack_for_another_syn_is_bad(void **state)
{
	(void)state;
	const struct sighting *s = only("0.0 C>S S  seq 1000\n"
					"0.1 S>C S. seq 5000 ack 777\n");
	assert_int_equal(s->synack, 0);
	assert_int_equal(s->synack_bad, 1);
}

static void
synack_repeated_after_the_ack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 C>S .  seq 1001 ack 5001\n"
					"1.02 S>C S. seq 5000 ack 1001\n"
					"1.03 C>S .  seq 1001 ack 5001\n");
	assert_int_equal(s->synack, 2);
	assert_int_equal(s->synack_after_ack, 1);
	assert_int_equal(s->ack, 2);
	assert_int_equal(s->ack_last_at, 1030000);
	assert_false(s->flags & SIGHTING_PROGRESS);
}

static void
server_isn_that_changes_is_noted(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000 id 1\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"1.00 C>S S  seq 1000 id 2\n"
					"1.01 S>C S. seq 8000 ack 1001\n"
					"1.02 C>S .  seq 1001 ack 8001\n");
	assert_true(s->flags & SIGHTING_SERVER_ISN_CHANGED);
	assert_int_equal(s->syn_after_synack, 1);
	assert_int_equal(s->ack, 1);
}

static void
refused_with_rst(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.00 C>S S  seq 1000\n"
		     "0.01 S>C R. seq 0 ack 1001 ttl 63 id 9\n");
	assert_int_equal(s->rst_server, 1);
	assert_int_equal(s->rst_server_at, 10000);
	assert_int_equal(s->ttl_rst_server, 63);
	assert_int_equal(s->flags, SIGHTING_RST_S_EARLY);
}

/*
 * Port reuse: the old connection's RST arrives behind the new SYN. It does not
 * acknowledge it, so a client drops it; nothing was refused.
 */
static void
stale_rst_belongs_to_the_old_connection(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S  seq 1000\n"
		"0.001 S>C S. seq 5000 ack 1001\n"
		"0.002 C>S .  seq 1001 ack 5001\n"
		"0.003 C>S P. seq 1001 ack 5001 len 9\n"
		"0.004 S>C .  seq 5001 ack 1010\n"
		"0.005 C>S F. seq 1010 ack 5001\n"
		"9.000 C>S S  seq 90000\n"
		"9.001 S>C R  seq 5001\n"
		"9.002 S>C S. seq 70000 ack 90001\n");
	assert_int_equal(script.v.sightings, 2);
	const struct sighting *s = script_sighting(&script, 1);
	assert_int_equal(s->rst_server, 0);
	assert_false(s->flags & SIGHTING_RST_S_EARLY);
	assert_int_equal(s->synack, 1);
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_RST_S_LATE);
}

/* The old connection's repeated data or FIN is no answer to the new SYN. */
static void
stale_fin_is_no_challenge(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S  seq 1000\n"
		"0.001 S>C S. seq 5000 ack 1001\n"
		"0.002 C>S .  seq 1001 ack 5001\n"
		"9.000 C>S S  seq 90000\n"
		"9.001 S>C F. seq 5001 ack 1001\n");
	const struct sighting *s = script_sighting(&script, 1);
	assert_int_equal(s->challenge, 0);
	assert_int_equal(s->flags, 0);
	assert_true(script_sighting(&script, 0)->flags & SIGHTING_FIN_S);
}

/* The same packets where no older connection is known: the RST counts. */
static void
rst_without_ack_counts_on_a_fresh_tuple(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.01 S>C R seq 0\n");
	assert_int_equal(s->rst_server, 1);
	assert_int_equal(s->flags, SIGHTING_RST_S_EARLY);
}

static void
challenge_ack_and_the_clients_rst(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S seq 1000 id 1\n"
					"0.001 S>C . seq 7777 ack 424242\n"
					"0.002 C>S R seq 424242\n"
					"0.012 C>S S seq 1000 id 2\n"
					"0.013 S>C S. seq 9 ack 1001\n");
	assert_int_equal(s->challenge, 1);
	assert_int_equal(s->challenge_at, 1000);
	assert_int_equal(s->challenge_frame, 2);
	assert_int_equal(s->rst_client, 1);
	assert_int_equal(s->syn, 2);
	assert_int_equal(s->synack, 1);
}

/* Behind SYN-ACK, ACK and request, which the capture missed: the answer is of
   this connection, and so is a bare ACK of the request. */
static void
answer_of_missed_data_is_no_challenge(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 1000\n"
		     "0.020 S>C .  seq 5001 ack 1301\n"
		     "0.021 S>C P. seq 5001 ack 1301 len 10\n");
	assert_int_equal(s->challenge, 0);
	assert_true(s->flags & SIGHTING_SYNACK_MISSED);
	assert_true(s->flags & SIGHTING_PROGRESS);
}

/* Data of an older connection answers no SYN. */
static void
stale_data_is_no_challenge(void **state)
{
	(void)state;
	const struct sighting *s =
		only("0.000 C>S S  seq 1000\n"
		     "0.020 S>C P. seq 5001 ack 3000000000 len 10\n");
	assert_int_equal(s->challenge, 0);
	assert_false(s->flags & SIGHTING_PROGRESS);
}

/* The RST of a closed port, whose SYN the capture missed. */
static void
refusal_whose_syn_was_missed(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 S>C R. seq 0 ack 1001\n");
	assert_int_equal(s->isn, 1000);
	assert_int_equal(s->rst_server, 1);
	assert_true(s->flags & SIGHTING_NO_SYN);
	assert_false(s->flags & SIGHTING_MIDSTREAM);
}

/* The capture missed the ACK; five minutes later the client speaks and is
   reset: nothing was refused. */
static void
reset_of_a_connection_whose_ack_was_missed(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"0.001 S>C S. seq 5000 ack 1001\n"
					"300.0 C>S P. seq 1001 ack 5001 len 5\n"
					"300.001 S>C R seq 5001\n");
	assert_int_equal(s->rst_server, 0);
	assert_true(s->flags & SIGHTING_RST_S_END);
	assert_in_range(s->quiet_us, 299000000, 301000000);
}

/* Even the SYN-ACK is missing. */
static void
reset_of_a_connection_whose_answer_was_missed(void **state)
{
	(void)state;
	const struct sighting *s = only("0.000 C>S S  seq 1000\n"
					"300.0 C>S P. seq 1001 ack 5001 len 5\n"
					"300.001 S>C R seq 5001\n");
	assert_int_equal(s->rst_server, 0);
	assert_true(s->flags & SIGHTING_RST_S_END);
}

/* A bare ACK of this very SYN: the SYN-ACK escaped the capture. */
static void
ack_of_the_syn_means_a_missed_synack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.02 S>C . seq 5001 ack 1001\n");
	assert_int_equal(s->challenge, 0);
	assert_true(s->flags & SIGHTING_SYNACK_MISSED);
	assert_int_equal(s->server_isn, 5000);
}

static void
client_ack_means_a_missed_synack(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S seq 1000\n"
					"0.02 C>S . seq 1001 ack 5001\n");
	assert_true(s->flags & SIGHTING_SYNACK_MISSED);
	assert_int_equal(s->ack, 1);
	assert_int_equal(script.v.audit.loss_events, 0);
	/* It is a loss when it is still missing a while later. */
	script_play(&script,
		"0.03 C>S . seq 1001 ack 5001\n"
		"0.04 C>S . seq 1001 ack 5001\n"
		"0.05 C>S . seq 1001 ack 5001\n");
	assert_int_equal(script.v.audit.loss_events, 1);
}

static void
reset_after_progress_is_late(void **state)
{
	(void)state;
	const struct sighting *s = only("0.00 C>S S  seq 1000\n"
					"0.01 S>C S. seq 5000 ack 1001\n"
					"0.02 C>S .  seq 1001 ack 5001\n"
					"0.03 S>C P. seq 5001 ack 1001 len 5\n"
					"0.04 S>C R. seq 5006 ack 1001\n"
					"0.05 C>S R  seq 1001\n");
	assert_int_equal(s->rst_server, 0);
	assert_int_equal(s->rst_client, 0);
	assert_int_equal(s->flags,
		SIGHTING_PROGRESS | SIGHTING_RST_S_LATE | SIGHTING_RST_C_LATE);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(handshake_with_data_and_close),
		STORY(sequence_numbers_wrap),
		STORY(syn_copies_keep_their_times),
		STORY(copies_between_keep_their_frames),
		STORY(syn_copies_beyond_those_kept),
		STORY(duplicates_count_once),
		STORY(a_copy_behind_a_clock_that_was_set_back),
		STORY(copies_of_files_joined_end_to_end),
		STORY(quick_retransmission_is_no_duplicate),
		STORY(new_isn_is_a_new_attempt),
		STORY(late_synack_finds_its_attempt),
		STORY(synack_for_another_syn_is_bad),
		STORY(synack_repeated_after_the_ack),
		STORY(server_isn_that_changes_is_noted),
		STORY(refused_with_rst),
		STORY(stale_rst_belongs_to_the_old_connection),
		STORY(stale_fin_is_no_challenge),
		STORY(rst_without_ack_counts_on_a_fresh_tuple),
		STORY(challenge_ack_and_the_clients_rst),
		STORY(answer_of_missed_data_is_no_challenge),
		STORY(stale_data_is_no_challenge),
		STORY(refusal_whose_syn_was_missed),
		STORY(reset_of_a_connection_whose_ack_was_missed),
		STORY(reset_of_a_connection_whose_answer_was_missed),
		STORY(ack_of_the_syn_means_a_missed_synack),
		STORY(client_ack_means_a_missed_synack),
		STORY(reset_after_progress_is_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
