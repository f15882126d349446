/*
 * From what two captures show to facts. Delays are 10 ms each way; the
 * server's clock is what each story sets.
 */
#include "gather_ends.h"

static void
clean_at_both_ends(void **state)
{
	(void)state;
	background(10);
	script_play(&near,
		"5.000 C>S S  seq 100\n"
		"5.020 S>C S. seq 500 ack 101\n"
		"5.021 C>S .  seq 101 ack 501\n");
	script_play(&far,
		"5.010 C>S S  seq 100\n"
		"5.011 S>C S. seq 500 ack 101\n"
		"5.031 C>S .  seq 101 ack 501\n");
	struct attempt_ends e = ends(2);
	assert_true(gather_is_clean(&k, &e));
}

static void
syn_lost(void **state)
{
	(void)state;
	far.offset_ns = -300 * NS_PER_S;
	background(20);
	script_play(&near,
		"5.0 C>S S seq 100 id 1\n"
		"6.0 C>S S seq 100 id 2\n"
		"8.0 C>S S seq 100 id 3\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.c_syn, 3);
	assert_int_equal(f.s_syn, 0);
	assert_int_equal(f.syn_covered, 3);
	assert_int_equal(f.syn_arrived, 0);
	assert_string_equal(f.s_receives, "witnessed");
	assert_string_equal(f.syn_lost_between, "client and server");
	assert_int_equal(f.offset_known, 1);
	assert_int_equal(f.orphans, 0);
	/* Watched to the end of the shorter capture, from the last SYN on. */
	assert_in_range(f.watched_us, 14500000, 14540000);
}

/* Earlier copies arrived, the last did not: each copy is told from the others
 * although the clocks are known to a second only. */
static void
copies_under_a_poor_clock(void **state)
{
	(void)state;
	/* Nothing comes back: the clocks are bounded from one side. */
	script_play(&near,
		"0.0 C>S S seq 1 cport 1\n"
		"5.0 C>S S seq 100 id 1\n"
		"6.0 C>S S seq 100 id 2\n"
		"7.0 C>S S seq 100 id 3\n"
		"30.0 C>S S seq 1 cport 2\n");
	script_play(&far,
		"0.01 C>S S seq 1 cport 1\n"
		"5.01 C>S S seq 100 id 1\n"
		"6.01 C>S S seq 100 id 2\n"
		"30.01 C>S S seq 1 cport 2\n");
	struct facts f = facts_of(2);
	assert_int_equal(k.maps[1].method, CLOCK_ONE_DIRECTION);
	assert_int_equal(f.syn_covered, 3);
	assert_int_equal(f.syn_arrived, 0);
}

/* The server's capture began behind the first SYN: its copy of the second one
 * is at its own time. */
static void
copy_behind_a_synack_arrived(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"5.00 C>S S seq 100 id 1\n"
		"6.00 C>S S seq 100 id 2\n");
	script_play(&far,
		"5.02 S>C S. seq 500 ack 101\n"
		"6.01 C>S S  seq 100 id 2\n"
		"6.02 S>C S. seq 500 ack 101\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.syn_arrived, 1);
	assert_int_equal(f.synack_arrived, 0);
	assert_int_equal(f.synack_covered, 2);
	assert_int_equal(f.s_syn_after_synack, 1);
	assert_string_equal(f.synack_lost_between, "server and client");
}

static void
ack_lost(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"5.00 C>S S  seq 100\n"
		"5.02 S>C S. seq 500 ack 101\n"
		"5.03 C>S .  seq 101 ack 501\n"
		"6.02 S>C S. seq 500 ack 101\n"
		"6.03 C>S .  seq 101 ack 501\n");
	script_play(&far,
		"5.01 C>S S  seq 100\n"
		"5.01 S>C S. seq 500 ack 101\n"
		"6.01 S>C S. seq 500 ack 101\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.c_ack, 2);
	assert_int_equal(f.s_ack, 0);
	assert_int_equal(f.c_synack_after_ack, 1);
	assert_int_equal(f.synack_arrived, 1);
	assert_string_equal(f.ack_lost_between, "client and server");
	assert_int_equal(f.synack_delay_us, 20000);
}

static void
late_synack_after_the_client_gave_up(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.0 C>S S  seq 100\n"
		"6.0 S>C S. seq 500 ack 101\n"
		"6.0 C>S R  seq 101\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.client_gave_up, 1);
	assert_int_equal(f.synack_delay_us, 5000000);
	assert_int_equal(f.rst_client_delay_us, 5000000);
}

static void
data_without_an_answer(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"9.04 C>S F. seq 151 ack 501\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.unanswered_us, 8000000);
	struct attempt_ends e = ends(2);
	assert_false(gather_is_clean(&k, &e));
}

/* The client's own direction alone: its FIN acknowledges no answer. */
static void
one_direction_shows_that_no_answer_came(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.24 C>S P. seq 101 ack 501 len 50\n"
		"1.64 C>S P. seq 101 ack 501 len 50\n"
		"9.04 C>S F. seq 151 ack 501\n");
	script_play(&far,
		"1.01 C>S S  seq 100\n"
		"1.01 S>C S. seq 500 ack 101\n"
		"1.04 C>S .  seq 101 ack 501\n"
		"1.05 C>S P. seq 101 ack 501 len 50\n"
		"1.06 S>C P. seq 501 ack 151 len 9\n"
		"9.05 C>S F. seq 151 ack 501\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.unanswered_us, 8000000);
	assert_int_equal(f.unheard, 1);
	assert_int_equal(f.repeats_us, 8000000);
}

/* What the client acknowledges, it has got: its capture lacks it. */
static void
one_direction_shows_that_an_answer_came(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.09 C>S .  seq 151 ack 510\n"
		"9.04 C>S F. seq 151 ack 510\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.unanswered_us, FACT_UNKNOWN);
	assert_int_equal(f.unheard + f.repeats_us, 0);
}

/* What came while nothing was captured, the client's FIN acknowledges. */
static void
a_gap_before_the_fin_hides_no_answer(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.05 S>C .  seq 501 ack 151\n"
		"9.04 C>S F. seq 151 ack 501\n");
	near.v.gaps[near.v.gaps_count++] = (struct capture_gap){
		SCRIPT_START_NS + 3 * NS_PER_S, SCRIPT_START_NS + 5 * NS_PER_S};
	assert_int_equal(facts_of(2).unanswered_us, 8000000);
}

