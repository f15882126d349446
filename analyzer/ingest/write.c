/*
 * The rows of this stage: vantages, files and what is wrong with them.
 */
#include <stdio.h>

#include "ingest/audit.h"
#include "ingest/flows.h"
#include "ingest/host_rows.h"
#include "ingest/ingest.h"
#include "ingest/logs.h"
#include "ingest/snapshots.h"
#include "ingest/source_rows.h"
#include "ingest/transcripts.h"
#include "store/select.h"

static bool
write_vantages(const struct ingest *in, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t v = 0; ok && v < in->count; v++) {
		struct store_vantage row = store_vantage_null;
		row.id = (int64_t)v;
		row.name = in->vantages[v].name;
		row.swapped = in->vantages[v].swapped;
		ok = store_insert_vantage(s, &row, e);
	}
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
write_accounting(struct source_rows *w, int64_t id, const struct feed_piece *p,
	struct error *e)
{
	for (int k = 0; k < PACKET_KIND_COUNT; k++)
		if (!source_rows_count(w, id,
			    packet_kind_id((enum packet_kind)k), p->kinds[k],
			    e))
			return false;
	return source_rows_count(w, id, "filtered-out", p->filtered_out, e);
}

static bool
write_troubles(struct source_rows *w, int64_t id, const struct vantage *v,
	const struct feed_piece *p, const struct audit *audit, struct error *e)
{
	for (int i = 0; i < audit->count; i++)
		if (!source_rows_reason(w, id, audit->reasons[i].id,
			    audit->reasons[i].detail, NULL, e))
			return false;
	return anomaly_counts_write(&p->anomalies, w, id, e) &&
		(!v->swapped ||
			source_rows_anomaly(
				w, id, ANOMALY_ROLES_SWAPPED, -1, 1, e));
}

static bool
write_piece(struct source_rows *w, const struct ingest *in, size_t v,
	size_t piece, struct feed_piece *p, struct error *e)
{
	char links[160];
	struct audit audit;
	const char *format = capture_format_name(p->summary.format);
	audit_piece(&audit, &in->vantages[v], p);
	link_type_names(p, links, sizeof links);
	struct store_source row = source_row_of(
		p->file, format[0] != '\0' ? format : "unrecognised");
	row.compression = p->file->compression;
	p->hash_owed = p->late_fd >= 0;
	row.sha256 = p->sha256;
	row.bytes = (int64_t)p->raw_bytes;
	row.packets = (int64_t)p->packets;
	row.first_ns = p->first.ns;
	row.last_ns = p->last.ns;
	row.vantage = (int64_t)v;
	row.piece = (int64_t)piece;
	if (p->first_frame > 0)
		row.first_frame = (int64_t)p->first_frame;
	row.link_types = links;
	if (p->summary.snaplen > 0)
		row.snaplen = p->summary.snaplen;
	if (p->summary.has_drop_count)
		row.dropped = (int64_t)p->summary.dropped;
	row.filter = p->summary.filter;
	row.trust = audit_grade_word(audit.grade);
	row.note = p->error.text;
	return source_rows_add(w, &row, &p->source, e) &&
		write_accounting(w, p->source, p, e) &&
		write_troubles(w, p->source, &in->vantages[v], p, &audit, e);
}

/* A file that is no evidence: listed, with the reason. */
static bool
write_other(struct source_rows *w, const struct case_file *f, struct error *e)
{
	int64_t id;
	bool archive = f->kind == CASE_FILE_ARCHIVE;
	const char *kind = archive          ? f->kind_id
		: f->kind == CASE_FILE_NOTE ? "note"
					    : "unrecognised";
	struct store_source row = source_row_of(f, kind);
	row.bytes = (int64_t)case_file_bytes(f);
	row.compression = archive ? f->compression : NULL;
	row.sha256 = f->sha256;
	row.note = f->kind == CASE_FILE_NOTE ? "about the case; not evidence"
		: f->problem != NULL         ? f->problem
					     : "not recognised; not read";
	return source_rows_add(w, &row, &id, e) &&
		(!archive || !f->damaged ||
			source_rows_anomaly(
				w, id, ANOMALY_ARCHIVE_NOT_WHOLE, -1, 1, e));
}

