/*
 * New rules over the results of a batch, without the archive.
 *
 * Each case is judged in a process of its own, as it was analysed, and its new
 * result takes the place of the old one in one step: the evidence is never at
 * risk. A case that cannot be judged stays as it was, by the old rules, and is
 * named. What was judged by these rules before is left alone, so that a run that
 * was killed is gone on with by the same command.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch/folder.h"
#include "batch/index.h"
#include "batch/inputs.h"
#include "batch/pool.h"

/* The cases of an index as a plan: names for people, folders for us. */
static void
plan_of(struct plan *p, struct results *r, const struct index_contents *old)
{
	*p = (struct plan){.count = old->count};
	p->cases = memory_take(old->count + 1, sizeof *p->cases);
	for (size_t i = 0; i < old->count; i++) {
		struct batch_state s;
		struct batch_case *c = &p->cases[i];
		c->folder = old->folders[i];
		c->name = c->folder;
		if (!results_state(r, c->folder, &s))
			continue;
		inputs_unescape(s.name);
		c->name = arena_copy(&p->arena, s.name, strlen(s.name));
	}
}

/* Lines of unplaced.txt; the list itself stays as it is. */
static size_t
count_unplaced(struct results *r)
{
	size_t count = 0;
	char *line = NULL;
	size_t room = 0;
	FILE *f = folder_file(
		AT_FDCWD, arena_format(&r->arena, "%s/unplaced.txt", r->dir));
	while (f != NULL && getline(&line, &room, f) > 0)
		count++;
	free(line);
	if (f != NULL)
		fclose(f);
	return count;
}

bool
batch_rejudge(const struct batch_options *o, struct batch_result *result,
	struct error *e)
{
	struct results r = {.lock = -1};
	struct index_contents old;
	struct plan p = {0};
	*result = (struct batch_result){0};
	/* Before anything is made: a folder that holds no results stays so. */
	bool ok = index_contents_read(&old, o->out, o->sandbox, e) &&
		results_open(&r, o->out, true, e);
	if (ok)
		plan_of(&p, &r, &old);
	ok = ok && pool_run(o, &p, &r, result, e) &&
		index_enter_sandbox(&r, o->sandbox, e) &&
		index_write(&r, old.folders, old.count, count_unplaced(&r),
			result, e);
	results_close(&r);
	plan_release(&p);
	index_contents_release(&old);
	return ok;
}
