/*
 * What the stage relates before it writes.
 */
#ifndef STITCH_RUN_H
#define STITCH_RUN_H

#include "stitch/case.h"

/*
 * Pair attempts, find their sides, align clocks and learn what captures cover.
 * Borrows the vantages and config, which may be NULL, as may translations,
 * which are not kept. Release with stitch_case_release.
 */
void stitch_relate(struct stitch_case *k, struct vantage *vantages,
	size_t count, const struct case_config *config,
	const struct translations *translations);

#endif
