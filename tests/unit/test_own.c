/*
 * Captures of machines that call each other: whose each is, which two are the
 * ends of an attempt, and where it is not known, that it is not.
 */
#include "stitch/own.h"

#include "stitch/run.h"
#include "track_script.h"

#define MACHINES 3

static struct script machine[MACHINES];
static struct vantage all[MACHINES];
static struct stitch_case k;
static bool related;

static int
begin(void **state)
{
	static const char *const names[MACHINES] = {"alpha", "beta", "gamma"};
	(void)state;
	for (size_t i = 0; i < MACHINES; i++) {
		script_begin(&machine[i], names[i]);
		machine[i].v.shown_by = 0;
	}
	related = false;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	if (related)
		stitch_case_release(&k);
	for (size_t i = 0; i < MACHINES; i++)
		script_end(&machine[i]);
	return 0;
}

/* A packet of a connection from chost, port cport, to shost; way: "C>S S". */
static void
packet(int at, double seconds, const char *what, int ttl, int cport, int chost,
	int shost)
{
	char line[160];
	snprintf(line, sizeof line,
		"%.4f %s cport %d chost %d shost %d ttl %d\n", seconds, what,
		cport, chost, shost, ttl);
	script_line(&machine[at], line);
}

/* A connection that two machines' captures show, with one router between. */
static void
connection(int near, int far, int cport, int chost, int shost)
{
	double t = cport / 100.0;
	char syn[32], synack[48], ack[48];
	snprintf(syn, sizeof syn, "C>S S seq %d", cport * 7919);
	snprintf(
		synack, sizeof synack, "S>C S. seq 9 ack %d", cport * 7919 + 1);
	snprintf(ack, sizeof ack, "C>S . seq %d ack 10", cport * 7919 + 1);
	packet(near, t, syn, 64, cport, chost, shost);
	packet(far, t + 0.001, syn, 63, cport, chost, shost);
	packet(far, t + 0.001, synack, 64, cport, chost, shost);
	packet(near, t + 0.002, synack, 63, cport, chost, shost);
	packet(near, t + 0.002, ack, 64, cport, chost, shost);
	packet(far, t + 0.003, ack, 63, cport, chost, shost);
}

/* A SYN that its own machine's capture alone shows. */
static void
lost_syn(int near, int cport, int chost, int shost)
{
	char syn[32];
	snprintf(syn, sizeof syn, "C>S S seq %d", cport * 7919);
	packet(near, cport / 100.0, syn, 64, cport, chost, shost);
}

/* The handshake of such a connection within the host of a capture, by other names. */
static void
inner_handshake(int at, int cport, int chost, int shost)
{
	double t = cport / 100.0;
	char syn[32], synack[48];
	snprintf(syn, sizeof syn, "C>S S seq %d", cport * 7919);
	snprintf(
		synack, sizeof synack, "S>C S. seq 9 ack %d", cport * 7919 + 1);
	packet(at, t + 0.0001, syn, 63, cport, chost, shost);
	packet(at, t + 0.0019, synack, 64, cport, chost, shost);
}

static void
relate(size_t count)
{
	for (size_t i = 0; i < MACHINES; i++)
		all[i] = machine[i].v;
	stitch_relate(&k, all, count, NULL, NULL);
	related = true;
}

/* The same where packets or a person said in which order they stand. */
static void
relate_placed(size_t count)
{
	for (size_t i = 0; i < count; i++)
		machine[i].v.shown_by = SHOWN_BY_TTL;
	relate(count);
}

static struct ip_addr
address(uint32_t last)
{
	return ip_from_v4(SCRIPT_NET + last);
}

static uint32_t
attempt_from(int cport)
{
	for (uint32_t i = 0; i < k.match.count; i++)
		for (size_t v = 0; v < k.count; v++) {
			const struct sighting *g =
				match_seen(&k.match, k.vantages, i, v);
			if (g != NULL && g->client_port == cport)
				return i;
		}
	fail_msg("no attempt from port %d", cport);
	return 0;
}

/* The machines at the ends of the attempt from this port. */
static void
expect_ends(int cport, size_t near, size_t far)
{
	size_t at[2];
	own_ends(&k, attempt_from(cport), &at[0], &at[1]);
	assert_int_equal(at[0], near);
	assert_int_equal(at[1], far);
}

/* The same where the captures are taken for those of a path. */
static void
expect_path_ends(int cport, size_t near, size_t far)
{
	struct attempt_ends ends;
	assert_false(k.own_known);
	stitch_case_ends(&k, attempt_from(cport), &ends);
	assert_int_equal(ends.near, near);
	assert_int_equal(ends.far, far);
}

