/*
 * Reading snapshot files and writing their rows.
 */
#include "ingest/snapshots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/counters.h"
#include "ingest/anomaly_counts.h"
#include "ingest/stream.h"
#include "parsers/host/host.h"

/* Where what is read goes; one per run. */
struct writer {
	struct source_rows *w;
	struct event_list *events;
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

/* An empty text is no NULL. */
static struct view
text_of(struct view v)
{
	return v.len == 0 ? view_str("") : v;
}

static const char *
address_text(const struct host_endpoint *p, char text[IP_TEXT_MAX])
{
	return p->known ? ip_format(p->ip, text) : NULL;
}

/* In the whole file: a part of a transcript begins somewhere in it. */
static uint32_t
line_of(const struct reading *r, uint32_t line)
{
	return (uint32_t)case_file_line(r->file, line);
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
	struct store_setting row = store_setting_null;
	row.source = r->source;
	row.role = source_text(r->file->role);
	row.kind = r->file->kind_id;
	row.scope = text_of(s->scope);
	row.name = text_of(s->name);
	row.value = text_of(s->value);
	row.line = line_of(r, s->line);
	r->ok = r->ok &&
		store_insert_setting(r->writer->w->store, &row, r->error);
}

static void
on_socket(void *context, const struct host_socket *s)
{
	struct reading *r = context;
	char local[IP_TEXT_MAX];
	char peer[IP_TEXT_MAX];
	struct store_socket row = store_socket_null;
	row.source = r->source;
	row.role = source_text(r->file->role);
	row.moment = source_text(case_moment_word(r->file->moment));
	row.state = text_of(s->state);
	row.recv_q = source_number(s->recv_q);
	row.send_q = source_number(s->send_q);
	row.local = address_text(&s->local, local);
	row.local_port = source_number(s->local.port);
	row.peer = address_text(&s->peer, peer);
	row.peer_port = source_number(s->peer.port);
	row.retransmits = source_number(s->retransmits);
	row.process = text_of(s->process);
	row.line = line_of(r, s->line);
	r->ok = r->ok &&
		store_insert_socket(r->writer->w->store, &row, r->error);
}

static void
on_conntrack(void *context, const struct host_conntrack *c)
{
	struct reading *r = context;
	char addresses[4][IP_TEXT_MAX];
	struct store_conntrack row = store_conntrack_null;
	row.source = r->source;
	row.role = source_text(r->file->role);
	row.protocol = c->protocol;
	row.state = text_of(c->state);
	row.timeout_s = source_number(c->timeout_s);
	row.src = address_text(&c->src, addresses[0]);
	row.src_port = source_number(c->src.port);
	row.dst = address_text(&c->dst, addresses[1]);
	row.dst_port = source_number(c->dst.port);
	row.reply_src = address_text(&c->reply_src, addresses[2]);
	row.reply_src_port = source_number(c->reply_src.port);
	row.reply_dst = address_text(&c->reply_dst, addresses[3]);
	row.reply_dst_port = source_number(c->reply_dst.port);
	row.unreplied = c->unreplied;
	row.assured = c->assured;
	row.line = line_of(r, c->line);
	r->ok = r->ok &&
		store_insert_conntrack(r->writer->w->store, &row, r->error);
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

/* A rule that somebody wrote threw the packet away, not a full table or a check of
 * the kernel's.
 * cite: cilium 1.16 pkg/monitor/api/drop.go, "Policy denied" and "by denylist" */
static bool
is_denial(struct view reason)
{
	return view_begins(reason, "Policy denied");
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
	e->name = is_denial(d->reason) ? "firewall-log-drop" : "packet-dropped";
	e->role = r->file->role;
	e->time.ns = d->time_ns;
	e->time.resolution_ns = NS_PER_US;
	e->time.kind = d->clock == HOST_CLOCK_EPOCH ? EVENT_TIME_UTC
		: d->clock == HOST_CLOCK_BOOT       ? EVENT_TIME_BOOT
		: d->clock == HOST_CLOCK_LOCAL      ? EVENT_TIME_LOCAL
						    : EVENT_TIME_NONE;
	e->count = d->count;
	e->src = endpoint_text(a, &d->src);
	e->dst = endpoint_text(a, &d->dst);
	e->src_port = d->src.port;
	e->dst_port = d->dst.port;
	e->fields = event_fields_add(a, NULL, "reason", d->reason);
	e->fields = event_fields_add(a, e->fields, "location", d->location);
	if (d->flags.len > 0)
		e->fields = event_fields_add(a, e->fields, "flags", d->flags);
	e->text = arena_format(a, "%s at %s", reason, location);
}

static bool
parse_file(struct reading *r, struct stream *s, struct anomaly_counts *counts)
{
	const struct host_sink sink = {r, on_counter, on_setting, on_socket,
		on_conntrack, on_drop, anomaly_counts_sink(counts)};
	struct source_rows *w = r->writer->w;
	struct host_result result;
	size_t len;
	uint8_t *data = stream_read_whole(s, SNAPSHOT_BYTES_MAX, &len);
	bool cut = !s->at_eof || s->window.len > 0;
	host_parse(r->file->host_kind, view_of(data, len),
		case_file_hint(r->file), &sink, &result);
	free(data);
	counters_end(r->counters, result.zeros_omitted);
	r->counters->whole = !cut && s->error.kind == ERROR_NONE;
	if (r->counters->beyond > 0)
		anomaly_counts_add(counts, ANOMALY_COUNTERS_BEYOND_MEMORY, 0);
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
		anomaly_counts_write(counts, w, r->source, r->error);
}

/* One file: its source row, and all rows but its counters. */
static bool
read_file(struct writer *writer, const struct case_files *files, uint32_t index,
	struct counters *counters, struct error *e)
{
	const struct case_file *f = &files->list[index];
	struct anomaly_counts counts = {0};
	struct stream s;
	struct error unreadable = {0};
	struct reading r = {writer, f, index, 0, counters, e, true};
	struct store_source row = source_row_of(f, f->kind_id);
	row.compression = f->compression;
	bool open = case_file_open(
		f, &s, anomaly_counts_sink(&counts), &unreadable);
	if (!open)
		row.note = unreadable.text;
	if (!source_rows_add(writer->w, &row, &r.source, e))
		r.ok = false;
	counters->source = r.source;
	if (!open)
		return r.ok;
	bool ok = r.ok && parse_file(&r, &s, &counts);
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
	struct writer writer = {w, events};
	bool ok = true;
	for (size_t i = 0; ok && i < files->count; i++)
		if (files->list[i].kind == CASE_FILE_SNAPSHOT)
			ok = write_snapshot(&writer, files, i, e);
	return ok;
}
