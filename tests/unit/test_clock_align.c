/*
 * Clock offsets: whatever the clocks did, the truth lies within the bounds.
 *
 * Handshakes are made with known delays on a known clock; the map that comes
 * out must turn the server's times into the client's within its uncertainty.
 */
#include "track_pair.h"

#include "stitch/clock.h"

static struct clock_map maps[2];

static void
align(void)
{
	struct sides sides;
	pair();
	sides_find(&sides, &m, both, 0, 1);
	clock_align(maps, &m, both, &sides);
	sides_release(&sides);
}

/* One packet at both places: sent at at_us, arriving after delay_us. */
static void
packet(bool to_server, uint8_t flags, uint16_t port, uint32_t seq, uint32_t ack,
	int64_t at_us, int64_t delay_us)
{
	struct ip_addr c = ip_from_v4(SCRIPT_NET + 1);
	struct ip_addr s = ip_from_v4(SCRIPT_NET + 2);
	struct packet p = {.kind = PACKET_TCP,
		.flags = flags,
		.seq = seq,
		.ack = ack,
		.src = to_server ? c : s,
		.dst = to_server ? s : c,
		.src_port = to_server ? port : 443,
		.dst_port = to_server ? 443 : port,
		.ttl = 64};
	int64_t sent = SCRIPT_START_NS + at_us * NS_PER_US;
	int64_t got = sent + delay_us * NS_PER_US;
	script_packet(&near, &p, to_server ? sent : got);
	script_packet(&far, &p, to_server ? got : sent);
}

/* n handshakes over seconds; delays there and back in us, with jitter. */
static void
handshakes(int n, int seconds, int64_t there, int64_t back, int64_t jitter)
{
	uint32_t x = 12345;
	for (int i = 0; i < n; i++) {
		int64_t at = (int64_t)seconds * 1000000 / n * i;
		uint16_t port = (uint16_t)(1000 + i);
		int64_t j[3];
		for (int k = 0; k < 3; k++) {
			x = x * 1664525 + 1013904223;
			j[k] = jitter == 0 ? 0 : (int64_t)(x >> 8) % jitter;
		}
		packet(true, TCP_SYN, port, 10, 0, at, there + j[0]);
		at += there + j[0] + 50;
		packet(false, TCP_SYN | TCP_ACK, port, 20, 11, at, back + j[1]);
		at += back + j[1] + 20;
		packet(true, TCP_ACK, port, 11, 21, at, there + j[2]);
	}
}

/* Map of the far vantage against the truth, at many moments. */
static void
truth_is_within_bounds(int seconds)
{
	for (int i = 0; i <= 20; i++) {
		int64_t truth =
			SCRIPT_START_NS + (int64_t)seconds * NS_PER_S / 20 * i;
		struct captured_time captured = {truth + far.offset_ns +
			(int64_t)((double)(truth - SCRIPT_START_NS) *
				far.drift)};
		int64_t back = clock_to_reference(&maps[1], captured).ns;
		int64_t off = back > truth ? back - truth : truth - back;
		if (off > maps[1].uncertainty_ns)
			fail_msg("at %d/20: off by %lld ns, said +- %lld", i,
				(long long)off,
				(long long)maps[1].uncertainty_ns);
		/* And the way back leads to where it began. */
		int64_t again = clock_from_reference(
			&maps[1], (struct reference_time){back}, NULL)
					.ns;
		assert_in_range(again - captured.ns + 1000, 0, 2000);
	}
}

static void
reference_is_the_first(void **state)
{
	(void)state;
	handshakes(3, 10, 5000, 5000, 0);
	align();
	assert_int_equal(maps[0].method, CLOCK_REFERENCE);
	assert_int_equal(maps[0].offset_ns, 0);
	assert_true(clock_known(&maps[0]));
}

static void
offsets(void **state)
{
	(void)state;
	static const int64_t seconds[] = {0, 1, -1, 300, -300, 86400};
	for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
		if (i > 0) {
			end(NULL);
			begin(NULL);
		}
		far.offset_ns = seconds[i] * NS_PER_S + 123456789;
		handshakes(20, 10, 5000, 5000, 1000);
		align();
		assert_int_equal(maps[1].method, CLOCK_BOUNDS);
		assert_int_equal(maps[1].pairs, 20);
		assert_false(maps[1].drift_known);
		assert_true(maps[1].uncertainty_ns < 6 * NS_PER_MS);
		truth_is_within_bounds(10);
	}
}