static void
ring(void)
{
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(1, 2, 20 + i, 2, 3);
		connection(2, 0, 30 + i, 3, 1);
	}
}

static void
each_of_a_ring_has_its_address(void **state)
{
	(void)state;
	ring();
	relate(3);
	assert_true(k.own_known);
	for (uint32_t v = 0; v < 3; v++) {
		assert_int_equal(k.own[v].count, 1);
		assert_true(ip_equal(k.own[v].list[0], address(v + 1)));
	}
	expect_ends(10, 0, 1);
	expect_ends(20, 1, 2);
	expect_ends(30, 2, 0);
	/* The order of clocks is that of the captures: from the third to the
	   first is the other way round. */
	int reversed = 0;
	for (uint32_t i = 0; i < k.match.count; i++)
		reversed += side_of(&k.sides, i) == SIDE_REVERSED;
	assert_int_equal(reversed, 3);
}

/* What a capture of the server does not show was not in it: it stands there even
   so. */
static void
silent_ends_count(void **state)
{
	(void)state;
	ring();
	lost_syn(0, 41, 1, 2);
	lost_syn(2, 42, 3, 1);
	relate(3);
	assert_true(k.own_known);
	expect_ends(41, 0, 1);
	expect_ends(42, 2, 0);
}

/* Laptop, proxy, program: the proxy takes at one address and asks from another. */
static void
proxy_has_two_addresses(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(1, 2, 20 + i, 4, 3);
	}
	relate(3);
	assert_true(k.own_known);
	assert_int_equal(k.own[1].count, 2);
	expect_ends(11, 0, 1);
	expect_ends(22, 1, 2);
}

/* No machine of a case has so many that the others' would be told by them. */
static void
more_addresses_are_a_network(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(1, 2, 20 + i, 4 + i, 3);
	}
	relate(3);
	assert_false(k.own_known);
}

/* One attempt in three captures: they lie on a path. */
static void
path_is_no_ring(void **state)
{
	(void)state;
	ring();
	connection(0, 1, 50, 1, 2);
	packet(2, 50 / 100.0 + 0.0005, "C>S S seq 395950", 64, 50, 1, 2);
	relate(3);
	assert_false(k.own_known);
}

/* Two captures have ends by their order alone. */
static void
two_are_no_ring(void **state)
{
	(void)state;
	connection(0, 1, 10, 1, 2);
	connection(1, 0, 20, 2, 1);
	relate(2);
	assert_false(k.own_known);
}

/* Two of a chain: what only one of them shows has its end there. */
static void
two_of_a_chain(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(2, 0, 10 + i, 3, 1);
		connection(0, 1, 20 + i, 1, 2);
		connection(1, 2, 30 + i, 2, 4);
	}
	lost_syn(1, 40, 2, 4);
	relate(2);
	assert_true(k.own_known);
	assert_true(ip_equal(k.own[0].list[0], address(1)));
	assert_true(ip_equal(k.own[1].list[0], address(2)));
	expect_ends(10, CASE_NO_END, 0);
	expect_ends(20, 0, 1);
	expect_ends(40, 1, CASE_NO_END);
}

/* The same where the first one is captured on all cards of a host that translates:
   each handshake a second time, by its inner names. */
static void
two_of_a_chain_with_inner_sights(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		inner_handshake(0, 10 + i, 5, 6);
		connection(1, 2, 20 + i, 4, 3);
	}
	lost_syn(1, 40, 4, 3);
	relate(2);
	assert_true(k.own_known);
	expect_ends(11, 0, 1);
	expect_ends(40, 1, CASE_NO_END);
}

/* A scanner's answers without a question begin the client's capture: whose address
   is whose they do not say. */
static void
answer_is_no_connect(void **state)
{
	(void)state;
	packet(0, 0.01, "C>S S. seq 5 ack 9", 64, 30, 1, 2);
	lost_syn(0, 40, 1, 2);
	packet(1, 0.02, "S>C S. seq 7 ack 8", 64, 50, 1, 2);
	machine[0].v.role_said = machine[1].v.role_said = true;
	relate(2);
	assert_true(k.own_known);
	assert_true(ip_equal(k.own[0].list[0], address(1)));
	expect_ends(40, 0, 1);
}

/* A client and a server that calls nobody are the ends of a path. */
static void
two_of_a_path(void **state)
{
	(void)state;
	connection(0, 1, 10, 1, 2);
	connection(2, 1, 20, 3, 2);
	relate_placed(2);
	expect_path_ends(20, 0, 1);
}

