/*
 * Two vantages written as scripts, and which of their sightings are one attempt:
 * the bed of the tests that pair.
 */
#ifndef TESTS_UNIT_TRACK_PAIR_H
#define TESTS_UNIT_TRACK_PAIR_H

#include "track_script.h"

#include "stitch/match.h"

static struct script near;
static struct script far;
static struct vantage both[2];
static struct match m;

static inline int
begin(void **state)
{
	(void)state;
	script_begin(&near, "client");
	script_begin(&far, "server");
	return 0;
}

static inline int
end(void **state)
{
	(void)state;
	match_release(&m);
	script_end(&near);
	script_end(&far);
	return 0;
}

/* Pair what both scripts have played. */
static inline void
pair(void)
{
	both[0] = near.v;
	both[1] = far.v;
	match_run(&m, both, 2, NULL);
}

/* Attempt i: which sighting at each place, -1 none, and how they met. */
static inline void
expect(uint32_t i, int at_near, int at_far, enum match_kind kind)
{
	assert_true(i < m.count);
	assert_int_equal(
		m.seen[2 * i], at_near < 0 ? SIGHTING_NONE : (uint32_t)at_near);
	assert_int_equal(m.seen[2 * i + 1],
		at_far < 0 ? SIGHTING_NONE : (uint32_t)at_far);
	assert_int_equal(m.kind[i], kind);
}

#endif
