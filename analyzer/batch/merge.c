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
	struct results *results;
	struct arena arena;
	const char **folders; /* of the merged index; owned, as are the rest */
	size_t count;
	size_t room;
	char **unplaced;
	size_t unplaced_count;
	size_t unplaced_room;
};

/* from/ becomes DIR/cases/FOLDER, by way of DIR/unfinished. */
static bool
take_folder(struct merge *m, const char *from, const char *folder,
	const struct batch_state *s, struct error *e)
{
	struct entry *list;
	size_t count;
	const char *work = results_work(m->results, folder, e);
	if (work == NULL || !folder_list(&m->arena, from, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *a =
			arena_format(&m->arena, "%s/%s", from, list[i].name);
		const char *b =
			arena_format(&m->arena, "%s/%s", work, list[i].name);
		if (list[i].kind != ENTRY_FILE ||
			strcmp(list[i].name, FILE_STATE) == 0)
			continue;
		if (!folder_copy_file(a, b, e))
			return false;
	}
	return results_publish(m->results, folder, s, e);
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

static bool
take_case(struct merge *m, const char *dir, const char *folder, struct error *e)
{
	struct arena *a = &m->arena;
	struct batch_state theirs;
	struct batch_state ours;
	const char *from = arena_format(a, "%s/cases/%s", dir, folder);
	if (!batch_state_read(&theirs, arena_format(a, "%s/" FILE_STATE, from)))
		return error_set(e, ERROR_USAGE,
			"%s: has no whole case.state; finish the shard with "
			"--resume",
			from);
	const char *here = results_earlier(m->results, folder);
	bool known = here != NULL &&
		batch_state_read(
			&ours, arena_format(a, "%s/" FILE_STATE, here));
	remember(m, folder);
	if (known && compare_states(&ours, &theirs) <= 0)
		return true;
	return take_folder(m, from, folder, &theirs, e);
}

/* The cases that the index of a shard names. */
static bool
take_cases(struct merge *m, const char *dir, struct error *e)
{
	struct index_contents shard;
	bool ok = index_contents_read(&shard, dir, e);
	for (size_t i = 0; ok && i < shard.count; i++)
		ok = take_case(m, dir, shard.folders[i], e);
	index_contents_release(&shard);
	return ok;
}

static void
take_unplaced(struct merge *m, const char *dir)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen(arena_format(&m->arena, "%s/unplaced.txt", dir), "re");
	while (f != NULL && getline(&line, &room, f) > 0) {
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
	free(line);
	if (f != NULL)
		fclose(f);
}

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

bool
batch_merge(const struct batch_options *o, struct batch_result *result,
	struct error *e)
{
	struct results r;
	struct merge m = {.results = &r};
	bool ok = results_open(&r, o->out, true, e) && take_own(&m, e);
	for (size_t i = 0; ok && i < o->merge_count; i++) {
		take_unplaced(&m, o->merge[i]);
		ok = take_cases(&m, o->merge[i], e);
	}
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
