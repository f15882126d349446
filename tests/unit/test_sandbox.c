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
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* Landlock of this version at most in the trials below; 0 is none. */
static int landlock_max;

/* The end of a terminal that programs see, open before the sandbox. */
static int terminal = -1;

static void
open_terminal(void)
{
	int other = posix_openpt(O_RDWR | O_NOCTTY);
	if (other < 0 || grantpt(other) != 0 || unlockpt(other) != 0)
		return;
	terminal = open(ptsname(other), O_RDWR | O_NOCTTY);
}

static const char *
enter_old(void)
{
	struct sandbox s;
	sandbox_begin_as(&s, landlock_max);
	sandbox_read(&s, scratch_path("in"));
	sandbox_write(&s, scratch_path("out"));
	return sandbox_enter(&s);
}

/* Say which tries went through, if any. */
static int
told(const bool *through, size_t n)
{
	int answer = HELD;
	for (size_t i = 0; i < n; i++)
		if (through[i]) {
			printf("try %zu went through with Landlock %d\n", i,
				landlock_max);
			answer = BROKEN;
		}
	fflush(stdout);
	return answer;
}

/*
 * What code of an intruder's could still do: each line is one thing that must
 * fail whatever Landlock is there. Calls by number, as an intruder makes them.
 */
static int
try_intrusion(void)
{
	if (strstr(enter_old(), "seccomp") == NULL)
		return NO_WALL;
	int fd = open(scratch_path("out/x"), O_RDWR | O_CREAT, 0600);
	pid_t parent = getppid();
	char *const nothing[] = {NULL};
	const long tries[] = {
		syscall(SYS_memfd_create, "a", 0),
		syscall(SYS_execve, "/bin/true", nothing, nothing),
		syscall(SYS_execveat, fd, "", nothing, nothing, AT_EMPTY_PATH),
		/* What would be typed at the terminal of whoever ran it. */
		ioctl(terminal, TIOCSTI, "x"),
		ioctl(terminal, TIOCLINUX, "\3"),
		ioctl(terminal, TIOCSETD, &fd),
		ioctl(terminal, TIOCSCTTY, 1),
		/* A file that may only be read is emptied by being opened. */
		open(scratch_path("in/a"), O_RDONLY | O_TRUNC),
		open(scratch_path("in/a"), O_ACCMODE | O_TRUNC),
#ifdef SYS_open
		syscall(SYS_open, scratch_path("in/a"), O_RDONLY | O_TRUNC),
#endif
		fcntl(fd, F_SETOWN, parent),
		fcntl(fd, F_SETSIG, SIGKILL),
		fcntl(fd, F_SETFL, O_ASYNC),
		fcntl(fd, F_SETLEASE, F_WRLCK),
		fcntl(fd, F_NOTIFY, 1),
		fchmod(fd, 04755),
		fchmod(fd, 02755),
		open(scratch_path("out/y"), O_RDWR | O_CREAT, 06755),
		ioctl(fd, FIOASYNC, &fd),
		kill(parent, 0),
		syscall(SYS_tgkill, parent, parent, 0),
		syscall(SYS_tkill, parent, 0),
		syscall(SYS_rt_sigqueueinfo, parent, 0, NULL),
		syscall(SYS_pidfd_open, parent, 0),
		syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0),
		syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0),
		syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, &fd),
		syscall(SYS_clone3, NULL, 0),
		syscall(SYS_unshare, 0x10000000),
		syscall(SYS_setns, fd, 0),
		syscall(SYS_mount, "", "", "", 0, NULL),
		syscall(SYS_chdir, "/"),
		syscall(SYS_chroot, "/"),
		syscall(SYS_mkdirat, AT_FDCWD, scratch_path("out/d"), 0700),
		syscall(SYS_symlinkat, "/", AT_FDCWD, scratch_path("out/l")),
		syscall(SYS_linkat, AT_FDCWD, scratch_path("out/x"), AT_FDCWD,
			scratch_path("out/h"), 0),
		syscall(SYS_mknodat, AT_FDCWD, scratch_path("out/p"), 0010600),
		syscall(SYS_fchmodat, AT_FDCWD, scratch_path("out/x"), 0777),
		syscall(SYS_fchown, fd, 0, 0),
		syscall(SYS_setxattr, scratch_path("out/x"), "user.a", "", 0,
			0),
		syscall(SYS_utimensat, fd, NULL, NULL, 0),
		syscall(SYS_truncate, scratch_path("secret"), 0),
		syscall(SYS_bpf, 0, NULL, 0),
		syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0),
		syscall(SYS_userfaultfd, 0),
		syscall(SYS_io_uring_setup, 1, NULL),
		syscall(SYS_add_key, "user", "a", "a", 1, -1),
		syscall(SYS_keyctl, 0, 0),
		syscall(SYS_setuid, 0),
		syscall(SYS_setpriority, 0, 0, -5),
		syscall(SYS_prctl, PR_SET_DUMPABLE, 1),
		syscall(SYS_shmget, 0, 4096, 0600),
		syscall(SYS_inotify_init1, 0),
		syscall(SYS_open_by_handle_at, fd, NULL, 0),
	};
	bool through[sizeof tries / sizeof *tries];
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		through[i] = tries[i] >= 0;
	return told(through, sizeof through / sizeof *through);
}

