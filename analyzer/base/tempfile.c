/*
 * A short list of names, and two handlers that remove what is on it: one for
 * exit, one for the signals that ask a program to end.
 *
 * One thread makes outputs, so there is no lock, and the signals are that
 * thread's alone (tempfile_thread). They may arrive at any moment: a name joins
 * the list together with its file, and leaves it by a single store before its
 * memory is freed. The handler only unlinks, and ends the process by the same
 * signal: calls that POSIX allows in a handler.
 * cite: POSIX.1-2017 section 2.4.3, async-signal-safe functions
 */
#include "base/tempfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* Names that are tried before it is given up: runs that died left theirs. */
#define TRIES 1000

static _Atomic(char *) names[TEMPFILE_MAX];
static _Atomic(char *) folder;

static void
remove_all(void)
{
	for (int i = 0; i < TEMPFILE_MAX; i++) {
		char *name = names[i];
		if (name != NULL)
			unlink(name);
	}
	/* Last: only an empty folder goes. */
	char *made = folder;
	if (made != NULL)
		rmdir(made);
}

/* The signal's own action was restored on entry; raised again here, it ends
 * the process as soon as this returns, with the status that the sender of the
 * signal expects. */
static void
on_signal(int number)
{
	remove_all();
	raise(number);
}

/* What somebody chose to ignore (nohup) or to handle stays so. */
static void
clean_up_on(int number)
{
	struct sigaction now;
	if (sigaction(number, NULL, &now) != 0 ||
		(now.sa_flags & SA_SIGINFO) != 0 || now.sa_handler != SIG_DFL)
		return;
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	sigfillset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING (sizeof ending / sizeof *ending)

/* A thread has its mask from the one that starts it. Setting the mask inside
 * the new thread would leave it a moment in which it could take the signal. */
bool
tempfile_thread(pthread_t *thread, void *(*run)(void *), void *argument)
{
	sigset_t set;
	sigset_t before;
	sigemptyset(&set);
	for (size_t i = 0; i < ENDING; i++)
		sigaddset(&set, ending[i]);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	bool started = pthread_create(thread, NULL, run, argument) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* Before the first file is there: nothing may fail between the two. */
static void
clean_up_at_end(void)
{
	static bool registered;
	if (registered)
		return;
	if (atexit(remove_all) != 0)
		memory_exhausted();
	for (size_t i = 0; i < ENDING; i++)
		clean_up_on(ending[i]);
	registered = true;
}

static void
remember(char *name)
{
	for (int i = 0; i < TEMPFILE_MAX; i++) {
		if (names[i] != NULL)
			continue;
		names[i] = name;
		return;
	}
	assert(false && "more outputs than TEMPFILE_MAX");
}

static void
forget(const char *name)
{
	for (int i = 0; i < TEMPFILE_MAX; i++)
		if (names[i] == name)
			names[i] = NULL;
}

void
tempfile_folder(const char *path)
{
	clean_up_at_end();
	char *old = folder;
	folder = path == NULL ? NULL : memory_copy(path);
	free(old);
}

static bool
cannot(const char *path, struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: cannot be written: %s; free some space or choose another "
		"folder with -o",
		path, strerror(errno));
}

/* Create a file that is on the list from its first moment. A signal between
 * the two would leave it, or remove another run's of the same name, so there
 * is none between them. */
static int
open_listed(char *name)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int error = errno;
	if (fd >= 0)
		remember(name);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return fd;
}

char *
tempfile_create(const char *path, int *fd, struct error *e)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		error_set(e, ERROR_ENVIRONMENT,
			"%s: is no ordinary file and would be replaced; name "
			"another",
			path);
		return NULL;
	}
	clean_up_at_end();
	size_t room = strlen(path) + sizeof ".growing-ffffffff";
	char *name = memory_take(room, 1);
	*fd = -1;
	for (int i = 0; i < TRIES && *fd < 0; i++) {
		uint32_t unique = (uint32_t)getpid() + (uint32_t)i;
		snprintf(name, room, "%s.growing-%08x", path, unique);
		*fd = open_listed(name);
		if (*fd < 0 && errno != EEXIST)
			break;
	}
	if (*fd < 0) {
		cannot(path, e);
		free(name);
		return NULL;
	}
	return name;
}

bool
tempfile_publish(char *name, const char *path, struct error *e)
{
	bool ok = rename(name, path) == 0;
	if (!ok) {
		cannot(path, e);
		tempfile_abandon(name);
		return false;
	}
	forget(name);
	free(name);
	return true;
}

void
tempfile_abandon(char *name)
{
	if (name == NULL)
		return;
	unlink(name);
	forget(name);
	free(name);
}
