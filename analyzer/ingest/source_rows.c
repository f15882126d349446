/*
 * The statements behind source, trust_reason, accounting and anomaly rows.
 */
#include "ingest/source_rows.h"

struct source_row
source_row_of(const char *name, const char *role, const char *kind)
{
	return (struct source_row){
		.name = name,
		.role = role,
		.kind = kind,
		.packets = SOURCE_UNKNOWN,
		.lines = SOURCE_UNKNOWN,
		.first = {CLOCK_UNKNOWN_NS},
		.last = {CLOCK_UNKNOWN_NS},
		.vantage = SOURCE_UNKNOWN,
		.piece = SOURCE_UNKNOWN,
		.first_frame = SOURCE_UNKNOWN,
		.snaplen = SOURCE_UNKNOWN,
		.dropped = SOURCE_UNKNOWN,
	};
}

bool
source_rows_init(struct source_rows *w, struct store *s, struct error *e)
{
	*w = (struct source_rows){.store = s};
	w->source = store_prepare(s,
		"INSERT INTO source VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e);
	w->reason = store_prepare(
		s, "INSERT INTO trust_reason VALUES (?, ?, ?)", e);
	w->accounting =
		store_prepare(s, "INSERT INTO accounting VALUES (?, ?, ?)", e);
	w->anomaly = store_prepare(
		s, "INSERT INTO anomaly VALUES (?, ?, ?, ?, ?)", e);
	w->complete = store_prepare(s,
		"UPDATE source SET sha256 = ?, bytes = ?, lines = ?, note = ? "
		"WHERE id = ?",
		e);
	return w->source && w->reason && w->accounting && w->anomaly &&
		w->complete;
}

void
source_rows_release(struct source_rows *w)
{
	sqlite3_finalize(w->source);
	sqlite3_finalize(w->reason);
	sqlite3_finalize(w->accounting);
	sqlite3_finalize(w->anomaly);
	sqlite3_finalize(w->complete);
	*w = (struct source_rows){0};
}

void
source_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	if (text == NULL || text[0] == '\0')
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

void
source_bind_number(sqlite3_stmt *stmt, int at, int64_t value)
{
	if (value == SOURCE_UNKNOWN)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, value);
}

void
source_bind_known(sqlite3_stmt *stmt, int at, int64_t value)
{
	source_bind_number(stmt, at, value < 0 ? SOURCE_UNKNOWN : value);
}

bool
source_rows_add(struct source_rows *w, const struct source_row *row,
	int64_t *id, struct error *e)
{
	sqlite3_stmt *s = w->source;
	source_bind_text(s, 1, row->name);
	source_bind_text(s, 2, row->role);
	source_bind_text(s, 3, row->kind);
	source_bind_text(s, 4, row->compression);
	source_bind_text(s, 5, row->sha256);
	source_bind_number(s, 6, row->bytes);
	source_bind_number(s, 7, row->packets);
	source_bind_number(s, 8, row->lines);
	source_bind_number(s, 9, row->first.ns);
	source_bind_number(s, 10, row->last.ns);
	source_bind_number(s, 11, row->vantage);
	source_bind_number(s, 12, row->piece);
	source_bind_number(s, 13, row->first_frame);
	source_bind_text(s, 14, row->link_types);
	source_bind_number(s, 15, row->snaplen);
	source_bind_number(s, 16, row->dropped);
	source_bind_text(s, 17, row->filter);
	source_bind_text(s, 18, row->trust);
	source_bind_text(s, 19, row->note);
	if (!store_step(w->store, s, e))
		return false;
	*id = sqlite3_last_insert_rowid(store_db(w->store));
	return true;
}

bool
source_rows_complete(struct source_rows *w, int64_t id, const char *sha256,
	int64_t bytes, int64_t lines, const char *note, struct error *e)
{
	source_bind_text(w->complete, 1, sha256);
	sqlite3_bind_int64(w->complete, 2, bytes);
	sqlite3_bind_int64(w->complete, 3, lines);
	source_bind_text(w->complete, 4, note);
	sqlite3_bind_int64(w->complete, 5, id);
	return store_step(w->store, w->complete, e);
}

bool
source_rows_reason(struct source_rows *w, int64_t id, const char *reason,
	const char *detail, struct error *e)
{
	sqlite3_bind_int64(w->reason, 1, id);
	source_bind_text(w->reason, 2, reason);
	source_bind_text(w->reason, 3, detail);
	return store_step(w->store, w->reason, e);
}

bool
source_rows_count(struct source_rows *w, int64_t id, const char *kind,
	uint64_t count, struct error *e)
{
	if (count == 0)
		return true;
	sqlite3_bind_int64(w->accounting, 1, id);
	source_bind_text(w->accounting, 2, kind);
	sqlite3_bind_int64(w->accounting, 3, (int64_t)count);
	return store_step(w->store, w->accounting, e);
}

bool
source_rows_anomaly(struct source_rows *w, int64_t id, enum anomaly a,
	int64_t at, uint64_t count, struct error *e)
{
	sqlite3_bind_int64(w->anomaly, 1, id);
	source_bind_text(w->anomaly, 2, anomaly_id(a));
	source_bind_known(w->anomaly, 3, at);
	sqlite3_bind_int64(w->anomaly, 4, (int64_t)count);
	source_bind_text(w->anomaly, 5, anomaly_meaning(a));
	return store_step(w->store, w->anomaly, e);
}
