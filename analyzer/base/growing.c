/*
 * A short list of names, and an exit handler that removes what is on it.
 * One thread makes outputs, so there is no lock.
 */
#include "base/growing.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static char *names[GROWING_MAX];

static void
remove_all(void)
{
	for (int i = 0; i < GROWING_MAX; i++)
		if (names[i] != NULL)
			unlink(names[i]);
}

/* Before the first file is there: nothing may fail between the two. */
static void
clean_up_at_exit(void)
{
	static bool registered;
	if (!registered && atexit(remove_all) != 0)
		memory_exhausted();
	registered = true;
}

static void
remember(char *name)
{
	for (int i = 0; i < GROWING_MAX; i++) {
		if (names[i] != NULL)
			continue;
		names[i] = name;
		return;
	}
	assert(!"more outputs than GROWING_MAX");
}

static void
forget(const char *name)
{
	for (int i = 0; i < GROWING_MAX; i++)
		if (names[i] == name)
			names[i] = NULL;
}

static bool
cannot(const char *path, struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: cannot be written: %s; free some space or choose another "
		"folder with -o",
		path, strerror(errno));
}

char *
growing_create(const char *path, int *fd, struct error *e)
{
	clean_up_at_exit();
	size_t room = strlen(path) + sizeof ".growing-XXXXXX";
	char *name = memory_take(room, 1);
	snprintf(name, room, "%s.growing-XXXXXX", path);
	*fd = mkstemp(name);
	if (*fd < 0) {
		cannot(path, e);
		free(name);
		return NULL;
	}
	mode_t mask = umask(0);
	umask(mask);
	fchmod(*fd, 0666 & ~mask);
	remember(name);
	return name;
}

bool
growing_publish(char *name, const char *path, struct error *e)
{
	bool ok = rename(name, path) == 0;
	if (!ok) {
		cannot(path, e);
		growing_abandon(name);
		return false;
	}
	forget(name);
	free(name);
	return true;
}

void
growing_abandon(char *name)
{
	if (name == NULL)
		return;
	unlink(name);
	forget(name);
	free(name);
}
