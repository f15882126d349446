/*
 * What case.yaml says of the vantages' clocks.
 */
#ifndef STITCH_CLOCK_STATED_H
#define STITCH_CLOCK_STATED_H

#include "stitch/case.h"

/* What was said of a role's clock against the reference's; false if nothing. */
bool clock_stated(
	const struct stitch_case *k, const char *name, struct clock_map *map);

/*
 * How the clock of a role relates to the reference: that of its capture, or
 * what was said of it. False when nothing compares them; map says "equal" then.
 */
bool clock_of_role(
	const struct stitch_case *k, const char *role, struct clock_map *map);

/* Measured offsets stand, and tell whether they contradict what was said; what
 * could not be measured is taken as said. */
void clock_state_all(struct stitch_case *k);

#endif
