/*
 * Would the capture have shown it? Every answer that is too good would accuse
 * a network or a host of what a capture merely missed.
 */
#include "track_script.h"

#include "stitch/cover.h"

static struct script script;
static struct clock_map map;
static struct cover cover;
static bool asked;
static int64_t unsure_ns;

static int
begin(void **state)
{
	(void)state;
	script_begin(&script, "server");
	map = (struct clock_map){.method = CLOCK_BOUNDS};
	asked = false;
	unsure_ns = 0;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	if (asked)
		cover_release(&cover);
	script_end(&script);
	return 0;
}

/* 100 s of packets both ways between C and S, one a second. */
static void
traffic(void)
{
	char line[96];
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof line, "%d C>S S seq %d cport %d", i, i,
			2000 + i);
		script_line(&script, line);
		snprintf(line, sizeof line, "%d.1 S>C S. seq 1 ack %d cport %d",
			i, i + 1, 2000 + i);
		script_line(&script, line);
	}
}

/* SYNs from C to S on port 443 at these seconds of the reference clock. */
static struct cover_answer
ask_of(uint32_t client, uint16_t port, int count, const double *seconds)
{
	static int64_t at[16];
	for (int i = 0; i < count; i++)
		at[i] = SCRIPT_START_NS + (int64_t)(seconds[i] * 1e9);
	struct cover_question q = {
		.own = ip_from_v4(SCRIPT_NET + 2),
		.from = ip_from_v4(SCRIPT_NET + client),
		.to = ip_from_v4(SCRIPT_NET + 2),
		.server_port = port,
		.from_client = true,
		.at_ns = at,
		.count = count,
		.unsure_ns = unsure_ns,
	};
	struct cover_answer answer;
	if (!asked)
		cover_init(&cover, &script.v, &map);
	asked = true;
	cover_ask(&cover, &q, &answer);
	return answer;
}

static struct cover_answer
ask(double second)
{
	return ask_of(1, 443, 1, &second);
}

static void
witnessed(void **state)
{
	(void)state;
	traffic();
	struct cover_answer a = ask(50.5);
	assert_int_equal(a.coverage, COVERAGE_WITNESSED);
	assert_int_equal(a.inside, 1);
	assert_int_equal(a.last_inside, 0);
	assert_string_equal(a.note, "");
}

static void
covered_without_a_witness(void **state)
{
	(void)state;
	traffic();
	script_line(&script, "20.5 C>S S seq 1 cport 1999 chost 5");
	/* Another client that the capture never saw. */
	assert_int_equal(
		ask_of(9, 443, 1, (double[]){50}).coverage, COVERAGE_COVERED);
}

/* Two hosts and nothing else: what a filter on one of them leaves. */
static void
one_peer_alone_may_be_a_filter(void **state)
{
	(void)state;
	traffic();
	struct cover_answer a = ask_of(9, 443, 1, (double[]){50});
	assert_int_equal(a.coverage, COVERAGE_DOUBTFUL);
	assert_non_null(strstr(a.note, "filtered by host"));
	assert_int_equal(ask(50).coverage, COVERAGE_WITNESSED);
}

/* The clocks could not be aligned: nobody knows that it ran at the moment. */
static void
no_witness_on_unknown_clocks(void **state)
{
	(void)state;
	map.method = CLOCK_ASSUMED_EQUAL;
	traffic();
	assert_int_equal(ask(50).coverage, COVERAGE_DOUBTFUL);
}

static void
edges_of_the_capture(void **state)
{
	(void)state;
	traffic();
	assert_int_equal(ask(-0.001).coverage, COVERAGE_OUTSIDE);
	assert_int_equal(ask(0).coverage, COVERAGE_WITNESSED);
	/* The last quarter of a second may have arrived after the end. */
	assert_int_equal(ask(98.8).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask(98.9).coverage, COVERAGE_OUTSIDE);
	assert_int_equal(ask(500).coverage, COVERAGE_OUTSIDE);
}

