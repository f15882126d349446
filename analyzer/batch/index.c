/*
 * Filling index.sqlite.
 *
 * It grows in DIR/unfinished without a journal, is synced once and then gets its
 * name. A case's evidence.sqlite is opened for itself (ATTACH cannot be done
 * within a transaction) and read-only; one that cannot be read makes its case
 * an error, not the batch.
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
#include "base/utf8.h"
#include "batch/folder.h"
#include "batch/inputs.h"
#include "batch/worker.h"
#include "model/verdict.h"
#include "store/store.h"

/* A result folder and what its case.state says, before it becomes a row. */
struct row {
	const char *folder;
	char *name; /* escaped; owned by the arena */
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

enum copy_when { COPY_EVERY, COPY_AGAIN };

static const struct {
	enum copy_when when;
	const char *insert;
	const char *query;
} copies[] = {
#define X(when, insert, query) {COPY_##when, insert, query},
#include "batch/index_copy.def"
#undef X
};

const char *
index_schema_sql(void)
{
	return embedded_index_sql[0].text;
}

static bool
run_sql(sqlite3 *db, const char *sql, struct error *e)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
		index_error(db, "writing", e);
}

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
	return run_sql(x->db,
		       "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF;"
		       "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
		       "PRAGMA locking_mode = EXCLUSIVE;"
		       "PRAGMA trusted_schema = OFF; BEGIN",
		       e) &&
		run_sql(x->db, index_schema_sql(), e) &&
		run_sql(x->db, version, e);
}

