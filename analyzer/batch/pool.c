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

/* One of the --jobs places and what works there. A case may take two processes,
 * one after the other: the analysis, and one that hashes what it left. */
struct place {
	pid_t pid; /* 0: free */
	const struct batch_case *c;
	const char *work;
	int64_t started_ns;
	int64_t deadline_ns;
	struct batch_state *was; /* re-judging: the state before; owned */
	int ended;               /* wait status of the analysis */
	bool timed_out;          /* that one; ended too late */
	bool sealing;            /* it has ended; its inputs are being hashed */
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

/* A process now works at this place. */
static bool
occupy(struct pool *p, struct place *place, pid_t pid, struct error *e)
{
	if (pid < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"no new process to be had: %s; use fewer --jobs",
			strerror(errno));
	place->pid = pid;
	place->deadline_ns = tally_now_ns() + p->o->timeout_s * NS_PER_S;
	p->running++;
	return true;
}

/* The analysis with the same evidence, limits and rules is there already: its
 * results are taken as they are. */
static bool
keep(struct pool *p, const struct batch_case *c)
{
	p->result->kept++;
	tally_kept(&p->tally, c);
	return true;
}

/* What has no evidence, or has been judged by these rules, stays. */
static bool
rejudge_next(struct pool *p, struct place *place, struct error *e)
{
	const struct batch_case *c = &p->plan->cases[p->next++];
	const char *earlier = results_earlier(p->results, c->folder);
	struct batch_state *was = memory_take(1, sizeof *was);
	bool known =
		earlier != NULL && results_state(p->results, c->folder, was);
	if (!known || was->outcome != OUTCOME_DONE ||
		(strcmp(was->rules, p->o->rules_sha256) == 0 &&
			strncmp(was->tool, LOSTSYN_VERSION,
				strcspn(was->tool, " ")) == 0)) {
		free(was);
		return keep(p, c);
	}
	const char *work = results_work(p->results, c->folder, e);
	*place = (struct place){
		.c = c, .work = work, .was = was, .started_ns = tally_now_ns()};
	return work != NULL &&
		occupy(p, place, worker_rejudge(p->o, work, earlier), e);
}

/* Start the next case in a free place. What an earlier run left of it goes
 * along, so that the child can see whether anything changed. */
static bool
start_next(struct pool *p, struct place *place, struct error *e)
{
	if (p->o->rejudge)
		return rejudge_next(p, place, e);
	const struct batch_case *c = &p->plan->cases[p->next++];
	const char *work = results_work(p->results, c->folder, e);
	if (work == NULL)
		return false;
	const char *earlier = results_earlier(p->results, c->folder);
	*place = (struct place){
		.c = c, .work = work, .started_ns = tally_now_ns()};
	return occupy(p, place, worker_start(p->o, c, work, earlier), e);
}

/* A case that was judged again has ended. When that failed, the results that it
 * had stay: a new rule must not cost an old report. */
static bool
settle_rejudged(struct pool *p, struct place *place, struct error *e)
{
	struct batch_state s;
	const char *folder = place->c->folder;
	int64_t took = tally_now_ns() - place->started_ns;
	bool ok = worker_rejudged(p->o, place->work, place->ended,
		place->timed_out, place->was, &s);
	tally_ended(&p->tally, place->c, &s, took);
	free(place->was);
	place->was = NULL;
	p->result->unfinished += !ok;
	return ok ? results_publish(p->results, folder, &s, e)
		  : results_discard(p->results, folder, e);
}

/* A case has ended, well or not: its results get their place with a word on how
 * it ended. */
static bool
settle(struct pool *p, struct place *place, struct error *e)
{
	struct batch_state s;
	const char *folder = place->c->folder;
	int64_t took = tally_now_ns() - place->started_ns;
	worker_ended(p->o, place->c, place->work, place->ended,
		place->timed_out, &s);
	tally_ended(&p->tally, place->c, &s, took);
	return results_publish(p->results, folder, &s, e);
}

/* A process of this place is gone: is the case done? An analysis that did not
 * live to write down its inputs gets another process that does. */
static bool
step_on(struct pool *p, struct place *place, int wait_status, struct error *e)
{
	if (!place->sealing)
		place->ended = wait_status;
	if (place->was != NULL)
		return settle_rejudged(p, place, e);
	if (place->sealing || worker_sealed(place->work))
		return settle(p, place, e);
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == WORKER_KEEP)
		return keep(p, place->c) &&
			results_discard(p->results, place->c->folder, e);
	place->sealing = true;
	return occupy(p, place, worker_seal(p->o, place->c, place->work), e);
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

/* Take note of the children that have ended, without waiting for the others. */
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
		ok = ok && step_on(p, place, status, e);
	}
	return ok;
}

/* Kill what is past its time, with all that it started. A child that is only
 * writing down its digests did its work and is no timeout. */
static void
end_late_ones(struct pool *p)
{
	int64_t now = tally_now_ns();
	for (int i = 0; i < p->o->jobs; i++) {
		struct place *place = &p->places[i];
		if (place->pid == 0 || now < place->deadline_ns)
			continue;
		place->timed_out = place->timed_out || !place->sealing;
		kill(-place->pid, SIGKILL);
	}
}

/* The batch itself gives up: nobody works on for it, and what is half done is
 * thrown away. */
static void
end_all(struct pool *p)
{
	for (int i = 0; i < p->o->jobs; i++) {
		struct place *place = &p->places[i];
		if (place->pid == 0)
			continue;
		kill(-place->pid, SIGKILL);
		waitpid(place->pid, NULL, 0);
		place->pid = 0;
		free(place->was);
		results_discard(p->results, place->c->folder, NULL);
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

/* Start cases until every place is taken or none is left. */
static bool
fill(struct pool *p, struct error *e)
{
	for (int i = 0; i < p->o->jobs; i++)
		while (p->places[i].pid == 0 && p->next < p->plan->count)
			if (!start_next(p, &p->places[i], e))
				return false;
	return true;
}

/* Until every case has been started and has ended. The waits are short, so that
 * a late child is killed in time and the counter on the terminal lives. */
static bool
run(struct pool *p, struct error *e)
{
	while (p->next < p->plan->count || p->running > 0) {
		if (!fill(p, e) || (p->running > 0 && !sleep_a_little(p, e)) ||
			!reap(p, e))
			return false;
		end_late_ones(p);
		tally_show(&p->tally);
	}
	return true;
}

/* Signals are blocked for as long as there are children, and given back as they
 * were. Whatever ends it, no child is left behind. */
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
	sigaddset(&p->awaited, SIGHUP);
	sigprocmask(SIG_BLOCK, &p->awaited, &p->before);
	bool ok =
		tally_begin(&p->tally, o, plan->count, r->dir, e) && run(p, e);
	end_all(p);
	tally_end(&p->tally);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	free(p);
	return ok;
}
