/*
 * From fork to exit, and after the end.
 *
 * The child takes its limits first, so that they bound the hashing too. The
 * signals that the parent waits for are given back, and one that the parent
 * ignores is chosen: a file that grows too long shall be an error that analyze
 * reports (EFBIG), not the end of it.
 *
 * No exec: our rules are loaded once, in the parent. Those that a user brings along
 * are loaded by each analysis, within its sandbox. The parent has one thread and no database open when it
 * forks, which is what fork and SQLite ask for.
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
#include "batch/folder.h"
#include "batch/inputs.h"

#define MEGABYTE (INT64_C(1) << 20)

/* What a case's state would say if it ended now: what --resume compares with,
 * and what an ended one begins from. status -1 and digests "-" stand for "not
 * known yet". */
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
		.former = "-",
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

/* What a case may use, before its first byte is read. Signals are as a fresh
 * process has them: the batch ignores some, and a child would inherit that. */
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

/* Nothing to read, nothing to say but complaints: into the file words. */
static bool
take_streams(const char *work, const char *words)
{
	struct arena a = {0};
	int null = open("/dev/null", O_RDWR);
	int err = words == NULL ? null
				: open(arena_format(&a, "%s/%s", work, words),
					  O_WRONLY | O_CREAT | O_TRUNC, 0644);
	bool ok = null >= 0 && err >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
		dup2(null, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0;
	arena_release(&a);
	return ok;
}

/* A line into a file of the case's own folder. It may be half written after a
 * crash: case.state, which comes last, says whether it counts. */
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

/* What the child wrote down of its inputs: the quick look, and the list that
 * stands for their contents. Either may be missing when it was killed. */
static void
read_digests(const char *work, struct batch_state *s)
{
	struct arena a = {0};
	char line[DIGEST_TEXT_MAX + 1] = "";
	uint8_t buffer[4096];
	struct digest d;
	size_t n;
	FILE *f =
		folder_file(AT_FDCWD, arena_format(&a, "%s/" FILE_QUICK, work));
	if (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(s->quick, sizeof s->quick, "%.64s", line);
	}
	if (f != NULL)
		fclose(f);
	f = folder_file(AT_FDCWD, arena_format(&a, "%s/" FILE_INPUTS, work));
	arena_release(&a);
	if (f == NULL)
		return;
	digest_init(&d);
	while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
		digest_add(&d, view_of(buffer, n));
	fclose(f);
	digest_finish(&d, s->inputs);
}

/* Does an earlier result hold? Only then is anything hashed before an analysis:
 * what it reads it hashes itself. */
static bool
still_holds(const struct batch_options *o, const struct batch_state *now,
	struct inputs *in, const char *earlier)
{
	struct arena a = {0};
	struct batch_state old;
	struct batch_state then = *now;
	bool known = earlier != NULL &&
		batch_state_read(&old, AT_FDCWD,
			arena_format(&a, "%s/" FILE_STATE, earlier)) &&
		outputs_there(&a, earlier, &old);
	arena_release(&a);
	if (!known)
		return false;
	/* After a power loss a file may be there without its content. */
	read_digests(earlier, &then);
	if (strcmp(then.inputs, old.inputs) != 0)
		return false;
	/* Other rules, another program: no content would change the answer. */
	memcpy(then.inputs, old.inputs, sizeof then.inputs);
	if (!state_keeps(&old, &then, false))
		return false;
	if (o->quick && state_keeps(&old, now, true))
		return true;
	inputs_hash(in);
	inputs_digest(in, then.inputs);
	return state_keeps(&old, &then, false);
}

/* case.inputs, from what the analysis has hashed and the rest of the files. own:
 * this process was the analysis, and still is inside its sandbox. */
static bool
seal(struct inputs *in, const struct batch_case *c, const char *work, bool own)
{
	struct arena a = {0};
	inputs_take(in, c, arena_format(&a, "%s/" FILE_DB, work), own);
	inputs_hash(in);
	FILE *f = fopen(arena_format(&a, "%s/" FILE_INPUTS, work), "we");
	arena_release(&a);
	if (f == NULL)
		return false;
	inputs_write(in, f);
	return fclose(f) == 0;
}

/* --rules and --patterns; rules only where the caller holds none. */
static size_t
folders_name(const struct batch_options *o, const char **argv)
{
	size_t n = 0;
	for (size_t i = 0; o->context == NULL && i < o->rules_count; i++) {
		argv[n++] = "--rules";
		argv[n++] = o->rules[i];
	}
	for (size_t i = 0; i < o->patterns_count; i++) {
		argv[n++] = "--patterns";
		argv[n++] = o->patterns[i];
	}
	return n;
}

/* argv of the analysis. */
static char **
arguments(const struct batch_options *o, const struct batch_case *c,
	const char *work, struct arena *a, int *argc)
{
	size_t room = 15 + 2 * c->parts_count + 2 * o->patterns_count +
		2 * o->rules_count;
	const char **argv = arena_take(a, room * sizeof *argv);
	size_t n = 0;
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
	argv[n++] = "--sandbox";
	argv[n++] = sandbox_word(o->sandbox);
	n += folders_name(o, argv + n);
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
	*argc = (int)n;
	return (char **)argv;
}

/* A process of its own, bounded and quiet, that dies with the batch. */
static void
begin(const struct batch_options *o, const char *work, const char *words,
	pid_t parent)
{
	setpgid(0, 0);
	/* A batch that is killed takes its analyses along. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(WORKER_BROKEN);
	take_limits(o);
	if (!take_streams(work, words))
		_exit(WORKER_BROKEN);
}

/* What was said is in the files before the process is gone. */
_Noreturn static void
end(int status)
{
	fflush(NULL);
	_exit(status);
}

/* Never returns: the child's exit status is its only word to the parent, all
 * else is in files. */
_Noreturn static void
analyse(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier)
{
	struct arena a = {0};
	struct inputs in;
	struct batch_state now;
	int argc;
	worker_expects(o, c, &now);
	inputs_find(&in, c);
	inputs_quick(&in, now.quick);
	if (still_holds(o, &now, &in, earlier))
		_exit(WORKER_KEEP);
	if (!write_text(arena_format(&a, "%s/" FILE_QUICK, work), now.quick))
		end(WORKER_BROKEN);
	char **argv = arguments(o, c, work, &a, &argc);
	int status = o->analyze(o->context, argc, argv);
	fflush(NULL);
	end(seal(&in, c, work, true) ? status : WORKER_BROKEN);
}

/* Files of a result that judging again leaves as they are. */
static bool
take_along(const char *earlier, const char *work)
{
	static const char *const names[] = {
		FILE_INPUTS, FILE_QUICK, FILE_STDERR};
	struct arena a = {0};
	bool ok = true;
	for (size_t i = 0; ok && i < sizeof names / sizeof *names; i++)
		ok = folder_copy_file(
			arena_format(&a, "%s/%s", earlier, names[i]),
			arena_format(&a, "%s/%s", work, names[i]), NULL);
	arena_release(&a);
	return ok;
}

/* A child in a process group of its own, to be killed with all its threads and
 * children. Buffers are written first, or both would write them. */
static pid_t
forked(void)
{
	fflush(NULL);
	pid_t pid = fork();
	/* Here too: whoever is first, it is done before a kill. */
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

pid_t
worker_start(const struct batch_options *o, const struct batch_case *c,
	const char *work, const char *earlier)
{
	pid_t parent = getpid();
	pid_t pid = forked();
	if (pid != 0)
		return pid;
	begin(o, work, FILE_STDERR, parent);
	analyse(o, c, work, earlier);
}

pid_t
worker_rejudge(
	const struct batch_options *o, const char *work, const char *earlier)
{
	pid_t parent = getpid();
	pid_t pid = forked();
	if (pid != 0)
		return pid;
	struct arena a = {0};
	char *db = arena_format(&a, "%s/" FILE_DB, earlier);
	char *to = arena_copy(&a, work, strlen(work));
	char command[] = "judge";
	char quiet[] = "-q";
	char output[] = "-o";
	size_t room = 9 + 2 * o->rules_count;
	char **argv = arena_take(&a, room * sizeof *argv);
	int argc = 0;
	argv[argc++] = command;
	argv[argc++] = quiet;
	argv[argc++] = output;
	argv[argc++] = to;
	argv[argc++] = arena_format(&a, "--sandbox");
	argv[argc++] = arena_format(&a, "%s", sandbox_word(o->sandbox));
	for (size_t i = 0; o->context == NULL && i < o->rules_count; i++) {
		argv[argc++] = arena_format(&a, "--rules");
		argv[argc++] = arena_copy(&a, o->rules[i], strlen(o->rules[i]));
	}
	argv[argc++] = arena_format(&a, "--");
	argv[argc++] = db;
	begin(o, work, FILE_WORDS, parent);
	if (!take_along(earlier, work))
		end(WORKER_BROKEN);
	end(o->judge(o->context, argc, argv));
}

pid_t
worker_seal(const struct batch_options *o, const struct batch_case *c,
	const char *work)
{
	pid_t parent = getpid();
	pid_t pid = forked();
	if (pid != 0)
		return pid;
	struct inputs in;
	begin(o, work, NULL, parent);
	inputs_find(&in, c);
	end(seal(&in, c, work, false) ? 0 : WORKER_BROKEN);
}

/* The file is written last, so its being there says that the analysis came to
 * its end. */
bool
worker_sealed(const char *work)
{
	struct arena a = {0};
	bool there =
		access(arena_format(&a, "%s/" FILE_INPUTS, work), F_OK) == 0;
	arena_release(&a);
	return there;
}

/* The analysis's own last word, without the program's name. */
static void
last_words(const char *work, const char *words, char reason[STATE_REASON_MAX])
{
	struct arena a = {0};
	char line[STATE_REASON_MAX];
	FILE *f = fopen(arena_format(&a, "%s/%s", work, words), "re");
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

/* How the child ended, as the contract's exit codes and the batch's clock say.
 * Running out of processor time is a timeout like running out of time. */
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

/* Why it is not done, in one line. */
static void
give_reason(const struct batch_options *o, const char *work, const char *words,
	struct batch_state *s)
{
	if (s->outcome == OUTCOME_TIMEOUT)
		snprintf(s->reason, sizeof s->reason,
			"not finished within %" PRId64 " s", o->timeout_s);
	else if (s->outcome == OUTCOME_SIGNAL)
		snprintf(s->reason, sizeof s->reason, "ended by signal %d (%s)",
			s->signal, sigabbrev_np(s->signal));
	else if (s->status == WORKER_BROKEN)
		snprintf(s->reason, sizeof s->reason,
			"the analysis could not be started or ended");
	else if (s->outcome != OUTCOME_DONE)
		last_words(work, words, s->reason);
}

/* Whatever a status claims: a report that is not there is none. */
static void
check_outputs(const char *work, struct batch_state *s)
{
	struct arena a = {0};
	if (!outputs_there(&a, work, s))
		s->outcome = OUTCOME_ERROR;
	arena_release(&a);
}

/* The order matters: a status is believed only if the files it promises are
 * there. */
void
worker_ended(const struct batch_options *o, const struct batch_case *c,
	const char *work, int wait_status, bool timed_out,
	struct batch_state *s)
{
	worker_expects(o, c, s);
	read_digests(work, s);
	classify(s, wait_status, timed_out);
	check_outputs(work, s);
	give_reason(o, work, FILE_STDERR, s);
}

bool
worker_rejudged(const struct batch_options *o, const char *work,
	int wait_status, bool timed_out, const struct batch_state *was,
	struct batch_state *s)
{
	struct arena a = {0};
	*s = *was;
	s->status = -1;
	s->signal = 0;
	classify(s, wait_status, timed_out);
	check_outputs(work, s);
	give_reason(o, work, FILE_WORDS, s);
	unlink(arena_format(&a, "%s/" FILE_WORDS, work));
	arena_release(&a);
	/* What was redacted stays so. */
	const char *redacted = strchr(was->tool, ' ');
	snprintf(s->tool, sizeof s->tool, "%s%s", LOSTSYN_VERSION,
		redacted != NULL ? redacted : "");
	snprintf(s->rules, sizeof s->rules, "%s", o->rules_sha256);
	snprintf(s->former, sizeof s->former, "%s", was->rules);
	return s->outcome == OUTCOME_DONE;
}
