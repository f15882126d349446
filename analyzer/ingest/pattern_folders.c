/*
 * Pattern files of a user: found, read whole, and proven before they are used.
 */
#include "ingest/pattern_folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/tree.h"

static int
is_pattern_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && dot != NULL &&
		(strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

/* At most TREE_FILE_MAX + 1 bytes, which the loader then finds too many; -1
   with errno. A folder may hold a FIFO or a device: neither is opened. */
static ssize_t
file_read(const char *path, char *buffer)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	size_t len = 0;
	ssize_t n;
	do {
		n = read(fd, buffer + len, TREE_FILE_MAX + 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 && len <= TREE_FILE_MAX);
	int error = errno;
	close(fd);
	errno = error;
	return n < 0 ? -1 : (ssize_t)len;
}

static void
file_add(struct pattern_set *set, const char *path, struct problems *problems)
{
	const struct place whole = {0, 0};
	char *buffer = memory_take(TREE_FILE_MAX + 1, 1);
	ssize_t len = file_read(path, buffer);
	if (len < 0)
		problem_add(problems, path, whole, "%s", strerror(errno));
	else
		pattern_set_add(
			set, path, view_of(buffer, (size_t)len), problems);
	free(buffer);
}

static void
folder_add(
	struct pattern_set *set, const char *folder, struct problems *problems)
{
	const struct place whole = {0, 0};
	struct dirent **entries = NULL;
	struct arena a = {0};
	int count = scandir(folder, &entries, is_pattern_file, alphasort);
	if (count < 0)
		problem_add(problems, folder, whole, "%s", strerror(errno));
	else if (count == 0)
		problem_add(problems, folder, whole, "holds no *.yaml file");
	for (int i = 0; i < count; i++) {
		file_add(set,
			arena_format(&a, "%s/%s", folder, entries[i]->d_name),
			problems);
		free(entries[i]);
	}
	free(entries);
	arena_release(&a);
}

struct pattern_set *
pattern_folders_load(
	const char *const *folders, size_t count, FILE *out, struct error *e)
{
	struct problems problems = {.out = out};
	struct pattern_set *set = pattern_set_new();
	for (size_t i = 0; i < count; i++)
		folder_add(set, folders[i], &problems);
	size_t theirs = pattern_set_count(set);
	if (problems.count == 0)
		pattern_set_add_embedded(set, &problems);
	pattern_set_seal(set);
	if (problems.count == 0 && theirs > 0)
		pattern_set_check(set, theirs, &problems);
	if (problems.count == 0)
		return set;
	if (problems.count == 1)
		error_set(e, ERROR_RULE, "%s", problems.first);
	else
		error_set(e, ERROR_RULE,
			"%zu problems in pattern files; first: %s",
			problems.count, problems.first);
	pattern_set_free(set);
	return NULL;
}
