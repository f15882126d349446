/*
 * The process that looks, and what it says: the kind of an error (0: none) as one
 * byte, then the digest or the error's text. Its answer is a stranger's, for
 * whoever finds a fault in the parser of YAML or in SQLite speaks here.
 */
#include "batch_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "judge/judge.h"

struct answer {
	char kind;
	char text[ERROR_TEXT_MAX];
};

_Noreturn static void
look(const char *const *folders, size_t count, int to)
{
	struct sandbox s;
	struct error e = {0};
	struct answer a = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sandbox_begin(&s);
	for (size_t i = 0; i < count; i++)
		sandbox_read(&s, folders[i]);
	sandbox_enter(&s);
	struct rule_set *rules =
		rules_load_to_judge(folders, count, stderr, &e);
	a.kind = (char)e.kind;
	snprintf(a.text, sizeof a.text, "%s",
		rules != NULL ? rules_digest(rules) : e.text);
	rules_free(rules);
	fflush(NULL);
	/* A pipe takes so few bytes at once. cite: pipe(7), PIPE_BUF */
	_exit(write(to, &a, sizeof a) == (ssize_t)sizeof a ? 0 : 1);
}

static bool
answer_read(int from, struct answer *a)
{
	size_t len = 0;
	ssize_t n;
	do {
		n = read(from, (char *)a + len, sizeof *a - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < sizeof *a) || (n < 0 && errno == EINTR));
	return len == sizeof *a;
}

static bool
take_answer(struct answer *a, char digest[DIGEST_TEXT_MAX], struct error *e)
{
	a->text[sizeof a->text - 1] = '\0';
	if (a->kind != ERROR_NONE)
		return error_set(e,
			a->kind == ERROR_ENVIRONMENT ? ERROR_ENVIRONMENT
						     : ERROR_RULE,
			"%s", a->text);
	if (strlen(a->text) != DIGEST_TEXT_MAX - 1 ||
		strspn(a->text, "0123456789abcdef") != DIGEST_TEXT_MAX - 1)
		return error_set(e, ERROR_RULE, "--rules: no answer");
	memcpy(digest, a->text, DIGEST_TEXT_MAX);
	return true;
}

bool
batch_rules_look(const char *const *folders, size_t count,
	char digest[DIGEST_TEXT_MAX], struct error *e)
{
	int ends[2];
	struct answer a = {0};
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(
			e, ERROR_ENVIRONMENT, "a pipe: %s", strerror(errno));
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		look(folders, count, ends[1]);
	close(ends[1]);
	bool read = pid > 0 && answer_read(ends[0], &a);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (!read)
		return error_set(e, ERROR_ENVIRONMENT,
			"--rules: the process that reads them ended too early");
	return take_answer(&a, digest, e);
}