/* All delay in one direction: the worst case of the method. */
static void
asymmetric_path(void **state)
{
	(void)state;
	far.offset_ns = 7 * NS_PER_S;
	handshakes(20, 10, 100000, 10, 0);
	align();
	truth_is_within_bounds(10);
	end(NULL);
	begin(NULL);
	handshakes(20, 10, 10, 100000, 0);
	align();
	truth_is_within_bounds(10);
}

static void
drift(void **state)
{
	(void)state;
	static const double ppm[] = {100, -100, 20, -20, 400};
	static const int spans[] = {60, 600, 7200};
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 3; j++) {
			end(NULL);
			begin(NULL);
			far.offset_ns = -300 * NS_PER_S;
			far.drift = ppm[i] * 1e-6;
			handshakes(400, spans[j], 10000, 10000, 500);
			align();
			truth_is_within_bounds(spans[j]);
			if (spans[j] < 7200)
				continue;
			assert_true(maps[1].drift_known);
			assert_in_range(
				(int)(maps[1].drift_ppm - ppm[i]) + 1, 0, 2);
		}
}

/* Hosts that call each other: SYNs bound the offset from either side. */
static void
connections_both_ways(void **state)
{
	(void)state;
	far.offset_ns = 3 * NS_PER_S;
	handshakes(20, 10, 50000, 50000, 0);
	for (int i = 0; i < 10; i++) {
		int64_t at = (int64_t)i * 1000000;
		uint32_t seq = (uint32_t)(500 + i);
		/* Port 443 opens a connection to 9: captured at its sender,
		   "server", first. */
		packet(false, TCP_SYN, 9, seq, 0, at, 8000);
		packet(true, TCP_SYN | TCP_ACK, 9, 7, seq + 1, at + 8050, 8000);
	}
	align();
	assert_int_equal(maps[1].method, CLOCK_BOUNDS);
	assert_in_range(maps[1].uncertainty_ns, 7 * NS_PER_MS, 9 * NS_PER_MS);
	truth_is_within_bounds(10);
}

/* Queues that fill in one direction are no drift. */
static void
queueing_is_no_drift(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		uint16_t port = (uint16_t)(1000 + i);
		int64_t at = (int64_t)i * 3000000;
		packet(true, TCP_SYN, port, 10, 0, at, 5000 + 400 * i);
		packet(false, TCP_SYN | TCP_ACK, port, 20, 11, at + 200000,
			5000);
	}
	align();
	assert_false(maps[1].drift_known);
	truth_is_within_bounds(600);
}

/* A clock is set in the middle, forth or back: two offsets, and honesty about
 * the time between the segments that show them. */
static void
set_by(int64_t by_ns)
{
	handshakes(50, 100, 5000, 5000, 0);
	far.offset_ns = by_ns;
	for (int i = 0; i < 50; i++) {
		int64_t at = 100000000 + (int64_t)i * 2000000;
		uint16_t port = (uint16_t)(5000 + i);
		packet(true, TCP_SYN, port, 10, 0, at, 5000);
		packet(false, TCP_SYN | TCP_ACK, port, 20, 11, at + 6000, 5000);
	}
	align();
	assert_int_equal(maps[1].method, CLOCK_BOUNDS);
	assert_int_equal(maps[1].steps_count, 1);
	assert_in_range(
		llabs(maps[1].steps[0].by_ns - by_ns), 0, 6 * NS_PER_MS);
	for (int i = 0; i <= 200; i++) {
		int64_t truth = SCRIPT_START_NS + i * NS_PER_S;
		int64_t captured = truth + (i < 100 ? 0 : by_ns);
		int64_t back = clock_to_reference(
			&maps[1], (struct captured_time){captured})
				       .ns;
		assert_true(llabs(back - truth) <=
			clock_uncertainty(&maps[1], captured));
		bool sure;
		int64_t again = clock_from_reference(
			&maps[1], (struct reference_time){truth}, &sure)
					.ns;
		assert_int_equal(sure, i < 99 || i >= 101);
		if (sure)
			assert_in_range(
				llabs(again - captured), 0, 6 * NS_PER_MS);
	}
}

