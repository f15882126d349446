/*
 * The two figures, and the words for them.
 */
#include "base/share.h"

#include <math.h>

/* The 97.5 % point of the normal distribution: two sides of 95 %. */
#define Z95 1.959963984540054

/* Tables as likely as the one seen count as such in spite of rounding. The
 * usual allowance, as in R's fisher.test. */
#define TIE (1 + 1e-7)

/* Nobody waits for more attempts than these to see a fix. */
#define NEEDED_MAX 1000000

void
share_interval(struct share s, double *low, double *high)
{
	double n = (double)s.attempts;
	*low = 0;
	*high = 1;
	if (s.attempts == 0)
		return;
	/* cite: E. B. Wilson, JASA 22 (1927) 209-212 */
	double p = (double)s.failed / n, zz = Z95 * Z95;
	double middle = p + zz / (2 * n);
	double reach = Z95 * sqrt(p * (1 - p) / n + zz / (4 * n * n));
	if (s.failed > 0)
		*low = (middle - reach) / (1 + zz / n);
	if (s.failed < s.attempts)
		*high = (middle + reach) / (1 + zz / n);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How many tables have these margins: *first failures among the old attempts,
 * and one more each. */
static int64_t
tables(struct share old, struct share new, int64_t *first)
{
	int64_t failed = old.failed + new.failed;
	*first = failed > new.attempts ? failed - new.attempts : 0;
	return least(failed, old.attempts) - *first + 1;
}

/* How much likelier k + 1 failures among the old attempts are than k. */
static double
step_up(struct share old, struct share new, int64_t k)
{
	int64_t failed = old.failed + new.failed;
	return (double)(failed - k) * (double)(old.attempts - k) /
		((double)(k + 1) * (double)(new.attempts - failed + k + 1));
}

/* Everything relative to the table seen, which is 1: no factorials, and what
 * grows beyond a double makes the probability 0, which it then nearly is. */
double
share_fisher(struct share old, struct share new)
{
	int64_t first, n = tables(old, new, &first);
	double tail = 1, all = 1, at = 1;
	for (int64_t k = old.failed; k < first + n - 1; k++) {
		at *= step_up(old, new, k);
		all += at;
		tail += at <= TIE ? at : 0;
	}
	at = 1;
	for (int64_t k = old.failed - 1; k >= first; k--) {
		at /= step_up(old, new, k);
		all += at;
		tail += at <= TIE ? at : 0;
	}
	return tail / all;
}

void
share_newcombe(struct share old, struct share new, struct share_change *c)
{
	double old_low, old_high, new_low, new_high;
	double then = (double)old.failed / (double)old.attempts;
	double now = (double)new.failed / (double)new.attempts;
	share_interval(old, &old_low, &old_high);
	share_interval(new, &new_low, &new_high);
	c->difference = now - then;
	c->low = c->difference - hypot(now - new_low, old_high - then);
	c->high = c->difference + hypot(new_high - now, then - old_low);
}

/* Is a change shown? The interval has to agree with the test. */
static bool
is_shown(struct share old, struct share new, double chance,
	struct share_change *c)
{
	int64_t first;
	share_newcombe(old, new, c);
	c->p = -1;
	if (tables(old, new, &first) <= SHARE_EXACT_MAX) {
		c->p = share_fisher(old, new);
		if (c->p >= chance)
			return false;
	}
	return c->low > 0 || c->high < 0;
}

/* Had the new attempts ended as differently from the old as they could, in the
 * direction in which they point, would it have shown? */
static bool
could_show(struct share old, struct share new, double chance)
{
	struct share_change c;
	bool rises = (double)new.failed *(double)old.attempts >
		(double)old.failed *(double)new.attempts;
	struct share most = {rises ? new.attempts : 0, new.attempts};
	return is_shown(old, most, chance, &c);
}

int64_t
share_clean_needed(struct share old, int comparisons)
{
	struct share_change c;
	double chance = SHARE_CHANCE / comparisons;
	int64_t low = 0, high = 1;
	if (old.failed == 0)
		return 0;
	while (!is_shown(old, (struct share){0, high}, chance, &c)) {
		low = high;
		high *= 2;
		if (high > NEEDED_MAX)
			return 0;
	}
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (is_shown(old, (struct share){0, middle}, chance, &c))
			high = middle;
		else
			low = middle;
	}
	return high;
}

void
share_compare(struct share old, struct share new, int comparisons,
	struct share_change *c)
{
	double chance = SHARE_CHANCE / comparisons;
	*c = (struct share_change){.word = SHARE_TOO_FEW, .p = -1};
	if (old.attempts == 0 || new.attempts == 0)
		return;
	bool shown = is_shown(old, new, chance, c);
	if (shown)
		c->word = c->difference < 0 ? SHARE_FEWER : SHARE_MORE;
	else if (old.failed == 0 && new.failed == 0)
		c->word = SHARE_NOTHING_FAILED;
	else if (could_show(old, new, chance))
		c->word = SHARE_NOT_SHOWN;
}

const char *
share_word_id(enum share_word word)
{
	static const char *const ids[] = {
		[SHARE_NOTHING_FAILED] = "none",
		[SHARE_FEWER] = "fewer",
		[SHARE_MORE] = "more",
		[SHARE_NOT_SHOWN] = "no-change-shown",
		[SHARE_TOO_FEW] = "too-few-attempts",
	};
	return ids[word];
}