static bool
moved(const char *from, const char *to)
{
	char old[128];
	snprintf(old, sizeof old, "%s", scratch_path(from));
	return rename(old, scratch_path(to)) == 0;
}

/* What files are open to it, from the first version on. */
static int
try_old_files(void)
{
	if (strstr(enter_old(), "landlock") == NULL)
		return NO_WALL;
	if (!refused(scratch_path("in/a"), O_WRONLY) ||
		!refused(scratch_path("in/b"), O_WRONLY | O_CREAT) ||
		!refused(scratch_path("new"), O_WRONLY | O_CREAT))
		return BROKEN;
	if (!SANDBOX_SANITIZER && !refused(scratch_path("secret"), O_RDONLY))
		return BROKEN;
	/* Memory of others as a file, and files that change their folder: out
	 * of reach to be read, into evidence to stand for it. */
	char parent[64];
	snprintf(parent, sizeof parent, "/proc/%d/mem", (int)getppid());
	close(open(scratch_path("out/x"), O_RDWR | O_CREAT, 0600));
	const bool tries[] = {
		open(parent, O_RDWR) >= 0,
		open("/proc/self/mem", O_WRONLY) >= 0,
		moved("secret", "out/secret"),
		moved("in/a", "out/a"),
		moved("out/x", "in/a"),
		moved("out/x", "secret"),
		unlink(scratch_path("in/a")) == 0,
	};
	return told(tries, sizeof tries / sizeof *tries);
}

/* A batch's results: folders are made and change places. */
static int
try_folders(void)
{
	struct sandbox s;
	char from[128];
	sandbox_begin(&s);
	sandbox_write_folders(&s, scratch_path("out"));
	if (strstr(sandbox_enter(&s), "landlock") == NULL)
		return NO_WALL;
	if (mkdir(scratch_path("out/a"), 0700) != 0 ||
		mkdir(scratch_path("out/b"), 0700) != 0)
		return BROKEN;
	snprintf(from, sizeof from, "%s", scratch_path("out/a"));
	if (rename(from, scratch_path("out/b/a")) != 0 ||
		rmdir(scratch_path("out/b/a")) != 0)
		return BROKEN;
	return mkdir(scratch_path("in/d"), 0700) == 0 ? BROKEN : HELD;
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
test_intrusion(void **state)
{
	(void)state;
	open_terminal();
	for (landlock_max = 0; landlock_max <= 6; landlock_max++) {
		hold(try_intrusion);
		unlink(scratch_path("out/x"));
		if (landlock_max > 0)
			hold(try_old_files);
	}
}

static void
test_folders(void **state)
{
	(void)state;
	hold(try_folders);
}

static void
test_whole(void **state)
{
	(void)state;
	assert_false(sandbox_is_whole("none"));
	assert_false(sandbox_is_whole("seccomp"));
	assert_true(sandbox_is_whole(
		SANDBOX_SANITIZER ? "landlock" : "landlock+seccomp"));
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
			test_intrusion, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(
			test_folders, set_up, scratch_remove),
		cmocka_unit_test(test_whole),
		cmocka_unit_test_setup_teardown(
			test_work, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(
			test_abort, set_up, scratch_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
