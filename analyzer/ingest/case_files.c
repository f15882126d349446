/*
 * The list of a case's files, and walking its folders.
 *
 * The walk is by names in order, so that two runs see the same case. A link is
 * followed where it leads to evidence: somebody may have put one there to have
 * another file read and shown.
 */
#include "ingest/case_files.h"
#include "ingest/members.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void
case_files_init(struct case_files *c)
{
	*c = (struct case_files){
		.name = "case", .spool = {.memory = -1, .disk = -1}};
}

void
case_files_spool(struct case_files *c)
{
	spool_begin(&c->spool);
	members_prepare();
}

void
case_files_release(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].held != NULL) {
			stream_close(c->list[i].held);
			free(c->list[i].held);
		}
	arena_release(&c->arena);
	free(c->list);
	free(c->roots);
	free(c->hosts);
	spool_release(&c->spool);
	*c = (struct case_files){0};
}

static struct case_file *
new_slot(struct case_files *c)
{
	if (c->count == c->room) {
		c->room = c->room == 0 ? 16 : c->room * 2;
		c->list = memory_grow(c->list, c->room, sizeof *c->list);
	}
	return &c->list[c->count++];
}

struct case_file *
case_files_new(struct case_files *c, const char *path, const char *name)
{
	struct case_file *f = new_slot(c);
	*f = (struct case_file){
		.path = arena_copy(&c->arena, path, strlen(path)),
		.name = arena_copy(&c->arena, name, strlen(name)),
		.kind = CASE_FILE_OTHER,
	};
	f->place = f->name;
	return f;
}

