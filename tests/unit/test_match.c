/*
 * Which sightings at two places are one attempt.
 */
#include "stitch/seen_twice.h"
#include "track_pair.h"

static void
same_tuple_and_isn(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000\n"
		"1.0 C>S S seq 2000\n"
		"2.0 C>S S seq 3000\n");
	script_play(&far,
		"1.1 C>S S seq 2000\n"
		"0.1 C>S S seq 9000\n");
	pair();
	assert_int_equal(m.count, 4);
	expect(0, 0, -1, MATCH_NONE);
	expect(1, 1, 0, MATCH_TUPLE_ISN);
	expect(2, 2, -1, MATCH_NONE);
	expect(3, -1, 1, MATCH_NONE);
}

/* Clocks may be any time apart: nothing is said of them yet. */
static void
clocks_do_not_matter_for_equal_isn(void **state)
{
	(void)state;
	far.offset_ns = 86400 * NS_PER_S;
	script_play(&near, "0.0 C>S S seq 1000\n");
	script_play(&far, "0.0 C>S S seq 1000\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_ISN);
}

static void
source_nat_keeps_isn_and_timestamp(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50\n"
		"0.0 C>S S seq 1001 ts 51 cport 40001\n");
	script_play(&far,
		"0.1 C>S S seq 1001 ts 51 chost 77 cport 9\n"
		"0.1 C>S S seq 1000 ts 50 chost 77 cport 10\n");
	pair();
	assert_int_equal(m.count, 2);
	expect(0, 0, 1, MATCH_ISN);
	expect(1, 1, 0, MATCH_ISN);
}

/* The far end saw the second copy only. */
static void
nat_and_a_lost_first_copy(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 1\n"
		"1.0 C>S S seq 1000 ts 1050 id 2\n");
	script_play(&far, "1.1 C>S S seq 1000 ts 1050 chost 77 cport 9\n");
	pair();
	expect(0, 0, 0, MATCH_ISN);
}

/* What a SYN proxy sends on has the window of the ACK that it waited for. */
static void
proxy_asks_anew(void **state)
{
	(void)state;
	script_play(&near,
		"0.00 C>S S seq 1000 ts 50 win 64240\n"
		"0.01 S>C S. seq 5 ack 1001 ts 7 win 0\n"
		"0.02 C>S . seq 1001 ack 6 ts 70 win 63\n");
	script_play(&far, "0.03 C>S S seq 1000 ts 70 win 63 chost 77\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_ISN);
}

static void
no_proxy_changes_the_window(void **state)
{
	(void)state;
	script_play(&near,
		"0.00 C>S S seq 1000 ts 50 win 64240\n"
		"0.01 S>C S. seq 5 ack 1001 ts 7 win 100\n"
		"0.02 C>S . seq 1001 ack 6 ts 70 win 63\n");
	script_play(&far, "0.03 C>S S seq 1000 ts 70 win 63 chost 77\n");
	pair();
	assert_int_equal(m.count, 2);
}

static void
same_isn_but_another_timestamp(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000 ts 50\n");
	script_play(&far, "0.1 C>S S seq 1000 ts 99999 chost 77 cport 9\n");
	pair();
	assert_int_equal(m.count, 2);
	expect(0, 0, -1, MATCH_NONE);
}

/* Without timestamps an equal ISN alone is chance: two hosts, two ports. */
static void
isn_by_chance(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000\n");
	struct packet p = {.kind = PACKET_TCP,
		.flags = TCP_SYN,
		.ttl = 64,
		.window = 65535,
		.seq = 1000,
		.src = ip_from_v4(7),
		.dst = ip_from_v4(8),
		.src_port = 9,
		.dst_port = 22};
	script_packet(&far, &p, SCRIPT_START_NS);
	pair();
	assert_int_equal(m.count, 2);
	expect(0, 0, -1, MATCH_NONE);
}

static void
isn_and_the_servers_address(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000\n");
	script_play(&far, "0.1 C>S S seq 1000 chost 77 cport 9\n");
	pair();
	expect(0, 0, 0, MATCH_ISN);
}

static void
isn_that_is_not_unique_is_no_match(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50\n"
		"0.0 C>S S seq 1000 ts 50 cport 40001\n");
	script_play(&far, "0.1 C>S S seq 1000 ts 50 chost 77 cport 9\n");
	pair();
	assert_int_equal(m.count, 3);
	expect(0, 0, -1, MATCH_NONE);
	expect(1, 1, -1, MATCH_NONE);
}

