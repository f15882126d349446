/*
 * Listing, making and removing folders; files in two of them.
 *
 * Entries come in byte order, with what they are but never followed. A folder of
 * results is removed with the files in it and in the folders one level below, and
 * nothing deeper: no batch writes deeper.
 */
#include "batch/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

/* Hidden entries count: a case may hold them, and a digest must see them. */
static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* Not alphasort, which asks the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What an entry is, without opening it: a FIFO of an archive would block
 * whoever opens it. What cannot be looked at stays ENTRY_OTHER and is listed as
 * such. */
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

/* Remove what lies in the folder at: files, links themselves, and folders that are
 * empty or, with below, hold no folders in turn. False with errno of the last that
 * stays. */
static bool
contents_remove(int at, bool below)
{
	struct dirent **found;
	int n = scandirat(at, ".", &found, no_dots, by_bytes);
	int trouble = n < 0 ? errno : 0;
	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;
		bool gone = unlinkat(at, name, 0) == 0 || errno == ENOENT;
		int in = gone || !below ? -1 : folder_enter(at, name);
		if (in >= 0) {
			contents_remove(in, false);
			close(in);
		}
		if (!gone && unlinkat(at, name, AT_REMOVEDIR) != 0)
			trouble = errno;
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	errno = trouble;
	return trouble == 0;
}

/* A link goes, and what it leads to stays: results may be a stranger's. */
bool
folder_remove(const char *path, struct error *e)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;
	if (!there && errno == ENOENT)
		return true;
	bool ok = there && S_ISLNK(st.st_mode) && unlink(path) == 0;
	int at = ok ? -1 : folder_enter(AT_FDCWD, path);
	if (at >= 0) {
		ok = contents_remove(at, true) && rmdir(path) == 0;
		int trouble = errno;
		close(at);
		errno = trouble;
	}
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
folder_make_own(const char *path, struct error *e)
{
	struct stat st;
	if (!folder_make(path, e))
		return false;
	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	return error_set(e, ERROR_USAGE,
		"%s: is no folder (links are not followed); remove it, or "
		"choose "
		"another folder with -o",
		path);
}

/* All of in goes to a new file; false with errno set. */
static bool
copy_stream(FILE *in, const char *to)
{
	char buffer[65536];
	size_t n;
	FILE *out = fopen(to, "wxe");
	bool ok = out != NULL;
	while (ok && (n = fread(buffer, 1, sizeof buffer, in)) > 0)
		ok = fwrite(buffer, 1, n, out) == n;
	ok = ok && !ferror(in);
	if (out != NULL)
		ok = fclose(out) == 0 && ok;
	return ok;
}

static bool
copy_failed(const char *from, const char *to, struct error *e)
{
	return error_set(e, ERROR_ENVIRONMENT, "%s: cannot be copied to %s: %s",
		from, to, strerror(errno));
}

/* A result is never written again once it is published, so both names may share
 * it. */
bool
folder_copy_file(const char *from, const char *to, struct error *e)
{
	FILE *in = folder_file(AT_FDCWD, from);
	bool ok = in != NULL && (link(from, to) == 0 || copy_stream(in, to));
	if (in != NULL)
		fclose(in);
	return ok || copy_failed(from, to, e);
}

/* The path may be a link: it is the user's own word for the folder. */
int
folder_open(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The name is a stranger's, so a link is refused with ELOOP. */
int
folder_enter(int at, const char *name)
{
	return openat(
		at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A file that can be read like one of ours: no device, no pipe, no folder,
 * whatever its name in a stranger's results. */
static bool
is_plain(int at, const char *name)
{
	struct stat st;
	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISREG(st.st_mode);
}

FILE *
folder_file(int at, const char *name)
{
	struct stat st;
	int fd = openat(
		at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool plain = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	FILE *f = plain ? fdopen(fd, "r") : NULL;
	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

bool
folder_take_file(int from, const char *name, const char *to, struct error *e)
{
	struct arena a = {0};
	struct stat st;
	const char *path = arena_format(&a, "%s/%s", to, name);
	bool there = fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	bool ok = !there;
	if (there && !S_ISREG(st.st_mode))
		errno = S_ISLNK(st.st_mode) ? ELOOP : EINVAL;
	else if (there && linkat(from, name, AT_FDCWD, path, 0) == 0) {
		/* It may have become a link since the look. */
		ok = is_plain(AT_FDCWD, path);
		if (!ok)
			unlink(path);
	} else if (there) {
		FILE *in = folder_file(from, name);
		ok = in != NULL && copy_stream(in, path);
		if (in != NULL)
			fclose(in);
	}
	if (!ok)
		copy_failed(name, path, e);
	arena_release(&a);
	return ok;
}
