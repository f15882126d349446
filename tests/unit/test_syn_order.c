/*
 * What the order of SYNs tells of an attempt during which a clock was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "stitch/syn_order.h"

/* Three SYNs, 1 s and 3 s after the first, and SYN-ACKs at these times. */
static struct sighting
at_server(int synacks, uint32_t first, uint32_t second)
{
	return (struct sighting){.syn = 3,
		.syn_last_at = 3000000,
		.syn_tsval_first = 50,
		.syn_tsval_last = 3050,
		.synack = (uint16_t)synacks,
		.synack_at = {first, second}};
}

static const struct sighting at_client = {.syn = 3,
	.syn_last_at = 2300000, /* its clock was set back meanwhile */
	.syn_tsval_first = 50,
	.syn_tsval_last = 3050};

static void
answers_before_the_last_syn_count(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	assert_int_equal(syn_order_answers(&s, INT64_MIN), 1);
	assert_true(syn_order_tells(&at_client, &s, INT64_MIN));
	s = at_server(0, 0, 0);
	assert_int_equal(syn_order_answers(&s, INT64_MIN), 0);
	assert_true(syn_order_tells(&at_client, &s, INT64_MIN));
}

/* The client's capture may have ended before the answer to its last SYN came. */
static void
an_answer_to_the_last_syn_tells_nothing(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 3000040, 0);
	assert_false(syn_order_tells(&at_client, &s, INT64_MIN));
}

/* SYNs of others that both ends show, and that came a second later: it had not. */
static void
a_capture_that_ran_on_shows_it(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	s.first_ns = 70 * NS_PER_S;
	int64_t answered_ns = s.first_ns + 3000040 * NS_PER_US;
	assert_int_equal(syn_order_answers(&s, answered_ns + NS_PER_S), 2);
	assert_int_equal(syn_order_answers(&s, answered_ns + NS_PER_S - 1), 1);
	s = at_server(1, 3000040, 0);
	assert_true(syn_order_tells(&at_client, &s, 5 * NS_PER_S));
	assert_false(syn_order_tells(&at_client, &s, 4 * NS_PER_S));
}

static void
other_copies_tell_nothing(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 30, 0);
	struct sighting c = at_client;
	c.syn_tsval_last = 7050;
	assert_false(syn_order_tells(&c, &s, INT64_MIN));
	c = at_client;
	c.syn = 2;
	assert_false(syn_order_tells(&c, &s, INT64_MIN));
	c = at_client;
	c.syn_tsval_first = s.syn_tsval_first = 0;
	assert_false(syn_order_tells(&c, &s, INT64_MIN));
}

static void
an_answered_client_is_asked_by_its_times(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 30, 0);
	struct sighting c = at_client;
	c.synack = 1;
	assert_false(syn_order_tells(&c, &s, INT64_MIN));
}

/* Facts as both captures cover them, before the clocks are doubted. */
static struct facts
doubted(const struct sighting *c, const struct sighting *s)
{
	struct facts f = {.c_sends = "witnessed",
		.c_receives = "witnessed",
		.s_sends = "witnessed",
		.s_receives = "witnessed",
		.synack_arrived = 0,
		.synack_covered = 3,
		.synack_absent = 2,
		.synack_lost = 2,
		.synack_lost_between = "server and client"};
	syn_order_doubt(c, s, &f);
	return f;
}

/* Each end's own capture says what left it; what came, no clock says. */
static void
what_left_an_end_needs_no_clock(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	struct facts f = doubted(&at_client, &s);
	assert_string_equal(f.c_sends, "witnessed");
	assert_string_equal(f.s_sends, "witnessed");
	assert_string_equal(f.c_receives, "outside");
	assert_string_equal(f.s_receives, "outside");
	struct sighting late = {.synack = 2};
	f = doubted(&late, &s);
	assert_string_equal(f.c_sends, "outside");
	f = doubted(&at_client, &late);
	assert_string_equal(f.s_sends, "outside");
}

static void
as_many_answers_as_were_sent_all_came(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	struct sighting c = at_client;
	c.synack = 2;
	struct facts f = doubted(&c, &s);
	assert_int_equal(f.synack_arrived, 1);
	assert_int_equal(f.synack_absent, 0);
	assert_null(f.synack_lost_between);
	c.synack = 1;
	f = doubted(&c, &s);
	assert_int_equal(f.synack_arrived, FACT_UNKNOWN);
	assert_int_equal(f.synack_covered, 3);
}

/* One that was taken for a second capture of the same packet. */
static void
an_answer_that_was_counted_once_is_not_lost(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	struct sighting c = at_client;
	c.synack = 1;
	c.duplicates = 1;
	struct facts f = doubted(&c, &s);
	assert_int_equal(f.synack_arrived, FACT_UNKNOWN);
	assert_int_equal(f.synack_covered, 0);
}

/* Other copies: as many of them are not the same ones. */
static void
other_copies_are_not_counted(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	struct sighting c = at_client;
	c.synack = 2;
	c.syn_tsval_first = 1050;
	struct facts f = doubted(&c, &s);
	assert_int_equal(f.synack_arrived, 0);
	assert_string_equal(f.c_receives, "outside");
}

/* The client acknowledged between two answers that both ends show. */
static void
an_ack_between_answers_that_both_show_is_covered(void **state)
{
	(void)state;
	struct sighting s = at_server(2, 30, 3000040);
	struct sighting c = at_client;
	c.synack = 2;
	c.ack = 4;
	c.synack_after_ack = 1;
	assert_true(syn_order_brackets_acks(&c, &s));
	c.synack_after_ack = 0;
	assert_false(syn_order_brackets_acks(&c, &s));
	c.synack_after_ack = 1;
	c.synack = 3; /* one left after the server's capture had ended */
	assert_false(syn_order_brackets_acks(&c, &s));
	assert_false(syn_order_brackets_acks(NULL, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_before_the_last_syn_count),
		cmocka_unit_test(an_answer_to_the_last_syn_tells_nothing),
		cmocka_unit_test(a_capture_that_ran_on_shows_it),
		cmocka_unit_test(other_copies_tell_nothing),
		cmocka_unit_test(an_answered_client_is_asked_by_its_times),
		cmocka_unit_test(what_left_an_end_needs_no_clock),
		cmocka_unit_test(as_many_answers_as_were_sent_all_came),
		cmocka_unit_test(an_answer_that_was_counted_once_is_not_lost),
		cmocka_unit_test(other_copies_are_not_counted),
		cmocka_unit_test(
			an_ack_between_answers_that_both_show_is_covered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
