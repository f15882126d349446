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
	bool *said; /* those of the options that were met; owned */
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

/* "./a/b/" is "a/b", and "." the archive itself. */
static const char *
said_name(struct arena *a, const char *said)
{
	size_t len = strlen(said);
	while (len > 0 && said[len - 1] == '/')
		len--;
	while (len > 1 && strncmp(said, "./", 2) == 0) {
		said += 2;
		len -= 2;
	}
	return len == 1 && said[0] == '.' ? "" : arena_copy(a, said, len);
}

/* Somebody said that the folder is one case. */
static bool
is_said(struct walk *w, const char *name)
{
	bool said = false;
	for (size_t i = 0; i < w->o->said_count; i++)
		if (w->o->said[i][0] != '\0' &&
			strcmp(said_name(&w->p->arena, w->o->said[i]), name) ==
				0)
			said = w->said[i] = true;
	return said;
}

/* A folder that was said to be a case, and met neither as a folder nor in one. */
static bool
check_said(const struct walk *w, struct error *e)
{
	for (size_t i = 0; i < w->o->said_count; i++)
		if (!w->said[i])
			return error_set(e, ERROR_USAGE,
				"--case %s: is no folder of %s, or lies in a "
				"case; name it as it lies below the archive",
				w->o->said[i], w->o->archive);
	return true;
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
	bool said = is_said(w, in->name);
	if (!said)
		form_look(&l, w->o->is_capture, &w->p->arena);
	if (said || form_is_case(&l)) {
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

/* Nothing has a form that a case has: then the archive is one of logs. Each folder
 * in it that holds something is a case; without folders it is one itself. What is
 * in them is told by analysing them. */
static bool
take_log_folders(struct walk *w, struct error *e)
{
	struct plan *p = w->p;
	struct pending whole = {.path = w->o->archive, .name = ""};
	struct entry *list;
	size_t count;
	size_t files = 0;
	if (!folder_list(&p->arena, whole.path, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct entry *below;
		size_t n = 0;
		struct pending in = {.path = arena_format(&p->arena, "%s/%s",
					     whole.path, list[i].name),
			.name = list[i].name};
		files += list[i].kind == ENTRY_FILE;
		bool out = w->out_known && list[i].device == w->out.st_dev &&
			list[i].inode == w->out.st_ino;
		if (list[i].kind != ENTRY_FOLDER || out)
			continue;
		if (!folder_list(&p->arena, in.path, &below, &n, e))
			return false;
		if (n > 0)
			take_folder(w, &in);
	}
	if (p->count == 0 && files > 0)
		take_folder(w, &whole);
	/* What lies beside such folders is in none. */
	size_t kept = 0;
	for (size_t i = 0; p->count > 0 && i < p->unplaced_count; i++)
		if (strchr(p->unplaced[i], '/') == NULL &&
			p->cases[0].name[0] != '.')
			p->unplaced[kept++] = p->unplaced[i];
	p->unplaced_count = kept;
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
	w.said = memory_take(o->said_count + 1, sizeof *w.said);
	push(&w, o->archive, "", 0);
	bool ok = true;
	while (ok && w.count > 0) {
		struct pending in = w.list[--w.count];
		ok = visit(&w, &in, e);
	}
	ok = ok && check_said(&w, e);
	if (ok && p->count == 0 && o->settle_s == 0)
		ok = take_log_folders(&w, e);
	free(w.list);
	free(w.said);
	plan_settle(p);
	return ok;
}
