/*
 * One case of the index.
 *
 * Its row and its files come from what the batch wrote down of it, all else from
 * its evidence.sqlite, by index_copy.def. That database is opened for itself
 * (ATTACH cannot be done within a transaction) and read-only.
 *
 * Costs: 1 ms, most of it opening the database.
 */
#include "batch/index_case.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "batch/folder.h"
#include "batch/index_db.h"
#include "batch/worker.h"
#include "model/verdict.h"
#include "store/select.h"
#include "store/store.h"

/* Of every case, or only of one that was judged again. */
enum copy_when { COPY_EVERY, COPY_AGAIN };

static const struct copy {
	enum copy_when when;
	const char *table; /* of the index */
	const char *query; /* of the case */
} copies[] = {
#define X(when, table, query) {COPY_##when, #table, query},
#include "batch/index_copy.def"
#undef X
};
/* Tables that a case fills; index_case_forget empties the same. */
#define COPIES (sizeof copies / sizeof *copies)

/* What a case came to, in its own row. */
#define TOTALS(X)                                                     \
	X(INT, attempts, "(SELECT count(*) FROM attempt)")            \
	X(INT, failed, "(SELECT count(*) FROM verdict WHERE failed)") \
	X(INT, undetermined,                                          \
		"(SELECT count(*) FROM attempt a LEFT JOIN verdict v" \
		" ON v.attempt = a.id WHERE " WORD_OF_ATTEMPT         \
		" = '" VERDICT_UNDETERMINED "')")                     \
	X(TIME, first_ns, "(SELECT min(first_ns) FROM attempt)")      \
	X(TIME, last_ns, "(SELECT max(first_ns) FROM attempt)")
STORE_SELECT(totals, TOTALS)

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

/* "-" stands for none in case.state. */
static bool
was_judged_again(const struct batch_state *s)
{
	return strcmp(s->former, "-") != 0;
}

/* The case's own row, from case.state. The counts stay 0 until its database has
 * been read: a case without one has counted nothing. */
