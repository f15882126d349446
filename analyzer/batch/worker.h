/*
 * One case in a process of its own: limits, comparison, analysis, digests.
 */
#ifndef BATCH_WORKER_H
#define BATCH_WORKER_H

#include <sys/types.h>

#include "batch/plan.h"
#include "batch/state.h"

/* Exit statuses of a worker that are none of analyze's. */
#define WORKER_KEEP 100   /* the earlier result still holds */
#define WORKER_BROKEN 101 /* could not start the analysis */

/* Processor seconds allowed per second of wall clock: an analysis reads with a
 * thread per vantage. */
#define WORKER_THREADS 8

/* Names in a result folder. */
#define FILE_STATE "case.state"
#define FILE_INPUTS "case.inputs"
#define FILE_QUICK "case.quick"
#define FILE_STDERR "stderr.txt"
#define FILE_WORDS "judge.txt" /* stderr of judging again; not kept */
#define FILE_REPORT "report.html"
#define FILE_JSON "report.json"
#define FILE_DB "evidence.sqlite"

/*
 * Start the analysis of c, whose outputs go to the folder work, in a process
 * group of its own that dies with us. earlier is the folder of a result that
 * may be kept, or NULL. Returns its id, -1 when there is none to be had.
 */
pid_t worker_start(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier);

/* The same for evidence that the folder earlier holds: judge it by the rules of
 * today. The rest of the result is taken along. */
pid_t worker_rejudge(
	const struct batch_options *o, const char *work, const char *earlier);

/* How that ended: the case's state from now on, with was the one before; false
 * with s->reason said when the earlier result is to stay. */
bool worker_rejudged(const struct batch_options *o, const char *work,
	int wait_status, bool timed_out, const struct batch_state *was,
	struct batch_state *s);

/* Start writing case.inputs for a case whose analysis did not live to do it:
 * what --resume compares a hopeless case by. */
pid_t worker_seal(const struct batch_options *o, const struct batch_case *c,
	const char *work);

/* Did the analysis, or worker_seal, write case.inputs? */
bool worker_sealed(const char *work);

/* How it ended: from its wait status, what it wrote into work, and whether we
 * killed it for its time. Fills all of s. */
void worker_ended(const struct batch_options *o, const struct batch_case *c,
	const char *work, int wait_status, bool timed_out,
	struct batch_state *s);

/* What a run of c would be like now, as far as the parent knows. */
void worker_expects(const struct batch_options *o, const struct batch_case *c,
	struct batch_state *s);

#endif
