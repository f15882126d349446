/*
 * A list of paths, removed by atexit. Only the main thread changes it; another
 * thread that ends the program reads it while the main thread waits for it.
 */
#include "base/leftovers.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static const char *paths[LEFTOVERS_MAX];

static void
remove_all(void)
{
	for (size_t i = 0; i < LEFTOVERS_MAX; i++)
		if (paths[i] != NULL)
			unlink(paths[i]);
}

void
leftovers_add(const char *path)
{
	static bool registered;
	if (!registered)
		registered = atexit(remove_all) == 0;
	size_t i = 0;
	while (i < LEFTOVERS_MAX && paths[i] != NULL)
		i++;
	assert(i < LEFTOVERS_MAX);
	paths[i] = path;
}

void
leftovers_drop(const char *path)
{
	for (size_t i = 0; path != NULL && i < LEFTOVERS_MAX; i++)
		if (paths[i] == path)
			paths[i] = NULL;
}
