/*
 * Listing, making and removing folders; files in two of them.
 */
#include "batch/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
look_at(const char *path, struct entry *entry)
{
	struct stat st;
	entry->kind = ENTRY_OTHER;
	bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	if (stat(path, &st) != 0)
		return;
	entry->bytes = st.st_size;
	entry->mtime_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	entry->device = st.st_dev;
	entry->inode = st.st_ino;
	if (S_ISREG(st.st_mode))
		entry->kind = ENTRY_FILE;
	else if (S_ISDIR(st.st_mode))
		entry->kind = link ? ENTRY_FOLDER_LINK : ENTRY_FOLDER;
	else if (S_ISFIFO(st.st_mode))
		entry->kind = ENTRY_PIPE;
}

bool
folder_list(struct arena *a, const char *path, struct entry **list,
	size_t *count, struct error *e)
{
	struct dirent **found;
	*count = 0;
	*list = NULL;
	int n = scandir(path, &found, no_dots, by_bytes);
	if (n < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be listed: %s; check its permissions", path,
			strerror(errno));
	*count = (size_t)n;
	*list = arena_take(a, ((size_t)n + 1) * sizeof **list);
	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;
		(*list)[i].name = arena_copy(a, name, strlen(name));
		look_at(arena_format(a, "%s/%s", path, name), &(*list)[i]);
		free(found[i]);
	}
	free(found);
	return true;
}

const char *
entry_kind_name(enum entry_kind kind)
{
	static const char *const names[] = {
		"file", "folder", "pipe", "link", "other"};
	return names[kind];
}

/* A plain file, or a folder of plain files. */
static bool
remove_entry(const char *path)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return true;
	return (errno == EISDIR || errno == EPERM) && rmdir(path) == 0;
}

bool
folder_remove(const char *path, struct error *e)
{
	struct arena a = {0};
	struct entry *list;
	size_t count;
	struct stat st;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return true;
	bool ok = folder_list(&a, path, &list, &count, e);
	for (size_t i = 0; ok && i < count; i++) {
		const char *in = arena_format(&a, "%s/%s", path, list[i].name);
		struct entry *inner;
		size_t n = 0;
		if (list[i].kind == ENTRY_FOLDER &&
			folder_list(&a, in, &inner, &n, NULL))
			for (size_t j = 0; j < n; j++)
				remove_entry(arena_format(
					&a, "%s/%s", in, inner[j].name));
		ok = remove_entry(in);
	}
	ok = ok && rmdir(path) == 0;
	arena_release(&a);
	return ok ||
		error_set(e, ERROR_ENVIRONMENT, "%s: cannot be removed: %s",
			path, strerror(errno));
}

bool
folder_make(const char *path, struct error *e)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: cannot be made: %s; choose another folder with -o", path,
		strerror(errno));
}

bool
folder_copy_file(const char *from, const char *to, struct error *e)
{
	char buffer[65536];
	if (link(from, to) == 0)
		return true;
	FILE *in = fopen(from, "re");
	FILE *out = in == NULL ? NULL : fopen(to, "wxe");
	size_t n;
	bool ok = out != NULL;
	while (ok && (n = fread(buffer, 1, sizeof buffer, in)) > 0)
		ok = fwrite(buffer, 1, n, out) == n;
	ok = ok && !ferror(in);
	if (in != NULL)
		fclose(in);
	if (out != NULL)
		ok = fclose(out) == 0 && ok;
	return ok ||
		error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be copied to %s: %s", from, to,
			strerror(errno));
}
