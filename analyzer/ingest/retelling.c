/*
 * Which events belong to one report: see retelling.h. It remembers one report
 * and looks back at no line.
 */
#include "ingest/retelling.h"

#include "base/clock.h"

/* Runtimes of containers stamp each line of a trace anew, as it comes. */
static bool
same_moment(const struct log_time *a, const struct log_time *b)
{
	return a->kind == b->kind && b->ns >= a->ns - NS_PER_S &&
		b->ns <= a->ns + NS_PER_S;
}

static bool
goes_on(const struct retelling *t, const struct log_record *r)
{
	if (t->first == 0 || r->line <= t->last)
		return false;
	if (r->time.inherited)
		return r->time_line == t->head;
	return (log_is_cause(r) || r->chained) &&
		r->line - t->last <= RETELLING_LINES &&
		same_moment(&t->time, &r->time);
}

uint64_t
retelling_of(struct retelling *t, const struct log_record *r)
{
	if (goes_on(t, r)) {
		t->last = r->line;
		return t->first;
	}
	*t = (struct retelling){
		.first = r->line,
		.head = r->time.inherited ? r->time_line : r->line,
		.last = r->line,
		.time = r->time,
	};
	return 0;
}
