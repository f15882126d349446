/*
 * What chance alone would do: the tests that cause rules state.
 *
 * spec: R. A. Fisher, The Design of Experiments (1935), section 10, one-sided
 * spec: E. B. Wilson, JASA 22 (1927) 209-212, the score interval
 */
#ifndef JUDGE_CHANCE_H
#define JUDGE_CHANCE_H

#include <stdint.h>

/*
 * The probability that, of all the failures in both groups, so many or more
 * fall into the first if they fall blindly: failed of tried in it, and in the
 * other. 1 when a number makes no sense (negative, or more failed than tried).
 * Cost: as many steps as there are failures, at most 100,000.
 */
double chance_of(int64_t failed, int64_t tried, int64_t other_failed,
	int64_t other_tried);

/* The 95 % score interval of the share of hits among tries, 0 to 1; 0 to 1
 * when there are no tries. */
void chance_share(int64_t hits, int64_t tries, double *low, double *high);

/* The least text that chance_write needs, its NUL included. */
#define CHANCE_TEXT_MAX 32

/* "1 in 70", at most "1 in 1000000"; "" when it is above 1 in 2. */
void chance_write(double p, char text[CHANCE_TEXT_MAX]);

#endif
