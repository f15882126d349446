/*
 * Reading back which cases an index names.
 */
#include "batch/index.h"

#include <stdlib.h>
#include <string.h>

bool
index_contents_read(struct index_contents *c, const char *dir, struct error *e)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	*c = (struct index_contents){0};
	const char *path = arena_format(&c->arena, "%s/index.sqlite", dir);
	bool ok = sqlite3_open_v2(path, &db,
			  SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
			  NULL) == SQLITE_OK &&
		sqlite3_prepare_v2(db,
			"SELECT folder FROM case_result, pragma_user_version "
			"WHERE user_version = ?1 ORDER BY id",
			-1, &stmt, NULL) == SQLITE_OK;
	int code = ok ? SQLITE_ROW : SQLITE_ERROR;
	sqlite3_bind_int(stmt, 1, INDEX_SCHEMA_VERSION);
	while (ok && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *at = (const char *)sqlite3_column_text(stmt, 0);
		const char *slash = strrchr(at, '/');
		if (c->count % 256 == 0)
			c->folders = memory_grow(
				c->folders, c->count + 256, sizeof *c->folders);
		at = slash == NULL ? at : slash + 1;
		c->folders[c->count++] = arena_copy(&c->arena, at, strlen(at));
	}
	if (code != SQLITE_DONE)
		error_set(e, ERROR_USAGE,
			"%s: cannot be read: %s; finish that batch with "
			"--resume",
			path, sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close_v2(db);
	return code == SQLITE_DONE;
}

void
index_contents_release(struct index_contents *c)
{
	free(c->folders);
	arena_release(&c->arena);
}