/* A firewall that rewrites sequence numbers. */
static void
rewritten_sequence_numbers(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000 ts 50\n");
	script_play(&far, "0.1 C>S S seq 77777 ts 50\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_TIME);
}

/* A device that rewrites sequence numbers, and a capture that began late: which
 * copies are the same their timestamps tell, whatever the clocks say. */
static void
rewritten_and_a_copy_missed(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 1\n"
		"1.0 C>S S seq 1000 ts 1050 id 2\n"
		"5.0 C>S S seq 2000 ts 5050 id 3 cport 2\n");
	script_play(&far,
		"369.1 C>S S seq 77777 ts 1050\n"
		"373.0 C>S S seq 88888 ts 4050 cport 2\n"
		"374.1 C>S S seq 88888 ts 5050 cport 2\n");
	pair();
	assert_int_equal(m.count, 2);
	expect(0, 0, 0, MATCH_TUPLE_TIME);
	expect(1, 1, 1, MATCH_TUPLE_TIME);
}

/* The same ports again: another attempt, which no copy of this one is. */
static void
rewritten_and_another_attempt(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 1\n"
		"1.0 C>S S seq 1000 ts 1050 id 2\n");
	script_play(&far, "2.0 C>S S seq 77777 ts 2050\n");
	pair();
	assert_int_equal(m.count, 2);
	expect(0, 0, -1, MATCH_NONE);
}

/* The same tuple half a minute later is another connection. */
static void
same_tuple_at_another_time(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1000\n");
	script_play(&far, "31.0 C>S S seq 77777\n");
	pair();
	assert_int_equal(m.count, 2);
}

static void
same_tuple_at_an_earlier_time(void **state)
{
	(void)state;
	script_play(&near, "31.0 C>S S seq 1000\n");
	script_play(&far, "0.0 C>S S seq 77777\n");
	pair();
	assert_int_equal(m.count, 2);
}

static void
midstream_flows_are_no_attempts(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S . seq 1 ack 1\n");
	script_play(&far, "0.0 C>S . seq 1 ack 1\n");
	pair();
	assert_int_equal(m.count, 0);
}

static void
simultaneous_open_seen_the_other_way_round(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000\n"
		"0.010 S>C S seq 5000\n");
	script_play(&far,
		"0.002 S>C S seq 5000\n"
		"0.008 C>S S seq 1000\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_ISN);
	const struct sighting *s = match_seen(&m, both, 0, 1);
	assert_int_equal(s->client_port, 40000);
	assert_int_equal(s->isn, 1000);
	assert_int_equal(s->server_isn, 5000);
}

static void
nothing_at_all(void **state)
{
	(void)state;
	pair();
	assert_int_equal(m.count, 0);
}

static void
everything_rewritten_and_a_copy_missed(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 7\n"
		"1.0 C>S S seq 1000 ts 1050 id 8\n");
	script_play(
		&far, "900.1 C>S S seq 91000 ts 1050 id 8 chost 9 cport 71\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TIMESTAMPS);
}

/* A device changes address, port and sequence number: the timestamp and the IP
 * ID are what is left of a SYN, and both must be. */
