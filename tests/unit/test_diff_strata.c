/*
 * Client by client: the exact test against published and hand-made figures, and
 * the words where the sums say otherwise.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "diff/strata.h"

#define close_to(a, b, by) assert_true(fabs((a) - (b)) <= (by))

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Rabbits that died of streptococci, penicillin at once and late, by dose.
 * cite: N. Mantel, JASA 58 (1963) 690-700; R 4.3, example of mantelhaen.test:
 * exact two-sided p 0.03994 */
static void
exact_is_mantels(void **state)
{
	(void)state;
	static const struct stratum rabbits[] = {
		{{6, 6}, {5, 5}},
		{{3, 6}, {6, 6}},
		{{0, 6}, {4, 6}},
		{{1, 6}, {0, 6}},
		{{0, 2}, {0, 5}},
	};
	close_to(strata_exact(rabbits, COUNT(rabbits)), 0.03994, 0.000005);
}

/* Two coins: of four outcomes, two are as extreme as the one seen. */
static void
exact_by_hand(void **state)
{
	(void)state;
	static const struct stratum coins[] = {
		{{1, 1}, {0, 1}}, {{1, 1}, {0, 1}}};
	close_to(strata_exact(coins, 2), 0.5, 1e-12);
	/* What only one side tried says nothing. */
	static const struct stratum and_one[] = {{{1, 1}, {0, 1}},
		{{1, 1}, {0, 1}}, {{9, 9}, {0, 0}}, {{0, 0}, {0, 50}}};
	close_to(strata_exact(and_one, 4), 0.5, 1e-12);
}

static void
one_stratum_is_fisher_and_newcombe(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 12; n++)
		for (int64_t i = 0; i <= n; i++)
			for (int64_t k = 0; k <= 9; k++) {
				struct stratum s = {{i, n}, {k, 9}};
				struct share_change a, b;
				strata_compare(&s, 1, 1, &a);
				share_compare(s.old, s.new, 1, &b);
				close_to(strata_exact(&s, 1),
					share_fisher(s.old, s.new), 1e-9);
				assert_int_equal(a.word, b.word);
				close_to(a.low, b.low, 1e-12);
				close_to(a.high, b.high, 1e-12);
			}
}

static enum share_word
word_of(const struct stratum *s, size_t count, int comparisons)
{
	struct share_change c;
	strata_compare(s, count, comparisons, &c);
	return c.word;
}

/* Simpson's paradox, both ways. */
static void
sums_do_not_mislead(void **state)
{
	(void)state;
	static const struct stratum same[] = {
		{{30, 1000}, {90, 3000}}, {{800, 1000}, {80, 100}}};
	static const struct stratum better[] = {
		{{300, 3000}, {1, 100}}, {{80, 100}, {1200, 3000}}};
	struct share_change sums;
	share_compare(
		(struct share){830, 2000}, (struct share){170, 3100}, 1, &sums);
	assert_int_equal(sums.word, SHARE_FEWER);
	assert_int_equal(word_of(same, 2, 1), SHARE_NOT_SHOWN);
	share_compare((struct share){380, 3100}, (struct share){1201, 3100}, 1,
		&sums);
	assert_int_equal(sums.word, SHARE_MORE);
	assert_int_equal(word_of(better, 2, 1), SHARE_FEWER);
}

static void
words_say_what_is_shown(void **state)
{
	(void)state;
	static const struct stratum few[] = {
		{{1, 2}, {0, 2}}, {{1, 2}, {0, 2}}};
	static const struct stratum healthy[] = {
		{{0, 20}, {0, 30}}, {{0, 5}, {0, 9}}};
	static const struct stratum nobody[] = {
		{{5, 20}, {0, 0}}, {{0, 0}, {0, 9}}};
	static const struct stratum worse[] = {
		{{0, 50}, {20, 50}}, {{1, 50}, {30, 50}}};
	static const struct stratum edge[] = {
		{{4, 20}, {0, 21}}, {{0, 1}, {0, 1}}};
	assert_int_equal(word_of(few, 2, 1), SHARE_TOO_FEW);
	assert_int_equal(word_of(healthy, 2, 1), SHARE_NOTHING_FAILED);
	assert_int_equal(word_of(nobody, 2, 1), SHARE_TOO_FEW);
	assert_int_equal(word_of(nobody, 0, 1), SHARE_TOO_FEW);
	assert_int_equal(word_of(worse, 2, 1), SHARE_MORE);
	/* What one comparison shows, one of twenty does not. */
	assert_int_equal(word_of(edge, 2, 1), SHARE_FEWER);
	assert_int_equal(word_of(edge, 2, 20), SHARE_TOO_FEW);
	/* Beyond the exact test */
	static const struct stratum many[] = {
		{{INT64_C(30000000), INT64_C(100000000)},
			{INT64_C(29000000), INT64_C(100000000)}},
		{{5000, 10000}, {4000, 10000}}};
	assert_int_equal(word_of(many, 2, 1), SHARE_FEWER);
	assert_true(strata_exact(many, 2) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_is_mantels),
		cmocka_unit_test(exact_by_hand),
		cmocka_unit_test(one_stratum_is_fisher_and_newcombe),
		cmocka_unit_test(sums_do_not_mislead),
		cmocka_unit_test(words_say_what_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