static void
a_gap_at_the_end_may_hide_one(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.05 S>C .  seq 501 ack 151\n");
	near.v.gaps[near.v.gaps_count++] = (struct capture_gap){
		SCRIPT_START_NS + 3 * NS_PER_S, SCRIPT_START_NS + 5 * NS_PER_S};
	assert_int_equal(facts_of(2).unanswered_us, FACT_UNKNOWN);
}

/* The server got it with the client's last breath: it owed no answer. */
static void
data_whose_first_copies_were_lost(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101\n"
		"1.03 C>S .  seq 101 ack 501\n"
		"1.04 C>S P. seq 101 ack 501 len 50\n"
		"1.44 C>S P. seq 101 ack 501 len 50\n"
		"4.03 C>S P. seq 101 ack 501 len 50\n"
		"4.05 S>C .  seq 501 ack 151\n"
		"4.06 C>S F. seq 151 ack 501\n");
	script_play(&far,
		"1.01 C>S S  seq 100\n"
		"1.01 S>C S. seq 500 ack 101\n"
		"1.04 C>S .  seq 101 ack 501\n"
		"4.04 C>S P. seq 101 ack 501 len 50\n"
		"4.04 S>C .  seq 501 ack 151\n"
		"4.07 C>S F. seq 151 ack 501\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.unanswered_us, FACT_UNKNOWN);
	assert_int_equal(f.request_late_us, 2990000);
}

static void
rst_with_another_ttl(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.02 S>C S. seq 500 ack 101 ttl 60\n"
		"1.03 S>C R. seq 501 ack 101 ttl 61\n");
	assert_int_equal(facts_of(2).rst_ttl_differs, 1);
}

