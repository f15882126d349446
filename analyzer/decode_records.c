/*
 * Flow logs, logs and snapshots, printed as the analysis reads them.
 *
 * One line a record: its line number, its time on its own clock where it has
 * one, and its fields as key=value. Nothing here is read by a program; the
 * store is the surface for that.
 */
#include "decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "ingest/snapshots.h"
#include "ingest/transcripts.h"
#include "parsers/flow/flow.h"
#include "parsers/patterns/pattern.h"
#include "parsers/transcript/transcript.h"

/* Characters of one field; longer ones end in "...". A log line of interest
   has fewer. */
#define FIELD_MAX 2000

/* Text from strangers: hidden characters become visible ones. */
static void
put_text(struct view v)
{
	char out[4] = {0};
	for (int i = 0; v.len > 0 && i < FIELD_MAX; i++) {
		uint32_t code = utf8_take(&v);
		if (utf8_is_hidden(code))
			code = UTF8_REPLACEMENT;
		size_t len = utf8_put(code, out);
		fwrite(out, 1, len, stdout);
	}
	if (v.len > 0)
		fputs("...", stdout);
}

void
decode_heading(const char *name)
{
	fputs("# ", stdout);
	put_text(view_str(name));
	putchar('\n');
}

/* Nothing where there is no text. */
static void
put_field(const char *key, struct view v)
{
	if (v.len == 0)
		return;
	printf(" %s=", key);
	put_text(v);
}

/* Nothing where the number is not known. */
static void
put_number(const char *key, int64_t n)
{
	if (n >= 0)
		printf(" %s=%" PRId64, key, n);
}

static void
put_endpoint(const char *key, bool known, struct ip_addr ip, int32_t port)
{
	char text[IP_TEXT_MAX];
	if (!known)
		return;
	printf(" %s=%s", key, ip_format(ip, text));
	if (port >= 0)
		printf(":%" PRId32, port);
}

static void
put_accounting(
	const char *kind, uint64_t lines, uint64_t recognised, uint64_t other)
{
	printf("# %s: %" PRIu64 " lines = %" PRIu64 " recognised + %" PRIu64
	       " other\n",
		kind, lines, recognised, other);
}

static void
put_flow(const struct flow_record *r, uint32_t lines_before)
{
	char at[CLOCK_TEXT_MAX];
	printf("%" PRIu64 " %s", lines_before + r->line,
		clock_format(r->start_ns, 0, at));
	printf(" to %s %s", clock_format(r->end_ns, 0, at),
		flow_action_name(r->action));
	put_field("direction", view_str(flow_direction_name(r->direction)));
	put_endpoint("src", r->src.has, r->src.ip, r->src_port);
	put_endpoint("dst", r->dst.has, r->dst.ip, r->dst_port);
	put_endpoint("pkt-src", r->pkt_src.has, r->pkt_src.ip, -1);
	put_endpoint("pkt-dst", r->pkt_dst.has, r->pkt_dst.ip, -1);
	put_number("protocol", r->protocol);
	put_number("packets", r->packets);
	put_number("bytes", r->bytes);
	put_number("reply-packets", r->reply_packets);
	put_number("tcp-flags", r->tcp_flags);
	put_field("interface", r->interface);
	put_field("rule", r->rule);
	put_field("reason", r->reason);
	putchar('\n');
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
			put_flow(&record, f->lines_before);
		else if (status == FLOW_MORE)
			stream_fill(s, flow_need(reader));
	}
	const struct flow_summary *sum = flow_summary(reader);
	put_accounting(f->kind_id, sum->read, sum->records, sum->other);
	flow_free(reader);
}

/* 1972 is the first leap year; see LOG_TIME_LOCAL_NO_YEAR. */
#define LEAP_YEAR 1972

/* A time as far as the line tells it, and no farther. */
static void
put_time(const struct log_time *t)
{
	char at[CLOCK_TEXT_MAX];
	int64_t ns = t->ns;
	switch ((enum log_time_kind)t->kind) {
	case LOG_TIME_NONE:
		return;
	case LOG_TIME_UTC:
		printf(" %s", clock_format(ns, 6, at));
		break;
	case LOG_TIME_LOCAL:
		clock_format(ns, 6, at);
		printf(" %.*s%s", (int)strcspn(at, "Z"), at,
			t->zone[0] == '\0' ? "(unknown zone)" : t->zone);
		break;
	case LOG_TIME_LOCAL_NO_YEAR:
		log_time_in_year(t, LEAP_YEAR, &ns);
		clock_format(ns, 6, at);
		printf(" ????%.*s(unknown zone)", (int)strcspn(at + 4, "Z"),
			at + 4);
		break;
	case LOG_TIME_BOOT:
		printf(" boot+%.6fs", (double)ns / (double)NS_PER_S);
		break;
	case LOG_TIME_DELTA:
	case LOG_TIME_CLOCK:
		printf(" +%.6fs", (double)ns / (double)NS_PER_S);
		break;
	}
	if (t->inherited)
		fputs("(of a line before)", stdout);
}

/* A date that is there and could not be read. */
static void
put_unread(struct view unread)
{
	if (unread.len == 0)
		return;
	fputs(" (time not understood: ", stdout);
	put_text(unread);
	putchar(')');
}