static void
everything_rewritten(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 50 id 7\n"
		"1.0 C>S S seq 2000 ts 60 id 8 cport 2\n"
		"2.0 C>S S seq 3000 id 9 cport 3\n"
		"3.0 C>S S seq 4000 ts 70 id 10 cport 4\n");
	script_play(&far,
		"900.1 C>S S seq 91000 ts 50 id 7 chost 9 cport 71 shost 8 "
		"sport 8080\n"
		"901.1 C>S S seq 92000 ts 60 id 99 chost 9 cport 72\n"
		"902.1 C>S S seq 93000 id 9 chost 9 cport 73\n"
		"903.1 C>S S seq 94000 ts 70 id 10 chost 9 cport 74\n"
		"903.2 C>S S seq 95000 ts 70 id 10 chost 9 cport 75\n");
	pair();
	expect(0, 0, 0, MATCH_TIMESTAMPS);
	/* Another IP ID, no timestamp, two that could be it. */
	expect(1, 1, -1, MATCH_NONE);
	expect(2, 2, -1, MATCH_NONE);
	expect(3, 3, -1, MATCH_NONE);
	assert_int_equal(m.count, 8);
	assert_string_equal(match_word(MATCH_TIMESTAMPS), "timestamps");
}

/* case.yaml turns the server's address; the ISN is rewritten as well. */
static void
translation_of_case_yaml(void **state)
{
	(void)state;
	struct case_translation said = {{ip_from_v4(SCRIPT_NET + 2), 443},
		{ip_from_v4(SCRIPT_NET + 9), -1}};
	struct case_config config = {
		.translations = &said, .translations_count = 1};
	struct translations t = {.config = &config};
	script_play(&near,
		"0.0 C>S S seq 1000\n"
		"0.0 C>S S seq 1000 cport 7\n"
		"1.0 C>S S seq 2000 cport 7\n");
	script_play(&far,
		"0.1 C>S S seq 5000 shost 9\n"
		"0.1 C>S S seq 6000 shost 9 cport 7\n"
		"99.0 C>S S seq 7000 shost 9 cport 8\n");
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, &t);
	expect(0, 0, 0, MATCH_STATED);
	/* Two at the near end could be it: none is. */
	expect(1, 1, -1, MATCH_NONE);
	expect(2, 2, -1, MATCH_NONE);
	assert_string_equal(match_word(MATCH_STATED), "case.yaml");
}

/* What conntrack lists, to other addresses and ports at both ends. */
static void
translation_of_conntrack(void **state)
{
	(void)state;
	struct translation listed[] = {
		{{ip_from_v4(SCRIPT_NET + 1), 40000},
			{ip_from_v4(SCRIPT_NET + 2), 443},
			{ip_from_v4(SCRIPT_NET + 5), 77},
			{ip_from_v4(SCRIPT_NET + 9), 443}},
	};
	struct translations t = {
		.listed = listed, .count = 1, .keys = hash_keys_random()};
	translations_index(&t);
	script_play(&near,
		"0.0 C>S S seq 1000\n"
		"0.0 C>S S seq 1500 cport 9\n");
	script_play(&far, "0.1 C>S S seq 5000 chost 5 cport 77 shost 9\n");
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, &t);
	expect(0, 0, 0, MATCH_CONNTRACK);
	expect(1, 1, -1, MATCH_NONE);
	index_release(&t.by_tuple);
	index_release(&t.by_pair);
}

/* Behind a NAT two attempts have one ISN by chance: their timestamps tell. */
static void
same_isn_by_chance(void **state)
{
	(void)state;
	script_play(&near,
		"0.0 C>S S seq 1000 ts 70\n"
		"0.0 C>S S seq 1000 ts 90 cport 9\n");
	script_play(&far,
		"0.1 C>S S seq 1000 ts 90 chost 5 cport 77\n"
		"0.1 C>S S seq 1000 ts 70 chost 5 cport 78\n");
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, NULL);
	expect(0, 0, 1, MATCH_ISN);
	expect(1, 1, 0, MATCH_ISN);
}

/* Both ends' addresses and ports changed, no timestamps: an equal ISN may be
 * chance, unless a flow log shows that a device has both addresses. */
