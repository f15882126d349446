/*
 * Client by client; see strata.h.
 */
#include "diff/strata.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

/* As in share.c. */
#define TIE (1 + 1e-7)

static bool
has_both(const struct stratum *s)
{
	return s->old.attempts > 0 && s->new.attempts > 0;
}

/* How many failures the old attempts can have with these margins: *first of
 * them, and so many values. */
static int64_t
values(const struct stratum *s, int64_t *first)
{
	int64_t failed = s->old.failed + s->new.failed;
	int64_t most = failed < s->old.attempts ? failed : s->old.attempts;
	*first = failed > s->new.attempts ? failed - s->new.attempts : 0;
	return most - *first + 1;
}

/* The chance of each of n values, from first: relative to the likeliest, so that
 * nothing overflows. */
static void
chances(const struct stratum *s, int64_t first, int64_t n, double *to)
{
	double failed = (double)(s->old.failed + s->new.failed);
	double old = (double)s->old.attempts, new = (double)s->new.attempts;
	double log_at = 0, most = 0;
	to[0] = 0;
	for (int64_t i = 1; i < n; i++) {
		double k = (double)(first + i - 1);
		log_at += log((failed - k) * (old - k)) -
			log((k + 1) * (new - failed + k + 1));
		to[i] = log_at;
		most = log_at > most ? log_at : most;
	}
	for (int64_t i = 0; i < n; i++)
		to[i] = exp(to[i] - most);
}

/* to = a * b as polynomials; scaled, since only proportions matter. */
static void
multiply(const double *a, int64_t a_len, const double *b, int64_t b_len,
	double *to)
{
	double most = 0;
	for (int64_t i = 0; i < a_len + b_len - 1; i++)
		to[i] = 0;
	for (int64_t i = 0; i < a_len; i++)
		for (int64_t k = 0; k < b_len; k++)
			to[i + k] += a[i] * b[k];
	for (int64_t i = 0; i < a_len + b_len - 1; i++)
		most = to[i] > most ? to[i] : most;
	for (int64_t i = 0; i < a_len + b_len - 1; i++)
		to[i] /= most;
}

/* Of all sums, those no likelier than the one seen. */
static double
tail_of(const double *chance, int64_t len, int64_t seen)
{
	double tail = 0, all = 0;
	for (int64_t i = 0; i < len; i++) {
		all += chance[i];
		tail += chance[i] <= chance[seen] * TIE ? chance[i] : 0;
	}
	return tail / all;
}

double
strata_exact(const struct stratum *s, size_t count)
{
	int64_t total = 1, seen = 0, first, len = 1;
	for (size_t i = 0; i < count; i++)
		if (has_both(&s[i]))
			total += values(&s[i], &first) - 1;
	if (total > STRATA_EXACT_MAX)
		return -1;
	double *memory = memory_take(3 * (size_t)total, sizeof *memory);
	double *all = memory, *next = memory + total, *one = next + total;
	all[0] = 1;
	for (size_t i = 0; i < count; i++) {
		if (!has_both(&s[i]))
			continue;
		int64_t n = values(&s[i], &first);
		seen += s[i].old.failed - first;
		if (n == 1)
			continue;
		chances(&s[i], first, n, one);
		multiply(all, len, one, n, next);
		double *former = all;
		all = next;
		next = former;
		len += n - 1;
	}
	double p = tail_of(all, len, seen);
	free(memory);
	return p;
}

static double
weight_of(const struct stratum *s)
{
	double old = (double)s->old.attempts, new = (double)s->new.attempts;
	return old * new / (old + new);
}

/* The mean change and its limits. */
static void
interval(const struct stratum *s, size_t count, struct share_change *c)
{
	double all = 0, below = 0, above = 0;
	for (size_t i = 0; i < count; i++)
		all += has_both(&s[i]) ? weight_of(&s[i]) : 0;
	for (size_t i = 0; i < count; i++) {
		if (!has_both(&s[i]))
			continue;
		struct share_change one;
		double w = weight_of(&s[i]) / all;
		share_newcombe(s[i].old, s[i].new, &one);
		c->difference += w * one.difference;
		below += pow(w * (one.difference - one.low), 2);
		above += pow(w * (one.high - one.difference), 2);
	}
	c->low = c->difference - sqrt(below);
	c->high = c->difference + sqrt(above);
}

static bool
is_shown(const struct stratum *s, size_t count, double chance,
	struct share_change *c)
{
	*c = (struct share_change){.word = SHARE_TOO_FEW, .p = -1};
	interval(s, count, c);
	c->p = strata_exact(s, count);
	return (c->p < 0 || c->p < chance) && (c->low > 0 || c->high < 0);
}

/* Had all new attempts ended as differently as they could, in the direction in
 * which they point, would it have shown? */
static bool
could_show(const struct stratum *s, size_t count, double chance, bool rises)
{
	struct share_change c;
	struct stratum *most = memory_take(count + 1, sizeof *most);
	for (size_t i = 0; i < count; i++) {
		most[i] = s[i];
		most[i].new.failed = rises ? s[i].new.attempts : 0;
	}
	bool shown = is_shown(most, count, chance, &c);
	free(most);
	return shown;
}

void
strata_compare(const struct stratum *s, size_t count, int comparisons,
	struct share_change *c)
{
	double chance = SHARE_CHANCE / comparisons;
	bool failed = false;
	size_t both = 0, last = 0;
	*c = (struct share_change){.word = SHARE_TOO_FEW, .p = -1};
	for (size_t i = 0; i < count; i++)
		if (has_both(&s[i])) {
			both++;
			last = i;
			failed |= s[i].old.failed + s[i].new.failed > 0;
		}
	if (both == 1)
		share_compare(s[last].old, s[last].new, comparisons, c);
	if (both < 2)
		return;
	if (is_shown(s, count, chance, c))
		c->word = c->difference < 0 ? SHARE_FEWER : SHARE_MORE;
	else if (!failed)
		c->word = SHARE_NOTHING_FAILED;
	else if (could_show(s, count, chance, c->difference > 0))
		c->word = SHARE_NOT_SHOWN;
}
