/*
 * Flow logs, logs and snapshots, printed as the analysis reads them.
 *
 * One line a record: its line number, its time on its own clock where it has
 * one, and its fields as key=value, or the same as JSON. A log says first what it
 * was taken for and why, and of each line under what envelope it was read.
 */
#include "decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode_print.h"
#include "ingest/snapshots.h"
#include "ingest/transcripts.h"
#include "parsers/flow/flow.h"
#include "parsers/patterns/pattern.h"
#include "parsers/transcript/transcript.h"

void
decode_heading(const char *name)
{
	print_about(name);
}

static void
put_flow(const struct flow_record *r, const struct case_file *f)
{
	char from[CLOCK_TEXT_MAX];
	char span[2 * CLOCK_TEXT_MAX];
	char to[CLOCK_TEXT_MAX];
	print_begin(case_file_line(f, r->line), "");
	snprintf(span, sizeof span, "%s to %s",
		clock_format(r->start_ns, 0, from),
		clock_format(r->end_ns, 0, to));
	print_bare("time", span);
	print_bare("action", flow_action_name(r->action));
	print_text("direction", view_str(flow_direction_name(r->direction)));
	print_endpoint("src", r->src.has, r->src.ip, r->src_port);
	print_endpoint("dst", r->dst.has, r->dst.ip, r->dst_port);
	print_endpoint("pkt-src", r->pkt_src.has, r->pkt_src.ip, -1);
	print_endpoint("pkt-dst", r->pkt_dst.has, r->pkt_dst.ip, -1);
	print_number("protocol", r->protocol);
	print_number("packets", r->packets);
	print_number("bytes", r->bytes);
	print_number("reply-packets", r->reply_packets);
	print_number("tcp-flags", r->tcp_flags);
	print_text("interface", r->interface);
	print_text("rule", r->rule);
	print_text("reason", r->reason);
	print_end(view_of(NULL, 0));
}

void
decode_flows(
	struct stream *s, const struct case_file *f, struct anomaly_sink sink)
{
	struct flow_reader *reader = flow_new(sink);
	struct flow_record record;
	enum flow_status status = FLOW_MORE;
	while (status != FLOW_END) {
		status = flow_next(reader, &s->window, s->at_eof, &record);
		if (status == FLOW_RECORD)
			put_flow(&record, f);
		else if (status == FLOW_MORE)
			stream_fill(s, flow_need(reader));
	}
	const struct flow_summary *sum = flow_summary(reader);
	print_accounting(f->kind_id, sum->read, sum->records, sum->other);
	flow_free(reader);
}

/* What a line was taken for: "syslog", "json+nginx-error". */
static void
put_envelope(const struct log_record *r)
{
	char text[64];
	snprintf(text, sizeof text, "%s%s%s",
		log_family_id((enum log_family)r->family),
		r->inner != LOG_PLAIN ? "+" : "",
		r->inner != LOG_PLAIN ? log_family_id((enum log_family)r->inner)
				      : "");
	print_text("as", view_str(text));
}

