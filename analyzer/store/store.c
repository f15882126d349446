/*
 * Opening, writing and publishing evidence.sqlite.
 *
 * While it grows the file has no journal and is not synced: a run that dies
 * leaves only a temporary name, so there is nothing to roll back to. It is
 * synced once, before it gets its own name.
 */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/tempfile.h"
#include "store/bulk.h"
#include "store/image.h"
#include "store/load.h"
#include "store/select.h"
#include "store/stranger.h"
#include "store/tables.h"

struct store {
	sqlite3 *db;
	enum store_stage stage;
	bool staged;  /* the authorizer is in force */
	bool reading; /* statements of strangers may only read */
	bool copied;  /* in memory, and written as a copy when published */
	bool settled;
	char *path;     /* final name; NULL in memory or read-only */
	char *tempfile; /* name until published; NULL when there is none */
	/* By table; NULL until the first row of this stage. Owned. */
	sqlite3_stmt *inserts[STORE_TABLES];
};

bool
store_error(sqlite3 *db, const char *doing, struct error *e)
{
	int code = sqlite3_errcode(db);
	if (code == SQLITE_NOMEM)
		memory_exhausted();
	const char *hint = "";
	if (code == SQLITE_FULL || code == SQLITE_IOERR)
		hint = "; free some space or choose another folder with -o";
	return error_set(e, ERROR_ENVIRONMENT, "evidence.sqlite: %s: %s%s",
		doing, sqlite3_errmsg(db), hint);
}

static int
may_write(enum store_stage stage, enum store_stage writer)
{
	bool may =
		writer == STORE_ANY ? stage != STORE_REPORT : stage == writer;
	return may ? SQLITE_OK : SQLITE_DENY;
}

/* Refuse writes to tables of another stage; reading is always allowed. */
static int
authorize(void *context, int action, const char *name, const char *column,
	const char *database, const char *trigger)
{
	(void)column;
	(void)database;
	(void)trigger;
	const struct store *s = context;
	if (s->reading)
		return action == SQLITE_SELECT || action == SQLITE_READ ||
				action == SQLITE_FUNCTION
			? SQLITE_OK
			: SQLITE_DENY;
	if (s->stage == STORE_REDACT)
		return SQLITE_OK;
	if (action != SQLITE_INSERT && action != SQLITE_UPDATE &&
		action != SQLITE_DELETE)
		return SQLITE_OK;
	for (int i = 0; i < STORE_TABLES_ALL; i++)
		if (strcmp(name, store_tables[i].name) == 0)
			return may_write(s->stage, store_tables[i].writer);
	/* Temporary tables and SQLite's own are nobody's evidence. */
	return SQLITE_OK;
}

static void
forget_inserts(struct store *s)
{
	for (int i = 0; i < STORE_TABLES; i++) {
		sqlite3_finalize(s->inserts[i]);
		s->inserts[i] = NULL;
	}
}

void
store_stage(struct store *s, enum store_stage stage)
{
	forget_inserts(s); /* the authorizer looks when one is prepared */
	s->stage = stage;
	s->staged = true;
	sqlite3_set_authorizer(s->db, authorize, s);
}

bool
store_exec(struct store *s, const char *sql, struct error *e)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_error(s->db, "writing", e);
	return true;
}

sqlite3_stmt *
store_prepare(struct store *s, const char *sql, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		store_error(s->db, "preparing a statement", e);
	return stmt;
}

sqlite3_stmt *
store_prepare_reading(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	assert(s->staged);
	s->reading = true;
	sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
	s->reading = false;
	return stmt;
}

bool
store_step(struct store *s, sqlite3_stmt *stmt, struct error *e)
{
	if (sqlite3_step(stmt) != SQLITE_DONE) {
		store_error(s->db, "writing", e);
		sqlite3_reset(stmt);
		return false;
	}
	sqlite3_reset(stmt);
	return true;
}

bool
store_meta(struct store *s, const char *key, const char *value, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"INSERT OR REPLACE INTO meta (key, value) VALUES (:key, "
		":value)",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":key", key);
	store_bind_text(stmt, ":value", value);
	bool ok = store_step(s, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

bool
store_meta_is(struct store *s, const char *key, const char *value)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT 1 FROM meta WHERE key = :key AND value = "
		"coalesce(:value, value)",
		NULL);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":key", key);
	store_bind_text(stmt, ":value", value);
	bool is = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return is;
}

/* A page for each table and index, which are a hundred with those of the judge,
 * is most of what a small case writes; in a large one fewer are better. */
#define PAGE_BYTES_SMALL 1024
#define PAGE_BYTES 16384

/* The whole image as the file's content. */
static bool
image_write(int fd, struct error *e)
{
	const unsigned char *bytes = prepared_image.bytes;
	size_t left = prepared_image.len;
	while (left > 0) {
		ssize_t written = write(fd, bytes, left);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return error_set(e, ERROR_ENVIRONMENT,
				"evidence.sqlite: writing: %s; free some space "
				"or choose another folder with -o",
				strerror(errno));
		bytes += written;
		left -= (size_t)written;
	}
	return true;
}

