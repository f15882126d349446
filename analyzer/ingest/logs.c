/*
 * A log file through stream and scanner into the list of events. What a line
 * says of its time is kept as it is; the clocks are stitch's.
 */
#include "ingest/logs.h"

#include <string.h>

#include "ingest/noted.h"
#include "ingest/stream.h"
#include "parsers/patterns/scan.h"

/*
 * A line without a stamp was written after the one whose time it takes. A report
 * of several lines is printed at once; so long a while is allowed for it.
 */
#define INHERITED_NS NS_PER_S

/* What an event is put together from. */
struct taking {
	const struct case_file *file;
	uint32_t index;
	int64_t source;
	struct event_list *events;
};

static struct event_time
time_of(const struct log_time *t)
{
	static const enum event_time_kind kinds[] = {
		[LOG_TIME_NONE] = EVENT_TIME_NONE,
		[LOG_TIME_UTC] = EVENT_TIME_UTC,
		[LOG_TIME_LOCAL] = EVENT_TIME_LOCAL,
		[LOG_TIME_LOCAL_NO_YEAR] = EVENT_TIME_LOCAL_NO_YEAR,
		[LOG_TIME_BOOT] = EVENT_TIME_BOOT,
		[LOG_TIME_DELTA] = EVENT_TIME_NONE,
		[LOG_TIME_CLOCK] = EVENT_TIME_NONE,
	};
	int64_t resolution_ns = t->resolution_ns;
	if (t->inherited && resolution_ns < INHERITED_NS)
		resolution_ns = INHERITED_NS;
	return (struct event_time){t->ns, resolution_ns, kinds[t->kind]};
}

/* What a reader has to know of a line's time: whose it is, and the name of a
   zone that could be one of several. */
static const char *
time_fields(struct arena *a, const char *so_far, const struct log_time *t)
{
	if (t->inherited)
		so_far = event_fields_add(
			a, so_far, "time_of", view_str("an earlier line"));
	return event_fields_add(a, so_far, "zone", view_str(t->zone));
}

static const char *
text_of(struct arena *a, struct view v)
{
	if (v.len == 0)
		return NULL;
	size_t len = v.len < EVENT_TEXT_MAX ? v.len : EVENT_TEXT_MAX;
	return arena_copy(a, v.data, len);
}

static const char *
address_of(struct arena *a, bool has, struct ip_addr ip)
{
	if (!has)
		return NULL;
	char *text = arena_take(a, IP_TEXT_MAX);
	ip_format(ip, text);
	return text;
}

static void
take_event(void *context, const struct log_event *x)
{
	struct taking *t = context;
	const struct log_record *r = x->record;
	struct arena *a = &t->events->arena;
	struct event *e = event_list_add(t->events);
	if (e == NULL)
		return;
	e->file = t->index;
	e->source = t->source;
	e->line = t->file->lines_before + r->line;
	/* The patterns do not outlive the reading. */
	e->name = arena_copy(a, x->pattern->event, strlen(x->pattern->event));
	e->role = t->file->role;
	e->host = text_of(a, r->host);
	e->time = time_of(&r->time);
	e->second = time_of(&r->second);
	e->count = x->count > UINT32_MAX ? UINT32_MAX : (uint32_t)x->count;
	e->floor = x->pattern->floor;
	e->src = address_of(a, x->has & EVENT_SRC, x->src);
	e->dst = address_of(a, x->has & EVENT_DST, x->dst);
	e->src_port = x->has & EVENT_SPORT ? x->sport : -1;
	e->dst_port = x->has & EVENT_DPORT ? x->dport : -1;
	e->protocol = x->has & EVENT_PROTOCOL ? x->protocol : -1;
	e->ip_id = x->has & EVENT_IP_ID ? x->ip_id : -1;
	e->seq = x->has & EVENT_SEQ ? (int64_t)x->seq : -1;
	for (int i = 0; i < x->fields_count; i++)
		e->fields = event_fields_add(
			a, e->fields, x->fields[i].name, x->fields[i].value);
	e->fields = time_fields(a, e->fields, &r->time);
	e->text = text_of(a, r->raw);
	if (e->text == NULL)
		e->text = "";
}

static void
scan_stream(struct log_scanner *scanner, struct stream *s, struct taking *t)
{
	size_t want = 1;
	for (;;) {
		stream_fill(s, want);
		size_t before = s->window.len;
		log_scan(scanner, &s->window, s->at_eof, take_event, t);
		if (s->at_eof && s->window.len == 0)
			return;
		/* Part of a line is left: bring more behind it. */
		want = s->window.len + 1;
		if (s->at_eof && s->window.len == before)
			return;
	}
}

static bool
complete(struct source_rows *w, int64_t source, const struct stream *s,
	const struct log_scan_summary *sum, struct error *e)
{
	const char *note = s->error.kind == ERROR_NONE ? NULL : s->error.text;
	return source_rows_complete(w, source, s->sha256, (int64_t)s->raw_bytes,
		       (int64_t)sum->lines, note, e) &&
		source_rows_count(
			w, source, "recognised", sum->recognised, e) &&
		source_rows_count(w, source, "other", sum->other, e);
}

bool
logs_write(struct source_rows *w, const struct case_file *f, uint32_t index,
	const struct pattern_set *patterns, struct event_list *events,
	struct error *e)
{
	struct noted noted = {0};
	struct stream s;
	struct error unreadable = {0};
	struct taking t = {f, index, 0, events};
	struct store_source row = source_row_of(f->name, f->role, f->kind_id);
	row.compression = f->compression;
	if (!case_file_open(f, &s, noted_sink(&noted), &unreadable)) {
		row.note = unreadable.text;
		return source_rows_add(w, &row, &t.source, e);
	}
	bool ok = source_rows_add(w, &row, &t.source, e);
	stream_fill(&s, LOG_HEAD_BYTES);
	struct log_scanner *scanner = log_scanner_new(patterns, s.window);
	if (ok)
		scan_stream(scanner, &s, &t);
	stream_finish(&s);
	ok = ok && complete(w, t.source, &s, log_scan_summary(scanner), e) &&
		noted_write(&noted, w, t.source, e);
	log_scanner_free(scanner);
	stream_close(&s);
	return ok;
}
