/*
 * What the order of SYNs tells of an attempt during which a clock was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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
	assert_int_equal(syn_order_answers(&s), 1);
	assert_true(syn_order_tells(&at_client, &s));
	s = at_server(0, 0, 0);
	assert_int_equal(syn_order_answers(&s), 0);
	assert_true(syn_order_tells(&at_client, &s));
}

/* The client's capture may have ended before the answer to its last SYN came. */
static void
an_answer_to_the_last_syn_tells_nothing(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 3000040, 0);
	assert_false(syn_order_tells(&at_client, &s));
}

static void
other_copies_tell_nothing(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 30, 0);
	struct sighting c = at_client;
	c.syn_tsval_last = 7050;
	assert_false(syn_order_tells(&c, &s));
	c = at_client;
	c.syn = 2;
	assert_false(syn_order_tells(&c, &s));
	c = at_client;
	c.syn_tsval_first = s.syn_tsval_first = 0;
	assert_false(syn_order_tells(&c, &s));
}

static void
an_answered_client_is_asked_by_its_times(void **state)
{
	(void)state;
	struct sighting s = at_server(1, 30, 0);
	struct sighting c = at_client;
	c.synack = 1;
	assert_false(syn_order_tells(&c, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_before_the_last_syn_count),
		cmocka_unit_test(an_answer_to_the_last_syn_tells_nothing),
		cmocka_unit_test(other_copies_tell_nothing),
		cmocka_unit_test(an_answered_client_is_asked_by_its_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