static void
edges_move_with_the_uncertainty(void **state)
{
	(void)state;
	unsure_ns = 2 * NS_PER_S;
	traffic();
	assert_int_equal(ask(1.9).coverage, COVERAGE_OUTSIDE);
	assert_int_equal(ask(2.1).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask(96.9).coverage, COVERAGE_OUTSIDE);
}

static void
offset_is_taken_into_account(void **state)
{
	(void)state;
	map.offset_ns = script.offset_ns = 1000 * NS_PER_S;
	traffic();
	assert_int_equal(ask(50).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask(1050).coverage, COVERAGE_OUTSIDE);
}

static void
stated_times_widen_it(void **state)
{
	(void)state;
	traffic();
	script.v.started.ns = SCRIPT_START_NS - 10 * NS_PER_S;
	script.v.ended.ns = SCRIPT_START_NS + 200 * NS_PER_S;
	assert_int_equal(ask(-9).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask(190).coverage, COVERAGE_COVERED);
	assert_int_equal(ask(201).coverage, COVERAGE_OUTSIDE);
}

static void
last_copy_inside_is_named(void **state)
{
	(void)state;
	traffic();
	struct cover_answer a = ask_of(1, 443, 4, (double[]){-1, 10, 90, 300});
	assert_int_equal(a.inside, 2);
	assert_int_equal(a.last_inside, 2);
}

static void
empty_capture(void **state)
{
	(void)state;
	struct cover_answer a = ask(50);
	assert_int_equal(a.coverage, COVERAGE_DOUBTFUL);
	assert_int_equal(a.inside, 0);
	assert_non_null(strstr(a.note, "empty"));
}

static void
capture_without_times(void **state)
{
	(void)state;
	traffic();
	script.v.first.ns = script.v.last.ns = CLOCK_UNKNOWN_NS;
	struct cover_answer a = ask(50);
	assert_int_equal(a.coverage, COVERAGE_OUTSIDE);
	assert_int_equal(a.inside, 0);
	assert_int_equal(a.last_inside, -1);
	assert_non_null(strstr(a.note, "carries a time"));
}

static void
drops_make_it_lossy(void **state)
{
	(void)state;
	traffic();
	script.v.audit.dropped = 1;
	assert_int_equal(ask(50).coverage, COVERAGE_LOSSY);
}

static void
losses_count_near_the_moment(void **state)
{
	(void)state;
	traffic();
	timemap_mark(&script.v.losses, 0, SCRIPT_START_NS);
	timemap_mark(&script.v.losses, 1, SCRIPT_START_NS + 30 * NS_PER_S);
	script.v.audit.loss_events = 2;
	script.v.audit.tcp = 100000;
	assert_int_equal(ask(33).coverage, COVERAGE_LOSSY);
	assert_int_equal(ask(27).coverage, COVERAGE_LOSSY);
	assert_int_equal(ask(60).coverage, COVERAGE_COVERED);
	script.v.audit.loss_events = 0;
	script.v.losses = (struct timemap){0};
	assert_int_equal(ask(60).coverage, COVERAGE_WITNESSED);
}

/* One packet in a hundred does not explain four copies that are all absent. */
static void
losses_count_in_proportion(void **state)
{
	(void)state;
	traffic();
	const double copies[] = {60, 61, 63, 67};
	script.v.audit.tcp = 500;
	script.v.audit.loss_events = 1;
	timemap_mark(&script.v.losses, 0, SCRIPT_START_NS);
	assert_int_equal(ask_of(1, 443, 1, copies).coverage, COVERAGE_LOSSY);
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_COVERED);
	script.v.audit.loss_events = 30;
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_LOSSY);
	/* The same of those that the capture counted itself. */
	script.v.audit.loss_events = 0;
	script.v.audit.packets = 500;
	script.v.audit.dropped = 3;
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_COVERED);
	script.v.audit.dropped = 200;
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_LOSSY);
}

/* One packet an hour ago explains nothing of now; many, or one that the card
 * counted, at nobody knows which time, might. */
