/*
 * Times and spans as text, and sums that do not wrap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void
times_as_text(void **state)
{
	(void)state;
	static const struct {
		int64_t ns;
		int decimals;
		const char *text;
	} cases[] = {
		{0, 0, "1970-01-01T00:00:00Z"},
		{INT64_C(1795217551191644123), 6,
			"2026-11-20T23:32:31.191644Z"},
		{INT64_C(1795217551191644123), 9,
			"2026-11-20T23:32:31.191644123Z"},
		/* Cut, not rounded: 0.9999999 s is still this second. */
		{INT64_C(1795217551999999999), 3, "2026-11-20T23:32:31.999Z"},
		/* A leap year's day, and the day before 1970. */
		{INT64_C(1709164800) * NS_PER_S, 0, "2024-02-29T00:00:00Z"},
		{-1, 9, "1969-12-31T23:59:59.999999999Z"},
		{-NS_PER_S, 1, "1969-12-31T23:59:59.0Z"},
		/* The ends of the range. */
		{INT64_MAX, 9, "2262-04-11T23:47:16.854775807Z"},
		{INT64_MIN + 1, 9, "1677-09-21T00:12:43.145224193Z"},
		{CLOCK_UNKNOWN_NS, 6, "unknown"},
	};
	char text[CLOCK_TEXT_MAX];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			clock_format(cases[i].ns, cases[i].decimals, text),
			cases[i].text);
}

static void
spans_as_text(void **state)
{
	(void)state;
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{0, "0 us"},
		{999, "0 us"},
		{45 * NS_PER_US, "45 us"},
		{1230 * NS_PER_US, "1.23 ms"},
		{999 * NS_PER_MS, "999 ms"},
		{3070 * NS_PER_MS, "3.07 s"},
		{-3070 * NS_PER_MS, "-3.07 s"},
		{131 * NS_PER_S, "2 min 11 s"},
		{3600 * NS_PER_S, "1 h 0 min"},
		{7384 * NS_PER_S, "2 h 3 min"},
		{INT64_MAX, "2562047 h 47 min"},
		{INT64_MIN, "-2562047 h 47 min"},
	};
	char text[CLOCK_TEXT_MAX];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			clock_span(cases[i].ns, text), cases[i].text);
}

static void
sums_stop_at_the_ends(void **state)
{
	(void)state;
	assert_int_equal(clock_add(2, 3), 5);
	assert_int_equal(clock_sub(2, 3), -1);
	assert_int_equal(clock_add(INT64_MAX, 1), INT64_MAX);
	assert_int_equal(clock_add(INT64_MIN + 1, -1), INT64_MIN + 1);
	assert_int_equal(clock_add(INT64_MIN + 2, -9), INT64_MIN + 1);
	assert_int_equal(clock_sub(INT64_MAX, -1), INT64_MAX);
	assert_int_equal(clock_sub(INT64_MIN + 1, 1), INT64_MIN + 1);
	assert_int_equal(clock_sub(INT64_MIN + 1, INT64_MAX), INT64_MIN + 1);
	assert_int_equal(clock_sub(0, INT64_MIN), INT64_MAX);
}

static void
what_is_believed(void **state)
{
	(void)state;
	assert_true(clock_believable(0));
	assert_true(clock_believable(INT64_C(1795217551) * NS_PER_S));
	assert_true(clock_believable(CLOCK_LAST_NS));
	assert_false(clock_believable(-1));
	assert_false(clock_believable(CLOCK_LAST_NS + 1));
	assert_false(clock_believable(CLOCK_UNKNOWN_NS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_as_text),
		cmocka_unit_test(spans_as_text),
		cmocka_unit_test(sums_stop_at_the_ends),
		cmocka_unit_test(what_is_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
