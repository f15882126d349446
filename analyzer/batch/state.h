/*
 * case.state: how a case ended, and on what that depended.
 *
 * Lines of "key value" in a fixed order, the last one "end": a file that was
 * cut short is none. No wall clock, so that two runs write the same bytes.
 */
#ifndef BATCH_STATE_H
#define BATCH_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/digest.h"

#define STATE_REASON_MAX 400
#define STATE_NAME_MAX 12288 /* PATH_MAX, each byte escaped */

enum outcome {
	OUTCOME_DONE,     /* analysed to the end */
	OUTCOME_UNUSABLE, /* status 2: no usable evidence */
	OUTCOME_TIMEOUT,  /* took longer than it was allowed */
	OUTCOME_ERROR,  /* status 3: memory, disk, or a status of no meaning */
	OUTCOME_SIGNAL, /* ended by a signal */
};
#define OUTCOMES 5

struct batch_state {
	char name[STATE_NAME_MAX]; /* of the case, escaped */
	char kind[16];
	char tool[64]; /* program version */
	char rules[DIGEST_TEXT_MAX];
	char former
		[DIGEST_TEXT_MAX]; /* rules before it was judged again, "-" */
	char inputs[DIGEST_TEXT_MAX]; /* of case.inputs; "-" unknown */
	char quick[DIGEST_TEXT_MAX];
	int64_t timeout_s;
	int64_t memory_mb;
	int64_t output_mb;
	enum outcome outcome;
	int status;                    /* exit status, or -1 */
	int signal;                    /* 0: none */
	char reason[STATE_REASON_MAX]; /* one line, may be "" */
};

/* Read the case.state name of the folder at (AT_FDCWD: name is a path); false
 * when it is missing, a link, cut or of another version. */
bool batch_state_read(struct batch_state *s, int at, const char *name);

void state_write(const struct batch_state *s, FILE *out);

/*
 * May the result old be kept, when a run now would have the inputs, program,
 * rules and limits of now? Sizes and times stand for the content if quick.
 * A result that came from the machine rather than the evidence (no memory, no
 * disk, a signal) is never kept; a timeout is kept for as long as the limits
 * are the same.
 */
bool state_keeps(const struct batch_state *old, const struct batch_state *now,
	bool quick);

/* "done", "unusable", "timeout", "error", "signal"; static. */
const char *outcome_name(enum outcome o);

#endif
