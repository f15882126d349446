/*
 * Clocks that were set while the captures ran.
 */
#ifndef STITCH_CLOCK_STEPS_H
#define STITCH_CLOCK_STEPS_H

#include "stitch/clock.h"
#include "stitch/clock_samples.h"

/*
 * Explain bounds that no line keeps: by a few pairs that are not what they
 * seem, or by one to CLOCK_STEPS_MAX moments at which one of the two clocks was
 * set. False, and *map as it was, when neither explains them.
 */
bool clock_steps_find(struct clock_map *map, const struct clock_pairs *p);

#endif
