/*
 * One trouble told twice: two rules of one cause that rest on the same lines.
 *
 * A cause may have a rule for the attempts that it explains and another for what no
 * capture shows. Where a log's failures stand for attempts both find the same lines;
 * the one that explains nothing says nothing new then, and its lines would count as
 * a second proof. Only findings of one cause are compared, by the lines that were
 * kept of what confirms.
 */
#include <string.h>

#include "judge/cause_run.h"

static bool
has_row(const struct finding *f, const struct evidence_row *row)
{
	const struct cause *c = f->rule->cause;
	for (size_t i = 0; i < c->evidence_count; i++) {
		const struct gathered *g = &f->gathered[i];
		if (c->evidence[i].weighs != WEIGHS_CONFIRMS)
			continue;
		for (int k = 0; k < g->kept_count; k++)
			if (g->kept[k].source == row->source &&
				g->kept[k].line == row->line)
				return true;
	}
	return false;
}

/* Everything that confirms f confirms other as well, and there is something. */
static bool
rests_on(const struct finding *f, const struct finding *other)
{
	const struct cause *c = f->rule->cause;
	bool some = false;
	for (size_t i = 0; i < c->evidence_count; i++) {
		const struct gathered *g = &f->gathered[i];
		if (c->evidence[i].weighs != WEIGHS_CONFIRMS)
			continue;
		for (int k = 0; k < g->kept_count; k++) {
			some = true;
			if (!has_row(other, &g->kept[k]))
				return false;
		}
	}
	return some;
}

bool
finding_told_before(
	const struct finding *before, size_t count, const struct finding *f)
{
	if (f->attempts_count > 0 || f->gathered == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (before[i].attempts_count > 0 &&
			before[i].gathered != NULL &&
			before[i].confidence <= f->confidence &&
			strcmp(before[i].rule->cause->id, f->rule->cause->id) ==
				0 &&
			rests_on(f, &before[i]))
			return true;
	return false;
}
