/*
 * DNS messages, and what a vantage makes of them: which lookups ended how.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ingest/lookups.h"
#include "parsers/packet/dns.h"

#define FLAGS_QUERY 0x0100
#define FLAGS_ANSWER 0x8180
#define FLAGS_TRUNCATED 0x0200
#define RCODE_SERVFAIL 2

/* A message about one name, given with dots. */
static struct view
message_of(uint8_t *out, uint16_t id, uint16_t flags, uint16_t answers,
	const char *name, uint8_t type)
{
	uint8_t *p = out;
	const uint8_t head[12] = {(uint8_t)(id >> 8), (uint8_t)id,
		(uint8_t)(flags >> 8), (uint8_t)flags, 0, 1,
		(uint8_t)(answers >> 8), (uint8_t)answers};
	memcpy(p, head, sizeof head);
	p += sizeof head;
	while (*name != '\0') {
		size_t len = strcspn(name, ".");
		*p++ = (uint8_t)len;
		memcpy(p, name, len);
		p += len;
		name += len + (name[len] == '.');
	}
	const uint8_t tail[5] = {0, 0, type, 0, 1};
	memcpy(p, tail, sizeof tail);
	return view_of(out, (size_t)(p + sizeof tail - out));
}

static void
a_query_and_its_answer(void **state)
{
	uint8_t bytes[300];
	struct dns_message m;
	(void)state;
	struct view v = message_of(
		bytes, 0x1a2b, FLAGS_QUERY, 0, "App.Example.com", DNS_TYPE_A);
	assert_true(dns_decode(v, &m));
	assert_false(m.response);
	assert_int_equal(m.id, 0x1a2b);
	assert_true(m.has_question);
	assert_string_equal(m.name, "app.example.com");
	assert_int_equal(m.type, DNS_TYPE_A);
	assert_int_equal(m.class, DNS_CLASS_IN);
	v = message_of(bytes, 7, FLAGS_ANSWER | DNS_RCODE_NAME_ERROR, 0, "x",
		DNS_TYPE_AAAA);
	assert_true(dns_decode(v, &m));
	assert_true(m.response);
	assert_int_equal(m.rcode, DNS_RCODE_NAME_ERROR);
}

/* A capture of headers ends somewhere in a long name. */
static void
a_cut_message_has_no_question(void **state)
{
	uint8_t bytes[300];
	struct dns_message m;
	(void)state;
	struct view v = message_of(
		bytes, 1, FLAGS_QUERY, 0, "app.example.com", DNS_TYPE_A);
	for (size_t n = 0; n < v.len; n++) {
		assert_int_equal(dns_decode(view_of(bytes, n), &m), n >= 12);
		if (n >= 12)
			assert_false(m.has_question);
	}
}

static void
names_that_are_none(void **state)
{
	uint8_t bytes[] = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1,
		0, 1}; /* a pointer, to itself */
	struct dns_message m;
	(void)state;
	assert_true(dns_decode(view_of(bytes, sizeof bytes), &m));
	assert_false(m.has_question);
	uint8_t odd[] = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'a', '.', 0xff,
		0, 0, 1, 0, 1};
	assert_true(dns_decode(view_of(odd, sizeof odd), &m));
	assert_string_equal(m.name, "a\\046\\255");
}

/* The lookups of a capture that is told as messages at seconds. */
struct story {
	struct vantage v;
	struct lookups l;
	uint32_t frame;
};

