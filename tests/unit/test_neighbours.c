/*
 * ARP and neighbour discovery: what a message says, and what a vantage makes of
 * questions and answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ingest/neighbours.h"
#include "parsers/packet/neighbour.h"

#define ROUTER 0x0a020001
#define SERVER 0x0a020002

struct arp {
	uint8_t bytes[60];
};

/* op 1: sender asks for target; 2: sender answers target. */
static struct arp
arp_of(uint8_t op, uint32_t sender, uint32_t target, uint8_t hardware)
{
	struct arp a = {{0, 1, 0x08, 0, 6, 4, 0, op, 2, 0, 0, 0, 0, hardware,
		(uint8_t)(sender >> 24), (uint8_t)(sender >> 16),
		(uint8_t)(sender >> 8), (uint8_t)sender, 0, 0, 0, 0, 0, 0,
		(uint8_t)(target >> 24), (uint8_t)(target >> 16),
		(uint8_t)(target >> 8), (uint8_t)target}};
	return a;
}

static struct packet
arp_packet(const struct arp *a, size_t len)
{
	return (struct packet){
		.kind = PACKET_ARP, .payload = view_of(a->bytes, len)};
}

static void
a_question_and_its_answer(void **state)
{
	struct neighbour_message m;
	(void)state;
	struct arp a = arp_of(1, ROUTER, SERVER, 7);
	struct packet p = arp_packet(&a, sizeof a.bytes);
	assert_true(neighbour_decode(&p, &m));
	assert_false(m.answer);
	assert_true(ip_equal(m.asker, ip_from_v4(ROUTER)));
	assert_true(ip_equal(m.target, ip_from_v4(SERVER)));
	a = arp_of(2, SERVER, ROUTER, 9);
	p = arp_packet(&a, sizeof a.bytes);
	assert_true(neighbour_decode(&p, &m));
	assert_true(m.answer);
	assert_true(ip_equal(m.asker, ip_from_v4(ROUTER)));
	assert_true(ip_equal(m.target, ip_from_v4(SERVER)));
	assert_true(m.has_hardware);
	assert_int_equal(m.hardware[5], 9);
}

/* Announcements, probes, other networks, and what was cut ask nobody. */
static void
what_asks_nobody(void **state)
{
	struct neighbour_message m;
	(void)state;
	const struct arp none[] = {arp_of(1, SERVER, SERVER, 1),
		arp_of(1, 0, SERVER, 1), arp_of(3, ROUTER, SERVER, 1)};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		struct packet p = arp_packet(&none[i], sizeof none[i].bytes);
		assert_false(neighbour_decode(&p, &m));
	}
	struct arp whole = arp_of(1, ROUTER, SERVER, 1);
	for (size_t n = 0; n <= sizeof whole.bytes; n++) {
		struct packet p = arp_packet(&whole, n);
		assert_int_equal(neighbour_decode(&p, &m), n >= 28);
	}
	whole.bytes[1] = 7; /* not Ethernet */
	struct packet p = arp_packet(&whole, sizeof whole.bytes);
	assert_false(neighbour_decode(&p, &m));
}

/* Solicitation from fe80::1 for 2001:db8::2, and the advertisement. */
static void
neighbour_discovery(void **state)
{
	struct neighbour_message m;
	(void)state;
	uint8_t b[32] = {135};
	const uint8_t target[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};
	memcpy(b + 8, target, sizeof target);
	const struct ip_addr asker = {UINT64_C(0xfe80) << 48, 1};
	struct packet p = {.kind = PACKET_ICMP_OTHER,
		.src = asker,
		.dst = {UINT64_C(0xff02) << 48, 2},
		.payload = view_of(b, sizeof b)};
	assert_true(neighbour_decode(&p, &m));
	assert_false(m.answer);
	assert_false(m.has_hardware);
	assert_true(ip_equal(m.target, ip_from_v6(target)));
	p.src = (struct ip_addr){0, 0}; /* a probe */
	assert_false(neighbour_decode(&p, &m));
	b[0] = 136;
	b[24] = 2; /* target link-layer address, one unit of 8 bytes */
	b[25] = 1;
	b[31] = 5;
	p.src = ip_from_v6(target);
	assert_false(neighbour_decode(&p, &m)); /* to all: an announcement */
	p.dst = asker;
	assert_true(neighbour_decode(&p, &m));
	assert_true(m.answer && m.has_hardware);
	assert_int_equal(m.hardware[5], 5);
	for (size_t n = 0; n < sizeof b; n++) {
		p.payload = view_of(b, n);
		assert_int_equal(neighbour_decode(&p, &m), n >= 24);
	}
	b[0] = 134; /* a router's advertisement */
	p.payload = view_of(b, sizeof b);
	assert_false(neighbour_decode(&p, &m));
}

