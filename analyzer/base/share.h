/*
 * Did the share of failed attempts change, or is that chance?
 *
 * Fisher's exact test answers whether, Newcombe's interval by how much. The
 * words say neither more nor less than the two: decisions/0014.
 *
 * spec: R. A. Fisher, The Design of Experiments (1935), section 10: two-sided,
 *       as the sum of all tables that are no likelier than the one seen
 * spec: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890: method 10,
 *       from Wilson's score intervals
 *
 * Costs: three times SHARE_EXACT_MAX steps for one comparison, at most.
 */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

/* The chance of seeing a change where there is none, over all comparisons that
 * are made at once. */
#define SHARE_CHANCE 0.05

/* The exact test sums that many tables at most; with more failures than that
 * the interval is as good, and decides alone. */
#define SHARE_EXACT_MAX 10000

/* Attempts that failed, of all. */
struct share {
	int64_t failed, attempts;
};

enum share_word {
	SHARE_NOTHING_FAILED, /* neither then nor now */
	SHARE_FEWER,          /* shown */
	SHARE_MORE,           /* shown */
	SHARE_NOT_SHOWN,      /* there are enough attempts; no change shows */
	SHARE_TOO_FEW, /* had none of the new ones failed (had all, if more
	                         of them do), it would not have shown */
};

struct share_change {
	enum share_word word;
	double p; /* Fisher's, two-sided; -1 when it was not worked out */
	/* Of new share - old share, 95 %; 0, 0 when either has no attempt. */
	double difference, low, high;
};

/* The 95 % score interval of one share; 0 to 1 when there is no attempt. */
void share_interval(struct share s, double *low, double *high);

/* The two-sided probability of Fisher's test. */
double share_fisher(struct share old, struct share new);

/* Newcombe's interval of the change: difference, low and high of *change, and
 * nothing else. Both have attempts. */
void share_newcombe(
	struct share old, struct share new, struct share_change *change);

/* Compare; comparisons is how many are made at once (Bonferroni), at least 1. */
void share_compare(struct share old, struct share new, int comparisons,
	struct share_change *change);

/* How many new attempts without a single failure it takes to show that fewer
 * fail than of the old ones; 0: nothing failed, or no practical number does. */
int64_t share_clean_needed(struct share old, int comparisons);

/* "fewer", "more", "no-change-shown", "too-few-attempts", "none". */
const char *share_word_id(enum share_word word);

#endif