static void
clock_that_was_set(void **state)
{
	static const int64_t by[] = {1, -1, 60, -60, 300, -3000};
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		end(state);
		begin(state);
		set_by(by[i] * NS_PER_S);
	}
	/* Less is slewed, not set: one offset that holds both. */
	end(state);
	begin(state);
	handshakes(50, 100, 500, 500, 0);
	far.offset_ns = 50 * NS_PER_MS;
	for (int i = 0; i < 50; i++) {
		int64_t at = 100000000 + (int64_t)i * 2000000;
		packet(true, TCP_SYN, (uint16_t)(5000 + i), 10, 0, at, 500);
		packet(false, TCP_SYN | TCP_ACK, (uint16_t)(5000 + i), 20, 11,
			at + 600, 500);
	}
	align();
	assert_int_equal(maps[1].steps_count, 0);
	assert_true(maps[1].offset_ns - maps[1].uncertainty_ns <= 0);
	assert_true(
		maps[1].offset_ns + maps[1].uncertainty_ns >= 50 * NS_PER_MS);
}

/* A pair of different copies among good ones is an exception, no step. */
static void
one_pair_that_is_none(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		int64_t at = (int64_t)i * 250000;
		uint16_t port = (uint16_t)(1000 + i);
		packet(true, TCP_SYN, port, 10, 0, at, 5000);
		packet(false, TCP_SYN | TCP_ACK, port, 20, 11, at + 6000, 5000);
		if (i == 20)
			packet(true, TCP_SYN, 7777, 10, 0, at + 20000, -900000);
	}
	align();
	assert_int_equal(maps[1].steps_count, 0);
	assert_true(maps[1].uncertainty_ns < 6 * NS_PER_MS);
	truth_is_within_bounds(10);
}

/* No clock drifts by half a percent: what looks like it is something else, and
 * no line is drawn through it. */
static void
steeper_than_any_clock(void **state)
{
	(void)state;
	far.drift = 5000e-6;
	handshakes(200, 100, 5000, 5000, 0);
	align();
	assert_false(maps[1].drift_known);
	truth_is_within_bounds(100);
}

static void
one_direction_only(void **state)
{
	(void)state;
	far.offset_ns = 5 * NS_PER_S;
	for (uint16_t port = 1; port < 10; port++)
		packet(true, TCP_SYN, port, 10, 0, 1000 * port, 4000);
	align();
	assert_int_equal(maps[1].method, CLOCK_ONE_DIRECTION);
	truth_is_within_bounds(1);
}

static void
nothing_in_common(void **state)
{
	(void)state;
	script_play(&near, "0.0 C>S S seq 1\n");
	script_play(&far,
		"0.0 C>S S seq 1 chost 9 cport 2\n"
		"0.0 C>S S seq 1 chost 9 cport 3\n");
	align();
	assert_int_equal(maps[1].method, CLOCK_ASSUMED_EQUAL);
	assert_false(clock_known(&maps[1]));
	assert_int_equal(maps[1].pairs, 0);
}

/* Packets without times were given 0: they align nothing. */
static void
vantage_without_times(void **state)
{
	(void)state;
	handshakes(5, 10, 5000, 5000, 0);
	far.v.first.ns = far.v.last.ns = CLOCK_UNKNOWN_NS;
	align();
	assert_int_equal(maps[1].method, CLOCK_ASSUMED_EQUAL);
}

