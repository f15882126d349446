/*
 * A folder of files for one test program, made before its tests and removed
 * behind them.
 */
#ifndef TESTS_UNIT_SCRATCH_FOLDER_H
#define TESTS_UNIT_SCRATCH_FOLDER_H

#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static inline int
scratch_make(void **state)
{
	(void)state;
	snprintf(scratch, sizeof scratch, "/tmp/lostsyn-unit.XXXXXX");
	return mkdtemp(scratch) == NULL ? -1 : 0;
}

static inline int
scratch_remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline int
scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch, scratch_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the folder; one of four static buffers. */
static inline const char *
scratch_path(const char *name)
{
	static char paths[4][512];
	static int next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
	return path;
}

/* Write a file, making the folders on its way. */
static inline const char *
scratch_file(const char *name, const void *data, size_t len)
{
	const char *path = scratch_path(name);
	char part[512];
	for (const char *p = path + strlen(scratch) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
		mkdir(part, 0755);
	}
	FILE *f = fopen(path, "wb");
	assert(f != NULL);
	size_t written = fwrite(data, 1, len, f);
	assert(written == len);
	fclose(f);
	return path;
}

#endif
