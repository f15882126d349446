/*
 * Reading back which cases an index names.
 *
 * The index may be a stranger's (a merge of shards from somewhere), so it is read in
 * a process that can do nothing else, which passes the names back; those that are no
 * result folder's are refused. Costs a process and the names.
 */
#include "batch/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "batch/folder.h"
#include "batch/plan.h"
#include "store/stranger.h"

/* Cases of one index, at most: an archive has no more entries. */
#define INDEX_CASES_MAX PLAN_ENTRIES_MAX

/* Folders stand in the index as the page links them. */
#define FOLDER_PREFIX "cases/"

/* Take a name, "cases/" and one that a batch gives; anything else is refused. */
static bool
add(struct index_contents *c, const char *at, size_t len, const char *path,
	struct error *e)
{
	size_t n = sizeof FOLDER_PREFIX - 1;
	if (at == NULL || strlen(at) != len || c->count >= INDEX_CASES_MAX ||
		strncmp(at, FOLDER_PREFIX, n) != 0 ||
		!plan_is_result_folder(at + n))
		return error_set(e, ERROR_USAGE,
			"%s: names a folder that is no case's of a batch (row "
			"%zu); it was not written by lostsyn, so nothing of it "
			"is taken",
			path, c->count + 1);
	if (c->count % 256 == 0)
		c->folders = memory_grow(
			c->folders, c->count + 256, sizeof *c->folders);
	c->folders[c->count++] = arena_copy(&c->arena, at + n, len - n);
	return true;
}

/* A database of somebody's: a plain file, with our schema. NULL with *e set. */
static sqlite3 *
open_index(const char *path, struct error *e)
{
	sqlite3 *db = NULL;
	FILE *plain = folder_file(AT_FDCWD, path);
	bool ok = plain != NULL &&
		sqlite3_open_v2(path, &db,
			SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
			NULL) == SQLITE_OK;
	if (!ok)
		error_set(e, ERROR_USAGE,
			"%s: cannot be opened: %s; finish that batch with "
			"--resume",
			path,
			plain == NULL ? strerror(errno) : sqlite3_errmsg(db));
	if (plain != NULL)
		fclose(plain);
	if (ok)
		stranger_limit(db);
	if (ok && stranger_check_schema(db, index_schema_sql(), path, e))
		return db;
	sqlite3_close_v2(db);
	return NULL;
}

/* The names of the index, read from its database. */
static bool
read_names(struct index_contents *c, const char *path, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = open_index(path, e);
	if (db == NULL)
		return false;
	int code = sqlite3_prepare_v2(db,
		"SELECT folder FROM case_result, pragma_user_version "
		"WHERE user_version = ?1 ORDER BY id",
		-1, &stmt, NULL);
	bool ok = code == SQLITE_OK;
	sqlite3_bind_int(stmt, 1, INDEX_SCHEMA_VERSION);
	while (ok && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		ok = add(c, (const char *)sqlite3_column_text(stmt, 0),
			(size_t)sqlite3_column_bytes(stmt, 0), path, e);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		ok = error_set(e, ERROR_USAGE,
			"%s: cannot be read: %s; finish that batch with "
			"--resume",
			path, sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close_v2(db);
	return ok;
}

/* What the child says after the last name, or in the place of names. */
#define WORD_END "end\n"
#define WORD_ERROR "error "

/* In a process that can do nothing but this: a line a name, then the word that
 * they are all. */
_Noreturn static void
tell_names(
	const char *dir, const char *path, enum sandbox_wanted wanted, int to)
{
	struct index_contents c = {0};
	struct error e = {0};
	struct sandbox s;
	FILE *out = fdopen(to, "w");
	sandbox_begin(&s);
	sandbox_read(&s, dir);
	bool ok = out != NULL &&
		sandbox_enter_as_wanted(&s, wanted, &e) != NULL &&
		read_names(&c, path, &e);
	for (size_t i = 0; ok && i < c.count; i++)
		fprintf(out, FOLDER_PREFIX "%s\n", c.folders[i]);
	if (ok)
		fputs(WORD_END, out);
	else if (out != NULL)
		fprintf(out, WORD_ERROR "%s\n", e.text);
	if (out != NULL)
		fclose(out);
	_exit(0);
}

/* The child's words; it is believed as little as its database. */
static bool
hear_names(
	struct index_contents *c, const char *path, FILE *in, struct error *e)
{
	char line[sizeof e->text + sizeof WORD_ERROR];
	while (fgets(line, sizeof line, in) != NULL) {
		if (strcmp(line, WORD_END) == 0)
			return true;
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, WORD_ERROR, sizeof WORD_ERROR - 1) == 0)
			return error_set(e, ERROR_USAGE, "%s",
				line + sizeof WORD_ERROR - 1);
		if (!add(c, line, strlen(line), path, e))
			return false;
	}
	return error_set(e, ERROR_ENVIRONMENT,
		"%s: the process that read it ended early", path);
}

bool
index_contents_read(struct index_contents *c, const char *dir,
	enum sandbox_wanted wanted, struct error *e)
{
	int ends[2];
	*c = (struct index_contents){0};
	const char *path = arena_format(&c->arena, "%s/index.sqlite", dir);
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(e, ERROR_ENVIRONMENT, "%s: no pipe: %s", path,
			strerror(errno));
	pid_t child = fork();
	if (child == 0)
		tell_names(dir, path, wanted, ends[1]);
	close(ends[1]);
	FILE *in = child > 0 ? fdopen(ends[0], "r") : NULL;
	bool ok = in != NULL ? hear_names(c, path, in, e)
			     : error_set(e, ERROR_ENVIRONMENT,
				       "%s: no new process to be had: %s", path,
				       strerror(errno));
	if (in != NULL)
		fclose(in);
	else
		close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return ok;
}

/* Also after a read that failed: what it had taken by then is given back here.
 * */
void
index_contents_release(struct index_contents *c)
{
	free(c->folders);
	arena_release(&c->arena);
}
