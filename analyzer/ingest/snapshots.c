/*
 * Reading snapshot files and writing their rows.
 */
#include "ingest/snapshots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/counters.h"
#include "ingest/noted.h"
#include "ingest/stream.h"
#include "parsers/host/host.h"

/* The statements of these tables; one per run. */
struct writer {
	struct source_rows *w;
	struct event_list *events;
	sqlite3_stmt *setting; /* owned, as are the others */
	sqlite3_stmt *socket;
	sqlite3_stmt *conntrack;
};

/* One file while it is parsed. */
struct reading {
	struct writer *writer;
	const struct case_file *file;
	uint32_t index; /* of the file in the case */
	int64_t source;
	struct counters *counters;
	struct error *error;
	bool ok;
};

static void
bind_view(sqlite3_stmt *stmt, int at, struct view v)
{
	sqlite3_bind_text(stmt, at, v.len == 0 ? "" : (const char *)v.data,
		(int)v.len, SQLITE_TRANSIENT);
}

static void
bind_endpoint(sqlite3_stmt *stmt, int at, const struct host_endpoint *p)
{
	char text[IP_TEXT_MAX];
	source_bind_text(stmt, at, p->known ? ip_format(p->ip, text) : NULL);
	source_bind_known(stmt, at + 1, p->port);
}

static void
step(struct reading *r, sqlite3_stmt *stmt)
{
	r->ok = r->ok && store_step(r->writer->w->store, stmt, r->error);
}

/* In the whole file: a part of a transcript begins somewhere in it. */
static uint32_t
line_of(const struct reading *r, uint32_t line)
{
	return r->file->lines_before + line;
}

static void
on_counter(void *context, const struct host_counter *c)
{
	struct reading *r = context;
	/* A sum between two others has no before and after of its own. */
	if (r->file->moment == CASE_MOMENT_BETWEEN && !c->gauge)
		return;
	counters_add(r->counters, c->scope, c->name, c->value, c->gauge,
		line_of(r, c->line));
}

static void
on_setting(void *context, const struct host_setting *s)
{
	struct reading *r = context;
	sqlite3_stmt *stmt = r->writer->setting;
	sqlite3_bind_int64(stmt, 1, r->source);
	source_bind_text(stmt, 2, r->file->role);
	source_bind_text(stmt, 3, r->file->kind_id);
	bind_view(stmt, 4, s->scope);
	bind_view(stmt, 5, s->name);
	bind_view(stmt, 6, s->value);
	sqlite3_bind_int64(stmt, 7, line_of(r, s->line));
	step(r, stmt);
}

static void
on_socket(void *context, const struct host_socket *s)
{
	struct reading *r = context;
	sqlite3_stmt *stmt = r->writer->socket;
	sqlite3_bind_int64(stmt, 1, r->source);
	source_bind_text(stmt, 2, r->file->role);
	source_bind_text(stmt, 3, case_moment_word(r->file->moment));
	bind_view(stmt, 4, s->state);
	source_bind_known(stmt, 5, s->recv_q);
	source_bind_known(stmt, 6, s->send_q);
	bind_endpoint(stmt, 7, &s->local);
	bind_endpoint(stmt, 9, &s->peer);
	source_bind_known(stmt, 11, s->retransmits);
	bind_view(stmt, 12, s->process);
	sqlite3_bind_int64(stmt, 13, line_of(r, s->line));
	step(r, stmt);
}

static void
on_conntrack(void *context, const struct host_conntrack *c)
{
	struct reading *r = context;
	sqlite3_stmt *stmt = r->writer->conntrack;
	sqlite3_bind_int64(stmt, 1, r->source);
	source_bind_text(stmt, 2, r->file->role);
	sqlite3_bind_int(stmt, 3, c->protocol);
	bind_view(stmt, 4, c->state);
	source_bind_known(stmt, 5, c->timeout_s);
	bind_endpoint(stmt, 6, &c->src);
	bind_endpoint(stmt, 8, &c->dst);
	bind_endpoint(stmt, 10, &c->reply_src);
	bind_endpoint(stmt, 12, &c->reply_dst);
	sqlite3_bind_int(stmt, 14, c->unreplied);
	sqlite3_bind_int(stmt, 15, c->assured);
	sqlite3_bind_int64(stmt, 16, line_of(r, c->line));
	step(r, stmt);
}

static const char *
endpoint_text(struct arena *a, const struct host_endpoint *p)
{
	if (!p->known)
		return NULL;
	char *text = arena_take(a, IP_TEXT_MAX);
	ip_format(p->ip, text);
	return text;
}

/* A dropped packet is an event: it has a time and a reason. */
static void
on_drop(void *context, const struct host_drop *d)
{
	struct reading *r = context;
	struct event_list *l = r->writer->events;
	struct event *e = event_list_add(l);
	if (e == NULL)
		return;
	struct arena *a = &l->arena;
	const char *reason = arena_copy(a, d->reason.data, d->reason.len);
	const char *location = arena_copy(a, d->location.data, d->location.len);
	e->file = r->index;
	e->source = r->source;
	e->line = line_of(r, d->line);
	e->name = "packet-dropped";
	e->role = r->file->role;
	e->time.ns = d->time_ns;
	e->time.resolution_ns = NS_PER_US;
	e->time.kind = d->clock == HOST_CLOCK_EPOCH ? EVENT_TIME_UTC
		: d->clock == HOST_CLOCK_BOOT       ? EVENT_TIME_BOOT
						    : EVENT_TIME_NONE;
	e->count = d->count;
	e->src = endpoint_text(a, &d->src);
	e->dst = endpoint_text(a, &d->dst);
	e->src_port = d->src.port;
	e->dst_port = d->dst.port;
	e->fields = event_fields_add(a, NULL, "reason", d->reason);
	e->fields = event_fields_add(a, e->fields, "location", d->location);
	e->text = arena_format(a, "%s at %s", reason, location);
}

