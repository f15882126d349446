/*
 * Names put together; see scratch.h.
 */
#include "parsers/host/scratch.h"

#include <stdio.h>

void
scratch_clear(struct scratch *t)
{
	t->len = 0;
	t->cut = false;
}

void
host_scratch_add(struct scratch *t, struct view v)
{
	size_t room = sizeof t->data - t->len;
	size_t n = v.len < room ? v.len : room;
	if (n > 0)
		memcpy(t->data + t->len, v.data, n);
	t->len += n;
	t->cut = t->cut || n < v.len;
}

void
scratch_adds(struct scratch *t, const char *s)
{
	host_scratch_add(t, view_str(s));
}

void
scratch_add_number(struct scratch *t, uint64_t n)
{
	char digits[24]; /* 2^64 has 20 */
	snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	scratch_adds(t, digits);
}

struct view
scratch_view(const struct scratch *t)
{
	return view_of(t->data, t->len);
}