static int
story_begin(void **state)
{
	static struct story s;
	memset(&s, 0, sizeof s);
	lookups_init(&s.l, &s.v);
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

#define CLIENT 0x0a010002
#define RESOLVER 0x0a090035

static void
tell(struct story *s, double at, uint16_t flags, uint16_t answers,
	const char *name, uint8_t type)
{
	uint8_t bytes[300];
	bool answer = flags & 0x8000;
	struct packet p = {.kind = PACKET_DNS,
		.src = ip_from_v4(answer ? RESOLVER : CLIENT),
		.dst = ip_from_v4(answer ? CLIENT : RESOLVER),
		.src_port = answer ? 53 : 40000,
		.dst_port = answer ? 40000 : 53,
		.payload = message_of(bytes, 1, flags, answers, name, type)};
	struct captured_time t = {(int64_t)(at * 1e9)};
	lookups_packet(&s->l, &p, t, ++s->frame);
	s->v.last = t;
}

static void
ask(struct story *s, double at, const char *name)
{
	tell(s, at, FLAGS_QUERY, 0, name, DNS_TYPE_A);
}

static void
finish(struct story *s, double at)
{
	s->v.last.ns = (int64_t)(at * 1e9);
	lookups_finish(&s->l);
}

/* How many lookups of the n-th name ended so. */
static uint32_t
ended(const struct story *s, uint32_t n, enum lookup_outcome o)
{
	assert_true(n < s->v.lookups_count);
	return s->v.lookups[n].fates[o].count;
}

static void
one_good_answer_of_several_is_enough(void **state)
{
	struct story *s = *state;
	ask(s, 1.0, "app.example.com");
	tell(s, 1.0, FLAGS_QUERY, 0, "app.example.com", DNS_TYPE_AAAA);
	tell(s, 1.1, FLAGS_ANSWER, 0, "app.example.com", DNS_TYPE_AAAA);
	tell(s, 1.2, FLAGS_ANSWER | RCODE_SERVFAIL, 0, "app.example.com",
		DNS_TYPE_A);
	ask(s, 1.3, "APP.example.com");
	tell(s, 1.4, FLAGS_ANSWER, 2, "app.EXAMPLE.com", DNS_TYPE_A);
	finish(s, 60);
	assert_int_equal(s->v.lookups_count, 1);
	assert_int_equal(ended(s, 0, LOOKUP_ANSWERED), 1);
	assert_int_equal(s->v.lookups[0].fates[LOOKUP_ANSWERED].queries, 3);
	assert_int_equal(ended(s, 0, LOOKUP_SERVER_FAILURE), 0);
	assert_int_equal(ended(s, 0, LOOKUP_NO_ADDRESS), 0);
}

/* Five minutes without an answer are not one lookup that the sixth answers. */
static void
an_outage_is_not_hidden_by_its_end(void **state)
{
	struct story *s = *state;
	for (int i = 0; i < 30; i++)
		ask(s, 10.0 * i, "app.example.com");
	tell(s, 290.1, FLAGS_ANSWER, 1, "app.example.com", DNS_TYPE_A);
	finish(s, 400);
	assert_int_equal(ended(s, 0, LOOKUP_NO_ANSWER), 14);
	assert_int_equal(ended(s, 0, LOOKUP_ANSWERED), 1);
	const struct lookup_fate *f = &s->v.lookups[0].fates[LOOKUP_NO_ANSWER];
	assert_int_equal(f->frame, 1);
	assert_int_equal(f->queries, 28);
	assert_int_equal(f->last_ns, 270 * NS_PER_S);
}

static void
a_query_at_the_end_says_nothing(void **state)
{
	struct story *s = *state;
	ask(s, 1.0, "early.example.com");
	ask(s, 9.0, "late.example.com");
	ask(s, 9.1, "answered.example.com");
	tell(s, 9.2, FLAGS_ANSWER | FLAGS_TRUNCATED, 0, "answered.example.com",
		DNS_TYPE_A);
	finish(s, 10);
	assert_int_equal(ended(s, 0, LOOKUP_NO_ANSWER), 1);
	assert_int_equal(ended(s, 1, LOOKUP_NO_ANSWER), 0);
	assert_int_equal(ended(s, 2, LOOKUP_ANSWERED), 1);
}

static void
a_packet_captured_twice_is_one_query(void **state)
{
	struct story *s = *state;
	ask(s, 1.0, "app.example.com");
	ask(s, 1.0000004, "app.example.com");
	ask(s, 6.0, "app.example.com");
	finish(s, 60);
	assert_int_equal(s->v.lookups[0].fates[LOOKUP_NO_ANSWER].queries, 2);
}

static void
names_are_bounded(void **state)
{
	struct story *s = *state;
	for (int i = 0; i < LOOKUPS_MAX + 10; i++) {
		char name[32];
		snprintf(name, sizeof name, "n%d.example.com", i);
		ask(s, 1, name);
	}
	finish(s, 60);
	assert_int_equal(s->v.lookups_count, LOOKUPS_MAX);
	assert_int_equal(s->l.beyond, 10);
	assert_int_equal(ended(s, LOOKUPS_MAX - 1, LOOKUP_NO_ANSWER), 1);
}

static void
other_questions_are_nobodys_lookup(void **state)
{
	struct story *s = *state;
	tell(s, 1, FLAGS_QUERY, 0, "2.0.1.10.in-addr.arpa", 12); /* PTR */
	tell(s, 1, FLAGS_ANSWER, 1, "stray.example.com", DNS_TYPE_A);
	finish(s, 60);
	assert_int_equal(s->v.lookups_count, 0);
}

int
main(void)
{
#define STORY(test) \
	cmocka_unit_test_setup_teardown(test, story_begin, story_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_and_its_answer),
		cmocka_unit_test(a_cut_message_has_no_question),
		cmocka_unit_test(names_that_are_none),
		STORY(one_good_answer_of_several_is_enough),
		STORY(an_outage_is_not_hidden_by_its_end),
		STORY(a_query_at_the_end_says_nothing),
		STORY(a_packet_captured_twice_is_one_query),
		STORY(names_are_bounded),
		STORY(other_questions_are_nobodys_lookup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
