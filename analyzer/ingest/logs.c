/*
 * A log file through stream and scanner into the list of events. What a line
 * says of its time is kept as it is; the clocks are stitch's.
 */
#include "ingest/logs.h"

#include <string.h>

#include "ingest/event_budget.h"
#include "ingest/anomaly_counts.h"
#include "ingest/retelling.h"
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
	struct event_list *events;
	struct event_budget budget;
	struct retelling retelling;
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
	return (struct event_time){t->ns, resolution_ns, kinds[t->kind],
		t->offset_written, t->offset_s};
}

/* What a reader has to know of a line's time: whose it is, what could not be
   read of it, and the name of a zone that could be one of several. */
static const char *
time_fields(struct arena *a, const char *so_far, const struct log_record *r)
{
	const struct log_time *t = &r->time;
	if (t->inherited)
		so_far = event_fields_add(
			a, so_far, "time_of", view_str("an earlier line"));
	so_far = event_fields_add(a, so_far, "time_not_read", r->unread);
	return event_fields_add(a, so_far, "zone", view_str(t->zone));
}

/* Of a line that goes on with a report: the line of the report's first event. */
static const char *
retelling_field(
	struct taking *t, const char *so_far, const struct log_record *r)
{
	struct arena *a = &t->events->arena;
	uint64_t first = retelling_of(&t->retelling, r);
	if (first == 0)
		return so_far;
	return event_fields_add(a, so_far, "told_from",
		view_str(arena_format(a, "line %ju",
			(uintmax_t)case_file_line(t->file, first))));
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
	e->line = case_file_line(t->file, r->line);
	/* The patterns do not outlive the reading. */
	e->name = arena_copy(a, x->pattern->event, strlen(x->pattern->event));
	e->role = t->file->role;
	e->host = text_of(a, r->host);
	e->time = time_of(&r->time);
	e->borrowed = r->time.inherited;
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
	e->fields = time_fields(a, e->fields, r);
	e->fields = retelling_field(t, e->fields, r);
	e->text = text_of(a, r->raw);
	if (e->text == NULL)
		e->text = "";
	event_budget_settle(&t->budget);
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

/* Where the first of them is: "; the first is line 7". */
static const char *
first_of(struct arena *a, const struct log_shown *x, const struct case_file *f)
{
	if (x->line == 0)
		return "";
	return arena_format(a, "; the first is line %ju",
		(uintmax_t)case_file_line(f, x->line));
}

/* Its text, or NULL. */
static const char *
shown(struct arena *a, const struct log_shown *x)
{
	return x->line == 0 ? NULL : arena_copy(a, x->text, x->len);
}

/* Another part of a sentence, where there is anything to say. */
static const char *
part(struct arena *a, const char *so_far, uint64_t count, const char *what)
{
	if (count == 0)
		return so_far;
	return arena_format(a, "%s%s%ju %s", so_far,
		so_far[0] != '\0' ? ", " : "", (uintmax_t)count, what);
}

/* What became of the lines. */
static const char *
what_became(struct arena *a, const struct case_file *f,
	const struct log_scan_summary *sum)
{
	const char *text = part(a, "", sum->recognised, "gave events");
	text = part(a, text, sum->weightless,
		"were recognised and tell of no failure");
	text = part(a, text, sum->other, "further down hold no known word");
	text = part(a, text, sum->unknown, "were not understood");
	return arena_format(a, "%s%s", text[0] != '\0' ? text : "none",
		first_of(a, &sum->first_unknown, f));
}

/* How the lines were used, with the first that were not. */
static bool
use_write(struct source_rows *w, int64_t source, const struct case_file *f,
	struct event_list *events, const struct log_scan_summary *sum,
	struct error *e)
{
	struct arena *a = &events->arena;
	return source_rows_count(w, source, "recognised", sum->recognised, e) &&
		source_rows_count(
			w, source, "without-weight", sum->weightless, e) &&
		source_rows_count(
			w, source, "not-understood", sum->unknown, e) &&
		source_rows_count(w, source, "other", sum->other, e) &&
		source_rows_reason(w, source, "lines", what_became(a, f, sum),
			shown(a, &sum->first_unknown), e) &&
		(sum->unread == 0 ||
			source_rows_reason(w, source, "times-not-read",
				arena_format(a, "%ju lines%s",
					(uintmax_t)sum->unread,
					first_of(a, &sum->first_unread, f)),
				shown(a, &sum->first_unread), e));
}

/* Of a file that gave no event, the addresses that it names: whoever looks for a
   failure between two of them wants to know. */
static bool
names_write(struct source_rows *w, int64_t source, struct event_list *events,
	const struct log_scan_summary *sum, struct error *e)
{
	struct arena *a = &events->arena;
	const char *names = "";
	char text[IP_TEXT_MAX];
	if (sum->events > 0 || sum->names_count == 0)
		return true;
	for (size_t i = 0; i < sum->names_count; i++)
		names = arena_format(a, "%s%s%s", names, i > 0 ? " " : "",
			ip_format(sum->names[i], text));
	return source_rows_reason(w, source, "names", names, NULL, e);
}

/* What was not kept one by one, and what could not be read. */
static void
note_budget(struct anomaly_counts *n, const struct taking *t,
	const struct log_scan_summary *sum)
{
	n->list[ANOMALY_LOG_TIME_UNREAD].count += sum->unread;
	n->list[ANOMALY_LOG_EVENTS_FOLDED].count += t->budget.folded;
	n->list[ANOMALY_LOG_EVENTS_BEYOND_MEMORY].count +=
		t->budget.dropped + t->events->dropped;
	t->events->dropped = 0;
}

static bool
log_row_write(struct source_rows *w, struct taking *t, struct stream *s,
	const struct log_scan_summary *sum, struct anomaly_counts *counts,
	struct error *e)
{
	const struct case_file *f = t->file;
	struct event_list *l = t->events;
	/* Text that says nothing is what it was: not recognised. */
	bool silent = f->text && sum->events == 0;
	struct store_source row = source_row_of(f,
		silent            ? "unrecognised"
			: f->text ? log_family_id(LOG_PLAIN)
				  : f->kind_id);
	int64_t source;
	row.compression = f->compression;
	row.sha256 = s->sha256;
	row.bytes = (int64_t)s->raw_bytes;
	if (s->error.kind != ERROR_NONE)
		row.note = s->error.text;
	else if (silent && f->problem != NULL)
		row.note = f->problem;
	else if (silent)
		row.note = "not recognised; no line of it is understood";
	if (!silent)
		row.lines = (int64_t)sum->lines;
	if (!source_rows_add(w, &row, &source, e))
		return false;
	for (size_t i = t->budget.first; i < l->count; i++)
		l->list[i].source = source;
	note_budget(counts, t, sum);
	return (silent || use_write(w, source, f, l, sum, e)) &&
		names_write(w, source, l, sum, e) &&
		anomaly_counts_write(counts, w, source, e);
}

bool
logs_write(struct source_rows *w, const struct case_file *f, uint32_t index,
	const struct pattern_set *patterns, struct event_list *events,
	struct error *e)
{
	struct anomaly_counts counts = {0};
	struct stream s;
	struct error unreadable = {0};
	struct taking t = {.file = f, .index = index, .events = events};
	if (!case_file_open(f, &s, anomaly_counts_sink(&counts), &unreadable)) {
		struct store_source row = source_row_of(f, f->kind_id);
		int64_t source;
		row.compression = f->compression;
		row.note = unreadable.text;
		return source_rows_add(w, &row, &source, e);
	}
	event_budget_init(&t.budget, events);
	stream_fill(&s, LOG_HEAD_BYTES);
	struct log_scanner *scanner =
		log_scanner_new(patterns, s.window, f->name);
	if (f->command != NULL)
		log_scanner_told(scanner, f->command);
	scan_stream(scanner, &s, &t);
	stream_finish(&s);
	bool ok =
		log_row_write(w, &t, &s, log_scan_summary(scanner), &counts, e);
	event_budget_release(&t.budget);
	log_scanner_free(scanner);
	stream_close(&s);
	return ok;
}
