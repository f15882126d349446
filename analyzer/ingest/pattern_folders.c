/*
 * Pattern files of a user: found, read whole, and proven before they are used.
 */
#include "ingest/pattern_folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/tree.h"

static int
is_pattern_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && dot != NULL &&
		(strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static void
file_add(struct pattern_set *set, const char *path, struct problems *problems)
{
	const struct place whole = {0, 0};
	size_t len;
	char *text = tree_load(path, &len);
	if (text == NULL)
		problem_add(problems, path, whole, "%s", strerror(errno));
	else
		pattern_set_add(set, path, view_of(text, len), problems);
	free(text);
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
