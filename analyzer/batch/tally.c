/*
 * Counting cases as they end: one line on standard error that is written over,
 * one line per case in batch.log.
 */
#include "batch/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "batch/inputs.h"

/* Four times a second: a person sees it move, a slow terminal bears it. */
#define SHOW_EVERY_NS (250 * NS_PER_MS)

/* For durations only: it has nothing to do with the time of day. */
int64_t
tally_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* The time of day for a line on the terminal; nothing is measured by it. */
static const char *
wall_clock(char text[CLOCK_TEXT_MAX])
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return clock_format(t.tv_sec * NS_PER_S + t.tv_nsec, 3, text);
}

/* A file of ours, appended to: nothing that a name leads to, no pipe. */
static FILE *
log_open(const char *path)
{
	struct stat st;
	int fd = open(path,
		O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
			O_NONBLOCK | O_NOCTTY,
		0666);
	if (fd < 0)
		return NULL;
	FILE *log = NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		log = fdopen(fd, "a");
	else
		errno = EINVAL;
	if (log == NULL)
		close(fd);
	return log;
}

bool
tally_begin(struct tally *t, const struct batch_options *o, size_t total,
	const char *dir, struct error *e)
{
	struct arena a = {0};
	char now[CLOCK_TEXT_MAX];
	const char *path = arena_format(&a, "%s/batch.log", dir);
	*t = (struct tally){
		.log = log_open(path),
		.total = total,
		.quiet = o->quiet,
		.started_ns = tally_now_ns(),
		.shown = o->progress == PROGRESS_ALWAYS ||
			(o->progress == PROGRESS_AUTO && isatty(STDERR_FILENO)),
	};
	t->next_ns = t->started_ns + NS_PER_S;
	if (t->log == NULL)
		error_set(e, ERROR_ENVIRONMENT, "%s: cannot be written: %s",
			path, strerror(errno));
	else
		fprintf(t->log, "%s begin %zu cases, %d at a time\n",
			wall_clock(now), total, o->jobs);
	arena_release(&a);
	return t->log != NULL;
}

void
tally_kept(struct tally *t, const struct batch_case *c)
{
	(void)c;
	t->done++;
	t->kept++;
}

/* Written at once, so that the log is right up to the moment at which a batch
 * is killed. */
void
tally_ended(struct tally *t, const struct batch_case *c,
	const struct batch_state *s, int64_t took_ns)
{
	char now[CLOCK_TEXT_MAX];
	bool failed = s->outcome != OUTCOME_DONE;
	t->done++;
	t->failed += failed;
	fprintf(t->log, "%s %s status %d signal %d %.3f s %s%s%s\n",
		wall_clock(now), outcome_name(s->outcome), s->status, s->signal,
		(double)took_ns / 1e9, s->name, failed ? ": " : "", s->reason);
	fflush(t->log);
	if (!failed || t->quiet)
		return;
	if (t->shown)
		fputs("\r\033[K", stderr);
	message("%s: %s: %s", c->name, outcome_name(s->outcome), s->reason);
}

void
tally_show(struct tally *t)
{
	int64_t now = tally_now_ns();
	if (!t->shown || now < t->next_ns)
		return;
	t->next_ns = now + SHOW_EVERY_NS;
	double seconds = (double)(now - t->started_ns) / 1e9;
	double rate = (double)t->done / seconds;
	char left[CLOCK_TEXT_MAX] = "unknown time";
	if (rate > 0)
		clock_span((int64_t)((double)(t->total - t->done) / rate * 1e9),
			left);
	fprintf(stderr,
		"\r%zu of %zu cases, %zu not analysed, %.1f a second, %s "
		"left\033[K",
		t->done, t->total, t->failed, rate, left);
	fflush(stderr);
}

void
tally_end(struct tally *t)
{
	char now[CLOCK_TEXT_MAX];
	if (t->shown)
		fputs("\r\033[K", stderr);
	if (t->log == NULL)
		return;
	fprintf(t->log, "%s end %zu of %zu, %zu kept, %zu not analysed\n",
		wall_clock(now), t->done, t->total, t->kept, t->failed);
	fclose(t->log);
	t->log = NULL;
}
