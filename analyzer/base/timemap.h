/*
 * "Was there anything around this moment?", in constant space.
 *
 * 64 slots of equal width, two rows (one a direction) on one time axis. The
 * axis starts at the first mark with slots of about one second; when a mark
 * falls behind the last slot, neighbouring slots merge and the width doubles.
 * So the answer is exact to about one second for the first minute and to 1/64
 * of the span later. A mark before the axis counts in its first slot.
 *
 * Marks are believable times (clock_believable): their differences must fit.
 */
#ifndef BASE_TIMEMAP_H
#define BASE_TIMEMAP_H

#include <stdbool.h>
#include <stdint.h>

#define TIMEMAP_SLOTS 64

/* 2^30 ns: about 1.07 s, so that finding a slot is a shift. */
#define TIMEMAP_SHIFT_MIN 30

struct timemap {
	int64_t origin_ns;
	uint64_t rows[2];
	uint32_t shift; /* slot width is 2^shift ns; 0 while empty */
};

/* Merge slots until ns has one. */
void timemap_widen(struct timemap *t, int64_t ns);

/* Note something in row (0 or 1) at ns. */
static inline void
timemap_mark(struct timemap *t, int row, int64_t ns)
{
	if (t->shift == 0) {
		t->shift = TIMEMAP_SHIFT_MIN;
		t->origin_ns = ns;
	}
	int64_t since = ns - t->origin_ns;
	if (since < 0)
		since = 0;
	if (__builtin_expect(since >> t->shift >= TIMEMAP_SLOTS, 0))
		timemap_widen(t, ns);
	t->rows[row] |= UINT64_C(1) << (since >> t->shift);
}

/* The width of a slot, ns; 0 while empty. How exact an answer is. */
static inline int64_t
timemap_width_ns(const struct timemap *t)
{
	return t->shift == 0 ? 0 : INT64_C(1) << t->shift;
}

/* True when a slot of row that overlaps [from_ns, to_ns] is marked. */
bool timemap_any(
	const struct timemap *t, int row, int64_t from_ns, int64_t to_ns);

#endif
