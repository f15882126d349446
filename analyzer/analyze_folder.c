/*
 * A case to which files were added since is the same case; one that has few files
 * of the report is another that happens to be called alike.
 */
#include "analyze_folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders of redacted reports in one place, at most. */
#define REDACTED_FOLDERS_MAX 1000

/* A folder for what names nothing must not be named after the case: the first
 * of redacted.lostsyn, redacted-2.lostsyn ... that is not there. */
static const char *
redacted_folder(struct analyze_case *c, const char *above)
{
	const char *folder =
		arena_format(&c->names, "%sredacted.lostsyn", above);
	for (int n = 2; n < REDACTED_FOLDERS_MAX && access(folder, F_OK) == 0;
		n++)
		folder = arena_format(
			&c->names, "%sredacted-%d.lostsyn", above, n);
	return folder;
}

/* The folder that is named and in which we are, or above us; or NULL. */
static const char *
root_around(const struct case_files *files)
{
	struct stat st;
	char *here = realpath(".", NULL);
	const char *found = NULL;
	for (size_t i = 0; here != NULL && i < files->roots_count; i++) {
		const char *root = files->roots[i];
		size_t len = strlen(root);
		bool within = strncmp(here, root, len) == 0 &&
			(here[len] == '\0' || here[len] == '/');
		if (within && stat(root, &st) == 0 && S_ISDIR(st.st_mode))
			found = root;
	}
	free(here);
	return found;
}

const char *
analyze_folder(struct analyze_case *c)
{
	const char *root = root_around(&c->files);
	const char *slash = root == NULL ? NULL : strrchr(root, '/');
	const char *above = slash == NULL
		? ""
		: arena_format(&c->names, "%.*s/", (int)(slash - root), root);
	if (c->options.redact)
		return redacted_folder(c, above);
	return arena_format(&c->names, "%s%s.lostsyn", above, c->files.name);
}

bool
analyze_folder_taken(const char *folder)
{
	static const char *const names[] = {
		"report.html", "report.json", "evidence.sqlite"};
	char path[4096];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* Has the store a source of this hash? */
static bool
holds(sqlite3_stmt *find, const unsigned char *hash)
{
	sqlite3_bind_text(find, 1, (const char *)hash, -1, SQLITE_STATIC);
	bool found = sqlite3_step(find) == SQLITE_ROW;
	sqlite3_reset(find);
	return found;
}

/* At least half of the former's files: one that says as little as "0" is in many
 * cases. */
static bool
shares_files(struct store *former, struct store *now)
{
	sqlite3_stmt *all = store_prepare(former,
		"SELECT sha256 FROM source WHERE sha256 IS NOT NULL AND "
		"bytes > 0",
		NULL);
	sqlite3_stmt *find = store_prepare(
		now, "SELECT 1 FROM source WHERE sha256 = ?1", NULL);
	size_t files = 0;
	size_t same = 0;
	while (all != NULL && find != NULL && sqlite3_step(all) == SQLITE_ROW) {
		files++;
		same += holds(find, sqlite3_column_text(all, 0));
	}
	sqlite3_finalize(all);
	sqlite3_finalize(find);
	return same > 0 && same * 2 >= files;
}

bool
analyze_folder_same(struct analyze_case *c, struct error *e)
{
	struct error unreadable = {0};
	struct store *former = store_open(c->db, &unreadable);
	bool same = former != NULL && shares_files(former, c->store);
	store_free(former);
	return same ||
		error_set(e, ERROR_USAGE,
			"%s: holds the report of other evidence; name another "
			"folder with -o, or write over it with --force",
			c->db);
}
