/*
 * How far a batch is: a line for the person who waits, a log for later.
 *
 * batch.log is the one output with a clock in it: a line per case that was
 * analysed, when, how long it took and how it ended.
 */
#ifndef BATCH_TALLY_H
#define BATCH_TALLY_H

#include <stdio.h>

#include "batch/plan.h"
#include "batch/state.h"

struct tally {
	FILE *log; /* owned */
	size_t total;
	size_t done; /* kept ones among them */
	size_t kept;
	size_t failed; /* did not end well */
	bool shown;
	bool quiet;
	int64_t started_ns;
	int64_t next_ns; /* when the line is printed again */
};

bool tally_begin(struct tally *t, const struct batch_options *o, size_t total,
	const char *dir, struct error *e);
void tally_kept(struct tally *t, const struct batch_case *c);
void tally_ended(struct tally *t, const struct batch_case *c,
	const struct batch_state *s, int64_t took_ns);

/* Print the line when it is time to. */
void tally_show(struct tally *t);
void tally_end(struct tally *t);

/* Monotonic clock. */
int64_t tally_now_ns(void);

#endif
