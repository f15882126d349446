/*
 * A short list of names, and an exit handler that removes what is on it.
 * One thread makes outputs, so there is no lock.
 */
#include "base/growing.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* Names that are tried before it is given up: runs that died left theirs. */
#define TRIES 1000

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
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		error_set(e, ERROR_ENVIRONMENT,
			"%s: is no ordinary file and would be replaced; name "
			"another",
			path);
		return NULL;
	}
	clean_up_at_exit();
	size_t room = strlen(path) + sizeof ".growing-ffffffff";
	char *name = memory_take(room, 1);
	*fd = -1;
	for (int i = 0; i < TRIES && *fd < 0; i++) {
		uint32_t unique = (uint32_t)getpid() + (uint32_t)i;
		snprintf(name, room, "%s.growing-%08x", path, unique);
		*fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (*fd < 0 && errno != EEXIST)
			break;
	}
	if (*fd < 0) {
		cannot(path, e);
		free(name);
		return NULL;
	}
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
