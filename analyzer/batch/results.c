/*
 * Locking, publishing and cleaning up.
 *
 * A result is moved to its place by rename, so it is there whole or not at all.
 * An earlier one is exchanged with it in one step. File systems that cannot do
 * that see two; a batch that dies between them finds the earlier result in
 * unfinished/ at its next start and puts it back.
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

/* Ending of an earlier result that is on its way out. */
#define OLD ".old"

/* Two batches in one folder would publish over each other. The lock goes with
 * the process; the short wait is for one that is just ending. */
static bool
take_lock(struct results *r, struct error *e)
{
	const char *path = arena_format(&r->arena, "%s/lock", r->dir);
	r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
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

/* Has this batch no case's results yet? */
static bool
is_empty(struct results *r)
{
	struct entry *list;
	size_t count = 0;
	return !folder_list(&r->arena, r->cases, &list, &count, NULL) ||
		count == 0;
}

/* Put back earlier results whose successor did not get to their place. */
static void
bring_back(struct results *r)
{
	struct entry *list;
	size_t count = 0;
	struct arena a = {0};
	if (!folder_list(&a, r->work, &list, &count, NULL))
		count = 0;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list[i].name);
		size_t bare = len - (sizeof OLD - 1);
		if (len < sizeof OLD || strcmp(list[i].name + bare, OLD) != 0)
			continue;
		/* Fails, as it should, where there is a result already. */
		const char *name = arena_copy(&a, list[i].name, bare);
		rename(arena_format(&a, "%s/%s", r->work, list[i].name),
			arena_format(&a, "%s/%s", r->cases, name));
	}
	arena_release(&a);
}

bool
results_open(struct results *r, const char *dir, bool resume, struct error *e)
{
	*r = (struct results){.dir = dir, .lock = -1};
	r->cases = arena_format(&r->arena, "%s/cases", dir);
	r->work = arena_format(&r->arena, "%s/unfinished", dir);
	if (!folder_make(dir, e) || !take_lock(r, e) ||
		!folder_make_own(r->cases, e) || !folder_make_own(r->work, e))
		return false;
	if (!resume && !is_empty(r))
		return error_set(e, ERROR_USAGE,
			"%s: holds results already; go on with --resume or "
			"choose another folder with -o",
			dir);
	bring_back(r);
	return folder_remove(r->work, e) && folder_make(r->work, e);
}

/* rmdir keeps a folder that is not empty: what is unfinished there is the next
 * start's to look at. */
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
	/* A link is none of ours. */
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? path : NULL;
}

bool
results_state(struct results *r, const char *folder, struct batch_state *s)
{
	const char *path = results_earlier(r, folder);
	return path != NULL &&
		batch_state_read(s, AT_FDCWD,
			arena_format(&r->arena, "%s/" FILE_STATE, path));
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

/* case.state is written last and as a whole: a folder that has one is complete.
 * */
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

/* True only when the result is in its place. With the exchange the earlier one
 * is in unfinished/ and goes; without it there is a moment in which neither is
 * in its place, for which bring_back is made. */
bool
results_publish(struct results *r, const char *folder,
	const struct batch_state *s, struct error *e)
{
	struct arena *a = &r->arena;
	const char *work = arena_format(a, "%s/%s", r->work, folder);
	const char *place = arena_format(a, "%s/%s", r->cases, folder);
	const char *old = arena_format(a, "%s/%s" OLD, r->work, folder);
	if (!keep_only(r, work, s, e) || !write_state(r, work, s, e))
		return false;
	if (renameat2(AT_FDCWD, work, AT_FDCWD, place, RENAME_EXCHANGE) == 0)
		return folder_remove(work, e);
	bool had = rename(place, old) == 0;
	if (rename(work, place) != 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be given its name: %s", place,
			strerror(errno));
	return !had || folder_remove(old, e);
}

/* By rename, within one file system: a reader sees the old file or the new one.
 * */
bool
results_place(struct results *r, const char *name, struct error *e)
{
	const char *work = arena_format(&r->arena, "%s/%s", r->work, name);
	const char *place = arena_format(&r->arena, "%s/%s", r->dir, name);
	return rename(work, place) == 0 ||
		error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be given its name: %s", place,
			strerror(errno));
}

bool
results_unplaced(struct results *r, const char *const *names, size_t count,
	struct error *e)
{
	struct outfile out = {0};
	struct arena a = {0};
	const char *path = arena_format(&r->arena, "%s/unplaced.txt", r->work);
	if (!outfile_open(&out, path, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		fprintf(out.stream, "%s\n", inputs_escape(&a, names[i]));
		arena_release(&a);
	}
	return outfile_publish(&out, e) && results_place(r, "unplaced.txt", e);
}