static void
losses_long_ago(void **state)
{
	(void)state;
	traffic();
	const double copies[] = {60, 61, 63, 67};
	script.v.audit.tcp = 150;
	script.v.audit.loss_events = 1;
	timemap_mark(&script.v.losses, 0, SCRIPT_START_NS - 3600 * NS_PER_S);
	assert_int_equal(
		ask_of(1, 443, 4, copies).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask_of(1, 443, 1, copies).coverage, COVERAGE_LOSSY);
	script.v.audit.loss_events = 30;
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_LOSSY);
	script.v.audit.loss_events = 1;
	script.v.audit.packets = 150;
	script.v.audit.dropped = 1;
	assert_int_equal(ask_of(1, 443, 4, copies).coverage, COVERAGE_COVERED);
}

static void
too_many_attempts_make_it_lossy(void **state)
{
	(void)state;
	traffic();
	script.v.audit.overflowed = true;
	assert_int_equal(ask(50).coverage, COVERAGE_LOSSY);
}

static void
another_port_in_a_filtered_capture(void **state)
{
	(void)state;
	traffic();
	script.v.audit.filtered = true;
	assert_int_equal(ask(50).coverage, COVERAGE_WITNESSED);
	struct cover_answer a = ask_of(1, 80, 1, (double[]){50});
	assert_int_equal(a.coverage, COVERAGE_OUTSIDE);
	assert_int_equal(a.inside, 0);
	assert_non_null(strstr(a.note, "filter"));
}

static void
another_port_where_only_one_was_captured(void **state)
{
	(void)state;
	traffic();
	assert_int_equal(
		ask_of(1, 80, 1, (double[]){50}).coverage, COVERAGE_OUTSIDE);
}

static void
another_port_among_other_traffic(void **state)
{
	(void)state;
	traffic();
	script.v.audit.other = 5; /* ARP: no filter by port */
	/* The pair talks, but not on this port: no witness. */
	assert_int_equal(
		ask_of(1, 80, 1, (double[]){50}).coverage, COVERAGE_COVERED);
}

static void
capture_of_another_host(void **state)
{
	(void)state;
	struct packet p = {.kind = PACKET_TCP,
		.flags = TCP_SYN,
		.seq = 1,
		.src = ip_from_v4(1),
		.dst = ip_from_v4(2),
		.src_port = 1,
		.dst_port = 443};
	script_packet(&script, &p, SCRIPT_START_NS);
	script_packet(&script, &p, SCRIPT_START_NS + 100 * NS_PER_S);
	struct cover_answer a = ask(50);
	assert_int_equal(a.coverage, COVERAGE_OUTSIDE);
	assert_non_null(strstr(a.note, "address"));
}

static void
one_direction_only(void **state)
{
	(void)state;
	traffic();
	script.v.audit.lacks_client_side = 3;
	assert_int_equal(ask(50).coverage, COVERAGE_OUTSIDE);
	script.v.audit.two_sided = 1;
	assert_int_equal(ask(50).coverage, COVERAGE_WITNESSED);
}

/* Answers of the capture's own host to its clients' SYNs. */
static struct cover_answer
ask_for_answers(void)
{
	static const int64_t at[] = {SCRIPT_START_NS + 2 * NS_PER_S};
	struct cover_question q = {.own = ip_from_v4(SCRIPT_NET + 2),
		.from = ip_from_v4(SCRIPT_NET + 2),
		.to = ip_from_v4(SCRIPT_NET + 1),
		.server_port = 443,
		.beyond_syn = true,
		.at_ns = at,
		.count = 1};
	struct cover_answer a;
	cover_init(&cover, &script.v, &map);
	cover_ask(&cover, &q, &a);
	cover_release(&cover);
	return a;
}