/* Whose addresses they are is not known where the last one of a path calls from a
   pool of them; that it is the client there, its packets show. */
static void
last_one_calls(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(1, 2, 20 + i, 4 + i, 3);
	}
	lost_syn(1, 40, 4, 3);
	relate_placed(2);
	expect_path_ends(12, 0, 1);
	expect_path_ends(22, 1, CASE_NO_END);
	expect_path_ends(40, 1, CASE_NO_END);
}

static void
first_one_is_called(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(2, 0, 20 + i, 3, 4 + i);
	}
	packet(0, 0.4, "C>S S seq 8", 63, 40, 3, 4);
	relate_placed(2);
	expect_path_ends(22, CASE_NO_END, 0);
	expect_path_ends(40, CASE_NO_END, 0);
}

/* Answers that one capture shows with a lower TTL, and nothing else, do not turn
   round what a person said of both. */
static void
word_outweighs_a_ttl(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		char synack[48];
		int cport = 10 + i;
		snprintf(synack, sizeof synack, "S>C S. seq 9 ack %d",
			cport * 7919 + 1);
		lost_syn(0, cport, 1, 2);
		packet(1, cport / 100.0 + 0.001, synack, 63, cport, 1, 2);
		packet(0, cport / 100.0 + 0.002, synack, 64, cport, 1, 2);
	}
	machine[0].v.role_said = machine[1].v.role_said = true;
	relate(2);
	expect_path_ends(10, 0, 1);
}

/* The last one calls the first one: where both stand, the other attempts say. */
static void
last_one_calls_the_first(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(0, 1, 20 + i, 4, 2);
	}
	lost_syn(1, 40, 2, 1);
	relate_placed(2);
	expect_path_ends(11, 0, 1);
	expect_path_ends(40, 1, 0);
}

/* By the packets each one is at the other end of what its address says. */
static void
packets_against_it(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(1, 0, 10 + i, 1, 2);
		connection(2, 1, 20 + i, 2, 3);
		connection(0, 2, 30 + i, 3, 1);
	}
	relate(3);
	assert_false(k.own_known);
}

/* One client of two servers is in all captures: whose its address is, has to be
   shown or said. */
static void
client_of_all(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		connection(0, 1, 10 + i, 1, 2);
		connection(0, 2, 20 + i, 1, 3);
	}
	machine[0].v.shown_by = SHOWN_BY_TTL;
	relate(3);
	assert_true(k.own_known);
	assert_true(ip_equal(k.own[0].list[0], address(1)));
	assert_true(ip_equal(k.own[1].list[0], address(2)));
	expect_ends(12, 0, 1);
	expect_ends(21, 0, 2);
}

static void
empty_captures(void **state)
{
	(void)state;
	relate(3);
	assert_false(k.own_known);
}

static bool
both_ways(size_t count)
{
	for (size_t i = 0; i < MACHINES; i++)
		all[i] = machine[i].v;
	return stitch_calls_both_ways(all, count);
}

static void
who_calls_and_is_called(void **state)
{
	(void)state;
	connection(0, 1, 10, 1, 2);
	assert_false(both_ways(2));
	connection(1, 0, 20, 2, 1);
	assert_true(both_ways(2));
	assert_false(both_ways(1));
}

/* A hub of a chain opens and accepts; a star's centre only opens. */
static void
who_calls_among_three(void **state)
{
	(void)state;
	ring();
	assert_true(both_ways(3));
}

static void
centre_of_a_star_only_calls(void **state)
{
	(void)state;
	connection(0, 1, 10, 1, 2);
	connection(0, 2, 20, 1, 3);
	assert_false(both_ways(3));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_of_a_ring_has_its_address),
		CASE(silent_ends_count),
		CASE(proxy_has_two_addresses),
		CASE(more_addresses_are_a_network),
		CASE(path_is_no_ring),
		CASE(two_are_no_ring),
		CASE(two_of_a_chain),
		CASE(two_of_a_chain_with_inner_sights),
		CASE(answer_is_no_connect),
		CASE(two_of_a_path),
		CASE(last_one_calls),
		CASE(first_one_is_called),
		CASE(word_outweighs_a_ttl),
		CASE(last_one_calls_the_first),
		CASE(packets_against_it),
		CASE(client_of_all),
		CASE(empty_captures),
		CASE(who_calls_and_is_called),
		CASE(who_calls_among_three),
		CASE(centre_of_a_star_only_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
