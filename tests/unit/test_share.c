/*
 * The statistics of shares against published figures, and the words
 * against what they claim.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/share.h"

#define close_to(a, b, by) assert_true(fabs((a) - (b)) <= (by))

/* cite: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II,
 * method 10: first share less second. */
static void
intervals_are_newcombes(void **state)
{
	(void)state;
	static const struct {
		struct share first, second;
		double low, high;
	} rows[] = {
		{{56, 70}, {48, 80}, 0.0524, 0.3339},
		{{9, 10}, {3, 10}, 0.1705, 0.8090},
		{{6, 7}, {2, 7}, 0.0582, 0.8062},
		{{5, 56}, {0, 29}, -0.0381, 0.1926},
		{{0, 10}, {0, 20}, -0.1611, 0.2775},
		{{0, 10}, {0, 10}, -0.2775, 0.2775},
		{{10, 10}, {0, 20}, 0.6791, 1.0000},
		{{10, 10}, {0, 10}, 0.6075, 1.0000},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct share_change c;
		share_compare(rows[i].second, rows[i].first, 1, &c);
		close_to(c.low, rows[i].low, 0.00006);
		close_to(c.high, rows[i].high, 0.00006);
	}
}

/* The lady tasting tea, worked out by hand: 34 of 70 tables; and tables of a few
 * attempts, whose chances are fractions of small numbers. */
static void
fisher_is_exact(void **state)
{
	(void)state;
	struct share a = {3, 4}, b = {1, 4};
	close_to(share_fisher(a, b), 34.0 / 70, 1e-12);
	/* 2 failures of 2 against 0 of 2: the tables 1, 4, 1 of 6. */
	struct share c = {2, 2}, d = {0, 2};
	close_to(share_fisher(c, d), 2.0 / 6, 1e-12);
	/* Margins that are not alike: 5 of 5 and 0 of 3: one table of 56. */
	struct share e = {5, 5}, f = {0, 3};
	close_to(share_fisher(e, f), 1.0 / 56, 1e-12);
	struct share none = {0, 9};
	close_to(share_fisher(none, none), 1, 1e-12);
	/* Which is old and which is new does not matter. */
	struct share g = {7, 31}, h = {2, 60};
	close_to(share_fisher(g, h), share_fisher(h, g), 1e-12);
}

/* Slowly, by multiplying: the chance of k failures among the old ones. */
static double
slow_chance(struct share old, struct share new, int64_t k)
{
	double chance = 1, failed = (double)(old.failed + new.failed);
	double all = (double)(old.attempts + new.attempts);
	for (int64_t i = 0; i < k; i++)
		chance *= (double)(old.attempts - i) / (double)(i + 1);
	for (int64_t i = 0; i < (int64_t)failed - k; i++)
		chance *= (double)(new.attempts - i) / (double)(i + 1);
	for (int64_t i = 0; i < (int64_t)failed; i++)
		chance *= (double)(i + 1) / (all - (double)i);
	return chance;
}

static double
slow_fisher(struct share old, struct share new)
{
	double sum = 0, seen = slow_chance(old, new, old.failed);
	for (int64_t k = 0; k <= old.failed + new.failed; k++) {
		if (k > old.attempts ||
			old.failed + new.failed - k > new.attempts)
			continue;
		double chance = slow_chance(old, new, k);
		if (chance <= seen * (1 + 1e-7))
			sum += chance;
	}
	return sum;
}

static void
fisher_agrees_with_multiplying(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 14; n++)
		for (int64_t m = 1; m <= 11; m++)
			for (int64_t i = 0; i <= n; i++)
				for (int64_t k = 0; k <= m; k++) {
					struct share a = {i, n}, b = {k, m};
					close_to(share_fisher(a, b),
						slow_fisher(a, b), 1e-9);
				}
}

static enum share_word
word_of(struct share old, struct share new, int comparisons)
{
	struct share_change c;
	share_compare(old, new, comparisons, &c);
	return c.word;
}

static void
words_say_what_is_shown(void **state)
{
	(void)state;
	static const struct {
		struct share old, new;
		int comparisons;
		enum share_word word;
	} rows[] = {
		{{412, 3180}, {2, 2950}, 1, SHARE_FEWER},
		{{2, 2950}, {412, 3180}, 1, SHARE_MORE},
		/* One failure in three: a handful says nothing. */
		{{1, 3}, {0, 5}, 1, SHARE_TOO_FEW},
		{{4, 20}, {0, 5}, 1, SHARE_TOO_FEW},
		{{4, 20}, {1, 60}, 1, SHARE_FEWER},
		{{4, 20}, {8, 60}, 1, SHARE_NOT_SHOWN},
		{{0, 100}, {0, 100}, 1, SHARE_NOTHING_FAILED},
		/* Nothing in OLD failed; three of three in NEW do. */
		{{0, 100}, {3, 3}, 1, SHARE_MORE},
		{{0, 2}, {1, 1}, 1, SHARE_TOO_FEW},
		{{0, 0}, {5, 5}, 1, SHARE_TOO_FEW},
		{{5, 5}, {0, 0}, 1, SHARE_TOO_FEW},
		/* What one comparison shows, one of twenty does not. */
		{{4, 20}, {0, 21}, 1, SHARE_FEWER},
		{{4, 20}, {0, 21}, 20, SHARE_TOO_FEW},
		/* Beyond the exact test */
		{{INT64_C(300000000000), INT64_C(1000000000000)},
			{INT64_C(290000000000), INT64_C(1000000000000)}, 1,
			SHARE_FEWER},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(
			word_of(rows[i].old, rows[i].new, rows[i].comparisons),
			rows[i].word);
}

/* The promised number shows it, one less does not. */
static void
needed_is_enough_and_no_more(void **state)
{
	(void)state;
	for (int64_t failed = 1; failed <= 20; failed += 3) {
		struct share old = {failed, 20};
		int64_t n = share_clean_needed(old, 1);
		assert_true(n > 1);
		struct share enough = {0, n}, less = {0, n - 1};
		if (failed == 1)
			continue;
		assert_int_equal(word_of(old, enough, 1), SHARE_FEWER);
		assert_int_equal(word_of(old, less, 1), SHARE_TOO_FEW);
	}
	assert_int_equal(share_clean_needed((struct share){0, 20}, 1), 0);
	/* One failure of two: many would do it; one of a million never shows. */
	assert_true(share_clean_needed((struct share){1, 2}, 1) > 10);
	assert_int_equal(share_clean_needed((struct share){1, 1000000}, 1), 0);
}

/* Where nothing changed, a change is shown at most so often: all outcomes of
 * two series of twenty with a share of a fifth, weighed by their chance. */
static void
chance_is_kept(void **state)
{
	(void)state;
	double binomial[21], shown = 0;
	for (int k = 0; k <= 20; k++)
		binomial[k] = exp(lgamma(21) - lgamma(k + 1) - lgamma(21 - k)) *
			pow(0.2, k) * pow(0.8, 20 - k);
	for (int i = 0; i <= 20; i++)
		for (int k = 0; k <= 20; k++) {
			enum share_word w = word_of((struct share){i, 20},
				(struct share){k, 20}, 1);
			if (w == SHARE_FEWER || w == SHARE_MORE)
				shown += binomial[i] * binomial[k];
		}
	assert_true(shown > 0.001 && shown <= SHARE_CHANCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_newcombes),
		cmocka_unit_test(fisher_is_exact),
		cmocka_unit_test(fisher_agrees_with_multiplying),
		cmocka_unit_test(words_say_what_is_shown),
		cmocka_unit_test(needed_is_enough_and_no_more),
		cmocka_unit_test(chance_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