static sqlite3_stmt *
prepare(struct index *x, const char *sql, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(x->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		index_error(x->db, "preparing a statement", e);
	return stmt;
}

static bool
step_done(struct index *x, sqlite3_stmt *stmt, struct error *e)
{
	bool ok = sqlite3_step(stmt) == SQLITE_DONE;
	if (!ok)
		index_error(x->db, "writing", e);
	sqlite3_reset(stmt);
	return ok;
}

/* Words of an analysis may hold anything; the index holds UTF-8. */
static char *
well_formed(struct arena *a, const char *text)
{
	struct view v = view_str(text);
	char *copy = arena_take(a, 3 * v.len + 1);
	size_t n = 0;
	while (v.len > 0) {
		uint32_t code = utf8_take(&v);
		n += utf8_put(utf8_is_hidden(code) ? UTF8_REPLACEMENT : code,
			copy + n);
	}
	copy[n] = '\0';
	return copy;
}

static void
bind_word(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static bool
was_judged_again(const struct batch_state *s)
{
	return strcmp(s->former, "-") != 0;
}

static bool
write_case(struct index *x, int64_t id, const char *folder,
	const struct batch_state *s, struct error *e)
{
	sqlite3_stmt *stmt = prepare(x,
		"INSERT INTO case_result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, 0, 0, 0, NULL, NULL, ?)",
		e);
	if (stmt == NULL)
		return false;
	const char *dash = strrchr(folder, '-');
	sqlite3_bind_int64(stmt, 1, id);
	bind_word(stmt, 2, dash == NULL ? folder : dash + 1);
	bind_word(stmt, 3, s->name);
	bind_word(stmt, 4, s->kind);
	bind_word(stmt, 5, arena_format(&x->arena, "cases/%s", folder));
	bind_word(stmt, 6, outcome_name(s->outcome));
	sqlite3_bind_int(stmt, 7, s->status);
	sqlite3_bind_int(stmt, 8, s->signal);
	bind_word(stmt, 9, well_formed(&x->arena, s->reason));
	bind_word(stmt, 10, s->tool);
	bind_word(stmt, 11, s->rules);
	bind_word(stmt, 12, s->inputs);
	bind_word(stmt, 13, was_judged_again(s) ? s->former : NULL);
	bool ok = step_done(x, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* One line of case.inputs; false when it is none. */
static bool
bind_input(sqlite3_stmt *stmt, int64_t id, char *line)
{
	char *field[5];
	for (int i = 0; i < 5; i++) {
		field[i] = strsep(&line, " \n");
		if (field[i] == NULL)
			return false;
	}
	sqlite3_bind_int64(stmt, 1, id);
	bind_word(stmt, 2, field[4]);
	bind_word(stmt, 3, strcmp(field[3], "-") == 0 ? NULL : field[3]);
	bind_word(stmt, 4, field[2]);
	sqlite3_bind_int64(stmt, 5, strtoll(field[1], NULL, 10));
	bind_word(stmt, 6, strcmp(field[0], "-") == 0 ? NULL : field[0]);
	return true;
}

/* Absent when the case did not live to be hashed. */
static bool
write_inputs(struct index *x, int64_t id, const char *path, struct error *e)
{
	struct arena a = {0};
	FILE *f = folder_file(
		AT_FDCWD, arena_format(&a, "%s/" FILE_INPUTS, path));
	arena_release(&a);
	if (f == NULL)
		return true;
	/* Two files of one name in a pair (from two folders) are one row. */
	sqlite3_stmt *stmt = prepare(
		x, "INSERT OR IGNORE INTO input VALUES (?, ?, ?, ?, ?, ?)", e);
	char *line = NULL;
	size_t room = 0;
	bool ok = stmt != NULL;
	while (ok && getline(&line, &room, f) > 0)
		if (bind_input(stmt, id, line))
			ok = step_done(x, stmt, e);
	sqlite3_finalize(stmt);
	free(line);
	fclose(f);
	return ok;
}

/* Rows of one query of the case go into one statement of the index. */
static bool
copy(struct index *x, int64_t id, struct store *from, size_t which,
	struct error *e)
{
	sqlite3_stmt *in = store_prepare(from, copies[which].query, e);
	sqlite3_stmt *out =
		in == NULL ? NULL : prepare(x, copies[which].insert, e);
	bool ok = out != NULL;
	int code = SQLITE_ROW;
	while (ok && (code = sqlite3_step(in)) == SQLITE_ROW) {
		sqlite3_bind_int64(out, 1, id);
		for (int i = 0; i < sqlite3_column_count(in); i++)
			sqlite3_bind_value(
				out, i + 2, sqlite3_column_value(in, i));
		ok = step_done(x, out, e);
	}
	if (ok && code != SQLITE_DONE)
		ok = store_error(store_db(from), "reading", e);
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	return ok;
}

/* Take over what a case found; on trouble its rows are as if it had nothing. */
static bool
copy_case(struct index *x, int64_t id, const char *path, bool again,
	struct error *e)
{
	struct store *from =
		store_open(arena_format(&x->arena, "%s/" FILE_DB, path), e);
	bool ok = from != NULL;
	for (size_t i = 0; ok && i < sizeof copies / sizeof *copies; i++)
		if (again || copies[i].when == COPY_EVERY)
			ok = copy(x, id, from, i, e);
	store_free(from);
	return ok;
}

/* Its row stays and says why; what was copied so far goes. */
static bool
forget_case(struct index *x, int64_t id, const char *why, struct error *e)
{
	static const char *const tables[] = {"verdict_count", "cause_count",
		"host", "failure", "day_count", "day_failure", "verdict_before",
		"cause_before", "verdict_change", "finding_change"};
	sqlite3_str *text = sqlite3_str_new(x->db);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		sqlite3_str_appendf(text,
			"DELETE FROM %s WHERE case_id = %lld;", tables[i],
			(long long)id);
	sqlite3_str_appendf(text,
		"UPDATE case_result SET outcome = 'error', reason = %Q "
		"WHERE id = %lld",
		well_formed(&x->arena, why), (long long)id);
	char *sql = sqlite3_str_finish(text);
	if (sql == NULL)
		memory_exhausted();
	bool ok = run_sql(x->db, sql, e);
	sqlite3_free(sql);
	return ok;
}

static void
count_case(struct batch_result *result, const struct batch_state *s)
{
	result->cases++;
	result->usable += s->outcome == OUTCOME_DONE;
	result->with_failures += s->outcome == OUTCOME_DONE && s->status == 1;
	result->unfinished +=
		s->outcome != OUTCOME_DONE && s->outcome != OUTCOME_UNUSABLE;
}

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
	if (!write_case(x, id, folder, &s, e) || !write_inputs(x, id, path, e))
		return false;
	if (s.outcome == OUTCOME_DONE &&
		!copy_case(x, id, path, was_judged_again(&s), &broken)) {
		/* Without its state --resume makes it again. */
		unlink(arena_format(&x->arena, "%s/" FILE_STATE, path));
		s.outcome = OUTCOME_ERROR;
		message("%s: its result is damaged: %s; go on with --resume",
			s.name, broken.text);
		if (!forget_case(x, id, broken.text, e))
			return false;
	}
	count_case(x->result, &s);
	return true;
}

static bool
put_meta(struct index *x, const char *key, const char *value, struct error *e)
{
	sqlite3_stmt *stmt = prepare(x, "INSERT INTO meta VALUES (?, ?)", e);
	if (stmt == NULL)
		return false;
	bind_word(stmt, 1, key);
	bind_word(stmt, 2, value);
	bool ok = step_done(x, stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

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

/* Cases about which the new rules say something else than those before. */
static int64_t
count_changed(struct index *x)
{
	int64_t count = 0;
	sqlite3_stmt *stmt = prepare(x,
		"SELECT count(*) FROM (SELECT case_id FROM verdict_change "
		"UNION SELECT case_id FROM finding_change)",
		NULL);
	if (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		count = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return count;
}

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
	x->result->changed = count_changed(x);
	snprintf(number, sizeof number, "%zu", x->count);
	if (!put_meta(x, "tool_version", LOSTSYN_VERSION, e) ||
		!put_meta(x, "cases", number, e))
		return false;
	snprintf(number, sizeof number, "%zu", unplaced);
	return put_meta(x, "unplaced", number, e) &&
		run_sql(x->db, "COMMIT", e);
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
	bool ok = run_sql(x->db, "PRAGMA locking_mode = NORMAL", e);
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

void
index_enter_sandbox(const struct results *r)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_write_folders(&s, r->dir);
	sandbox_enter(&s);
}

bool
index_write(struct results *r, const char *const *folders, size_t count,
	size_t unplaced, struct batch_result *result, struct error *e)
{
	struct index x = {.results = r, .result = result, .count = count};
	struct outfile text[2] = {{0}};
	int fd;
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
