/*
 * A drop folder: which of its cases are whole, and whether anything is new.
 *
 * Whoever writes into it gives no sign of being done, so a case is whole when
 * nothing below it has changed for a while and nothing has a name that copying
 * programs give to what is not: until then it is not looked at at all.
 */
#ifndef BATCH_WATCH_H
#define BATCH_WATCH_H

#include "batch/plan.h"

/* Leave out the cases in which something changed less than settle_s seconds
 * ago, or has a name of unfinished copies. Returns how many were. */
size_t watch_keep_settled(struct plan *p, int64_t settle_s);

/* A mark of the archive's settled cases: their names, sizes and times of
 * change. 0 when there is none, or when the archive cannot be read (which
 * batch_run says then). */
uint64_t watch_mark(const struct batch_options *o);

#endif
