/*
 * "Was there anything around this moment?", against a list of the moments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/timemap.h"

#define T0 (INT64_C(1795132800) * NS_PER_S)

static void
empty_map_saw_nothing(void **state)
{
	(void)state;
	struct timemap t = {0};
	assert_false(timemap_any(&t, 0, INT64_MIN + 1, INT64_MAX));
	assert_int_equal(timemap_width_ns(&t), 0);
}

static void
exact_to_a_second_at_first(void **state)
{
	(void)state;
	struct timemap t = {0};
	timemap_mark(&t, 0, T0);
	timemap_mark(&t, 0, T0 + 30 * NS_PER_S);
	assert_true(timemap_any(&t, 0, T0, T0));
	assert_true(timemap_any(&t, 0, T0 + 29 * NS_PER_S, T0 + 31 * NS_PER_S));
	assert_false(timemap_any(&t, 0, T0 + 3 * NS_PER_S, T0 + 27 * NS_PER_S));
	assert_false(
		timemap_any(&t, 0, T0 + 33 * NS_PER_S, T0 + NS_PER_S * 60));
	assert_false(timemap_any(&t, 0, T0 - 60 * NS_PER_S, T0 - 1));
	assert_false(timemap_any(&t, 1, T0, T0 + 60 * NS_PER_S));
	/* Turned round, and far outside. */
	assert_false(timemap_any(&t, 0, T0 + 1, T0));
	assert_false(timemap_any(&t, 0, T0 + NS_PER_S * 9999, INT64_MAX));
	assert_true(timemap_any(&t, 0, INT64_MIN + 1, INT64_MAX));
}

static void
last_slot_can_be_asked(void **state)
{
	(void)state;
	struct timemap t = {0};
	int64_t last = T0 + (INT64_C(64) << TIMEMAP_SHIFT_MIN) - 1;
	timemap_mark(&t, 1, T0);
	timemap_mark(&t, 1, last);
	assert_int_equal(t.shift, TIMEMAP_SHIFT_MIN);
	assert_true(timemap_any(&t, 1, last, last));
	assert_false(
		timemap_any(&t, 1, T0 + 2 * NS_PER_S, last - 2 * NS_PER_S));
	timemap_mark(&t, 1, last + 1);
	assert_int_equal(t.shift, TIMEMAP_SHIFT_MIN + 1);
}

static void
mark_before_the_axis(void **state)
{
	(void)state;
	struct timemap t = {0};
	timemap_mark(&t, 0, T0);
	timemap_mark(&t, 1, T0 - 30 * NS_PER_S);
	assert_true(timemap_any(&t, 1, T0 - NS_PER_S, T0));
	assert_false(timemap_any(&t, 1, T0 + 2 * NS_PER_S, INT64_MAX));
	assert_int_equal(t.origin_ns, T0);
}

/* Never a miss; a false yes only within the slot's width. */
static void
agrees_with_a_list(void **state)
{
	(void)state;
	struct timemap t = {0};
	int64_t marks[200];
	uint64_t x = 1;
	int64_t at = T0;
	for (int i = 0; i < 200; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
		at += (int64_t)(x >> 33) * 40; /* up to 344 s apart */
		marks[i] = at;
		timemap_mark(&t, i & 1, at);
	}
	int64_t width = timemap_width_ns(&t);
	assert_true(width > NS_PER_S && width * TIMEMAP_SLOTS > at - T0);
	for (int i = 0; i < 200; i++)
		assert_true(timemap_any(&t, i & 1, marks[i], marks[i]));
	for (int64_t q = T0; q < at; q += 97 * NS_PER_S) {
		bool near = false;
		for (int i = 0; i < 200; i += 2)
			near = near ||
				(marks[i] > q - width && marks[i] < q + width);
		if (timemap_any(&t, 0, q, q))
			assert_true(near);
	}
}

static void
ends_of_what_is_believed(void **state)
{
	(void)state;
	struct timemap t = {0};
	timemap_mark(&t, 0, 0);
	timemap_mark(&t, 0, CLOCK_LAST_NS);
	assert_true(timemap_any(&t, 0, CLOCK_LAST_NS, INT64_MAX));
	assert_true(timemap_any(&t, 0, INT64_MIN + 1, 0));
	assert_false(timemap_any(
		&t, 0, CLOCK_LAST_NS / 3, CLOCK_LAST_NS / 3 + NS_PER_S));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map_saw_nothing),
		cmocka_unit_test(exact_to_a_second_at_first),
		cmocka_unit_test(last_slot_can_be_asked),
		cmocka_unit_test(mark_before_the_axis),
		cmocka_unit_test(agrees_with_a_list),
		cmocka_unit_test(ends_of_what_is_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
