/*
 * One folder's entries, in byte order of their names: the same on every run.
 */
#ifndef BATCH_FOLDER_H
#define BATCH_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"

enum entry_kind {
	ENTRY_FILE,
	ENTRY_FOLDER,
	ENTRY_PIPE,        /* FIFO: opening one may block for ever */
	ENTRY_FOLDER_LINK, /* a link to a folder; never followed */
	ENTRY_OTHER,       /* socket, device, dangling link */
};

struct entry {
	const char *name;
	enum entry_kind kind;
	int64_t bytes;
	int64_t mtime_ns;
	uint64_t device; /* with inode: which folder this is */
	uint64_t inode;
};

/* List a folder into memory of a. False with *e set when it cannot be read. */
bool folder_list(struct arena *a, const char *path, struct entry **list,
	size_t *count, struct error *e);

/* Word for an entry's kind; static. */
const char *entry_kind_name(enum entry_kind kind);

/* Remove a folder and everything below it, links as links. Bounded by what the
 * batch itself puts there: files, and folders one level deep. */
bool folder_remove(const char *path, struct error *e);

/* Make to the same file as from, which is never written again: by a hard link,
 * by a copy where that cannot be. */
bool folder_copy_file(const char *from, const char *to, struct error *e);

/* Make a folder unless it is there. */
bool folder_make(const char *path, struct error *e);

/* The same of a folder in results, which may be a stranger's: false with *e also
 * when a link or anything else stands in its place. */
bool folder_make_own(const char *path, struct error *e);

/*
 * Results may come from anywhere (shards of a merge, a folder to be judged
 * again), so what lies in them is opened below a handle, one name at a time,
 * and no link is followed: nothing outside the folder can be meant.
 */

/* A handle of the folder path, or of the folder name in the folder at (which
 * must be no link); -1 when there is none. To be closed. */
int folder_open(const char *path);
int folder_enter(int at, const char *name);

/* A plain file in the folder at (AT_FDCWD: of the current one), opened without
 * waiting, for reading; NULL when it is a link, anything else, or not there. */
FILE *folder_file(int at, const char *name);

/* The plain file name of the folder from becomes to/name, as by
 * folder_copy_file. True also when there is none; false with *e set for a link
 * or a trouble. */
bool folder_take_file(
	int from, const char *name, const char *to, struct error *e);

#endif
