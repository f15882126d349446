/*
 * Widening and asking a time map.
 */
#include "base/timemap.h"

#include "base/clock.h"

/* Halve the resolution of one row: bit i becomes bits 2i or 2i + 1. */
static uint64_t
fold(uint64_t row)
{
	uint64_t out = 0;
	for (int i = 0; i < TIMEMAP_SLOTS / 2; i++)
		if (row >> (2 * i) & 3)
			out |= UINT64_C(1) << i;
	return out;
}

void
timemap_widen(struct timemap *t, int64_t ns)
{
	int64_t since = ns - t->origin_ns;
	while (since >> t->shift >= TIMEMAP_SLOTS) {
		t->rows[0] = fold(t->rows[0]);
		t->rows[1] = fold(t->rows[1]);
		t->shift++;
	}
}

bool
timemap_any(const struct timemap *t, int row, int64_t from_ns, int64_t to_ns)
{
	if (t->shift == 0 || to_ns < t->origin_ns || from_ns > to_ns)
		return false;
	int64_t from = from_ns <= t->origin_ns
		? 0
		: clock_sub(from_ns, t->origin_ns) >> t->shift;
	int64_t to = clock_sub(to_ns, t->origin_ns) >> t->shift;
	if (from >= TIMEMAP_SLOTS)
		return false;
	if (to >= TIMEMAP_SLOTS)
		to = TIMEMAP_SLOTS - 1;
	uint64_t mask = (to == 63 ? UINT64_MAX : (UINT64_C(2) << to) - 1) &
		~((UINT64_C(1) << from) - 1);
	return (t->rows[row] & mask) != 0;
}