struct story {
	struct vantage v;
	struct neighbours n;
	uint32_t frame;
};

static int
story_begin(void **state)
{
	static struct story s;
	memset(&s, 0, sizeof s);
	neighbours_init(&s.n, &s.v);
	*state = &s;
	return 0;
}

static int
story_end(void **state)
{
	struct story *s = *state;
	vantage_release(&s->v);
	return 0;
}

static void
tell(struct story *s, double at, struct arp a)
{
	struct packet p = arp_packet(&a, sizeof a.bytes);
	struct captured_time t = {(int64_t)(at * 1e9)};
	neighbours_packet(&s->n, &p, t, ++s->frame);
}

static void
ask(struct story *s, double at)
{
	tell(s, at, arp_of(1, ROUTER, SERVER, 1));
}

static void
answer(struct story *s, double at, uint8_t hardware)
{
	tell(s, at, arp_of(2, SERVER, ROUTER, hardware));
}

static const struct neighbour *
finish(struct story *s, double at)
{
	s->v.last.ns = (int64_t)(at * 1e9);
	neighbours_finish(&s->n);
	assert_int_equal(s->v.neighbours_count, 1);
	return &s->v.neighbours[0];
}

static void
three_questions_and_nobody(void **state)
{
	struct story *s = *state;
	for (int i = 0; i < 3; i++)
		ask(s, i + 1.0);
	const struct neighbour *n = finish(s, 60);
	assert_int_equal(n->questions, 3);
	assert_int_equal(n->unanswered, 3);
	assert_int_equal(n->in_a_row, 3);
	assert_int_equal(n->frame, 1);
	assert_true(n->first_ns == NS_PER_S && n->last_ns == 3 * NS_PER_S);
}

/* The third question is answered: so were those before it. */
static void
an_answer_holds_for_repetitions(void **state)
{
	struct story *s = *state;
	ask(s, 1);
	ask(s, 2);
	ask(s, 3);
	answer(s, 3.001, 1);
	const struct neighbour *n = finish(s, 60);
	assert_int_equal(n->unanswered, 0);
	assert_int_equal(n->answers, 1);
	assert_int_equal(n->contested, 0);
}

/* What comes ten seconds later answers another question. */
static void
a_late_answer_is_none(void **state)
{
	struct story *s = *state;
	ask(s, 1);
	ask(s, 2);
	answer(s, 12, 1);
	const struct neighbour *n = finish(s, 60);
	assert_int_equal(n->unanswered, 2);
	assert_int_equal(n->answers, 1);
}

static void
two_machines_answer(void **state)
{
	struct story *s = *state;
	ask(s, 1);
	answer(s, 1.001, 1);
	answer(s, 1.002, 2);
	/* Later the other one: a failover, and no contest. */
	ask(s, 30);
	answer(s, 30.001, 2);
	const struct neighbour *n = finish(s, 60);
	assert_int_equal(n->contested, 1);
	assert_int_equal(n->other, UINT64_C(0x020000000002));
}

static void
one_answer_captured_twice_is_no_contest(void **state)
{
	struct story *s = *state;
	ask(s, 1);
	ask(s, 1.0001);
	answer(s, 1.001, 1);
	answer(s, 1.0012, 1);
	const struct neighbour *n = finish(s, 60);
	assert_int_equal(n->questions, 1);
	assert_int_equal(n->contested, 0);
}

/* The capture ends before the answer could come. */
static void
a_question_at_the_end_says_nothing(void **state)
{
	struct story *s = *state;
	ask(s, 1);
	const struct neighbour *n = finish(s, 1.5);
	assert_int_equal(n->unanswered, 0);
}

/* A scan of a large network is kept in part. */
static void
pairs_are_bounded(void **state)
{
	struct story *s = *state;
	for (uint32_t i = 0; i < NEIGHBOURS_MAX + 10; i++)
		tell(s, 1 + i * 0.01, arp_of(1, ROUTER, SERVER + i, 1));
	neighbours_finish(&s->n);
	assert_int_equal(s->v.neighbours_count, NEIGHBOURS_MAX);
	assert_int_equal(s->n.beyond, 10);
}

int
main(void)
{
#define STORY(test) \
	cmocka_unit_test_setup_teardown(test, story_begin, story_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_and_its_answer),
		cmocka_unit_test(what_asks_nobody),
		cmocka_unit_test(neighbour_discovery),
		STORY(three_questions_and_nobody),
		STORY(an_answer_holds_for_repetitions),
		STORY(a_late_answer_is_none),
		STORY(two_machines_answer),
		STORY(one_answer_captured_twice_is_no_contest),
		STORY(a_question_at_the_end_says_nothing),
		STORY(pairs_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
