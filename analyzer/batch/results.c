/*
 * Locking, publishing and cleaning up.
 *
 * A result is moved to its place by rename, so it is there whole or not at all.
 * An earlier one is moved away just before; a batch that dies between the two
 * has lost that result and makes it again.
 */
#include "batch/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/outfile.h"
#include "batch/folder.h"
#include "batch/inputs.h"
#include "batch/worker.h"

/* Analyses of a batch that was killed are dying with it; they hold the lock
 * until they are gone. */
#define LOCK_TRIES 50
#define LOCK_WAIT_NS (100 * NS_PER_MS)

static bool
take_lock(struct results *r, struct error *e)
{
	const char *path = arena_format(&r->arena, "%s/lock", r->dir);
	r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (r->lock < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be written: %s; choose another folder "
			"with -o",
			path, strerror(errno));
	for (int i = 0; i < LOCK_TRIES; i++) {
		const struct timespec wait = {0, LOCK_WAIT_NS};
		if (flock(r->lock, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&wait, NULL);
	}
	return error_set(e, ERROR_USAGE,
		"%s: another batch is writing there; wait for it or choose "
		"another folder with -o",
		r->dir);
}

static bool
is_empty(struct results *r)
{
	struct entry *list;
	size_t count = 0;
	return !folder_list(&r->arena, r->cases, &list, &count, NULL) ||
		count == 0;
}

bool
results_open(struct results *r, const char *dir, bool resume, struct error *e)
{
	*r = (struct results){.dir = dir, .lock = -1};
	r->cases = arena_format(&r->arena, "%s/cases", dir);
	r->work = arena_format(&r->arena, "%s/unfinished", dir);
	if (!folder_make(dir, e) || !take_lock(r, e))
		return false;
	if (!resume && !is_empty(r))
		return error_set(e, ERROR_USAGE,
			"%s: holds results already; go on with --resume or "
			"choose another folder with -o",
			dir);
	return folder_make(r->cases, e) && folder_remove(r->work, e) &&
		folder_make(r->work, e);
}

void
results_close(struct results *r)
{
	if (r->work != NULL)
		rmdir(r->work);
	if (r->lock >= 0)
		close(r->lock);
	arena_release(&r->arena);
}

const char *
results_earlier(struct results *r, const char *folder)
{
	struct stat st;
	const char *path = arena_format(&r->arena, "%s/%s", r->cases, folder);
	return stat(path, &st) == 0 ? path : NULL;
}

const char *
results_work(struct results *r, const char *folder, struct error *e)
{
	const char *path = arena_format(&r->arena, "%s/%s", r->work, folder);
	if (!folder_remove(path, e) || !folder_make(path, e))
		return NULL;
	return path;
}

bool
results_discard(struct results *r, const char *folder, struct error *e)
{
	return folder_remove(
		arena_format(&r->arena, "%s/%s", r->work, folder), e);
}

static bool
write_state(struct results *r, const char *work, const struct batch_state *s,
	struct error *e)
{
	struct outfile out = {0};
	const char *path = arena_format(&r->arena, "%s/" FILE_STATE, work);
	if (!outfile_open(&out, path, e))
		return false;
	state_write(s, out.stream);
	return outfile_publish(&out, e);
}

/* What a killed analysis was writing is not worth keeping. */
static bool
keep_only(struct results *r, const char *work, const struct batch_state *s,
	struct error *e)
{
	static const char *const always[] = {
		FILE_STDERR, FILE_INPUTS, FILE_QUICK, FILE_STATE};
	struct entry *list;
	size_t count;
	if (s->outcome == OUTCOME_DONE)
		return true;
	if (!folder_list(&r->arena, work, &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool keep = false;
		for (size_t j = 0; j < sizeof always / sizeof *always; j++)
			keep = keep || strcmp(list[i].name, always[j]) == 0;
		if (!keep)
			unlink(arena_format(
				&r->arena, "%s/%s", work, list[i].name));
	}
	return true;
}

bool
results_publish(struct results *r, const char *folder,
	const struct batch_state *s, struct error *e)
{
	struct arena *a = &r->arena;
	const char *work = arena_format(a, "%s/%s", r->work, folder);
	const char *place = arena_format(a, "%s/%s", r->cases, folder);
	const char *old = arena_format(a, "%s/%s.old", r->work, folder);
	if (!keep_only(r, work, s, e) || !write_state(r, work, s, e))
		return false;
	bool had = rename(place, old) == 0;
	if (rename(work, place) != 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be given its name: %s", place,
			strerror(errno));
	return !had || folder_remove(old, e);
}

bool
results_unplaced(struct results *r, const char *const *names, size_t count,
	struct error *e)
{
	struct outfile out = {0};
	struct arena a = {0};
	const char *path = arena_format(&r->arena, "%s/unplaced.txt", r->dir);
	if (!outfile_open(&out, path, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		fprintf(out.stream, "%s\n", inputs_escape(&a, names[i]));
		arena_release(&a);
	}
	return outfile_publish(&out, e);
}
