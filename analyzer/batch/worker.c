/*
 * Between fork and exec, and after the end.
 *
 * The child takes its limits first, so that they bound the hashing too. The
 * signals that the parent waits for are given back, and one that the parent
 * ignores is chosen: a file that grows too long shall be an error that analyze
 * reports (EFBIG), not the end of it.
 */
#include "batch/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "batch/inputs.h"

#define MEGABYTE (INT64_C(1) << 20)

void
worker_expects(const struct batch_options *o, const struct batch_case *c,
	struct batch_state *s)
{
	struct arena a = {0};
	*s = (struct batch_state){
		.timeout_s = o->timeout_s,
		.memory_mb = o->memory_mb,
		.output_mb = o->output_mb,
		.status = -1,
		.inputs = "-",
		.quick = "-",
	};
	snprintf(s->name, sizeof s->name, "%s", inputs_escape(&a, c->name));
	snprintf(s->kind, sizeof s->kind, "%s", case_kind_name(c->kind));
	snprintf(s->tool, sizeof s->tool, "%s%s", LOSTSYN_VERSION,
		o->redact_word != NULL ? o->redact_word : "");
	snprintf(s->rules, sizeof s->rules, "%s", o->rules_sha256);
	arena_release(&a);
}

/* At the hard limit of processor time there is no SIGXCPU, which tells it from
 * other ends, but SIGKILL: the hard one is a little higher.
 * cite: Linux 6.12 kernel/time/posix-cpu-timers.c check_process_timers */
static void
limit(int what, int64_t value)
{
	struct rlimit l = {
		(rlim_t)value, (rlim_t)value + (what == RLIMIT_CPU ? 2 : 0)};
	setrlimit(what, &l);
}

static void
take_limits(const struct batch_options *o)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, o->timeout_s * WORKER_THREADS);
	limit(RLIMIT_FSIZE, o->output_mb * MEGABYTE);
	/* A sanitizer takes terabytes of addresses for itself. */
	if (o->memory_mb > 0 && !SANDBOX_SANITIZER)
		limit(RLIMIT_AS, o->memory_mb * MEGABYTE);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing to read, nothing to say but complaints. */
static bool
take_streams(const char *work)
{
	struct arena a = {0};
	int null = open("/dev/null", O_RDWR);
	int err = open(arena_format(&a, "%s/" FILE_STDERR, work),
		O_WRONLY | O_CREAT | O_TRUNC, 0644);
	bool ok = null >= 0 && err >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
		dup2(null, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
	arena_release(&a);
	return ok;
}

static bool
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	if (f == NULL)
		return false;
	bool ok = fprintf(f, "%s\n", text) > 0;
	return fclose(f) == 0 && ok;
}

/* Does the earlier result have what its outcome promises? */
static bool
outputs_there(struct arena *a, const char *folder, const struct batch_state *s)
{
	static const char *const names[] = {FILE_REPORT, FILE_JSON, FILE_DB};
	for (size_t i = 0; s->outcome == OUTCOME_DONE && i < 3; i++)
		if (access(arena_format(a, "%s/%s", folder, names[i]), R_OK) !=
			0)
			return false;
	return true;
}

/* Hash what there is; true when an earlier result holds. */
static bool
fingerprint(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier)
{
	struct arena a = {0};
	struct inputs in;
	struct batch_state now;
	struct batch_state old;
	worker_expects(o, c, &now);
	bool known = earlier != NULL &&
		batch_state_read(
			&old, arena_format(&a, "%s/" FILE_STATE, earlier)) &&
		outputs_there(&a, earlier, &old);
	inputs_find(&in, c);
	inputs_quick(&in, now.quick);
	if (known && o->quick && state_keeps(&old, &now, true))
		return true;
	inputs_hash(&in);
	inputs_digest(&in, now.inputs);
	if (known && state_keeps(&old, &now, false))
		return true;
	if (!write_text(arena_format(&a, "%s/" FILE_QUICK, work), now.quick))
		_exit(WORKER_BROKEN);
	FILE *f = fopen(arena_format(&a, "%s/" FILE_INPUTS, work), "we");
	if (f == NULL)
		_exit(WORKER_BROKEN);
	inputs_write(&in, f);
	if (fclose(f) != 0)
		_exit(WORKER_BROKEN);
	inputs_release(&in);
	arena_release(&a);
	return false;
}

