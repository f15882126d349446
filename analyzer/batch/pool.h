/*
 * Many cases, a few at a time: start, wait, time out, publish, count.
 *
 * One thread. The order in which cases end is left to chance; nothing that is
 * written depends on it but batch.log.
 */
#ifndef BATCH_POOL_H
#define BATCH_POOL_H

#include "batch/plan.h"
#include "batch/results.h"

/* Analyses at a time at most; beyond it more do not help. */
#define POOL_JOBS_MAX 256

/*
 * Analyse every case of the plan whose result does not hold any more. False
 * with *e set when the batch itself could not go on (disk, interrupt): its
 * analyses have been ended, finished results stay. kept and unfinished of
 * *result are filled.
 */
bool pool_run(const struct batch_options *o, const struct plan *p,
	struct results *r, struct batch_result *result, struct error *e);

#endif