static void
put_record(const struct log_record *r, const struct log_event *event,
	uint32_t lines_before)
{
	printf("%" PRIu64, lines_before + r->line);
	put_time(&r->time);
	put_time(&r->second);
	put_unread(r->unread);
	put_field("host", r->host);
	put_field("tag", r->tag);
	put_field("pid", r->pid);
	if (event != NULL) {
		printf(" event=%s", event->pattern->event);
		for (int i = 0; i < event->fields_count; i++)
			put_field(
				event->fields[i].name, event->fields[i].value);
	}
	fputs(" | ", stdout);
	put_text(r->message);
	putchar('\n');
}

bool
decode_log(struct stream *s, const struct case_file *f)
{
	struct log_guess guess = log_recognise(s->window);
	guess.family = f->log_family;
	log_guess_name(&guess, f->name);
	struct pattern_set *set = pattern_set_ours();
	struct pattern_matcher *matcher = pattern_matcher_new(set);
	struct log_reader *reader = log_new_for(&guess);
	struct log_record record;
	struct log_event event;
	enum log_status status = LOG_MORE;
	uint64_t events = 0;
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
			put_record(&record, found ? &event : NULL,
				f->lines_before);
	}
	const struct log_summary *sum = log_summary(reader);
	bool used = events > 0 || !f->text;
	if (used)
		put_accounting(log_family_id(f->log_family), sum->lines,
			f->text ? events : sum->recognised,
			f->text ? sum->lines - events : sum->other);
	log_free(reader);
	pattern_matcher_free(matcher);
	pattern_set_free(set);
	return used;
}

/* context of what follows: the case_file. */
static uint32_t
line_of(const struct case_file *f, uint32_t line)
{
	return f->lines_before + line;
}

static void
on_counter(void *context, const struct host_counter *c)
{
	printf("%" PRIu32 " %s", line_of(context, c->line),
		c->gauge ? "gauge" : "counter");
	put_field("scope", c->scope);
	put_field("name", c->name);
	printf(" value=%" PRId64 "\n", c->value);
}

static void
on_setting(void *context, const struct host_setting *s)
{
	printf("%" PRIu32 " setting", line_of(context, s->line));
	put_field("scope", s->scope);
	put_field("name", s->name);
	put_field("value", s->value);
	putchar('\n');
}

static void
put_host_endpoint(const char *key, const struct host_endpoint *e)
{
	put_endpoint(key, e->known, e->ip, e->port);
}

static void
on_socket(void *context, const struct host_socket *s)
{
	printf("%" PRIu32 " socket", line_of(context, s->line));
	put_field("state", s->state);
	put_host_endpoint("local", &s->local);
	put_host_endpoint("peer", &s->peer);
	put_number("recv-q", s->recv_q);
	put_number("send-q", s->send_q);
	put_number("retransmits", s->retransmits);
	put_field("process", s->process);
	putchar('\n');
}

static void
on_conntrack(void *context, const struct host_conntrack *c)
{
	printf("%" PRIu32 " conntrack protocol=%u", line_of(context, c->line),
		c->protocol);
	put_field("state", c->state);
	put_host_endpoint("src", &c->src);
	put_host_endpoint("dst", &c->dst);
	put_host_endpoint("reply-src", &c->reply_src);
	put_host_endpoint("reply-dst", &c->reply_dst);
	put_number("timeout", c->timeout_s);
	printf("%s%s\n", c->unreplied ? " unreplied" : "",
		c->assured ? " assured" : "");
}

static void
on_drop(void *context, const struct host_drop *d)
{
	printf("%" PRIu32 " drop", line_of(context, d->line));
	put_field("reason", d->reason);
	put_field("location", d->location);
	put_number("count", d->count);
	put_host_endpoint("src", &d->src);
	put_host_endpoint("dst", &d->dst);
	putchar('\n');
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
	put_accounting(host_kind_id(f->host_kind), result.lines,
		result.recognised, result.other);
}

/* A transcript while its parts are printed. */
struct printing {
	struct anomaly_sink sink;
	uint64_t lines; /* that parts have */
};

static void
put_part(void *context, const struct transcript_source *part)
{
	struct printing *p = context;
	struct case_file f = part->file;
	struct stream s;
	f.lines_before = part->line - 1;
	printf("# line %" PRIu32 ": ", part->line);
	put_text(part->command.len > 0 ? part->command : view_str("output"));
	if (part->host.len > 0) {
		fputs(" on ", stdout);
		put_text(part->host);
	}
	putchar('\n');
	for (size_t i = 0; i < part->body.len; i++)
		p->lines +=
			part->body.data[i] == '\n' || i + 1 == part->body.len;
	stream_take_bytes(&s, part->body, f.name, p->sink);
	if (f.kind == CASE_FILE_FLOWS)
		decode_flows(&s, &f, p->sink);
	else if (f.kind == CASE_FILE_LOG)
		decode_log(&s, &f);
	else
		decode_snapshot(&s, &f, p->sink);
	stream_close(&s);
}

void
decode_transcript(struct stream *s, struct anomaly_sink sink)
{
	struct printing p = {.sink = sink};
	struct arena a = {0};
	uint64_t lines = 0;
	size_t len;
	uint8_t *data = stream_read_whole(s, TRANSCRIPT_BYTES_MAX, &len);
	len = transcript_clean(data, len);
	transcript_sources(view_of(data, len), &a, put_part, &p);
	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n' || i + 1 == len;
	put_accounting("transcript", lines, p.lines, lines - p.lines);
	arena_release(&a);
	free(data);
}