static bool
write_row(const struct index_case *c, struct error *e)
{
	const struct batch_state *s = c->state;
	const char *dash = strrchr(c->folder, '-');
	sqlite3_stmt *stmt = index_prepare(c->db,
		"INSERT INTO case_result (id, key, name, kind, folder, outcome,"
		" status, signal, reason, tool_version, rules_sha256,"
		" inputs_sha256, attempts, failed, undetermined, rules_before)"
		" VALUES (:id, :key, :name, :kind, :folder, :outcome, :status,"
		" :signal, :reason, :tool, :rules, :inputs, 0, 0, 0, :former)",
		e);
	if (stmt == NULL)
		return false;
	store_bind_int(stmt, ":id", c->id);
	store_bind_text(stmt, ":key", dash == NULL ? c->folder : dash + 1);
	store_bind_text(stmt, ":name", s->name);
	store_bind_text(stmt, ":kind", s->kind);
	store_bind_text(
		stmt, ":folder", arena_format(c->arena, "cases/%s", c->folder));
	store_bind_text(stmt, ":outcome", outcome_name(s->outcome));
	store_bind_int(stmt, ":status", s->status);
	store_bind_int(stmt, ":signal", s->signal);
	store_bind_text(stmt, ":reason", well_formed(c->arena, s->reason));
	store_bind_text(stmt, ":tool", s->tool);
	store_bind_text(stmt, ":rules", s->rules);
	store_bind_text(stmt, ":inputs", s->inputs);
	store_bind_text(
		stmt, ":former", was_judged_again(s) ? s->former : NULL);
	bool ok = index_step(stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* NULL, and so SQL's NULL, where the file has no value. */
static const char *
unless_dash(const char *field)
{
	return strcmp(field, "-") == 0 ? NULL : field;
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
	store_bind_int(stmt, ":case", id);
	store_bind_text(stmt, ":sha256", unless_dash(field[0]));
	store_bind_int(stmt, ":bytes", strtoll(field[1], NULL, 10));
	store_bind_text(stmt, ":kind", field[2]);
	store_bind_text(stmt, ":role", unless_dash(field[3]));
	store_bind_text(stmt, ":name", field[4]);
	return true;
}

/* Absent when the case did not live to be hashed. */
static bool
write_inputs(const struct index_case *c, struct error *e)
{
	FILE *f = folder_file(
		AT_FDCWD, arena_format(c->arena, "%s/" FILE_INPUTS, c->path));
	if (f == NULL)
		return true;
	/* Two files of one name in a pair (from two folders) are one row. */
	sqlite3_stmt *stmt = index_prepare(c->db,
		"INSERT OR IGNORE INTO input (case_id, name, role, kind, bytes,"
		" sha256) VALUES (:case, :name, :role, :kind, :bytes, :sha256)",
		e);
	char *line = NULL;
	size_t room = 0;
	bool ok = stmt != NULL;
	while (ok && getline(&line, &room, f) > 0)
		if (bind_input(stmt, c->id, line))
			ok = index_step(stmt, e);
	sqlite3_finalize(stmt);
	free(line);
	fclose(f);
	return ok;
}

/* "INSERT INTO table (case_id, columns of the query) VALUES (?1, ?2, ...)". */
static sqlite3_stmt *
prepare_insert(
	sqlite3 *db, const char *table, sqlite3_stmt *in, struct error *e)
{
	int columns = sqlite3_column_count(in);
	sqlite3_str *text = sqlite3_str_new(db);
	sqlite3_str_appendf(text, "INSERT INTO %s (case_id", table);
	for (int i = 0; i < columns; i++)
		sqlite3_str_appendf(text, ", %s", sqlite3_column_name(in, i));
	sqlite3_str_appendf(text, ") VALUES (?1");
	for (int i = 0; i < columns; i++)
		sqlite3_str_appendf(text, ", ?%d", i + 2);
	sqlite3_str_appendall(text, ")");
	char *sql = sqlite3_str_finish(text);
	if (sql == NULL)
		memory_exhausted();
	sqlite3_stmt *out = index_prepare(db, sql, e);
	sqlite3_free(sql);
	return out;
}

/* Rows of one query of the case go into one table of the index. */
static bool
copy_rows(const struct index_case *c, const struct copy *what,
	struct store *from, struct error *e)
{
	sqlite3_stmt *in = store_prepare(from, what->query, e);
	sqlite3_stmt *out =
		in == NULL ? NULL : prepare_insert(c->db, what->table, in, e);
	bool ok = out != NULL;
	int code = SQLITE_ROW;
	while (ok && (code = sqlite3_step(in)) == SQLITE_ROW) {
		sqlite3_bind_int64(out, 1, c->id);
		for (int i = 0; i < sqlite3_column_count(in); i++)
			sqlite3_bind_value(
				out, i + 2, sqlite3_column_value(in, i));
		ok = index_step(out, e);
	}
	if (ok && code != SQLITE_DONE)
		ok = store_error(store_db(from), "reading", e);
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	return ok;
}

/* The counts into the case's row. First and last stay NULL where there was no
 * attempt: 0 would be 1970. */
static bool
write_totals(
	const struct index_case *c, const struct totals *t, struct error *e)
{
	sqlite3_stmt *stmt = index_prepare(c->db,
		"UPDATE case_result SET attempts = :attempts, failed = :failed,"
		" undetermined = :undetermined, first_ns = :first,"
		" last_ns = :last WHERE id = :id",
		e);
	if (stmt == NULL)
		return false;
	store_bind_int(stmt, ":id", c->id);
	store_bind_int(stmt, ":attempts", t->attempts);
	store_bind_int(stmt, ":failed", t->failed);
	store_bind_int(stmt, ":undetermined", t->undetermined);
	if (t->attempts > 0) {
		store_bind_int(stmt, ":first", t->first_ns);
		store_bind_int(stmt, ":last", t->last_ns);
	}
	bool ok = index_step(stmt, e);
	sqlite3_finalize(stmt);
	return ok;
}

/* What the case came to, counted in its own database, where the rows are. */
static bool
copy_totals(const struct index_case *c, struct store *from, struct error *e)
{
	sqlite3_stmt *stmt =
		store_prepare(from, "SELECT 0" STORE_COLUMNS(TOTALS), e);
	if (stmt == NULL)
		return false;
	bool ok = sqlite3_step(stmt) == SQLITE_ROW;
	if (!ok)
		store_error(store_db(from), "reading", e);
	struct totals t = totals_of(stmt);
	sqlite3_finalize(stmt);
	return ok && write_totals(c, &t, e);
}

bool
index_case_begin(const struct index_case *c, struct error *e)
{
	return write_row(c, e) && write_inputs(c, e);
}

/* The case's database may be a stranger's: store_open checks its schema and
 * bounds what reading it may cost. */
bool
index_case_copy(const struct index_case *c, struct error *e)
{
	bool again = was_judged_again(c->state);
	struct store *from =
		store_open(arena_format(c->arena, "%s/" FILE_DB, c->path), e);
	bool ok = from != NULL && copy_totals(c, from, e);
	for (size_t i = 0; ok && i < COPIES; i++)
		if (again || copies[i].when == COPY_EVERY)
			ok = copy_rows(c, &copies[i], from, e);
	store_free(from);
	return ok;
}

/* Rows that were copied before the damage was met must not be counted, so all
 * of them go; the case itself stays, as one that ended with an error. */
bool
index_case_forget(const struct index_case *c, const char *why, struct error *e)
{
	sqlite3_str *text = sqlite3_str_new(c->db);
	for (size_t i = 0; i < COPIES; i++)
		sqlite3_str_appendf(text,
			"DELETE FROM %s WHERE case_id = %lld;", copies[i].table,
			(long long)c->id);
	sqlite3_str_appendf(text,
		"UPDATE case_result SET outcome = 'error', reason = %Q,"
		" attempts = 0, failed = 0, undetermined = 0, first_ns = NULL,"
		" last_ns = NULL WHERE id = %lld",
		well_formed(c->arena, why), (long long)c->id);
	char *sql = sqlite3_str_finish(text);
	if (sql == NULL)
		memory_exhausted();
	bool ok = index_exec(c->db, sql, e);
	sqlite3_free(sql);
	return ok;
}
