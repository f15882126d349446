/*
 * Pairing of attempts that a device changed in address, port and sequence
 * number.
 */
#include "track_script.h"

#include "stitch/rewritten.h"

static struct script near;
static struct script far;
static struct vantage both[2];
static struct match m;

static int
begin(void **state)
{
	(void)state;
	script_begin(&near, "client");
	script_begin(&far, "server");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	match_release(&m);
	script_end(&near);
	script_end(&far);
	return 0;
}

static void
run(void)
{
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, NULL);
	rewritten_match(&m, both, 2);
}

/* Attempt i: which sighting at each place, -1 none, and how they met. */
static void
expect(uint32_t i, int at_near, int at_far, enum match_kind kind)
{
	assert_true(i < m.count);
	assert_int_equal(
		m.seen[2 * i], at_near < 0 ? SIGHTING_NONE : (uint32_t)at_near);
	assert_int_equal(m.seen[2 * i + 1],
		at_far < 0 ? SIGHTING_NONE : (uint32_t)at_far);
	assert_int_equal(m.kind[i], kind);
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
	run();
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
	run();
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
	run();
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
	run();
	assert_int_equal(m.count, 1);
	expect(0, 0, 0, MATCH_TUPLE_ISN);
	assert_int_equal(script_sighting(&far, 0)->other, 1);
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
	run();
	assert_int_equal(m.count, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(ids_and_times_agree),
		STORY(one_id_alone),
		STORY(times_alone),
		STORY(a_beat_tells_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
