/*
 * The tests that cause rules state, against worked examples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "judge/chance.h"

static void
near(double a, double b)
{
	assert_true(a - b < 1e-9 && b - a < 1e-9);
}

static void
fisher(void **state)
{
	(void)state;
	/* The lady and her tea: 1 in 70; one cup wrong: 17 in 70. */
	near(chance_of(4, 4, 0, 4), 1.0 / 70);
	near(chance_of(3, 4, 1, 4), 17.0 / 70);
	/* All of few, and none of many: 1 / (1003 choose 3). */
	near(chance_of(3, 3, 0, 1000) * 167668501, 1);
	/* No lean at all, and one the other way. */
	near(chance_of(0, 5, 0, 5), 1);
	near(chance_of(0, 4, 4, 4), 1);
	near(chance_of(5, 5, 5, 5), 1);
}

/* Large numbers end, and what makes no sense proves nothing. */
static void
fisher_bounds(void **state)
{
	(void)state;
	assert_true(chance_of(500000, 1000000, 400000, 1000000) < 1e-9);
	assert_true(chance_of(0, INT64_MAX / 4, 0, INT64_MAX / 4) <= 1);
	near(chance_of(-1, 4, 0, 4), 1);
	near(chance_of(5, 4, 0, 4), 1);
	near(chance_of(1, 4, 9, 4), 1);
}

static void
shares(void **state)
{
	(void)state;
	double low, high;
	/* cite: Newcombe 1998, table II: 15 of 148 is 0.0624 to 0.1605 */
	chance_share(15, 148, &low, &high);
	assert_true(low > 0.0623 && low < 0.0625);
	assert_true(high > 0.1604 && high < 0.1606);
	chance_share(0, 20, &low, &high);
	near(low, 0);
	assert_true(high > 0.1610 && high < 0.1612);
	chance_share(0, 0, &low, &high);
	near(low, 0);
	near(high, 1);
}

static void
words(void **state)
{
	(void)state;
	char text[CHANCE_TEXT_MAX];
	chance_write(1.0 / 70, text);
	assert_string_equal(text, "1 in 70");
	chance_write(0, text);
	assert_string_equal(text, "1 in 1000000");
	chance_write(0.7, text);
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fisher),
		cmocka_unit_test(fisher_bounds),
		cmocka_unit_test(shares),
		cmocka_unit_test(words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