static void
addresses_of_a_flow_log(void **state)
{
	(void)state;
	struct address_pair pairs[] = {
		{ip_from_v4(SCRIPT_NET + 5), ip_from_v4(SCRIPT_NET + 1)},
	};
	struct translations t = {
		.pairs = pairs, .pairs_count = 1, .keys = hash_keys_random()};
	translations_index(&t);
	script_play(&near,
		"0.0 C>S S seq 1000\n"
		"0.0 C>S S seq 1500 chost 7\n");
	script_play(&far,
		"0.1 C>S S seq 1000 chost 5 cport 77 shost 9 sport 8443\n"
		"0.1 C>S S seq 1500 chost 6 cport 78 shost 9 sport 8443\n");
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, &t);
	expect(0, 0, 0, MATCH_ISN);
	expect(1, 1, -1, MATCH_NONE);
	index_release(&t.by_tuple);
	index_release(&t.by_pair);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* A host of containers, captured on all interfaces: the SYN comes in for the
 * host's address and goes on to the container's. */
static void
a_translated_copy_is_no_attempt(void **state)
{
	(void)state;
	script_play(&near, "0.000 C>S S seq 1000 id 7\n");
	script_play(&far,
		"0.100 C>S S seq 1000 id 7 ttl 60\n"
		"0.100 C>S S seq 1000 id 7 ttl 59 shost 9\n"
		"0.101 S>C S. seq 5000 ack 1001 shost 9\n"
		"0.101 S>C S. seq 5000 ack 1001\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_ISN);
	assert_int_equal(script_sighting(&far, 0)->duplicates, 1);
}

/* Masqueraded on the way out: the copy that the far end knows is kept. */
static void
the_copy_seen_elsewhere_is_kept(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000 id 7 chost 9\n"
		"0.000 C>S S seq 1000 id 7 ttl 63 cport 50000\n");
	script_play(&far, "0.1 C>S S seq 1000 id 7 ttl 60 cport 50000\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 1, 0, MATCH_TUPLE_ISN);
}

/* Translated twice: the far end knows neither name. */
static void
seen_twice_does_not_hide_a_match(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000 ts 7 id 3 chost 9\n"
		"0.000 C>S S seq 1000 ts 7 id 3 ttl 63 cport 50000\n");
	script_play(&far, "0.1 C>S S seq 1000 ts 7 id 3 chost 8 cport 60000\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_ISN);
}

/* A router that translates, captured on all interfaces, between both ends: each
 * end knows one of the names. */
static void
router_between_knows_both_names(void **state)
{
	(void)state;
	static struct script between;
	struct vantage three[3];
	script_begin(&between, "router");
	script_play(&near, "0.000 C>S S seq 1000 id 7 ts 50\n");
	script_play(&between,
		"0.001 C>S S seq 1000 id 7 ts 50\n"
		"0.001 C>S S seq 1000 id 7 ts 50 shost 9 ttl 63\n");
	script_play(&far, "0.002 C>S S seq 1000 id 7 ts 50 shost 9 ttl 63\n");
	three[0] = near.v;
	three[1] = between.v;
	three[2] = far.v;
	match_run(&m, three, 3, NULL);
	assert_int_equal(m.count, 1);
	assert_int_equal(m.seen[0], 0);
	assert_int_equal(m.seen[1], 0);
	assert_int_equal(m.seen[2], 0);
	assert_int_equal(m.kind[0], MATCH_ISN);
	assert_int_equal(vantage_sighting(&three[1], 0)->other, 1);
	script_end(&between);
}

/* The router kept the first copy and let the second one through. */
static void
later_copy_goes_on(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000 id 7 ts 50\n"
		"1.000 C>S S seq 1000 id 8 ts 1050\n");
	script_play(&far,
		"0.000 C>S S seq 1000 id 7 ts 50\n"
		"1.000 C>S S seq 1000 id 8 ts 1050\n"
		"1.000 C>S S seq 1000 id 8 ts 1050 shost 9 ttl 63\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_ISN);
	assert_int_equal(script_sighting(&far, 0)->other, 1);
}

/* The capture missed the outer sight of the first copy: the inner one begins
 * before it. */
static void
first_copy_missed_outside(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000 id 7 ts 50\n"
		"1.000 C>S S seq 1000 id 8 ts 1050\n");
	script_play(&far,
		"0.000 C>S S seq 1000 id 7 ts 50 shost 9 ttl 62\n"
		"1.000 C>S S seq 1000 id 8 ts 1050 ttl 63\n"
		"1.000 C>S S seq 1000 id 8 ts 1050 shost 9 ttl 62\n");
	pair();
	assert_int_equal(m.count, 1);
	expect(0, 0, 1, MATCH_TUPLE_ISN);
	const struct sighting *outer = script_sighting(&far, 1);
	assert_int_equal(outer->other, 0);
	assert_true(seen_twice_is_outer(outer, script_sighting(&far, 0)));
	assert_false(seen_twice_is_outer(script_sighting(&far, 0), outer));
}