void
case_files_append(struct case_files *c, const struct case_file *f)
{
	*new_slot(c) = *f;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

void
case_files_add(struct case_files *c, const char *path, const char *role)
{
	struct case_file *f = case_files_new(c, path, path);
	struct stat st;
	f->named = true;
	if (stat(path, &st) == 0) {
		f->device = st.st_dev;
		f->inode = st.st_ino;
	}
	f->asked = role != NULL;
	if (role != NULL)
		f->role = arena_copy(&c->arena, role, strlen(role));
	if (c->count == 1)
		snprintf(c->name, sizeof c->name, "%s", base_name(path));
}

/* Names in byte order; what cannot be listed is said. */
static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* A folder still to be listed; the walk keeps its own stack, no recursion. */
struct pending {
	const char *path;
	const char *name; /* "" for the case folder itself */
	int depth;
};

struct walk {
	struct case_files *c;
	struct pending *list; /* owned */
	size_t count;
	size_t room;
};

static void
push(struct walk *w, const char *path, const char *name, int depth)
{
	if (w->count == w->room) {
		w->room = w->room == 0 ? 16 : w->room * 2;
		w->list = memory_grow(w->list, w->room, sizeof *w->list);
	}
	w->list[w->count++] = (struct pending){path, name, depth};
}

/* The real path is one that was named, or lies below it. */
static bool
leads_to_evidence(const struct case_files *c, const char *path)
{
	char *real = realpath(path, NULL);
	bool inside = false;
	for (size_t i = 0; real != NULL && i < c->roots_count; i++) {
		size_t len = strlen(c->roots[i]);
		inside = inside ||
			(strncmp(real, c->roots[i], len) == 0 &&
				(real[len] == '\0' || real[len] == '/' ||
					c->roots[i][len - 1] == '/'));
	}
	free(real);
	return inside;
}

static const char *
link_problem(const char *path)
{
	struct stat st;
	return stat(path, &st) != 0
		? "a link that leads nowhere"
		: "a link that leads out of the evidence; --follow-links "
		  "follows it";
}

static bool
list_only(struct case_files *c, const char *path, const char *name,
	const char *problem)
{
	struct case_file *f = case_files_new(c, path, name);
	f->kind = CASE_FILE_BROKEN;
	f->problem = problem;
	return true;
}

/* An option named this file: whose it is was said there. */
static bool
is_named(const struct case_files *c, const struct stat *st)
{
	for (size_t i = 0; i < c->count && c->list[i].named; i++)
		if (c->list[i].inode == st->st_ino &&
			c->list[i].device == st->st_dev)
			return true;
	return false;
}

/* One entry of a folder: a file is added, a folder is put on the stack. */
static bool
take_entry(struct walk *w, const struct pending *in, const char *entry,
	struct error *e)
{
	struct case_files *c = w->c;
	if (c->count >= CASE_FILES_MAX)
		return error_set(e, ERROR_USAGE,
			"%s: more than %d files; name the captures with "
			"--client and --server, or use lostsyn batch",
			in->path, CASE_FILES_MAX);
	const char *path = arena_format(&c->arena, "%s/%s", in->path, entry);
	const char *name = in->name[0] == '\0'
		? arena_copy(&c->arena, entry, strlen(entry))
		: arena_format(&c->arena, "%s/%s", in->name, entry);
	struct stat st;
	bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	if (link && !c->follow_links && !leads_to_evidence(c, path))
		return list_only(c, path, name, link_problem(path));
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (link && !c->follow_links)
			return list_only(c, path, name,
				"a link to a folder is not followed");
		if (in->depth >= CASE_DEPTH_MAX)
			return list_only(c, path, name, "nested too deep");
		push(w, path, name, in->depth + 1);
		return true;
	}
	/* To open it could block for ever, or never end. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return list_only(c, path, name,
			"no regular file; name a pipe with --client or "
			"--server to read it");
	if (stat(path, &st) != 0 || !is_named(c, &st))
		case_files_new(c, path, name)->linked = link;
	return true;
}

static bool
list_folder(struct walk *w, const struct pending *in, struct error *e)
{
	struct dirent **entries;
	int n = scandir(in->path, &entries, no_dots, compare_names);
	if (n < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be listed: %s; check its permissions",
			in->path, strerror(errno));
	bool ok = true;
	for (int i = 0; i < n; i++) {
		ok = ok && take_entry(w, in, entries[i]->d_name, e);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct case_file *)a)->name,
		((const struct case_file *)b)->name);
}

/* The last part of a path's real path. The caller frees. */
static char *
real_name(const char *path)
{
	if (strcmp(path, "-") == 0)
		return memory_copy("stdin");
	char *real = realpath(path, NULL);
	if (real == NULL)
		return memory_copy(base_name(path));
	char *name = memory_copy(real[1] == '\0' ? "case" : base_name(real));
	free(real);
	return name;
}

/* A path that a pipe stands behind is called as it was typed. */
static void
name_case(struct case_files *c, const char *path)
{
	char *name = real_name(path);
	struct stat st;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	snprintf(c->name, sizeof c->name, "%s",
		folder ? name : case_archive_name(&c->arena, name));
	free(name);
}

void
case_files_root(struct case_files *c, const char *path)
{
	char *real = realpath(path, NULL);
	if (real == NULL)
		return;
	c->roots = memory_grow(c->roots, c->roots_count + 1, sizeof *c->roots);
	c->roots[c->roots_count++] = arena_copy(&c->arena, real, strlen(real));
	free(real);
}

/* What names below a path begin with: nothing where it is the only one. */
static const char *
prefix_of(struct case_files *c, const char *const *paths, size_t count,
	size_t which)
{
	if (count == 1)
		return "";
	char *name = real_name(paths[which]);
	const char *prefix = arena_copy(&c->arena, name, strlen(name));
	for (size_t i = 0; i < count; i++) {
		char *other = real_name(paths[i]);
		/* Two of that name: by the paths, as they were typed. */
		if (i != which && strcmp(name, other) == 0)
			prefix = arena_copy(
				&c->arena, paths[which], strlen(paths[which]));
		free(other);
	}
	free(name);
	return prefix;
}

/* A file, a pipe or "-" that was given as a path. */
static void
take_file(struct case_files *c, const char *path, const char *prefix)
{
	const char *name = prefix[0] != '\0' ? prefix
		: strcmp(path, "-") == 0     ? "standard input"
					     : base_name(path);
	case_files_new(c, path, name);
}

static bool
walk_path(struct case_files *c, const char *path, const char *prefix,
	struct error *e)
{
	struct stat st;
	if (strcmp(path, "-") == 0) {
		take_file(c, path, prefix);
		return true;
	}
	if (stat(path, &st) != 0)
		return error_set(e, ERROR_USAGE,
			"%s: %s; give a case folder, an archive or a capture "
			"file",
			path, strerror(errno));
	if (!S_ISDIR(st.st_mode)) {
		take_file(c, path, prefix);
		return true;
	}
	struct walk w = {.c = c};
	push(&w, path, prefix, 0);
	bool ok = true;
	for (size_t i = 0; ok && i < w.count; i++) {
		struct pending in = w.list[i];
		ok = list_folder(&w, &in, e);
	}
	free(w.list);
	return ok;
}

bool
case_files_paths(struct case_files *c, const char *const *paths, size_t count,
	struct error *e)
{
	bool ok = true;
	for (size_t i = 0; i < count; i++)
		case_files_root(c, paths[i]);
	if (count > 0)
		name_case(c, paths[0]);
	c->walked += count;
	for (size_t i = 0; ok && i < count; i++)
		ok = walk_path(c, paths[i], prefix_of(c, paths, count, i), e);
	if (count > 0 && c->count > 0)
		qsort(c->list, c->count, sizeof *c->list, by_name);
	return ok;
}

bool
case_files_walk(struct case_files *c, const char *path, struct error *e)
{
	return case_files_paths(c, &path, 1, e);
}

bool
case_files_check_named(const struct case_files *c, struct error *e)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->named && f->kind == CASE_FILE_BROKEN)
			return error_set(e, ERROR_USAGE, "%s", f->problem);
		if (f->asked && f->kind == CASE_FILE_OTHER)
			return error_set(e, ERROR_USAGE,
				"%s: not a capture file (pcap, pcapng or "
				"snoop, plain or compressed)",
				f->path);
	}
	return true;
}
