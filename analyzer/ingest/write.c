/*
 * The rows of this stage: vantages, files and what is wrong with them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/audit.h"
#include "ingest/ingest.h"

/* Statements that one run needs again and again. */
struct writer {
	struct store *store;
	sqlite3_stmt *source; /* owned, as are the others */
	sqlite3_stmt *reason;
	sqlite3_stmt *accounting;
	sqlite3_stmt *anomaly;
};

static bool
writer_init(struct writer *w, struct store *s, struct error *e)
{
	*w = (struct writer){.store = s};
	w->source = store_prepare(s,
		"INSERT INTO source VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, NULL, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e);
	w->reason = store_prepare(
		s, "INSERT INTO trust_reason VALUES (?, ?, ?)", e);
	w->accounting =
		store_prepare(s, "INSERT INTO accounting VALUES (?, ?, ?)", e);
	w->anomaly = store_prepare(
		s, "INSERT INTO anomaly VALUES (?, ?, ?, ?, ?)", e);
	return w->source && w->reason && w->accounting && w->anomaly;
}

static void
writer_release(struct writer *w)
{
	sqlite3_finalize(w->source);
	sqlite3_finalize(w->reason);
	sqlite3_finalize(w->accounting);
	sqlite3_finalize(w->anomaly);
}

/* NULL and empty text become NULL. */
static void
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	if (text == NULL || text[0] == '\0')
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static void
bind_time(sqlite3_stmt *stmt, int at, struct captured_time t)
{
	if (t.ns == CLOCK_UNKNOWN_NS)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, t.ns);
}

