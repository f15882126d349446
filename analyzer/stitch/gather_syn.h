/*
 * Facts about an attempt's SYN and its copies: what they carried, and which of
 * them the server left unanswered.
 */
#ifndef STITCH_GATHER_SYN_H
#define STITCH_GATHER_SYN_H

#include "model/facts.h"
#include "stitch/case.h"

/* Fill syn_shed, syn_ignored, reuse_us and c_synack_sum. */
void gather_syn(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f);

#endif
