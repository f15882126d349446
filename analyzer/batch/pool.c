/*
 * The loop: fill the free places, sleep until a child ends or its time is up.
 *
 * SIGCHLD is blocked and taken with a timeout, so that none is missed and no
 * handler runs. An interrupt ends the analyses and keeps what is finished.
 */
#include "batch/pool.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "batch/tally.h"
#include "batch/worker.h"

/* Between two looks at the clock. */
#define LOOK_NS (200 * NS_PER_MS)

struct place {
	pid_t pid; /* 0: free */
	const struct batch_case *c;
	const char *work;
	int64_t started_ns;
	bool timed_out;
};

struct pool {
	const struct batch_options *o;
	const struct plan *plan;
	struct results *results;
	struct batch_result *result;
	struct tally tally;
	struct place places[POOL_JOBS_MAX];
	size_t next; /* case to start */
	int running;
	sigset_t awaited;
	sigset_t before;
};

static bool
start_next(struct pool *p, struct place *place, struct error *e)
{
	const struct batch_case *c = &p->plan->cases[p->next++];
	const char *work = results_work(p->results, c->folder, e);
	if (work == NULL)
		return false;
	const char *earlier = results_earlier(p->results, c->folder);
	pid_t pid = worker_start(p->o, c, work, earlier);
	if (pid < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"no new process to be had: %s; use fewer --jobs",
			strerror(errno));
	*place = (struct place){
		.pid = pid,
		.c = c,
		.work = work,
		.started_ns = tally_now_ns(),
	};
	p->running++;
	return true;
}

static bool
settle(struct pool *p, struct place *place, int wait_status, struct error *e)
{
	struct batch_state s;
	const char *folder = place->c->folder;
	int64_t took = tally_now_ns() - place->started_ns;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == WORKER_KEEP) {
		p->result->kept++;
		tally_kept(&p->tally, place->c);
		return results_discard(p->results, folder, e);
	}
	worker_ended(
		p->o, place->c, place->work, wait_status, place->timed_out, &s);
	tally_ended(&p->tally, place->c, &s, took);
	return results_publish(p->results, folder, &s, e);
}

/*
 * Has it ended? What it may have left running in its group goes with it, before
 * its id is given back and could become another's.
 */
static bool
collect(pid_t pid, int *status)
{
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		info.si_pid != pid)
		return false;
	kill(-pid, SIGKILL);
	return waitpid(pid, status, 0) == pid;
}

static bool
reap(struct pool *p, struct error *e)
{
	bool ok = true;
	for (int i = 0; i < p->o->jobs; i++) {
		struct place *place = &p->places[i];
		int status;
		if (place->pid == 0 || !collect(place->pid, &status))
			continue;
		place->pid = 0;
		p->running--;
		ok = ok && settle(p, place, status, e);
	}
	return ok;
}

static void
end_late_ones(struct pool *p)
{
	int64_t now = tally_now_ns();
	for (int i = 0; i < p->o->jobs; i++) {
		struct place *place = &p->places[i];
		if (place->pid == 0 || place->timed_out ||
			now - place->started_ns < p->o->timeout_s * NS_PER_S)
			continue;
		place->timed_out = true;
		kill(-place->pid, SIGKILL);
	}
}

static void
end_all(struct pool *p)
{
	for (int i = 0; i < p->o->jobs; i++) {
		if (p->places[i].pid == 0)
			continue;
		kill(-p->places[i].pid, SIGKILL);
		waitpid(p->places[i].pid, NULL, 0);
		p->places[i].pid = 0;
	}
}

/* Sleep until something may have happened; false on an interrupt. */
static bool
sleep_a_little(struct pool *p, struct error *e)
{
	const struct timespec wait = {0, LOOK_NS};
	int signal = sigtimedwait(&p->awaited, NULL, &wait);
	if (signal < 0 || signal == SIGCHLD)
		return true;
	return error_set(e, ERROR_ENVIRONMENT,
		"interrupted; what is finished stays, go on with --resume");
}

static bool
fill(struct pool *p, struct error *e)
{
	for (int i = 0; i < p->o->jobs; i++)
		if (p->places[i].pid == 0 && p->next < p->plan->count &&
			!start_next(p, &p->places[i], e))
			return false;
	return true;
}

static bool
run(struct pool *p, struct error *e)
{
	while (p->next < p->plan->count || p->running > 0) {
		if (!fill(p, e) || !sleep_a_little(p, e) || !reap(p, e))
			return false;
		end_late_ones(p);
		tally_show(&p->tally);
	}
	return true;
}

bool
pool_run(const struct batch_options *o, const struct plan *plan,
	struct results *r, struct batch_result *result, struct error *e)
{
	struct pool *p = memory_take(1, sizeof *p);
	assert(o->jobs >= 1 && o->jobs <= POOL_JOBS_MAX);
	*p = (struct pool){
		.o = o, .plan = plan, .results = r, .result = result};
	sigemptyset(&p->awaited);
	sigaddset(&p->awaited, SIGCHLD);
	sigaddset(&p->awaited, SIGINT);
	sigaddset(&p->awaited, SIGTERM);
	sigprocmask(SIG_BLOCK, &p->awaited, &p->before);
	bool ok =
		tally_begin(&p->tally, o, plan->count, r->dir, e) && run(p, e);
	end_all(p);
	tally_end(&p->tally);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	free(p);
	return ok;
}
