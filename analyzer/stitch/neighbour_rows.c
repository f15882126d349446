/*
 * One row for each pair of asker and target, in the order in which they were met.
 */
#include "stitch/neighbour_rows.h"

#include <stdio.h>

#include "stitch/first_source.h"
#include "store/tables.h"

/* "02:00:0a:01:00:02" and its NUL. */
#define HARDWARE_TEXT_MAX 18

static int64_t
reference_ns(const struct stitch_case *k, size_t v, int64_t captured_ns)
{
	struct captured_time t = {captured_ns};
	return clock_to_reference(&k->maps[v], t).ns;
}

/* NULL where none is known. */
static const char *
hardware_format(uint64_t bytes, char text[HARDWARE_TEXT_MAX])
{
	if (bytes == 0)
		return NULL;
	snprintf(text, HARDWARE_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x",
		(unsigned)(bytes >> 40 & 0xff), (unsigned)(bytes >> 32 & 0xff),
		(unsigned)(bytes >> 24 & 0xff), (unsigned)(bytes >> 16 & 0xff),
		(unsigned)(bytes >> 8 & 0xff), (unsigned)(bytes & 0xff));
	return text;
}

static bool
neighbour_write(const struct stitch_case *k, size_t v,
	const struct neighbour *n, int64_t source, struct store *s,
	struct error *e)
{
	char asker[IP_TEXT_MAX];
	char target[IP_TEXT_MAX];
	char hardware[HARDWARE_TEXT_MAX];
	char other[HARDWARE_TEXT_MAX];
	struct store_neighbour row = store_neighbour_null;
	row.source = source;
	row.role = k->vantages[v].name;
	row.asker = ip_format(n->asker, asker);
	row.target = ip_format(n->target, target);
	row.questions = n->questions;
	row.unanswered = n->unanswered;
	if (n->unanswered > 0) {
		row.frame = n->frame;
		row.first_ns = reference_ns(k, v, n->first_ns);
		row.last_ns = reference_ns(k, v, n->last_ns);
	}
	row.in_a_row = n->in_a_row;
	row.answers = n->answers;
	if (n->answers > 0)
		row.answered_ns = reference_ns(k, v, n->answered_ns);
	row.hardware = hardware_format(n->hardware, hardware);
	row.contested = n->contested;
	row.other = hardware_format(n->other, other);
	return store_insert_neighbour(s, &row, e);
}

bool
neighbour_rows_write(
	const struct stitch_case *k, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t v = 0; ok && v < k->count; v++) {
		const struct vantage *x = &k->vantages[v];
		int64_t source = STORE_NULL;
		if (x->neighbours_count > 0)
			ok = first_source(x, s, &source, e);
		if (source == STORE_NULL)
			continue;
		for (uint32_t i = 0; ok && i < x->neighbours_count; i++)
			ok = neighbour_write(
				k, v, &x->neighbours[i], source, s, e);
	}
	return ok;
}
