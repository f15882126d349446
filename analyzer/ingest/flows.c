/*
 * Stream, flow reader, rows.
 */
#include "ingest/flows.h"

#include "base/ip.h"
#include "ingest/noted.h"
#include "ingest/stream.h"
#include "parsers/flow/flow.h"

/* Columns of flow_record behind its id. */
static const char insert[] =
	"INSERT INTO flow_record VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static void
bind_view(sqlite3_stmt *stmt, int at, struct view v)
{
	if (v.len == 0)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_text(stmt, at, (const char *)v.data, (int)v.len,
			SQLITE_TRANSIENT);
}

static void
bind_address(sqlite3_stmt *stmt, int at, const struct flow_address *a)
{
	char text[IP_TEXT_MAX];
	source_bind_text(stmt, at, a->has ? ip_format(a->ip, text) : NULL);
}

static bool
write_record(struct source_rows *w, sqlite3_stmt *stmt, int64_t source,
	uint32_t lines_before, const struct flow_record *r, struct error *e)
{
	char state[2] = {r->state, '\0'};
	sqlite3_bind_int64(stmt, 1, source);
	sqlite3_bind_int64(stmt, 2, (int64_t)(lines_before + r->line));
	sqlite3_bind_text(
		stmt, 3, flow_format_cloud(r->format), -1, SQLITE_STATIC);
	bind_view(stmt, 4, r->interface);
	source_bind_number(stmt, 5, r->start_ns);
	source_bind_number(stmt, 6, r->end_ns);
	bind_address(stmt, 7, &r->src);
	source_bind_known(stmt, 8, r->src_port);
	bind_address(stmt, 9, &r->dst);
	source_bind_known(stmt, 10, r->dst_port);
	source_bind_known(stmt, 11, r->protocol);
	bind_address(stmt, 12, &r->pkt_src);
	bind_address(stmt, 13, &r->pkt_dst);
	source_bind_known(stmt, 14, r->packets);
	source_bind_known(stmt, 15, r->bytes);
	source_bind_known(stmt, 16, r->reply_packets);
	source_bind_known(stmt, 17, r->reply_bytes);
	sqlite3_bind_text(
		stmt, 18, flow_action_name(r->action), -1, SQLITE_STATIC);
	source_bind_known(stmt, 19, r->tcp_flags);
	source_bind_text(stmt, 20, flow_direction_name(r->direction));
	source_bind_text(stmt, 21, state);
	bind_view(stmt, 22, r->rule);
	sqlite3_bind_int(stmt, 23, r->sampled);
	bind_view(stmt, 24, r->reason);
	return store_step(w->store, stmt, e);
}

/* Every record of an open stream. */
static bool
write_records(struct source_rows *w, int64_t source, uint32_t lines_before,
	struct stream *s, struct flow_reader *reader, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(w->store, insert, e);
	struct flow_record record;
	bool ok = stmt != NULL;
	while (ok) {
		enum flow_status status =
			flow_next(reader, &s->window, s->at_eof, &record);
		if (status == FLOW_END)
			break;
		if (status == FLOW_MORE)
			stream_fill(s, flow_need(reader));
		else
			ok = write_record(
				w, stmt, source, lines_before, &record, e);
	}
	sqlite3_finalize(stmt);
	return ok;
}

/* What is known only behind the last byte. */
static bool
complete(struct source_rows *w, int64_t source, const struct stream *s,
	const struct flow_summary *sum, struct error *e)
{
	const char *note = s->error.kind == ERROR_NONE ? NULL : s->error.text;
	return source_rows_complete(w, source, s->sha256, (int64_t)s->raw_bytes,
		       (int64_t)sum->read, note, e) &&
		source_rows_count(w, source, "flow-record", sum->records, e) &&
		source_rows_count(w, source, "other", sum->other, e);
}

bool
flows_write(struct source_rows *w, const struct case_file *f, struct error *e)
{
	struct noted noted = {0};
	struct anomaly_sink sink = noted_sink(&noted);
	struct stream s;
	struct error unreadable = {0};
	int64_t id;
	struct source_row row = source_row_of(f->name, f->role, f->kind_id);
	row.compression = f->compression;
	if (!case_file_open(f, &s, sink, &unreadable)) {
		row.note = unreadable.text;
		return source_rows_add(w, &row, &id, e);
	}
	struct flow_reader *reader = flow_new(sink);
	bool ok = source_rows_add(w, &row, &id, e) &&
		write_records(w, id, f->lines_before, &s, reader, e);
	stream_finish(&s);
	ok = ok && complete(w, id, &s, flow_summary(reader), e) &&
		noted_write(&noted, w, id, e);
	flow_free(reader);
	stream_close(&s);
	return ok;
}