/* The patterns are only loaded when there is a log to read. */
static bool
write_logs(struct source_rows *w, const struct case_files *files,
	struct event_list *events, struct error *e)
{
	const struct pattern_set *patterns = files->patterns;
	struct pattern_set *ours = NULL;
	bool ok = true;
	for (size_t i = 0; ok && i < files->count; i++) {
		const struct case_file *f = &files->list[i];
		if (f->kind != CASE_FILE_LOG && !f->text)
			continue;
		if (patterns == NULL)
			patterns = ours = pattern_set_ours();
		ok = logs_write(w, f, (uint32_t)i, patterns, events, e);
	}
	pattern_set_free(ours);
	return ok;
}

/* With so many files what is asked of each one is found by an index. */
#define SOURCES_MANY 64

/* Only now, when the rows are there; a small case does without. */
static bool
index_sources(const struct ingest *in, struct store *s, struct error *e)
{
	return in->files->count < SOURCES_MANY ||
		store_exec(s,
			"CREATE INDEX source_by_machine ON source (machine);"
			"CREATE INDEX trust_reason_by_source ON trust_reason"
			" (source);"
			"CREATE INDEX accounting_by_source ON accounting"
			" (source);"
			"CREATE INDEX anomaly_by_source ON anomaly (source);"
			"CREATE INDEX machine_address_by_machine"
			" ON machine_address (machine);",
			e);
}

bool
ingest_write(const struct ingest *in, struct event_list *events,
	struct store *s, struct error *e)
{
	struct source_rows w;
	bool ok = source_rows_init(&w, s, e) && write_vantages(in, s, e) &&
		host_rows_write(in->files, s, e);
	for (size_t v = 0; ok && v < in->count; v++) {
		size_t from = in->vantages[v].origin;
		for (size_t i = 0; ok && i < in->pieces_count[from]; i++)
			ok = write_piece(&w, in, v, i, &in->pieces[from][i], e);
	}
	for (size_t i = 0; ok && i < in->files->count; i++) {
		const struct case_file *f = &in->files->list[i];
		if (f->kind == CASE_FILE_FLOWS)
			ok = flows_write(&w, f, (uint32_t)i, events, e);
		else if (f->kind == CASE_FILE_TRANSCRIPT)
			ok = transcript_write(&w, in->files, i, e);
		else if (f->kind == CASE_FILE_NOTE ||
			(f->kind == CASE_FILE_OTHER && !f->text) ||
			f->kind == CASE_FILE_ARCHIVE ||
			f->kind == CASE_FILE_PASSED ||
			f->kind == CASE_FILE_BROKEN)
			ok = write_other(&w, f, e);
	}
	ok = ok && snapshots_write(&w, in->files, events, e) &&
		write_logs(&w, in->files, events, e) &&
		ingest_understood(in, events, e) && index_sources(in, s, e);
	source_rows_release(&w);
	return ok;
}

static bool
write_hash(struct source_rows *w, const struct feed_piece *p, struct error *e)
{
	const struct anomaly_counts *n = &p->anomalies;
	sqlite3_stmt *stmt = store_prepare(w->store,
		"UPDATE source SET sha256 = :sha256 "
		"WHERE id = :id",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":sha256", source_text(p->sha256));
	store_bind_int(stmt, ":id", p->source);
	bool ok = store_step(w->store, stmt, e);
	sqlite3_finalize(stmt);
	if (!ok || n->list[ANOMALY_FILE_CHANGED].count == 0)
		return ok;
	return source_rows_anomaly(w, p->source, ANOMALY_FILE_CHANGED,
		(int64_t)n->list[ANOMALY_FILE_CHANGED].at, 1, e);
}

bool
ingest_write_hashes(struct ingest *in, struct store *s, struct error *e)
{
	struct source_rows w;
	late_hash_wait(&in->late);
	bool ok = source_rows_init(&w, s, e);
	for (size_t v = 0; ok && v < in->count; v++)
		for (size_t i = 0; ok && i < in->pieces_count[v]; i++)
			ok = !in->pieces[v][i].hash_owed ||
				write_hash(&w, &in->pieces[v][i], e);
	source_rows_release(&w);
	return ok;
}
