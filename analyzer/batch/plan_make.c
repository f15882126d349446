/*
 * The walk through an archive.
 *
 * The walk keeps its own stack. Folders are listed once, in byte order; all
 * cases are put in order at the end, so that nothing depends on the walk.
 */
#include "batch/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "batch/form.h"

struct pending {
	const char *path;
	const char *name; /* in the archive; "" for the archive itself */
	int depth;
};

struct walk {
	struct plan *p;
	const struct batch_options *o;
	struct stat out; /* DIR, which is no evidence */
	bool out_known;
	struct pending *list; /* owned */
	size_t count;
	size_t room;
	size_t entries;
};

/* A folder to be looked into later. The list takes the place of recursion,
 * which a hostile tree would drive as deep as it likes. */
static void
push(struct walk *w, const char *path, const char *name, int depth)
{
	if (w->count == w->room) {
		w->room = w->room == 0 ? 64 : w->room * 2;
		w->list = memory_grow(w->list, w->room, sizeof *w->list);
	}
	w->list[w->count++] = (struct pending){path, name, depth};
}

/* The folder itself is the case. */
static void
take_folder(struct walk *w, const struct pending *in)
{
	struct plan *p = w->p;
	struct batch_case *c =
		plan_add(p, CASE_FOLDER, in->name[0] == '\0' ? "." : in->name);
	c->parts = arena_take(&p->arena, sizeof *c->parts);
	c->parts[0] = (struct case_part){.path = in->path};
	c->parts_count = 1;
}

/* Look into a folder later, unless it is the one that the batch writes to.
 * Links are not followed: they lead out of the archive, or round in it. */
static void
descend(struct walk *w, const struct pending *in, const struct entry *entry)
{
	struct arena *a = &w->p->arena;
	const char *path = arena_format(a, "%s/%s", in->path, entry->name);
	const char *name = plan_join(a, in->name, entry->name);
	if (w->out_known && entry->device == w->out.st_dev &&
		entry->inode == w->out.st_ino)
		return;
	if (entry->kind == ENTRY_FOLDER_LINK || in->depth >= PLAN_DEPTH_MAX)
		plan_unplaced(w->p, name);
	else
		push(w, path, name, in->depth + 1);
}

/* One folder: it is a case, or it holds files that make cases and folders that
 * are looked into. The count of entries bounds the whole walk. */
static bool
visit(struct walk *w, const struct pending *in, struct error *e)
{
	struct listing l = {.path = in->path, .name = in->name};
	if (!folder_list(&w->p->arena, in->path, &l.entries, &l.count, e))
		return false;
	w->entries += l.count;
	if (w->entries > PLAN_ENTRIES_MAX)
		return error_set(e, ERROR_USAGE,
			"%s: more than %d files; take the archive in parts",
			w->o->archive, PLAN_ENTRIES_MAX);
	form_look(&l, w->o->is_capture, &w->p->arena);
	if (form_is_case(&l)) {
		take_folder(w, in);
		return true;
	}
	form_cases(w->p, &l);
	for (size_t i = 0; i < l.count; i++)
		if (l.entries[i].kind == ENTRY_FOLDER ||
			l.entries[i].kind == ENTRY_FOLDER_LINK)
			descend(w, in, &l.entries[i]);
	return true;
}

/* Costs a listing of each folder and the first bytes of each file. */
bool
plan_make(struct plan *p, const struct batch_options *o, struct error *e)
{
	*p = (struct plan){0};
	struct walk w = {.p = p, .o = o};
	struct stat st;
	if (stat(o->archive, &st) != 0 || !S_ISDIR(st.st_mode))
		return error_set(e, ERROR_USAGE,
			"%s: is no folder; give the folder that holds the "
			"cases",
			o->archive);
	w.out_known = o->out != NULL && stat(o->out, &w.out) == 0;
	push(&w, o->archive, "", 0);
	bool ok = true;
	while (ok && w.count > 0) {
		struct pending in = w.list[--w.count];
		ok = visit(&w, &in, e);
	}
	free(w.list);
	plan_settle(p);
	return ok;
}