static bool
write_vantages(const struct ingest *in, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt =
		store_prepare(s, "INSERT INTO vantage VALUES (?, ?, ?)", e);
	bool ok = stmt != NULL;
	for (size_t v = 0; ok && v < in->count; v++) {
		sqlite3_bind_int64(stmt, 1, (int64_t)v);
		sqlite3_bind_text(
			stmt, 2, in->vantages[v].name, -1, SQLITE_STATIC);
		sqlite3_bind_int(stmt, 3, in->vantages[v].swapped);
		ok = store_step(s, stmt, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static void
link_type_names(const struct feed_piece *p, char *text, size_t room)
{
	size_t n = 0;
	text[0] = '\0';
	for (int i = 0; i < p->link_types_count && n < room; i++)
		n += (size_t)snprintf(text + n, room - n, "%s%s",
			i == 0 ? "" : ", ",
			packet_link_type_name(p->link_types[i]));
}

static bool
write_reasons(struct writer *w, int64_t id, const struct audit *a,
	struct error *e)
{
	for (int i = 0; i < a->count; i++) {
		sqlite3_bind_int64(w->reason, 1, id);
		bind_text(w->reason, 2, a->reasons[i].id);
		bind_text(w->reason, 3, a->reasons[i].detail);
		if (!store_step(w->store, w->reason, e))
			return false;
	}
	return true;
}

static bool
write_count(struct writer *w, int64_t id, const char *kind, uint64_t count,
	struct error *e)
{
	if (count == 0)
		return true;
	sqlite3_bind_int64(w->accounting, 1, id);
	bind_text(w->accounting, 2, kind);
	sqlite3_bind_int64(w->accounting, 3, (int64_t)count);
	return store_step(w->store, w->accounting, e);
}

static bool
write_accounting(struct writer *w, int64_t id, const struct feed_piece *p,
	struct error *e)
{
	for (int k = 0; k < PACKET_KIND_COUNT; k++)
		if (!write_count(w, id, packet_kind_id((enum packet_kind)k),
			    p->kinds[k], e))
			return false;
	return write_count(w, id, "filtered-out", p->filtered_out, e);
}

static bool
write_anomaly(struct writer *w, int64_t id, enum anomaly a, int64_t at,
	uint64_t count, struct error *e)
{
	sqlite3_bind_int64(w->anomaly, 1, id);
	bind_text(w->anomaly, 2, anomaly_id(a));
	if (at < 0)
		sqlite3_bind_null(w->anomaly, 3);
	else
		sqlite3_bind_int64(w->anomaly, 3, at);
	sqlite3_bind_int64(w->anomaly, 4, (int64_t)count);
	bind_text(w->anomaly, 5, anomaly_meaning(a));
	return store_step(w->store, w->anomaly, e);
}

static bool
write_anomalies(struct writer *w, int64_t id, const struct vantage *v,
	const struct feed_piece *p, struct error *e)
{
	for (int i = 0; i < ANOMALY_COUNT; i++)
		if (p->anomalies[i].count > 0 &&
			!write_anomaly(w, id, (enum anomaly)i,
				(int64_t)p->anomalies[i].at,
				p->anomalies[i].count, e))
			return false;
	if (p->packets == 0 && p->error.kind == ERROR_NONE &&
		p->anomalies[ANOMALY_CAPTURE_EMPTY].count == 0 &&
		!write_anomaly(w, id, ANOMALY_CAPTURE_EMPTY, -1, 1, e))
		return false;
	return !v->swapped ||
		write_anomaly(w, id, ANOMALY_ROLES_SWAPPED, -1, 1, e);
}

static bool
write_piece(struct writer *w, const struct ingest *in, size_t v, size_t piece,
	const struct feed_piece *p, struct error *e)
{
	char links[160];
	struct audit audit;
	sqlite3_stmt *s = w->source;
	const char *format = capture_format_name(p->summary.format);
	audit_piece(&audit, &in->vantages[v], p);
	link_type_names(p, links, sizeof links);
	bind_text(s, 1, p->file->name);
	bind_text(s, 2, p->file->role);
	bind_text(s, 3, format[0] != '\0' ? format : "unrecognised");
	bind_text(s, 4, p->file->compression);
	bind_text(s, 5, p->sha256);
	sqlite3_bind_int64(s, 6, (int64_t)p->raw_bytes);
	sqlite3_bind_int64(s, 7, (int64_t)p->packets);
	bind_time(s, 8, p->first);
	bind_time(s, 9, p->last);
	sqlite3_bind_int64(s, 10, (int64_t)v);
	sqlite3_bind_int64(s, 11, (int64_t)piece);
	sqlite3_bind_int64(s, 12, (int64_t)p->first_frame);
	bind_text(s, 13, links);
	if (p->summary.snaplen > 0)
		sqlite3_bind_int64(s, 14, p->summary.snaplen);
	else
		sqlite3_bind_null(s, 14);
	if (p->summary.has_drop_count)
		sqlite3_bind_int64(s, 15, (int64_t)p->summary.dropped);
	else
		sqlite3_bind_null(s, 15);
	bind_text(s, 16, p->summary.filter);
	bind_text(s, 17, audit_grade_word(audit.grade));
	bind_text(s, 18, p->error.text);
	if (!store_step(w->store, s, e))
		return false;
	int64_t id = sqlite3_last_insert_rowid(store_db(w->store));
	return write_reasons(w, id, &audit, e) &&
		write_accounting(w, id, p, e) &&
		write_anomalies(w, id, &in->vantages[v], p, e);
}

/* A file that is no capture: listed, with the reason. */
static bool
write_other(struct writer *w, const struct case_file *f, struct error *e)
{
	struct stat st;
	sqlite3_stmt *s = w->source;
	bool sized = stat(f->path, &st) == 0 && S_ISREG(st.st_mode);
	const char *note = f->kind == CASE_FILE_BROKEN ? f->problem
		: f->kind == CASE_FILE_NOTE ? "about the case; not evidence"
					    : "not recognised; not read";
	sqlite3_clear_bindings(s);
	bind_text(s, 1, f->name);
	bind_text(s, 2, f->role);
	bind_text(s, 3, f->kind == CASE_FILE_NOTE ? "note" : "unrecognised");
	sqlite3_bind_int64(s, 6, sized ? (int64_t)st.st_size : 0);
	bind_text(s, 18, note);
	return store_step(w->store, s, e);
}

bool
ingest_write(const struct ingest *in, struct store *s, struct error *e)
{
	struct writer w;
	bool ok = writer_init(&w, s, e) && write_vantages(in, s, e);
	for (size_t v = 0; ok && v < in->count; v++) {
		size_t from = in->vantages[v].origin;
		for (size_t i = 0; ok && i < in->pieces_count[from]; i++)
			ok = write_piece(
				&w, in, v, i, &in->pieces[from][i], e);
	}
	for (size_t i = 0; ok && i < in->files->count; i++)
		if (in->files->list[i].kind != CASE_FILE_CAPTURE)
			ok = write_other(&w, &in->files->list[i], e);
	writer_release(&w);
	return ok;
}