/* One clock at each end of what is believed; nothing may overflow. */
static void
clocks_146_years_apart(void **state)
{
	(void)state;
	far.offset_ns = CLOCK_LAST_NS - SCRIPT_START_NS - 100 * NS_PER_S;
	near.offset_ns = -SCRIPT_START_NS;
	handshakes(40, 60, 5000, 5000, 100);
	align();
	assert_int_equal(maps[1].method, CLOCK_BOUNDS);
	struct reference_time r = clock_to_reference(&maps[1], far.v.last);
	assert_in_range(r.ns, 50 * NS_PER_S, 70 * NS_PER_S);
	/* The extremes of the types stop instead of wrapping. */
	assert_int_equal(clock_to_reference(&maps[1],
				 (struct captured_time){INT64_MIN + 1})
				 .ns,
		INT64_MIN + 1);
	assert_int_equal(clock_from_reference(&maps[1],
				 (struct reference_time){INT64_MAX}, NULL)
				 .ns,
		INT64_MAX);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* One handshake as two captures show it, the first one's delays in seconds. */
static void
share(struct script *one, struct script *other, int port, double at,
	double there)
{
	const double first[] = {at, at + 3 * there, at + 3.1 * there};
	const double second[] = {at + there, at + 2 * there, at + 4.1 * there};
	struct script *const scripts[] = {one, other};
	for (int s = 0; s < 2; s++) {
		const double *when = s == 0 ? first : second;
		char lines[256];
		snprintf(lines, sizeof lines,
			"%.6f C>S S seq %d cport %d\n"
			"%.6f S>C S. seq 5 ack %d cport %d\n"
			"%.6f C>S . seq %d ack 6 cport %d\n",
			when[0], 100 * port, port, when[1], 100 * port + 1,
			port, when[2], 100 * port + 1, port);
		script_play(scripts[s], lines);
	}
}

/* The outer two share nothing, or share what bounds them poorly: the way over
 * the one between is taken. */
static void
over_the_middle(bool shared)
{
	struct script middle;
	script_begin(&middle, "balancer");
	middle.offset_ns = 40 * NS_PER_S;
	far.offset_ns = -7 * NS_PER_S;
	if (shared)
		script_play(&near, "0.5 C>S S seq 1 cport 9 ts 7\n");
	if (shared)
		script_play(&far, "0.9 C>S S seq 1 cport 9 ts 7\n");
	share(&near, &middle, 1, 1, 0.004);
	share(&middle, &far, 2, 2, 0.003);
	struct vantage three[3] = {near.v, middle.v, far.v};
	struct clock_map ways[3];
	struct sides sides;
	match_run(&m, three, 3, NULL);
	sides_find(&sides, &m, three, 0, 2);
	clock_align(ways, &m, three, &sides);
	sides_release(&sides);
	assert_int_equal(ways[1].method, CLOCK_BOUNDS);
	assert_int_equal(ways[2].method, CLOCK_BOUNDS);
	assert_in_range(ways[2].uncertainty_ns, 1, 20 * NS_PER_MS);
	int64_t off = llabs(ways[2].offset_ns - -7 * NS_PER_S);
	assert_true(off <= ways[2].uncertainty_ns);
	script_end(&middle);
}

static void
nothing_shared_but_with_the_middle(void **state)
{
	(void)state;
	over_the_middle(false);
}

static void
the_best_way_is_taken(void **state)
{
	(void)state;
	over_the_middle(true);
}

/* The middle one shares two seconds with the first and ten with the last: what
 * is stated of the last one rests on the two. */
static void
a_way_holds_where_all_of_it_was_bounded(void **state)
{
	(void)state;
	struct script middle;
	script_begin(&middle, "router");
	middle.offset_ns = 40 * NS_PER_S;
	share(&near, &middle, 1, 4, 0.004);
	share(&near, &middle, 2, 6, 0.004);
	share(&middle, &far, 3, 1, 0.003);
	share(&middle, &far, 4, 11, 0.003);
	struct vantage three[3] = {near.v, middle.v, far.v};
	struct clock_map ways[3];
	struct sides sides;
	match_run(&m, three, 3, NULL);
	sides_find(&sides, &m, three, 0, 2);
	clock_align(ways, &m, three, &sides);
	sides_release(&sides);
	int64_t from = clock_sub(ways[2].first_ns, SCRIPT_START_NS);
	int64_t to = clock_sub(ways[2].last_ns, SCRIPT_START_NS);
	assert_in_range(from, 3990 * NS_PER_MS, 4030 * NS_PER_MS);
	assert_in_range(to, 5990 * NS_PER_MS, 6030 * NS_PER_MS);
	/* Away from them clocks may drift. */
	int64_t late = clock_add(SCRIPT_START_NS, 11 * NS_PER_S);
	assert_true(clock_uncertainty(&ways[2], late) >
		ways[2].uncertainty_ns + 900 * NS_PER_US);
	script_end(&middle);
}

/* The client's capture missed the SYN-ACK and the ACK, so that the FIN 800 us
 * later completes the handshake there: no bound of the clocks. */
static void
an_ack_that_one_capture_missed(void **state)
{
	(void)state;
	share(&near, &far, 1, 1, 0.0001);
	script_play(&near,
		"2.000000 C>S S  seq 200 cport 2\n"
		"2.000900 S>C F. seq 6 ack 201 cport 2\n"
		"2.001000 C>S F. seq 201 ack 7 cport 2\n");
	script_play(&far,
		"2.000100 C>S S  seq 200 cport 2\n"
		"2.000110 S>C S. seq 5 ack 201 cport 2\n"
		"2.000250 C>S .  seq 201 ack 6 cport 2\n"
		"2.000800 S>C F. seq 6 ack 201 cport 2\n"
		"2.001100 C>S F. seq 201 ack 7 cport 2\n");
	align();
	assert_int_equal(maps[1].steps_count, 0);
	assert_false(maps[1].drift_known);
	assert_in_range(maps[1].uncertainty_ns, 1, 300 * NS_PER_US);
}

/* The client's first SYN is lost, and its clock set back by two minutes before
 * the next one: what it showed then lies before the first, and was not kept. */
static void
set_back_within_an_attempt(void **state)
{
	(void)state;
	share(&near, &far, 1, 1, 0.0001);
	script_line(&near, "6 C>S S seq 200 ts 100 cport 2");
	near.offset_ns = -120 * NS_PER_S;
	near.v.set_back_ns = 119 * NS_PER_S;
	script_play(&near,
		"7.000000 C>S S  seq 200 ts 1100 cport 2\n"
		"7.000200 S>C S. seq 5 ack 201 cport 2\n"
		"7.000250 C>S .  seq 201 ack 6 cport 2\n");
	script_play(&far,
		"7.000100 C>S S  seq 200 ts 1100 cport 2\n"
		"7.000110 S>C S. seq 5 ack 201 cport 2\n"
		"7.000350 C>S .  seq 201 ack 6 cport 2\n");
	align();
	/* No second of the wait became a step of the clock. */
	assert_int_equal(maps[1].steps_count, 0);
	assert_in_range(llabs(maps[1].offset_ns), 0, NS_PER_MS);
}

/* On a path of 400 ms a step of half a second fits between SYN and SYN-ACK; the
 * capture shows 80 ms of it, as its records go back. */
static void
set_back_by_less_than_the_path(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		int64_t at = (int64_t)i * 100000;
		uint16_t port = (uint16_t)(1000 + i);
		packet(true, TCP_SYN, port, 10, 0, at, 400000);
	}
	near.offset_ns = -500 * NS_PER_MS;
	near.v.set_back_ns = 80 * NS_PER_MS;
	for (int i = 0; i < 4; i++) {
		int64_t at = 500000 + (int64_t)i * 100000;
		uint16_t port = (uint16_t)(1000 + i);
		packet(false, TCP_SYN | TCP_ACK, port, 20, 11, at, 300000);
	}
	align();
	assert_int_equal(maps[1].steps_count, 0);
	assert_true(maps[1].offset_ns - maps[1].uncertainty_ns <= 0);
	assert_true(
		maps[1].offset_ns + maps[1].uncertainty_ns >= 500 * NS_PER_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(an_ack_that_one_capture_missed),
		STORY(a_way_holds_where_all_of_it_was_bounded),
		STORY(reference_is_the_first),
		STORY(offsets),
		STORY(asymmetric_path),
		STORY(drift),
		STORY(connections_both_ways),
		STORY(queueing_is_no_drift),
		STORY(clock_that_was_set),
		STORY(set_back_within_an_attempt),
		STORY(set_back_by_less_than_the_path),
		STORY(one_pair_that_is_none),
		STORY(steeper_than_any_clock),
		STORY(one_direction_only),
		STORY(nothing_in_common),
		STORY(vantage_without_times),
		STORY(clocks_146_years_apart),
		STORY(nothing_shared_but_with_the_middle),
		STORY(the_best_way_is_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
