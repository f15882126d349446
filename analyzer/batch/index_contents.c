/*
 * Reading back which cases an index names.
 */
#include "batch/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "batch/folder.h"
#include "batch/plan.h"
#include "store/stranger.h"

/* Cases of one index, at most: an archive has no more entries. */
#define INDEX_CASES_MAX PLAN_ENTRIES_MAX

#define FOLDER_PREFIX "cases/"

/* The name below cases/, or NULL when it is none that a batch gives. */
static const char *
folder_name(sqlite3_stmt *stmt)
{
	const char *at = (const char *)sqlite3_column_text(stmt, 0);
	size_t n = sizeof FOLDER_PREFIX - 1;
	if (at == NULL || strncmp(at, FOLDER_PREFIX, n) != 0 ||
		strlen(at) != (size_t)sqlite3_column_bytes(stmt, 0) ||
		!plan_is_result_folder(at + n))
		return NULL;
	return at + n;
}

static bool
add(struct index_contents *c, sqlite3_stmt *stmt, const char *path,
	struct error *e)
{
	const char *name = folder_name(stmt);
	if (name == NULL || c->count >= INDEX_CASES_MAX)
		return error_set(e, ERROR_USAGE,
			"%s: names a folder that is no case's of a batch (row "
			"%zu); it was not written by lostsyn, so nothing of it "
			"is taken",
			path, c->count + 1);
	if (c->count % 256 == 0)
		c->folders = memory_grow(
			c->folders, c->count + 256, sizeof *c->folders);
	c->folders[c->count++] = arena_copy(&c->arena, name, strlen(name));
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

bool
index_contents_read(struct index_contents *c, const char *dir, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	*c = (struct index_contents){0};
	const char *path = arena_format(&c->arena, "%s/index.sqlite", dir);
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
		ok = add(c, stmt, path, e);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		ok = error_set(e, ERROR_USAGE,
			"%s: cannot be read: %s; finish that batch with "
			"--resume",
			path, sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close_v2(db);
	return ok;
}

void
index_contents_release(struct index_contents *c)
{
	free(c->folders);
	arena_release(&c->arena);
}
