/*
 * Filling index.sqlite.
 *
 * It grows in DIR/unfinished without a journal, is synced once and then gets its
 * name. A case whose results cannot be read is an error, not the batch.
 */
#include "batch/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/tempfile.h"
#include "base/message.h"
#include "base/outfile.h"
#include "base/sandbox.h"
#include "batch/change_point.h"
#include "batch/index_case.h"
#include "batch/index_db.h"
#include "batch/index_parts.h"
#include "batch/inputs.h"
#include "batch/worker.h"
#include "store/select.h"

/* A result folder and what its case.state says, before it becomes a row. */
struct row {
	const char *folder;
	char *name; /* as the archive spells it; the arena's */
};

struct index {
	struct results *results;
	struct batch_result *result;
	sqlite3 *db;
	struct arena arena;
	struct row *rows;
	size_t count;
};

extern const struct embedded embedded_index_sql[];

const char *
index_schema_sql(void)
{
	return embedded_index_sql[0].text;
}

/* The database is made for one writer who starts anew after a crash: no
 * journal, no sync before the end, and the whole in one transaction. */
static bool
create(struct index *x, const char *path, struct error *e)
{
	char version[64];
	snprintf(version, sizeof version, "PRAGMA user_version = %d",
		INDEX_SCHEMA_VERSION);
	if (sqlite3_open_v2(path, &x->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		return index_error(x->db, "opening", e);
	return index_exec(x->db,
		       "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF;"
		       "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
		       "PRAGMA locking_mode = EXCLUSIVE;"
		       "PRAGMA trusted_schema = OFF; BEGIN",
		       e) &&
		index_exec(x->db, index_schema_sql(), e) &&
		index_exec(x->db, version, e);
}

/* What the batch's last line and its exit status are made of. */
static void
count_case(struct batch_result *result, const struct batch_state *s)
{
	result->cases++;
	result->usable += s->outcome == OUTCOME_DONE;
	result->with_failures += s->outcome == OUTCOME_DONE && s->status == 1;
	result->unfinished +=
		s->outcome != OUTCOME_DONE && s->outcome != OUTCOME_UNUSABLE;
}

/* One case into the index. A damaged result costs its own case, which the next
 * --resume makes again; damage to the index itself ends the batch. */
static bool
add_case(struct index *x, int64_t id, const char *folder, struct error *e)
{
	struct batch_state s;
	struct error broken = {0};
	const char *path =
		arena_format(&x->arena, "%s/%s", x->results->cases, folder);
	if (!batch_state_read(&s, AT_FDCWD,
		    arena_format(&x->arena, "%s/" FILE_STATE, path)))
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: its case.state is missing or damaged; go on with "
			"--resume",
			path);
	struct index_case c = {x->db, &x->arena, id, folder, path, &s};
	if (!index_case_begin(&c, e))
		return false;
	if (s.outcome == OUTCOME_DONE && !index_case_copy(&c, &broken)) {
		/* Without its state --resume makes it again. */
		unlink(arena_format(&x->arena, "%s/" FILE_STATE, path));
		s.outcome = OUTCOME_ERROR;
		message("%s: its result is damaged: %s; go on with --resume",
			s.name, broken.text);
		if (!index_case_forget(&c, broken.text, e))
			return false;
	}
	count_case(x->result, &s);
	return true;
}

/* A fact about the index itself, for those who find the file years later. */
static bool
put_meta(struct index *x, const char *key, const char *value, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(x->db,
		"INSERT INTO meta (key, value) VALUES (:key, :value)", e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":key", key);
	store_bind_text(stmt, ":value", value);
	bool ok = index_step(stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* By bytes, and of names that are unique in a plan: the order is one. */
static int
by_case_name(const void *a, const void *b)
{
	return strcmp(
		((const struct row *)a)->name, ((const struct row *)b)->name);
}

/* The cases in order of their names as the archive spells them. */
static bool
order_rows(struct index *x, const char *const *folders, struct error *e)
{
	struct arena *a = &x->arena;
	x->rows = memory_take(x->count + 1, sizeof *x->rows);
	for (size_t i = 0; i < x->count; i++) {
		struct batch_state s;
		if (!batch_state_read(&s, AT_FDCWD,
			    arena_format(a, "%s/%s/" FILE_STATE,
				    x->results->cases, folders[i])))
			return error_set(e, ERROR_ENVIRONMENT,
				"%s/%s: its case.state is missing or damaged; "
				"go on with --resume",
				x->results->cases, folders[i]);
		inputs_unescape(s.name);
		x->rows[i] = (struct row){
			folders[i], arena_copy(a, s.name, strlen(s.name))};
	}
	if (x->count > 0)
		qsort(x->rows, x->count, sizeof *x->rows, by_case_name);
	return true;
}

/*
 * Name the first case with the same evidence in those that have it again: an
 * incident that was sent in twice did not happen twice. A folder is compared with
 * the paths in it, which say what its files are; of a pair and of a single file the
 * bytes alone. A case with a file that was not read is compared with nothing, and
 * one without a report is no duplicate: it has counted nothing.
 */
static bool
mark_duplicates(struct index *x, struct error *e)
{
	if (!index_exec(x->db,
		    "UPDATE case_result SET duplicate_of = first FROM ("
		    " SELECT case_id, min(case_id) OVER (PARTITION BY evidence)"
		    "  AS first FROM (SELECT c.id AS case_id, CASE"
		    "  WHEN c.kind = 'single' AND count(*) = 1 THEN max(sha256)"
		    "  WHEN c.kind = 'pair' AND count(DISTINCT role) = 2"
		    "   AND count(*) = 2 THEN max(iif(role = 'client', sha256,"
		    "   '')) || max(iif(role = 'server', sha256, ''))"
		    "  ELSE c.inputs_sha256 END AS evidence"
		    " FROM case_result c JOIN input i ON i.case_id = c.id"
		    " WHERE c.outcome = 'done' GROUP BY c.id"
		    " HAVING count(sha256) = count(*)))"
		    " WHERE case_id = case_result.id AND first < case_id",
		    e))
		return false;
	x->result->duplicates = sqlite3_changes64(x->db);
	return true;
}

/* One number of the index; 0 when it cannot be read. */
static int64_t
count_of(struct index *x, const char *sql)
{
	int64_t count = 0;
	sqlite3_stmt *stmt = index_prepare(x->db, sql, NULL);
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		count = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return count;
}

/* All cases, then what only the whole can say. Ids are the order of names, so
 * that the same archive gives the same bytes again. */
static bool
fill(struct index *x, const char *const *folders, size_t unplaced,
	struct error *e)
{
	char number[32];
	if (!order_rows(x, folders, e))
		return false;
	for (size_t i = 0; i < x->count; i++)
		if (!add_case(x, (int64_t)i + 1, x->rows[i].folder, e))
			return false;
	if (!mark_duplicates(x, e) ||
		!index_parts_mark(x->db, x->count, &x->arena, e) ||
		!change_points_write(x->db, e))
		return false;
	x->result->worse = count_of(x,
		"SELECT count(*) FROM (SELECT DISTINCT server_ip, server_port"
		" FROM worse_now)");
	/* Cases about which the new rules say something else. */
	x->result->changed = count_of(x,
		"SELECT count(*) FROM (SELECT case_id FROM verdict_change "
		"UNION SELECT case_id FROM finding_change)");
	snprintf(number, sizeof number, "%zu", x->count);
	if (!put_meta(x, "tool_version", LOSTSYN_VERSION, e) ||
		!put_meta(x, "cases", number, e))
		return false;
	snprintf(number, sizeof number, "%zu", unplaced);
	return put_meta(x, "unplaced", number, e) &&
		index_exec(x->db, "COMMIT", e);
}

/* Write a text output, short of giving it its name. */
static bool
write_text(struct index *x, struct outfile *out, const char *name,
	bool (*write)(sqlite3 *, FILE *, struct error *), struct error *e)
{
	const char *path =
		arena_format(&x->arena, "%s/%s", x->results->work, name);
	return outfile_open(out, path, e) && write(x->db, out->stream, e) &&
		outfile_flush(out, e);
}

/* Bring the database to disk and close it; fd is another view of it. */
static bool
finish_db(struct index *x, int fd, struct error *e)
{
	bool ok = index_exec(x->db, "PRAGMA locking_mode = NORMAL", e);
	sqlite3_close_v2(x->db);
	x->db = NULL;
	if (!ok || fdatasync(fd) == 0)
		return ok;
	return error_set(e, ERROR_ENVIRONMENT,
		"index.sqlite: cannot be written: %s", strerror(errno));
}

/* Everything is on disk before anything gets its name. */
static bool
publish(struct index *x, char **tempfile, const char *path,
	struct outfile text[2], struct error *e)
{
	char *name = *tempfile;
	*tempfile = NULL;
	return tempfile_publish(name, path, e) &&
		outfile_publish(&text[0], e) && outfile_publish(&text[1], e) &&
		results_place(x->results, "index.ndjson", e) &&
		results_place(x->results, "index.html", e) &&
		results_place(x->results, "index.sqlite", e);
}

bool
index_enter_sandbox(
	const struct results *r, enum sandbox_wanted wanted, struct error *e)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_write_folders(&s, r->dir);
	return sandbox_enter_as_wanted(&s, wanted, e) != NULL;
}

bool
index_write(struct results *r, const char *const *folders, size_t count,
	size_t unplaced, struct batch_result *result, struct error *e)
{
	struct index x = {.results = r, .result = result, .count = count};
	struct outfile text[2] = {{0}};
	int fd;
	result->unplaced = (int64_t)unplaced;
	const char *path = arena_format(&x.arena, "%s/index.sqlite", r->work);
	tempfile_folder(r->work);
	char *tempfile = tempfile_create(path, &fd, e);
	bool ok = tempfile != NULL && create(&x, tempfile, e) &&
		fill(&x, folders, unplaced, e) &&
		write_text(
			&x, &text[0], "index.ndjson", index_write_ndjson, e) &&
		write_text(&x, &text[1], "index.html", index_write_html, e) &&
		finish_db(&x, fd, e) && publish(&x, &tempfile, path, text, e);
	sqlite3_close_v2(x.db);
	outfile_abandon(&text[0]);
	outfile_abandon(&text[1]);
	tempfile_abandon(tempfile);
	if (fd >= 0)
		close(fd);
	tempfile_folder(NULL);
	free(x.rows);
	arena_release(&x.arena);
	return ok;
}