/* What a filter on one direction leaves convicts nobody of silence. */
static void
nothing_but_syns(void **state)
{
	(void)state;
	script_play(&script,
		"0 C>S S seq 1 cport 7\n"
		"1 C>S S seq 1 cport 7\n"
		"3 C>S S seq 1 cport 7\n");
	struct cover_answer a = ask_for_answers();
	assert_int_equal(a.coverage, COVERAGE_OUTSIDE);
	assert_non_null(strstr(a.note, "nothing else"));
	script.v.audit.other = 1; /* ARP: no such filter */
	assert_in_range(ask_for_answers().coverage, COVERAGE_COVERED,
		COVERAGE_WITNESSED);
}

/* A file of a rotated capture may be missing. */
static void
between_two_pieces(void **state)
{
	(void)state;
	traffic();
	script.v.gaps_count = 1;
	script.v.gaps[0] = (struct capture_gap){SCRIPT_START_NS + 40 * NS_PER_S,
		SCRIPT_START_NS + 60 * NS_PER_S};
	struct cover_answer a = ask(50);
	assert_int_equal(a.coverage, COVERAGE_OUTSIDE);
	assert_int_equal(a.inside, 0);
	assert_non_null(strstr(a.note, "file"));
	assert_int_equal(ask(39).coverage, COVERAGE_WITNESSED);
	assert_int_equal(ask(61).coverage, COVERAGE_WITNESSED);
}

/* With slots of hours, a packet is no witness of a moment. */
static void
no_witness_by_slots_of_hours(void **state)
{
	(void)state;
	script_play(&script,
		"0 C>S S seq 1\n"
		"0.1 S>C S. seq 1 ack 2\n"
		"90000 C>S S seq 9\n"
		"600000 C>S S seq 10\n");
	assert_int_equal(ask(90001).coverage, COVERAGE_COVERED);
}

static void
witness_of_the_other_direction_is_none(void **state)
{
	(void)state;
	script_play(&script,
		"0 S>C S. seq 1 ack 2\n"
		"100 S>C S. seq 1 ack 9\n");
	assert_int_equal(ask(50).coverage, COVERAGE_COVERED);
}

static void
hostile_maps_do_not_overflow(void **state)
{
	(void)state;
	traffic();
	map.offset_ns = INT64_MAX;
	map.uncertainty_ns = INT64_MAX;
	map.drift_ppm = CLOCK_DRIFT_MAX_PPM;
	map.origin_ns = CLOCK_LAST_NS;
	assert_int_equal(ask(50).coverage, COVERAGE_OUTSIDE);
	map.offset_ns = INT64_MIN + 1;
	assert_int_equal(ask(50).coverage, COVERAGE_OUTSIDE);
}

static void
pairs_that_are_known(void **state)
{
	(void)state;
	traffic();
	ask(50);
	struct ip_addr c = ip_from_v4(SCRIPT_NET + 1);
	struct ip_addr s = ip_from_v4(SCRIPT_NET + 2);
	assert_true(cover_knows_pair(&cover, c, s));
	assert_true(cover_knows_pair(&cover, s, c));
	assert_false(cover_knows_pair(&cover, c, c));
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(witnessed),
		STORY(covered_without_a_witness),
		STORY(one_peer_alone_may_be_a_filter),
		STORY(no_witness_on_unknown_clocks),
		STORY(edges_of_the_capture),
		STORY(edges_move_with_the_uncertainty),
		STORY(offset_is_taken_into_account),
		STORY(stated_times_widen_it),
		STORY(last_copy_inside_is_named),
		STORY(empty_capture),
		STORY(capture_without_times),
		STORY(drops_make_it_lossy),
		STORY(losses_count_near_the_moment),
		STORY(losses_count_in_proportion),
		STORY(losses_long_ago),
		STORY(too_many_attempts_make_it_lossy),
		STORY(another_port_in_a_filtered_capture),
		STORY(another_port_where_only_one_was_captured),
		STORY(another_port_among_other_traffic),
		STORY(capture_of_another_host),
		STORY(one_direction_only),
		STORY(nothing_but_syns),
		STORY(between_two_pieces),
		STORY(no_witness_by_slots_of_hours),
		STORY(witness_of_the_other_direction_is_none),
		STORY(hostile_maps_do_not_overflow),
		STORY(pairs_that_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
