/*
 * The batch on one screen: plan, analyse, index.
 *
 * What was found is in the plan before anything is analysed, and --dry-run prints no
 * more than that. Every case has a process of its own (worker.c), so none can take
 * another one with it; the index is made when all of them are over.
 */
#include "batch/batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/message.h"
#include "batch/index.h"
#include "batch/inputs.h"
#include "batch/plan.h"
#include "batch/pool.h"
#include "batch/watch.h"

/* One line per case and per unplaced file, for people and scripts. */
static void
print_plan(const struct plan *p)
{
	struct arena a = {0};
	for (size_t i = 0; i < p->count; i++) {
		const struct batch_case *c = &p->cases[i];
		printf("%s\t%s\t%s", case_kind_name(c->kind),
			inputs_escape(&a, c->name), c->folder);
		for (size_t j = 0; c->kind != CASE_FOLDER && j < c->parts_count;
			j++)
			printf("\t%s%s%s",
				c->parts[j].role ? c->parts[j].role : "",
				c->parts[j].role ? "=" : "",
				inputs_escape(&a, c->parts[j].path));
		putchar('\n');
	}
	for (size_t i = 0; i < p->unplaced_count; i++)
		printf("unplaced\t%s\n", inputs_escape(&a, p->unplaced[i]));
	arena_release(&a);
}

/* One batch from the first case to the index. The order matters: cases run in
 * children that make their own sandbox, and only when none is left may this
 * process give up what a child would need. */
static bool
analyse(const struct batch_options *o, const struct plan *p,
	struct batch_result *result, struct error *e)
{
	struct results r;
	const char **folders = memory_take(p->count + 1, sizeof *folders);
	for (size_t i = 0; i < p->count; i++)
		folders[i] = p->cases[i].folder;
	bool ok = results_open(&r, o->out, o->resume, e) &&
		pool_run(o, p, &r, result, e) &&
		results_unplaced(&r, p->unplaced, p->unplaced_count, e);
	ok = ok && index_enter_sandbox(&r, o->sandbox, e) &&
		index_write(
			&r, folders, p->count, p->unplaced_count, result, e);
	results_close(&r);
	free(folders);
	return ok;
}

bool
batch_run(const struct batch_options *o, struct batch_result *result,
	struct error *e)
{
	struct plan p;
	*result = (struct batch_result){0};
	bool ok = plan_make(&p, o, e);
	if (ok && o->settle_s > 0)
		watch_keep_settled(&p, o->settle_s);
	if (ok && p.count == 0)
		ok = error_set(e, ERROR_USAGE,
			"%s: no case in it; a case is a folder with client/ "
			"and server/ parts, or a capture; of a folder with "
			"logs alone --case FOLDER says that it is one",
			o->archive);
	if (ok)
		plan_keep_shard(&p, o->shard, o->shards);
	if (ok && o->dry_run)
		print_plan(&p);
	else if (ok)
		ok = analyse(o, &p, result, e);
	plan_release(&p);
	return ok;
}
