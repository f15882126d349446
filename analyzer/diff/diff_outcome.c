/*
 * Two outcomes beside each other: of whole reports, or of one service in both.
 */
#include <stdlib.h>
#include <string.h>

#include "diff/diff.h"

static const struct report_file_outcome nothing;

static struct diff_verdict *
verdict_row(struct diff_outcome *o, const char *verdict)
{
	for (size_t i = 0; i < o->verdict_count; i++)
		if (strcmp(o->verdicts[i].verdict, verdict) == 0)
			return &o->verdicts[i];
	o->verdicts[o->verdict_count] =
		(struct diff_verdict){.verdict = verdict};
	return &o->verdicts[o->verdict_count++];
}

static int
by_verdict(const void *a, const void *b)
{
	const struct diff_verdict *x = a, *y = b;
	return strcmp(x->verdict, y->verdict);
}

static void
verdicts_make(struct diff_outcome *o, struct arena *a)
{
	size_t most = o->side[0]->verdict_count + o->side[1]->verdict_count;
	o->verdicts = arena_take(a, (most + 1) * sizeof *o->verdicts);
	for (int s = 0; s < DIFF_SIDES; s++)
		for (size_t i = 0; i < o->side[s]->verdict_count; i++) {
			struct report_file_verdict *v =
				&o->side[s]->verdicts[i];
			verdict_row(o, v->verdict)->count[s] += v->count;
		}
	qsort(o->verdicts, o->verdict_count, sizeof *o->verdicts, by_verdict);
	for (size_t i = 0; i < o->verdict_count; i++) {
		struct diff_verdict *v = &o->verdicts[i];
		v->fate = diff_fate_of(
			v->count[DIFF_OLD] > 0, v->count[DIFF_NEW] > 0);
		share_compare((struct share){v->count[DIFF_OLD],
				      o->side[DIFF_OLD]->attempts},
			(struct share){v->count[DIFF_NEW],
				o->side[DIFF_NEW]->attempts},
			(int)o->verdict_count, &v->change);
	}
}

void
diff_outcome_make(struct diff_outcome *o, const struct report_file_outcome *old,
	const struct report_file_outcome *new, int comparisons, struct arena *a)
{
	*o = (struct diff_outcome){
		.side = {old ? old : &nothing, new ? new : &nothing}};
	old = o->side[DIFF_OLD];
	new = o->side[DIFF_NEW];
	share_compare((struct share){old->failed, old->attempts},
		(struct share){new->failed, new->attempts}, comparisons,
		&o->failures);
	share_compare((struct share){old->failed, old->attempts},
		(struct share){new->failed + new->undecided, new->attempts},
		comparisons, &o->worst);
	o->clean_needed = share_clean_needed(
		(struct share){old->failed, old->attempts}, comparisons);
	o->rests_on_undecided =
		o->failures.word == SHARE_FEWER && o->worst.word != SHARE_FEWER;
	verdicts_make(o, a);
}