/* Without other packets of the attempt, those of the two hosts must do. */
static void
rst_of_unknown_origin(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S  seq 100\n"
		"1.03 S>C R. seq 0 ack 101 ttl 61\n");
	assert_int_equal(facts_of(2).rst_ttl_differs, 1);
}

static void
icmp_error_with_its_sender(void **state)
{
	(void)state;
	background(20);
	script_play(&near,
		"1.00 C>S S seq 100\n"
		"1.01 icmp 3/13 from 99 C>S seq 100\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.c_icmp, 1);
	assert_int_equal(f.icmp_type, 3);
	assert_int_equal(f.icmp_code, 13);
	assert_int_equal(f.icmp_from_server, 0);
	assert_string_equal(f.icmp_sender, "10.0.0.99");
}

static void
icmp_error_about_the_synack(void **state)
{
	(void)state;
	background(20);
	script_play(&far,
		"1.00 C>S S  seq 100\n"
		"1.01 S>C S. seq 500 ack 101\n"
		"1.02 icmp 3/1 from 98 S>C seq 500\n");
	script_play(&near, "1.00 C>S S  seq 100\n");
	struct facts f = facts_of(2);
	assert_int_equal(f.s_icmp, 0);
	assert_int_equal(f.s_synack_icmp, 1);
	assert_int_equal(f.c_synack_icmp, 0);
	assert_int_equal(f.icmp_from_client, 0);
	assert_string_equal(f.icmp_sender, "10.0.0.98");
}

static void
fast_open_without_data(void **state)
{
	(void)state;
	script_play(&near, "1.00 C>S S seq 100 tfo 1\n");
	assert_int_equal(facts_of(1).fast_open, 1);
}

/*
 * The hosts call each other. For a connection that the "server" opens, its own
 * capture is the client's: the SYN left it and never reached the other.
 */
static void
connection_that_the_server_opens(void **state)
{
	(void)state;
	background(20);
	script_play(&far,
		"5.0 S>C S seq 100 cport 40000 id 1 ttl 64\n"
		"6.0 S>C S seq 100 cport 40000 id 2 ttl 64\n"
		"1.0 S>C S seq 300 cport 90 ttl 64\n"
		"1.02 C>S S. seq 400 ack 301 cport 90 ttl 63\n");
	script_play(&near,
		"1.01 S>C S seq 300 cport 90 ttl 63\n"
		"1.01 C>S S. seq 400 ack 301 cport 90 ttl 64\n");
	struct attempt_ends e = ends(2);
	assert_int_equal(e.near, 1);
	assert_int_equal(e.far, 0);
	assert_non_null(e.c);
	assert_null(e.s);
	struct facts f = facts_of(2);
	assert_int_equal(f.c_syn, 2);
	assert_int_equal(f.s_syn, 0);
	assert_int_equal(f.syn_covered, 2);
	assert_int_equal(f.syn_arrived, 0);
	assert_string_equal(f.syn_lost_between, "server and client");
}

/* One capture, called the client's, was made at the server. */
static void
lone_capture_made_at_the_server(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		char line[128];
		snprintf(line, sizeof line,
			"%d.000 C>S S seq 1 cport %d ttl 57", i, i + 1);
		script_line(&near, line);
		snprintf(line, sizeof line,
			"%d.001 S>C S. seq 9 ack 2 cport %d ttl 64", i, i + 1);
		script_line(&near, line);
	}
	script_play(&near,
		"6.0000 C>S S  seq 100 ttl 57 id 1\n"
		"6.0001 S>C S. seq 500 ack 101 ttl 64\n"
		"7.0000 C>S S  seq 100 ttl 57 id 2\n"
		"7.0001 S>C S. seq 500 ack 101 ttl 64\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.c_present, 0);
	assert_int_equal(f.s_present, 1);
	assert_int_equal(f.s_synack, 2);
	assert_int_equal(f.c_synack, 0);
}

/* The same on one network, without a router: who answers at once is here. */
/* An attempt that failed tells the place as well as another. */
static void
lone_capture_of_failed_attempts(void **state)
{
	(void)state;
	script_play(&near,
		"1.0000 C>S S  seq 100 ttl 60\n"
		"1.0001 S>C S. seq 500 ack 101\n"
		"2.0000 C>S S  seq 100 ttl 60\n"
		"2.0001 S>C S. seq 500 ack 101\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.c_present, 0);
	assert_int_equal(f.s_syn, 2);
	assert_int_equal(f.s_synack, 2);
}

static void
lone_capture_at_the_server_by_its_speed(void **state)
{
	(void)state;
	script_play(&near,
		"1.000000 C>S S  seq 1 cport 1\n"
		"1.000030 S>C S. seq 9 ack 2 cport 1\n"
		"1.000500 C>S .  seq 2 ack 10 cport 1\n"
		"2.000000 C>S S  seq 1 cport 2\n"
		"2.000030 S>C S. seq 9 ack 2 cport 2\n"
		"2.000500 C>S .  seq 2 ack 10 cport 2\n"
		"6.000000 C>S S  seq 100 id 1\n");
	/* Two are too few for a proof. */
	struct facts f = facts_of(1);
	assert_int_equal(f.stands_in, 1);
	assert_int_equal(f.c_syn, 1);
	stitch_case_release(&k);
	run = false;
	script_play(&near,
		"3.000000 C>S S  seq 1 cport 3\n"
		"3.000030 S>C S. seq 9 ack 2 cport 3\n"
		"3.000500 C>S .  seq 2 ack 10 cport 3\n");
	f = facts_of(1);
	assert_int_equal(f.stands_in, 0);
	assert_int_equal(f.s_syn, 1);
}

/* What a person said stands, whatever TTLs and delays look like; that they
 * contradict it is told, and the capture is a witness of nothing. */
static void
what_was_said_wins(void **state)
{
	(void)state;
	near.v.role_said = true;
	for (int i = 0; i < 5; i++) {
		char line[128];
		snprintf(line, sizeof line,
			"%d.000000 C>S S seq 1 cport %d ttl 57", i, i + 1);
		script_line(&near, line);
		snprintf(line, sizeof line,
			"%d.000030 S>C S. seq 9 ack 2 cport %d ttl 64", i,
			i + 1);
		script_line(&near, line);
	}
	script_play(&near,
		"6.0 C>S S seq 100 ttl 57 id 1\n7.0 C>S S seq 100 ttl 57 id "
		"2\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.c_present, 1);
	assert_int_equal(f.s_present, 0);
	assert_int_equal(f.c_syn, 2);
	assert_true(k.sides.contradicted);
	assert_true(strcmp(f.c_receives, "witnessed") != 0);
}

/* A server that asks others: its own attempts run the other way, and what it
 * did not answer is still its own silence. */
static void
lone_server_that_opens_connections(void **state)
{
	(void)state;
	far.v.role_said = true;
	script_play(&far,
		"1.00 C>S S  seq 1 cport 1 chost 7\n"
		"1.01 S>C S. seq 9 ack 2 cport 1 chost 7\n"
		"1.02 C>S .  seq 2 ack 10 cport 1 chost 7\n"
		"2.00 C>S S seq 100 id 1\n"
		"3.00 C>S S seq 100 id 2\n"
		"4.00 C>S S seq 50 cport 2 sport 5432 chost 2 shost 30\n"
		"5.00 C>S S seq 50 cport 2 sport 5432 chost 2 shost 30\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.s_syn, 2);
	assert_int_equal(f.c_present, 0);
	struct attempt_ends e;
	for (uint32_t i = 0; i < k.match.count; i++) {
		stitch_case_ends(&k, i, &e);
		const struct sighting *g = e.c != NULL ? e.c : e.s;
		if (g->server_port != 5432)
			continue;
		assert_non_null(e.c);
		assert_false(e.between);
	}
}

static void
lone_capture_at_the_client_stays_there(void **state)
{
	(void)state;
	script_play(&near,
		"1.000000 C>S S  seq 1 cport 1 ttl 64\n"
		"1.000500 S>C S. seq 9 ack 2 cport 1 ttl 52\n"
		"1.000530 C>S .  seq 2 ack 10 cport 1 ttl 64\n"
		"6.000000 C>S S  seq 100 id 1\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.c_syn, 1);
	assert_int_equal(f.s_present, 0);
}

/* A capture named the server's, made at the client. */
static void
lone_server_capture_made_at_the_client(void **state)
{
	(void)state;
	script_play(&far,
		"1.00 C>S S  seq 1 cport 1 ttl 64\n"
		"1.02 S>C S. seq 9 ack 2 cport 1 ttl 52\n"
		"6.00 C>S S  seq 100 id 1 ttl 64\n");
	struct facts f = facts_of(1);
	assert_int_equal(f.c_present, 1);
	assert_int_equal(f.s_present, 0);
	assert_int_equal(f.c_syn, 1);
}

/* Times at the ends of what is believed; nothing may overflow. */
static void
hostile_times(void **state)
{
	(void)state;
	near.offset_ns = -SCRIPT_START_NS;
	far.offset_ns = CLOCK_LAST_NS - SCRIPT_START_NS - 30 * NS_PER_S;
	background(10);
	script_play(&near, "5.0 C>S S seq 100\n");
	struct packet p = {.kind = PACKET_TCP,
		.flags = TCP_ACK,
		.seq = 101,
		.ack = 5,
		.src = ip_from_v4(SCRIPT_NET + 1),
		.dst = ip_from_v4(SCRIPT_NET + 2),
		.src_port = 40000,
		.dst_port = 443,
		.payload_len = 1};
	track_packet(&near.t, &p, (struct captured_time){CLOCK_LAST_NS}, 9,
		track_tag(&near.t, &p));
	near.v.last.ns = CLOCK_LAST_NS;
	struct facts f = facts_of(2);
	assert_int_equal(f.c_syn, 1);
}

/* What only a capture between the ends shows is an attempt, too: neither end's
 * capture has a sighting to ask. */
static void
seen_between_the_ends_only(void **state)
{
	(void)state;
	struct script middle;
	struct vantage three[3];
	background(10);
	script_begin(&middle, "balancer");
	script_play(&middle, "5.0 C>S S seq 100\n6.0 C>S S seq 100\n");
	three[0] = near.v;
	three[1] = middle.v;
	three[2] = far.v;
	stitch_relate(&k, three, 3, NULL, NULL);
	run = true;
	struct attempt_ends e = {0};
	uint32_t alone = 0;
	for (uint32_t i = 0; i < k.match.count; i++) {
		stitch_case_ends(&k, i, &e);
		if (e.c != NULL || e.s != NULL)
			continue;
		struct facts f;
		gather_facts(&k, &e, &arena, &f);
		assert_int_equal(f.c_syn, 0);
		assert_int_equal(f.s_syn, 0);
		assert_string_equal(f.s_receives, "witnessed");
		alone++;
	}
	assert_int_equal(alone, 1);
	stitch_case_release(&k);
	run = false;
	script_end(&middle);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(clean_at_both_ends),
		STORY(syn_lost),
		STORY(copies_under_a_poor_clock),
		STORY(copy_behind_a_synack_arrived),
		STORY(ack_lost),
		STORY(late_synack_after_the_client_gave_up),
		STORY(data_without_an_answer),
		STORY(one_direction_shows_that_no_answer_came),
		STORY(one_direction_shows_that_an_answer_came),
		STORY(a_gap_before_the_fin_hides_no_answer),
		STORY(a_gap_at_the_end_may_hide_one),
		STORY(data_whose_first_copies_were_lost),
		STORY(rst_with_another_ttl),
		STORY(rst_of_unknown_origin),
		STORY(icmp_error_with_its_sender),
		STORY(icmp_error_about_the_synack),
		STORY(fast_open_without_data),
		STORY(connection_that_the_server_opens),
		STORY(lone_capture_made_at_the_server),
		STORY(lone_capture_of_failed_attempts),
		STORY(lone_capture_at_the_server_by_its_speed),
		STORY(what_was_said_wins),
		STORY(lone_server_that_opens_connections),
		STORY(lone_capture_at_the_client_stays_there),
		STORY(lone_server_capture_made_at_the_client),
		STORY(hostile_times),
		STORY(seen_between_the_ends_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