static bool
parse_file(struct reading *r, struct stream *s, struct noted *noted)
{
	const struct host_sink sink = {r, on_counter, on_setting, on_socket,
		on_conntrack, on_drop, noted_sink(noted)};
	struct source_rows *w = r->writer->w;
	struct host_result result;
	size_t len;
	uint8_t *data = stream_read_whole(s, SNAPSHOT_BYTES_MAX, &len);
	bool cut = !s->at_eof || s->window.len > 0;
	host_parse(r->file->host_kind, view_of(data, len),
		case_file_hint(r->file), &sink, &result);
	free(data);
	counters_end(r->counters, result.zeros_omitted);
	stream_finish(s);
	const char *note = s->error.kind != ERROR_NONE ? s->error.text
		: cut ? "longer than is read; the rest was passed over"
		      : NULL;
	return r->ok &&
		source_rows_complete(w, r->source, s->sha256,
			(int64_t)s->raw_bytes, (int64_t)result.lines, note,
			r->error) &&
		source_rows_count(w, r->source, "recognised", result.recognised,
			r->error) &&
		source_rows_count(
			w, r->source, "other", result.other, r->error) &&
		noted_write(noted, w, r->source, r->error);
}

/* One file: its source row, and all rows but its counters. */
static bool
read_file(struct writer *writer, const struct case_files *files, uint32_t index,
	struct counters *counters, struct error *e)
{
	const struct case_file *f = &files->list[index];
	struct noted noted = {0};
	struct stream s;
	struct error unreadable = {0};
	struct reading r = {writer, f, index, 0, counters, e, true};
	struct source_row row = source_row_of(f->name, f->role, f->kind_id);
	row.compression = f->compression;
	bool open = case_file_open(f, &s, noted_sink(&noted), &unreadable);
	if (!open)
		row.note = unreadable.text;
	if (!source_rows_add(writer->w, &row, &r.source, e))
		r.ok = false;
	counters->source = r.source;
	if (!open)
		return r.ok;
	bool ok = r.ok && parse_file(&r, &s, &noted);
	stream_close(&s);
	return ok;
}

/* The file that pairs with this one as its after, or -1. */
static int64_t
partner_of(const struct case_files *files, size_t index)
{
	const struct case_file *f = &files->list[index];
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *g = &files->list[i];
		if (g->kind == CASE_FILE_SNAPSHOT &&
			g->host_kind == f->host_kind &&
			g->moment != f->moment &&
			g->moment != CASE_MOMENT_NONE &&
			g->moment != CASE_MOMENT_BETWEEN &&
			strcmp(g->stem, f->stem) == 0)
			return (int64_t)i;
	}
	return -1;
}

/* One snapshot, or a pair of them. */
static bool
write_snapshot(struct writer *writer, const struct case_files *files, size_t i,
	struct error *e)
{
	const struct case_file *f = &files->list[i];
	int64_t partner = f->moment == CASE_MOMENT_NONE ||
			f->moment == CASE_MOMENT_BETWEEN
		? -1
		: partner_of(files, i);
	/* A pair is written with its after. */
	if (partner >= 0 && f->moment == CASE_MOMENT_BEFORE)
		return true;
	struct counters before = {0};
	struct counters after = {0};
	bool ok = true;
	if (partner >= 0)
		ok = read_file(writer, files, (uint32_t)partner, &before, e);
	ok = ok && read_file(writer, files, (uint32_t)i, &after, e) &&
		counters_write(writer->w->store, f->role, f->kind_id,
			partner >= 0 ? &before : NULL, &after, e);
	counters_release(&before);
	counters_release(&after);
	return ok;
}

bool
snapshots_write(struct source_rows *w, const struct case_files *files,
	struct event_list *events, struct error *e)
{
	struct store *s = w->store;
	struct writer writer = {
		.w = w,
		.events = events,
		.setting = store_prepare(s,
			"INSERT INTO setting VALUES (?, ?, ?, ?, ?, ?, ?)", e),
		.socket = store_prepare(s,
			"INSERT INTO socket VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
			"?, ?, ?, ?, ?)",
			e),
		.conntrack = store_prepare(s,
			"INSERT INTO conntrack VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
			"?, ?, ?, ?, ?, ?, ?, ?)",
			e),
	};
	bool ok = writer.setting && writer.socket && writer.conntrack;
	for (size_t i = 0; ok && i < files->count; i++)
		if (files->list[i].kind == CASE_FILE_SNAPSHOT)
			ok = write_snapshot(&writer, files, i, e);
	sqlite3_finalize(writer.setting);
	sqlite3_finalize(writer.socket);
	sqlite3_finalize(writer.conntrack);
	return ok;
}