/* The tables and views, and a transaction that is open behind them; the image, where
 * the file has it, holds them. */
static bool
create_schema(struct store *s, int page_bytes, bool imaged, struct error *e)
{
	static const char setup[] = "PRAGMA journal_mode = OFF;"
				    "PRAGMA synchronous = OFF;"
				    "PRAGMA locking_mode = EXCLUSIVE;"
				    "PRAGMA temp_store = MEMORY;"
				    "PRAGMA cache_size = -32000;"
				    "PRAGMA trusted_schema = OFF;"
				    "BEGIN;";
	if (imaged)
		return store_exec(s, setup, e);
	char version[64];
	char pages[64];
	snprintf(version, sizeof version, "PRAGMA user_version = %d;",
		STORE_SCHEMA_VERSION);
	snprintf(pages, sizeof pages, "PRAGMA page_size = %d;", page_bytes);
	char *schema = store_schema_sql();
	bool ok = store_exec(s, pages, e) && store_exec(s, setup, e) &&
		store_exec(s, schema, e) && store_exec(s, version, e);
	sqlite3_free(schema);
	return ok;
}

static struct store *
create(const char *path, bool copied, int page_bytes, struct error *e)
{
	struct store *s = memory_take(1, sizeof *s);
	const char *name = ":memory:";
	bool imaged = false;
	s->copied = copied;
	if (path != NULL) {
		s->path = memory_copy(path);
		int fd;
		s->tempfile = tempfile_create(path, &fd, e);
		if (s->tempfile == NULL) {
			store_free(s);
			return NULL;
		}
		imaged = !copied && page_bytes == PAGE_BYTES_SMALL &&
			&prepared_image != NULL;
		bool written = !imaged || image_write(fd, e);
		close(fd);
		if (!written) {
			store_free(s);
			return NULL;
		}
		if (!copied)
			name = s->tempfile;
	}
	if (sqlite3_open_v2(name, &s->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK ||
		bulk_register(s->db) != SQLITE_OK) {
		store_error(s->db, "opening", e);
		store_free(s);
		return NULL;
	}
	if (!create_schema(s, page_bytes, imaged, e)) {
		store_free(s);
		return NULL;
	}
	return s;
}

struct store *
store_create(const char *path, struct error *e)
{
	return create(path, false, PAGE_BYTES, e);
}

struct store *
store_create_small(const char *path, struct error *e)
{
	return create(path, false, PAGE_BYTES_SMALL, e);
}

struct store *
store_create_in_memory(const char *path, struct error *e)
{
	return create(path, true, PAGE_BYTES, e);
}

static bool
check_version(struct store *s, const char *path, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, "PRAGMA user_version", NULL);
	int version = -1;
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		version = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	if (version == STORE_SCHEMA_VERSION)
		return true;
	return error_set(e, ERROR_USAGE,
		"%s: not an evidence.sqlite of this version (user_version %d, "
		"wanted %d); analyse the evidence again",
		path, version, STORE_SCHEMA_VERSION);
}

/* An evidence.sqlite comes out of a ticket as often as from our own hands. */
static bool
check_schema(struct store *s, const char *path, struct error *e)
{
	char *schema = store_schema_sql();
	char *former = store_former_sql();
	char *ours = sqlite3_mprintf("%s%s", schema, former);
	if (ours == NULL)
		memory_exhausted();
	bool ok = stranger_check_schema(s->db, ours, path, e);
	sqlite3_free(ours);
	sqlite3_free(former);
	sqlite3_free(schema);
	return ok;
}