/* The same of the one capture that there is. */
static void
outer_sight_is_kept(void **state)
{
	(void)state;
	script_play(&near,
		"0.000 C>S S seq 1000 id 7 ts 50 shost 9 ttl 62\n"
		"1.000 C>S S seq 1000 id 8 ts 1050 ttl 63\n"
		"1.000 C>S S seq 1000 id 8 ts 1050 shost 9 ttl 62\n");
	pair();
	assert_int_equal(script_sighting(&near, 1)->other, 0);
	assert_int_equal(script_sighting(&near, 0)->other, SIGHTING_NONE);
}

/* Probes with one ISN and one port are attempts each. */
static void
probes_are_not_seen_twice(void **state)
{
	(void)state;
	script_play(&near,
		/* each packet has its own number */
		"0.000 C>S S seq 1000 id 7\n"
		"0.001 C>S S seq 1000 id 8 shost 9\n"
		/* nothing tells the packets apart */
		"1.000 C>S S seq 2000 cport 50000\n"
		"1.001 C>S S seq 2000 cport 50000 shost 9\n"
		/* a minute later */
		"2.000 C>S S seq 3000 id 7 cport 60000\n"
		"62.00 C>S S seq 3000 id 7 cport 60000 shost 9\n"
		/* two clients, two servers */
		"3.000 C>S S seq 4000 id 7\n"
		"3.001 C>S S seq 4000 id 7 chost 8 shost 9\n");
	pair();
	assert_int_equal(m.count, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(same_tuple_and_isn),
		STORY(clocks_do_not_matter_for_equal_isn),
		STORY(source_nat_keeps_isn_and_timestamp),
		STORY(nat_and_a_lost_first_copy),
		STORY(proxy_asks_anew),
		STORY(no_proxy_changes_the_window),
		STORY(same_isn_but_another_timestamp),
		STORY(isn_by_chance),
		STORY(isn_and_the_servers_address),
		STORY(isn_that_is_not_unique_is_no_match),
		STORY(rewritten_sequence_numbers),
		STORY(everything_rewritten),
		STORY(rewritten_and_a_copy_missed),
		STORY(rewritten_and_another_attempt),
		STORY(everything_rewritten_and_a_copy_missed),
		STORY(same_tuple_at_another_time),
		STORY(same_tuple_at_an_earlier_time),
		STORY(midstream_flows_are_no_attempts),
		STORY(simultaneous_open_seen_the_other_way_round),
		STORY(nothing_at_all),
		STORY(a_translated_copy_is_no_attempt),
		STORY(the_copy_seen_elsewhere_is_kept),
		STORY(seen_twice_does_not_hide_a_match),
		STORY(router_between_knows_both_names),
		STORY(later_copy_goes_on),
		STORY(first_copy_missed_outside),
		STORY(outer_sight_is_kept),
		STORY(probes_are_not_seen_twice),
		STORY(translation_of_case_yaml),
		STORY(translation_of_conntrack),
		STORY(addresses_of_a_flow_log),
		STORY(same_isn_by_chance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
