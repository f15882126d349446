/*
 * The tracker's table: everything that was put in is found after it grew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/table.h"

/* As the tracker does it: the index of a tag, made on first sight. */
static uint32_t
put_or_find(struct table *t, uint32_t tag, uint32_t index)
{
	table_reserve(t);
	uint32_t at = tag & t->mask;
	for (; t->slots[at].index != 0; at = (at + 1) & t->mask)
		if (t->slots[at].tag == tag)
			return t->slots[at].index - 1;
	t->slots[at] = (struct table_slot){tag, index + 1};
	t->used++;
	return index;
}

static void
grows_and_keeps(uint32_t step)
{
	struct table t;
	table_init(&t);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(put_or_find(&t, i * step, i), i);
	assert_int_equal(t.used, 100000);
	/* At most 5/8 full, slots a power of two. */
	assert_true(t.used <= (t.mask / 8 + 1) * 5);
	assert_int_equal(t.mask & (t.mask + 1), 0);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(put_or_find(&t, i * step, UINT32_MAX), i);
	assert_int_equal(t.used, 100000);
	table_release(&t);
}

static void
spread_tags(void **state)
{
	(void)state;
	grows_and_keeps(UINT32_C(2654435761));
}

static void
neighbouring_tags(void **state)
{
	(void)state;
	grows_and_keeps(1);
}

static void
reserve_leaves_room(void **state)
{
	(void)state;
	struct table t;
	table_init(&t);
	uint32_t slots = t.mask + 1;
	for (uint32_t i = 0; i < slots * 4; i++) {
		put_or_find(&t, i, i);
		assert_true(t.used < t.mask);
	}
	assert_true(t.mask + 1 > slots);
	table_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spread_tags),
		cmocka_unit_test(neighbouring_tags),
		cmocka_unit_test(reserve_leaves_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