/* argv of the analysis; lives until exec. */
static char **
arguments(const struct batch_options *o, const struct batch_case *c,
	const char *work, struct arena *a)
{
	size_t room = 15 + 2 * o->rules_count + 2 * c->parts_count;
	const char **argv = arena_take(a, room * sizeof *argv);
	size_t n = 0;
	argv[n++] = "lostsyn";
	argv[n++] = "analyze";
	argv[n++] = "-q";
	argv[n++] = "--progress";
	argv[n++] = "never";
	argv[n++] = "-o";
	argv[n++] = work;
	if (o->redact)
		argv[n++] = "--redact";
	if (o->redact_key != NULL) {
		argv[n++] = "--redact-key";
		argv[n++] = o->redact_key;
	}
	for (size_t i = 0; i < o->rules_count; i++) {
		argv[n++] = "--rules";
		argv[n++] = o->rules[i];
	}
	for (size_t i = 0; i < c->parts_count; i++) {
		const struct case_part *part = &c->parts[i];
		if (part->role == NULL)
			continue;
		argv[n++] = part->capture ? arena_format(a, "--%s", part->role)
					  : "--evidence";
		argv[n++] = part->capture
			? part->path
			: arena_format(a, "%s=%s", part->role, part->path);
	}
	if (c->parts[0].role == NULL) {
		argv[n++] = "--";
		argv[n++] = c->parts[0].path;
	}
	argv[n] = NULL;
	return (char **)argv;
}

_Noreturn static void
child(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier, pid_t parent)
{
	struct arena a = {0};
	setpgid(0, 0);
	/* A batch that is killed takes its analyses along. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(WORKER_BROKEN);
	take_limits(o);
	if (!take_streams(work))
		_exit(WORKER_BROKEN);
	if (fingerprint(o, c, work, earlier))
		_exit(WORKER_KEEP);
	execv("/proc/self/exe", arguments(o, c, work, &a));
	_exit(WORKER_BROKEN);
}

pid_t
worker_start(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier)
{
	pid_t parent = getpid();
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(o, c, work, earlier, parent);
	/* Here too: whoever is first, it is done before a kill. */
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

/* The analysis's own last word, without the program's name. */
static void
last_words(const char *work, char reason[STATE_REASON_MAX])
{
	struct arena a = {0};
	char line[STATE_REASON_MAX];
	FILE *f = fopen(arena_format(&a, "%s/" FILE_STDERR, work), "re");
	arena_release(&a);
	reason[0] = '\0';
	if (f == NULL)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		const char *text =
			strncmp(line, "lostsyn: ", 9) == 0 ? line + 9 : line;
		if (text[0] != '\0')
			snprintf(reason, STATE_REASON_MAX, "%s", text);
	}
	fclose(f);
}

static void
read_digests(const char *work, struct batch_state *s)
{
	struct arena a = {0};
	char line[DIGEST_TEXT_MAX + 1] = "";
	uint8_t buffer[4096];
	struct digest d;
	size_t n;
	FILE *f = fopen(arena_format(&a, "%s/" FILE_QUICK, work), "re");
	if (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(s->quick, sizeof s->quick, "%.64s", line);
	}
	if (f != NULL)
		fclose(f);
	f = fopen(arena_format(&a, "%s/" FILE_INPUTS, work), "re");
	arena_release(&a);
	if (f == NULL)
		return;
	digest_init(&d);
	while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
		digest_add(&d, view_of(buffer, n));
	fclose(f);
	digest_finish(&d, s->inputs);
}

static void
classify(struct batch_state *s, int wait_status, bool timed_out)
{
	if (WIFSIGNALED(wait_status)) {
		s->signal = WTERMSIG(wait_status);
		s->outcome = OUTCOME_SIGNAL;
		if (timed_out || s->signal == SIGXCPU)
			s->outcome = OUTCOME_TIMEOUT;
		return;
	}
	s->status = WEXITSTATUS(wait_status);
	if (s->status == 0 || s->status == 1)
		s->outcome = OUTCOME_DONE;
	else if (s->status == 2)
		s->outcome = OUTCOME_UNUSABLE;
	else
		s->outcome = OUTCOME_ERROR;
}

void
worker_ended(const struct batch_options *o, const struct batch_case *c,
	const char *work, int wait_status, bool timed_out,
	struct batch_state *s)
{
	worker_expects(o, c, s);
	read_digests(work, s);
	classify(s, wait_status, timed_out);
	if (s->outcome == OUTCOME_TIMEOUT)
		snprintf(s->reason, sizeof s->reason,
			"not finished within %" PRId64 " s", o->timeout_s);
	else if (s->outcome == OUTCOME_SIGNAL)
		snprintf(s->reason, sizeof s->reason, "ended by signal %d (%s)",
			s->signal, sigabbrev_np(s->signal));
	else if (s->status == WORKER_BROKEN)
		snprintf(s->reason, sizeof s->reason,
			"the analysis could not be started");
	else if (s->outcome != OUTCOME_DONE)
		last_words(work, s->reason);
}
