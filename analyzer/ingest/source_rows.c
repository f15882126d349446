/*
 * The rows of source, trust_reason, accounting and anomaly.
 */
#include "ingest/source_rows.h"
#include "store/select.h"

const char *
source_text(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

int64_t
source_number(int64_t value)
{
	return value < 0 ? SOURCE_UNKNOWN : value;
}

struct store_source
source_row_of(const struct case_file *f, const char *kind)
{
	struct store_source row = store_source_null;
	row.name = f->name;
	row.role = f->role;
	if (f->host_at > 0)
		row.machine = (int64_t)f->host_at;
	row.kind = kind;
	row.bytes = 0;
	if (f->printed_ns > 0)
		row.first_ns = row.last_ns = f->printed_ns;
	return row;
}

bool
source_rows_init(struct source_rows *w, struct store *s, struct error *e)
{
	*w = (struct source_rows){.store = s};
	w->complete = store_prepare(s,
		"UPDATE source SET sha256 = :sha256, bytes = :bytes, "
		"lines = :lines, note = :note WHERE id = :id",
		e);
	return w->complete != NULL;
}

void
source_rows_release(struct source_rows *w)
{
	sqlite3_finalize(w->complete);
	*w = (struct source_rows){0};
}

bool
source_rows_add(struct source_rows *w, const struct store_source *row,
	int64_t *id, struct error *e)
{
	struct store_source r = *row;
	r.role = source_text(r.role);
	r.compression = source_text(r.compression);
	r.sha256 = source_text(r.sha256);
	r.link_types = source_text(r.link_types);
	r.filter = source_text(r.filter);
	r.trust = source_text(r.trust);
	r.note = source_text(r.note);
	if (!store_insert_source(w->store, &r, e))
		return false;
	*id = sqlite3_last_insert_rowid(store_db(w->store));
	return true;
}

bool
source_rows_complete(struct source_rows *w, int64_t id, const char *sha256,
	int64_t bytes, int64_t lines, const char *note, struct error *e)
{
	sqlite3_stmt *s = w->complete;
	store_bind_text(s, ":sha256", source_text(sha256));
	store_bind_int(s, ":bytes", bytes);
	store_bind_int(s, ":lines", lines);
	store_bind_text(s, ":note", source_text(note));
	store_bind_int(s, ":id", id);
	return store_step(w->store, s, e);
}

bool
source_rows_reason(struct source_rows *w, int64_t id, const char *reason,
	const char *detail, const char *text, struct error *e)
{
	struct store_trust_reason row = store_trust_reason_null;
	row.source = id;
	row.reason = reason;
	row.detail = detail;
	row.text = text;
	return store_insert_trust_reason(w->store, &row, e);
}

bool
source_rows_count(struct source_rows *w, int64_t id, const char *kind,
	uint64_t count, struct error *e)
{
	if (count == 0)
		return true;
	struct store_accounting row = store_accounting_null;
	row.source = id;
	row.kind = kind;
	row.count = (int64_t)count;
	return store_insert_accounting(w->store, &row, e);
}

bool
source_rows_anomaly(struct source_rows *w, int64_t id, enum anomaly a,
	int64_t at, uint64_t count, struct error *e)
{
	struct store_anomaly row = store_anomaly_null;
	row.source = id;
	row.id = anomaly_id(a);
	row.at = source_number(at);
	row.count = (int64_t)count;
	row.meaning = anomaly_meaning(a);
	return store_insert_anomaly(w->store, &row, e);
}