/* Read-only; checked where it comes from elsewhere. */
static struct store *
open_to_read(const char *path, bool stranger, struct error *e)
{
	struct store *s = memory_take(1, sizeof *s);
	if (sqlite3_open_v2(path, &s->db,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK) {
		error_set(e, ERROR_ENVIRONMENT, "%s: cannot be opened: %s",
			path, sqlite3_errmsg(s->db));
		store_free(s);
		return NULL;
	}
	/* Large sorts stay in memory: inside the sandbox there is no folder for
	 * temporary files. */
	sqlite3_exec(s->db, "PRAGMA temp_store = MEMORY;", NULL, NULL, NULL);
	if (!stranger)
		return s;
	stranger_limit(s->db);
	if (!check_version(s, path, e) || !check_schema(s, path, e)) {
		store_free(s);
		return NULL;
	}
	return s;
}

struct store *
store_open(const char *path, struct error *e)
{
	return open_to_read(path, true, e);
}

struct store *
store_open_own(const char *path, struct error *e)
{
	return open_to_read(path, false, e);
}

/* Bytes of a file reach the disk before its name does. */
static bool
sync_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fdatasync(fd) != 0) {
		error_set(e, ERROR_ENVIRONMENT, "%s: cannot be written: %s",
			path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	return true;
}

/*
 * Write the database from memory into its temporary file. Free pages and
 * overwritten cells are left behind; secure_delete, which the copy takes over,
 * clears new pages of what the page cache held before.
 * cite: SQLite 3.40 src/btree.c zeroPage, src/attach.c attachFunc
 */
static bool
copy_out(struct store *s, struct error *e)
{
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", s->tempfile);
	/* Nothing else may be under way. */
	for (sqlite3_stmt *i = NULL; (i = sqlite3_next_stmt(s->db, i)) != NULL;)
		sqlite3_reset(i);
	bool ok = store_exec(s, "PRAGMA secure_delete = ON", e) &&
		sql != NULL && store_exec(s, sql, e);
	sqlite3_free(sql);
	return ok;
}

/* From here on all is read within one transaction: each statement by itself would
 * take and give back the file's lock and ask whether somebody has changed it. */
static const char reading_sql[] = "BEGIN; SELECT 1 FROM meta LIMIT 1";

bool
store_settle(struct store *s, struct error *e)
{
	if (s->settled)
		return true;
	sqlite3_set_authorizer(s->db, NULL, NULL);
	/* Others may read: the lock goes with the first look after the mode. */
	s->settled = store_exec(s,
			     "COMMIT; PRAGMA locking_mode = NORMAL;"
			     "SELECT 1 FROM meta LIMIT 1",
			     e) &&
		(!s->copied || copy_out(s, e)) && store_exec(s, reading_sql, e);
	return s->settled;
}

struct store *
store_reader(const struct store *s, struct error *e)
{
	assert(s->settled && s->path != NULL);
	struct store *reader = open_to_read(
		s->tempfile != NULL ? s->tempfile : s->path, false, e);
	if (reader == NULL || store_exec(reader, reading_sql, e))
		return reader;
	store_free(reader);
	return NULL;
}

bool
store_publish(struct store *s, struct error *e)
{
	if (!store_settle(s, e))
		return false;
	if (s->path == NULL)
		return true;
	if (!sync_file(s->tempfile, e))
		return false;
	char *tempfile = s->tempfile;
	s->tempfile = NULL;
	return tempfile_publish(tempfile, s->path, e);
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	forget_inserts(s);
	sqlite3_close_v2(s->db);
	tempfile_abandon(s->tempfile);
	free(s->path);
	free(s);
}

sqlite3 *
store_db(struct store *s)
{
	return s->db;
}

/* INSERT INTO table VALUES (?, ...), prepared once; NULL with *e set. */
static sqlite3_stmt *
insert_of(struct store *s, enum store_table_id table, struct error *e)
{
	if (s->inserts[table] != NULL)
		return s->inserts[table];
	const struct store_table *t = &store_tables[table];
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_str_appendf(sql, "INSERT INTO %s VALUES (", t->name);
	for (int i = 0; i < t->columns_count; i++)
		sqlite3_str_appendall(sql, i == 0 ? "?" : ",?");
	sqlite3_str_appendall(sql, ")");
	char *text = sqlite3_str_finish(sql);
	if (text == NULL)
		memory_exhausted();
	s->inserts[table] = store_prepare(s, text, e);
	sqlite3_free(text);
	return s->inserts[table];
}

/* Texts are not copied: they live until the row is inserted. */
static void
bind_member(
	sqlite3_stmt *stmt, int at, enum store_type type, const void *member)
{
	const struct view *view = member;
	switch (type) {
	case STORE_INT:
		if (*(const int64_t *)member == STORE_NULL)
			sqlite3_bind_null(stmt, at);
		else
			sqlite3_bind_int64(stmt, at, *(const int64_t *)member);
		break;
	case STORE_REAL:
		sqlite3_bind_double(stmt, at, *(const double *)member);
		break;
	case STORE_TEXT:
		sqlite3_bind_text(stmt, at, *(const char *const *)member, -1,
			SQLITE_STATIC);
		break;
	case STORE_VIEW:
		sqlite3_bind_text64(stmt, at, (const char *)view->data,
			view->len, SQLITE_STATIC, SQLITE_UTF8);
		break;
	}
}

bool
store_insert_row(struct store *s, enum store_table_id table, const void *row,
	struct error *e)
{
	const struct store_table *t = &store_tables[table];
	sqlite3_stmt *stmt = insert_of(s, table, e);
	if (stmt == NULL)
		return false;
	for (int i = 0; i < t->columns_count; i++)
		bind_member(stmt, i + 1, t->columns[i].type,
			(const char *)row + t->columns[i].offset);
	return store_step(s, stmt, e);
}

bool
store_append_rows(struct store *s, enum store_table_id table, int64_t count,
	const void *row, void (*fill)(void *context, int64_t number),
	void *context, struct error *e)
{
	struct bulk_rows source = {
		&store_tables[table], count, row, fill, context};
	if (s->tempfile != NULL && !s->copied &&
		may_write(s->stage, source.table->writer) == SQLITE_OK) {
		enum load_outcome loaded =
			load_rows(s->db, s->tempfile, &source, e);
		if (loaded != LOAD_UNFIT)
			return loaded == LOAD_DONE;
	}
	if (!bulk_insert(s->db, &source))
		return store_error(s->db, "writing", e);
	return true;
}
