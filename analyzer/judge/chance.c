/*
 * The hypergeometric tail, term by term from the table that was seen; see chance.h.
 */
#include "judge/chance.h"

#include <math.h>
#include <stdio.h>

/* A bound on what one call costs. */
#define STEPS_MAX 100000
/* Smaller terms change nothing that is printed. */
#define NEGLIGIBLE 1e-15
/* Two-sided 95 % of the normal distribution. */
#define Z95 1.959964

/* log of n choose k */
static double
log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Starts at the table that was seen and goes to more extreme ones; each term
 * follows from the one before by a quotient, so nothing overflows. lgamma gives
 * the first one's logarithm. */
double
chance_of(int64_t failed, int64_t tried, int64_t other_failed,
	int64_t other_tried)
{
	if (failed < 0 || other_failed < 0 || failed > tried ||
		other_failed > other_tried)
		return 1;
	double all = (double)tried + (double)other_tried;
	double lost = (double)failed + (double)other_failed;
	double n = (double)tried;
	double k = (double)failed;
	double term = exp(log_choose(n, k) + log_choose(all - n, lost - k) -
		log_choose(all, lost));
	double sum = term;
	double most = lost < n ? lost : n;
	for (int i = 0; i < STEPS_MAX && k < most; i++) {
		term *= (n - k) * (lost - k) /
			((k + 1) * (all - n - lost + k + 1));
		sum += term;
		k++;
		if (term < sum * NEGLIGIBLE)
			break;
	}
	return sum < 1 ? sum : 1;
}

/* Wilson's interval, which stays between 0 and 1 and is right for few tries
 * too. Where nothing or everything was hit the end is exactly 0 or 1, free of
 * rounding. */
void
chance_share(int64_t hits, int64_t tries, double *low, double *high)
{
	*low = 0;
	*high = 1;
	if (tries <= 0 || hits < 0 || hits > tries)
		return;
	double n = (double)tries;
	double p = (double)hits / n;
	double z2 = Z95 * Z95;
	double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
	double half =
		Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
	*low = hits == 0 ? 0 : middle - half;
	*high = hits == tries ? 1 : middle + half;
}

/* Beyond one in a million nobody gains by more digits, and the formula's own
 * error would show. */
void
chance_write(double p, char text[CHANCE_TEXT_MAX])
{
	text[0] = '\0';
	if (!(p <= 0.5) || p < 0)
		return;
	double in = p > 1e-6 ? floor(1 / p) : 1e6;
	snprintf(text, CHANCE_TEXT_MAX, "1 in %.0f", in);
}