static bool
has_field(const struct log_event *e, const char *name)
{
	for (int i = 0; i < e->fields_count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return true;
	return false;
}

/* What the event's columns say and none of its fields does: the ends of a
   packet that code took apart. */
static void
put_columns(const struct log_event *e)
{
	char text[IP_TEXT_MAX];
	const struct {
		unsigned bit;
		const char *name;
		uint32_t number;
	} numbers[] = {{EVENT_SPORT, "sport", e->sport},
		{EVENT_DPORT, "dport", e->dport},
		{EVENT_PROTOCOL, "proto", e->protocol}};
	if ((e->has & EVENT_SRC) && !has_field(e, "src")) {
		ip_format(e->src, text);
		print_text("src", view_str(text));
	}
	if ((e->has & EVENT_DST) && !has_field(e, "dst")) {
		ip_format(e->dst, text);
		print_text("dst", view_str(text));
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		snprintf(text, sizeof text, "%" PRIu32, numbers[i].number);
		if ((e->has & numbers[i].bit) && !has_field(e, numbers[i].name))
			print_text(numbers[i].name, view_str(text));
	}
}

static void
put_event(const struct log_event *event)
{
	print_text("event", view_str(event->pattern->event));
	for (int i = 0; i < event->fields_count; i++)
		print_text(event->fields[i].name, event->fields[i].value);
	put_columns(event);
}

static void
put_record(const struct log_record *r, const struct log_event *event,
	const struct case_file *f)
{
	bool known = event != NULL || r->family != LOG_PLAIN ||
		log_continues(r) || r->time.inherited;
	print_begin(case_file_line(f, r->line), "");
	print_time("time", &r->time);
	print_time("second", &r->second);
	print_text("time-not-understood", r->unread);
	print_text("host", r->host);
	print_text("tag", r->tag);
	print_text("pid", r->pid);
	if (event != NULL)
		put_event(event);
	put_envelope(r);
	if (!known)
		print_claim("not-understood");
	print_end(r->message.len > 0 ? r->message : view_str(""));
}

/* What the file was taken for, and by how many of its lines. */
static void
put_reason(const struct case_file *f, const struct log_guess *g)
{
	char text[256];
	if (f->text)
		return;
	snprintf(text, sizeof text,
		"taken for %s (%s), because %u of the first %u lines have such "
		"a form or another that is known",
		log_family_id(f->log_family), log_family_meaning(f->log_family),
		g->recognised, g->lines);
	print_about(text);
	if (g->order == LOG_ORDER_MONTH_FIRST)
		print_about("dates have the month first: one of them shows it");
	if (g->order == LOG_ORDER_DAY_FIRST)
		print_about("dates have the day first: one of them shows it");
	if (g->utc)
		print_about("times are UTC, as the W3C header has it");
	if (g->day.kind != LOG_TIME_NONE)
		print_about("times of day are of the date in the file's name");
}

bool
decode_log(struct stream *s, const struct case_file *f,
	const struct pattern_set *set)
{
	stream_fill(s, LOG_HEAD_BYTES);
	struct log_guess guess = log_recognise(s->window);
	guess.family = f->log_family;
	log_guess_name(&guess, f->name);
	struct pattern_matcher *matcher = pattern_matcher_new(set);
	if (f->command != NULL)
		pattern_match_command(matcher, f->command);
	struct log_reader *reader = log_new_for(&guess);
	struct log_record record;
	struct log_event event;
	enum log_status status = LOG_MORE;
	uint64_t events = 0;
	put_reason(f, &guess);
	while (status != LOG_END) {
		status = log_next(reader, &s->window, s->at_eof, &record);
		if (status == LOG_MORE)
			stream_fill(s, s->window.len + 1);
		if (status != LOG_RECORD)
			continue;
		bool found = pattern_match(matcher, &record, &event);
		events += found;
		/* Of a text that is no log only what a pattern knows. */
		if (found || !f->text)
			put_record(&record, found ? &event : NULL, f);
	}
	const struct log_summary *sum = log_summary(reader);
	bool used = events > 0 || !f->text;
	if (used)
		print_accounting(log_family_id(f->log_family), sum->lines,
			f->text ? events : sum->recognised,
			f->text ? sum->lines - events : sum->other);
	log_free(reader);
	pattern_matcher_free(matcher);
	return used;
}

/* context of what follows: the case_file. */
static uint32_t
line_of(const struct case_file *f, uint32_t line)
{
	return (uint32_t)case_file_line(f, line);
}

static void
on_counter(void *context, const struct host_counter *c)
{
	print_begin(line_of(context, c->line), c->gauge ? "gauge" : "counter");
	print_text("scope", c->scope);
	print_text("name", c->name);
	/* May be negative, which print_number leaves out. */
	char value[24];
	snprintf(value, sizeof value, "%" PRId64, c->value);
	print_text("value", view_str(value));
	print_end(view_of(NULL, 0));
}

static void
on_setting(void *context, const struct host_setting *s)
{
	print_begin(line_of(context, s->line), "setting");
	print_text("scope", s->scope);
	print_text("name", s->name);
	print_text("value", s->value);
	print_end(view_of(NULL, 0));
}

static void
put_host_endpoint(const char *key, const struct host_endpoint *e)
{
	print_endpoint(key, e->known, e->ip, e->port);
}

static void
on_socket(void *context, const struct host_socket *s)
{
	print_begin(line_of(context, s->line), "socket");
	print_text("state", s->state);
	put_host_endpoint("local", &s->local);
	put_host_endpoint("peer", &s->peer);
	print_number("recv-q", s->recv_q);
	print_number("send-q", s->send_q);
	print_number("retransmits", s->retransmits);
	print_text("process", s->process);
	print_end(view_of(NULL, 0));
}

static void
on_conntrack(void *context, const struct host_conntrack *c)
{
	print_begin(line_of(context, c->line), "conntrack");
	print_number("protocol", c->protocol);
	print_text("state", c->state);
	put_host_endpoint("src", &c->src);
	put_host_endpoint("dst", &c->dst);
	put_host_endpoint("reply-src", &c->reply_src);
	put_host_endpoint("reply-dst", &c->reply_dst);
	print_number("timeout", c->timeout_s);
	if (c->unreplied)
		print_claim("unreplied");
	if (c->assured)
		print_claim("assured");
	print_end(view_of(NULL, 0));
}

static void
on_drop(void *context, const struct host_drop *d)
{
	print_begin(line_of(context, d->line), "drop");
	print_text("reason", d->reason);
	print_text("location", d->location);
	print_number("count", d->count);
	put_host_endpoint("src", &d->src);
	put_host_endpoint("dst", &d->dst);
	print_end(view_of(NULL, 0));
}

void
decode_snapshot(
	struct stream *s, const struct case_file *f, struct anomaly_sink sink)
{
	const struct host_sink listeners = {(void *)f, on_counter, on_setting,
		on_socket, on_conntrack, on_drop, sink};
	struct host_result result;
	size_t len;
	uint8_t *data = stream_read_whole(s, SNAPSHOT_BYTES_MAX, &len);
	host_parse(f->host_kind, view_of(data, len), case_file_hint(f),
		&listeners, &result);
	free(data);
	print_accounting(host_kind_id(f->host_kind), result.lines,
		result.recognised, result.other);
}

/* A transcript while its parts are printed. */
struct printing {
	struct anomaly_sink sink;
	const struct pattern_set *set;
	uint64_t lines; /* that parts have */
	uint32_t last;  /* that was counted */
};

static void
put_part(void *context, const struct transcript_source *part)
{
	struct printing *p = context;
	struct case_file f = part->file;
	struct stream s;
	f.part_lines = part->lines;
	char about[512];
	struct view command =
		part->command.len > 0 ? part->command : view_str("output");
	snprintf(about, sizeof about, "line %" PRIu32 ": %.*s%s%.*s",
		part->lines[0], (int)(command.len < 300 ? command.len : 300),
		(const char *)command.data, part->host.len > 0 ? " on " : "",
		(int)(part->host.len < 64 ? part->host.len : 64),
		part->host.len > 0 ? (const char *)part->host.data : "");
	print_about(about);
	if (part->unknown) {
		print_about("not understood: passed over");
		return;
	}
	if (part->several) {
		print_about(
			"of machines that no line tells apart: passed over");
		return;
	}
	uint64_t lines = 0;
	for (size_t i = 0; i < part->body.len; i++)
		lines += part->body.data[i] == '\n' || i + 1 == part->body.len;
	p->lines += transcript_part_lines(part->body, part->lines, &p->last);
	stream_take_bytes(&s, part->body, f.name, p->sink);
	if (f.kind == CASE_FILE_FLOWS) {
		decode_flows(&s, &f, p->sink);
	} else if (f.kind == CASE_FILE_LOG ||
		(f.kind == CASE_FILE_OTHER && f.text)) {
		if (!decode_log(&s, &f, p->set))
			print_accounting("none", lines, 0, lines);
	} else {
		decode_snapshot(&s, &f, p->sink);
	}
	stream_close(&s);
}

void
decode_transcript(struct stream *s, const struct pattern_set *set,
	struct anomaly_sink sink)
{
	struct printing p = {.sink = sink, .set = set};
	struct arena a = {0};
	struct transcript_text whole;
	transcript_read(s, &a, &whole);
	transcript_sources(&whole, &a, put_part, &p);
	uint64_t lines = transcript_lines(&whole);
	uint64_t read = p.lines < lines ? p.lines : lines;
	print_accounting("transcript", lines, read, lines - read);
	arena_release(&a);
}
