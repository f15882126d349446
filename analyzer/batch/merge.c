/*
 * Joining shards: their result folders come together, and the index is made
 * anew from all of them.
 *
 * Folders come by hard link where that is possible, so that a merge costs no
 * room; links survive the removal of the shard. Where two shards have the same
 * case, the better end wins, then the smaller state: any order of shards, and a
 * second merge of the same ones, gives the same bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/folder.h"
#include "batch/index.h"
#include "batch/inputs.h"
#include "batch/worker.h"

struct merge {
	enum sandbox_wanted sandbox;
	struct results *results;
	struct arena arena;
	const char **folders; /* of the merged index; owned, as are the rest */
	size_t count;
	size_t room;
	char **unplaced;
	size_t unplaced_count;
	size_t unplaced_room;
};

/* What a result is made of, save its case.state, which is written anew. */
static const char *const result_files[] = {
	FILE_REPORT, FILE_JSON, FILE_DB, FILE_INPUTS, FILE_QUICK, FILE_STDERR};

/* The folder from becomes DIR/cases/FOLDER, by way of DIR/unfinished. */
static bool
take_folder(struct merge *m, int from, const char *folder,
	const struct batch_state *s, struct error *e)
{
	const char *work = results_work(m->results, folder, e);
	bool ok = work != NULL;
	for (size_t i = 0; ok && i < sizeof result_files / sizeof *result_files;
		i++)
		ok = folder_take_file(from, result_files[i], work, e);
	return ok && results_publish(m->results, folder, s, e);
}

/* Which of two results of one case is the one to keep: < 0 the first. */
static int
compare_states(const struct batch_state *a, const struct batch_state *b)
{
	char *text[2] = {NULL, NULL};
	size_t len[2];
	if (a->outcome != b->outcome)
		return (int)a->outcome - (int)b->outcome;
	for (int i = 0; i < 2; i++) {
		FILE *f = open_memstream(&text[i], &len[i]);
		if (f == NULL)
			memory_exhausted();
		state_write(i == 0 ? a : b, f);
		fclose(f);
	}
	int order = strcmp(text[0], text[1]);
	free(text[0]);
	free(text[1]);
	return order;
}

/* A folder that the merged index is to have; the copy is the merge's own. */
static void
remember(struct merge *m, const char *folder)
{
	if (m->count == m->room) {
		m->room = m->room == 0 ? 64 : m->room * 2;
		m->folders =
			memory_grow(m->folders, m->room, sizeof *m->folders);
	}
	m->folders[m->count++] = arena_copy(&m->arena, folder, strlen(folder));
}

/* A case of the shard whose folder cases/ is at. */
static bool
take_case(struct merge *m, const char *dir, int at, const char *folder,
	struct error *e)
{
	struct batch_state theirs;
	struct batch_state ours;
	int from = folder_enter(at, folder);
	bool whole = from >= 0 && batch_state_read(&theirs, from, FILE_STATE);
	bool ok = whole ||
		error_set(e, ERROR_USAGE,
			"%s/cases/%s: has no whole case.state; finish the "
			"shard "
			"with --resume",
			dir, folder);
	if (ok)
		remember(m, folder);
	bool known = ok && results_state(m->results, folder, &ours);
	if (ok && (!known || compare_states(&ours, &theirs) > 0))
		ok = take_folder(m, from, folder, &theirs, e);
	if (from >= 0)
		close(from);
	return ok;
}

/* The cases that the index of a shard names. */
static bool
take_cases(struct merge *m, const char *dir, struct error *e)
{
	struct index_contents shard;
	int top = folder_open(dir);
	int at = top < 0 ? -1 : folder_enter(top, "cases");
	bool ok = index_contents_read(&shard, dir, m->sandbox, e);
	if (ok && at < 0 && shard.count > 0)
		ok = error_set(e, ERROR_USAGE,
			"%s/cases: is no folder (links are not followed); give "
			"the folder that the shard's batch wrote",
			dir);
	for (size_t i = 0; ok && i < shard.count; i++)
		ok = take_case(m, dir, at, shard.folders[i], e);
	index_contents_release(&shard);
	if (at >= 0)
		close(at);
	if (top >= 0)
		close(top);
	return ok;
}

/* The shard's list of files that are in no case, one escaped name a line. A
 * shard without such a list has none. */
static void
take_unplaced(struct merge *m, const char *dir)
{
	char line[STATE_NAME_MAX];
	FILE *f = folder_file(
		AT_FDCWD, arena_format(&m->arena, "%s/unplaced.txt", dir));
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (m->unplaced_count == m->unplaced_room) {
			m->unplaced_room = m->unplaced_room * 2 + 64;
			m->unplaced = memory_grow(m->unplaced, m->unplaced_room,
				sizeof *m->unplaced);
		}
		inputs_unescape(line);
		m->unplaced[m->unplaced_count++] =
			arena_copy(&m->arena, line, strlen(line));
	}
	if (f != NULL)
		fclose(f);
}

/* By bytes, for qsort. */
static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sort, and drop what is there twice; returns how many are left. */
static size_t
sort_unique(const char **list, size_t count)
{
	size_t kept = 0;
	if (count > 0)
		qsort(list, count, sizeof *list, compare_texts);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

/* What an earlier merge into DIR brought stays part of it. */
static bool
take_own(struct merge *m, struct error *e)
{
	struct stat st;
	const char *path =
		arena_format(&m->arena, "%s/index.sqlite", m->results->dir);
	if (stat(path, &st) != 0)
		return true;
	take_unplaced(m, m->results->dir);
	return take_cases(m, m->results->dir, e);
}

/* The shards are read before the sandbox is entered, since they lie anywhere;
 * the index is written within it, since it reads databases. */
bool
batch_merge(const struct batch_options *o, struct batch_result *result,
	struct error *e)
{
	struct results r;
	struct merge m = {.results = &r, .sandbox = o->sandbox};
	bool ok = results_open(&r, o->out, true, e) && take_own(&m, e);
	for (size_t i = 0; ok && i < o->merge_count; i++) {
		take_unplaced(&m, o->merge[i]);
		ok = take_cases(&m, o->merge[i], e);
	}
	ok = ok && index_enter_sandbox(&r, o->sandbox, e);
	m.count = sort_unique(m.folders, m.count);
	m.unplaced_count =
		sort_unique((const char **)m.unplaced, m.unplaced_count);
	ok = ok &&
		results_unplaced(&r, (const char *const *)m.unplaced,
			m.unplaced_count, e) &&
		index_write(
			&r, m.folders, m.count, m.unplaced_count, result, e);
	results_close(&r);
	free(m.folders);
	free(m.unplaced);
	arena_release(&m.arena);
	return ok;
}
