/*
 * The sandbox, from inside: a child enters it and tries what an intruder would.
 *
 * Each trial ends with a status of its own, so that a wall that is missing is
 * named. Without Landlock in the kernel the trials about files say "skipped".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch_folder.h"

#include "base/sandbox.h"

/* What a trial says of itself; anything else is a defect. */
enum { HELD = 0, NO_WALL = 77, BROKEN = 1 };

static int
set_up(void **state)
{
	assert_int_equal(scratch_make(state), 0);
	mkdir(scratch_path("out"), 0755);
	scratch_file("in/a", "evidence", 8);
	scratch_file("secret", "evidence", 8);
	return 0;
}

static const char *
enter(void)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_read(&s, scratch_path("in"));
	sandbox_read(&s, scratch_path("not there"));
	sandbox_write(&s, scratch_path("out"));
	return sandbox_enter(&s);
}

/* Run a trial in a child; its status, or minus its signal. */
static int
run(int (*trial)(void))
{
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(trial());
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
hold(int (*trial)(void))
{
	int status = run(trial);
	if (status == NO_WALL) {
		printf("skipped: this kernel or build lacks the wall\n");
		return;
	}
	assert_int_equal(status, HELD);
}

static bool
refused(const char *name, int flags)
{
	int fd = open(name, flags, 0600);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EACCES;
}

static int
try_files(void)
{
	if (strstr(enter(), "landlock") == NULL)
		return NO_WALL;
	if (!refused("/etc/passwd", O_WRONLY) ||
		!refused(scratch_path("in/a"), O_WRONLY) ||
		!refused(scratch_path("in/a"), O_RDWR | O_TRUNC) ||
		!refused(scratch_path("in/b"), O_WRONLY | O_CREAT) ||
		!refused(scratch_path("new"), O_WRONLY | O_CREAT))
		return BROKEN;
	if (unlink(scratch_path("in/a")) == 0 ||
		rmdir(scratch_path("out")) == 0)
		return BROKEN;
	/* A sanitizer reads where it likes (sandbox.h). */
	if (!SANDBOX_SANITIZER &&
		(!refused("/etc/passwd", O_RDONLY) ||
			!refused(scratch_path("secret"), O_RDONLY)))
		return BROKEN;
	return HELD;
}

static int
try_calls(void)
{
	if (strstr(enter(), "seccomp") == NULL)
		return NO_WALL;
	char *const nothing[] = {NULL};
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EACCES)
		return BROKEN;
	if (execve("/bin/true", nothing, nothing) == 0 || errno != EACCES)
		return BROKEN;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || errno != EACCES)
		return BROKEN;
	if (fork() >= 0 || vfork() >= 0 || kill(getppid(), 0) == 0)
		return BROKEN;
	struct rlimit limit = {0, 0};
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 ||
		getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return BROKEN;
	return chmod("/tmp", 0777) == 0 ? BROKEN : HELD;
}

static void *
thread(void *argument)
{
	*(int *)argument = 1;
	return NULL;
}

/* What an analysis does must go on working. */
static int
try_work(void)
{
	int fd = -1;
	int ran = 0;
	pthread_t t;
	enter();
	fd = open(scratch_path("in/a"), O_RDONLY);
	if (fd < 0)
		return BROKEN;
	close(fd);
	fd = open(scratch_path("out/a"), O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fchmod(fd, 0644) != 0 ||
		fdatasync(fd) != 0 || ftruncate(fd, 0) != 0)
		return BROKEN;
	char from[128];
	snprintf(from, sizeof from, "%s", scratch_path("out/a"));
	if (rename(from, scratch_path("out/b")) != 0 ||
		unlink(scratch_path("out/b")) != 0)
		return BROKEN;
	if (pthread_create(&t, NULL, thread, &ran) != 0 ||
		pthread_join(t, NULL) != 0)
		return BROKEN;
	errno = 0;
	isatty(STDERR_FILENO);
	if (errno == ENOSYS)
		return BROKEN;
	return ran == 1 ? HELD : BROKEN;
}

/* An assertion that fails still ends the process by its signal. */
static int
try_abort(void)
{
	enter();
	signal(SIGABRT, SIG_DFL);
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	abort();
}

static void
test_files(void **state)
{
	(void)state;
	hold(try_files);
}

static void
test_calls(void **state)
{
	(void)state;
	hold(try_calls);
}

static void
test_work(void **state)
{
	(void)state;
	assert_int_equal(run(try_work), HELD);
}

static void
test_abort(void **state)
{
	(void)state;
	assert_int_equal(run(try_abort), -SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_files, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(
			test_calls, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(
			test_work, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(
			test_abort, set_up, scratch_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
