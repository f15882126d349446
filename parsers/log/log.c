/*
 * The reader: lines out of the window, envelopes off the lines.
 *
 * A line is offered to the parser of the file's family, then to all others in
 * the order of log_parsers.def; most refuse at the first byte. Whatever the
 * envelope, the message is looked at once more for a complete line of a proxy
 * (nginx behind syslog, HAProxy behind journald, anything in a container log)
 * and for "message repeated N times".
 */
#include "parsers/log/log.h"

#include <stdlib.h>

#include "base/arena.h"
#include "parsers/log/envelope.h"
#include "parsers/log/log_block.h"
#include "parsers/log/log_lines.h"
#include "parsers/log/log_time.h"

/* Columns of log_parsers.def; bits of the flags field of a row. */
#define SEQUENTIAL 1u /* bits of flags */
#define INNER 2u
#define CHOSEN 4u

static const struct {
	const char *id;
	log_parse *parse;
	unsigned flags;
} families[] = {
#define X(constant, id, parse, flags, meaning) {id, parse, flags},
#include "parsers/log/log_parsers.def"
#undef X
};

struct log_reader {
	enum log_family family;
	struct log_scratch scratch;
	struct log_summary summary;
	/* the last time that a line of its own had */
	struct log_time last;
	uint64_t last_line; /* its line; 0: none yet */
	bool skipping;      /* within the rest of a line that was cut */
};

const char *
log_family_id(enum log_family f)
{
	return families[f].id;
}

enum log_family
log_family_of(struct view id)
{
	int f = 0;
	while (f < LOG_FAMILY_COUNT && !view_is(id, families[f].id))
		f++;
	return (enum log_family)f;
}

bool
log_family_is_sequential(enum log_family f)
{
	return (families[f].flags & SEQUENTIAL) != 0;
}

struct log_reader *
log_new(enum log_family family)
{
	struct log_reader *r = memory_take(1, sizeof *r);
	*r = (struct log_reader){.family = family};
	r->scratch.room = LOG_TEXT_MAX;
	r->scratch.data = memory_take(1, LOG_TEXT_MAX);
	return r;
}

void
log_free(struct log_reader *r)
{
	if (r == NULL)
		return;
	free(r->scratch.data);
	free(r);
}

const struct log_summary *
log_summary(const struct log_reader *r)
{
	return &r->summary;
}

static void
record_begin(struct log_reader *r, struct log_record *record, struct view raw)
{
	r->scratch.len = 0;
	*record = (struct log_record){
		.line = 1,
		.lines = 1,
		.raw = raw,
		.message = raw,
		.repeat = 1,
		.severity = LOG_SEVERITY_NONE,
		.family = LOG_PLAIN,
		.inner = LOG_PLAIN,
	};
}

static bool
family_try(struct log_reader *r, int family, struct log_record *record)
{
	struct view raw = record->raw;
	if (families[family].parse(raw, record, &r->scratch)) {
		record->family = (uint8_t)family;
		return true;
	}
	record_begin(r, record, raw);
	return false;
}

/* A line within the message. Its stamp is kept as the second time. */
static void
inner_take(struct log_reader *r, struct log_record *record)
{
	if (families[record->family].flags & INNER)
		return;
	for (int f = 0; f < LOG_FAMILY_COUNT; f++) {
		struct log_record in = {
			.severity = record->severity,
			.pid = record->pid,
			.tag = record->tag,
		};
		if (!(families[f].flags & INNER) ||
			!families[f].parse(record->message, &in, &r->scratch))
			continue;
		record->message = in.message;
		record->severity = in.severity;
		record->pid = in.pid;
		record->tag = in.tag;
		record->inner = (uint8_t)f;
		if (record->second.kind == LOG_TIME_NONE)
			record->second = in.time;
		return;
	}
}

/* "message repeated 3 times: [ text]", "last message repeated 3 times"
   (cite: rsyslog runtime/msg.c and sysklogd; wording unchanged since). */
static void
repeat_take(struct log_record *record)
{
	struct cursor c = cursor_of(record->message);
	bool last = cursor_take_text(&c, "last ");
	int64_t n;
	if (!cursor_take_text(&c, "message repeated ") ||
		!cursor_number(&c, 9, &n) || !cursor_take_text(&c, " times"))
		return;
	if (last) {
		record->repeats_previous = true;
		record->repeat = n > 0 ? (uint32_t)n : 1;
		return;
	}
	if (!cursor_take_text(&c, ": [") || c.p == c.end || c.end[-1] != ']')
		return;
	c.end--;
	cursor_take(&c, ' ');
	record->message = cursor_rest(&c);
	record->repeat = n > 0 ? (uint32_t)n : 1;
	if (view_is(record->tag, "kernel"))
		kernel_message(record);
}

static void
envelope_take(struct log_reader *r, struct log_record *record)
{
	if (record->raw.len == 0)
		return;
	bool own = families[r->family].parse != NULL &&
		family_try(r, r->family, record);
	for (int f = 0; f < LOG_FAMILY_COUNT && !own; f++)
		own = families[f].parse != NULL && f != (int)r->family &&
			!(families[f].flags & CHOSEN) &&
			family_try(r, f, record);
	if (!own)
		return;
	inner_take(r, record);
	repeat_take(record);
}

/* Without CR and without the byte order mark of a file's first line. */
static struct view
line_trim(struct view line)
{
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len >= 3 && memcmp(line.data, "\xef\xbb\xbf", 3) == 0)
		line = view_skip(line, 3);
	return line;
}

void
log_parse_line(
	struct log_reader *r, struct view line, struct log_record *record)
{
	bool cut = line.len > LOG_LINE_MAX;
	if (cut)
		line.len = LOG_LINE_MAX;
	record_begin(r, record, line_trim(line));
	record->cut = cut;
	envelope_take(r, record);
}

/* Differences are added up; lines without a time take the last one. */
static void
time_settle(struct log_reader *r, struct log_record *record)
{
	struct log_time *t = &record->time;
	if (t->kind == LOG_TIME_DELTA &&
		r->last.kind == LOG_TIME_LOCAL_NO_YEAR) {
		int64_t delta = t->ns;
		*t = r->last;
		t->ns += delta;
	}
	if (t->kind != LOG_TIME_NONE) {
		r->last = *t;
		r->last_line = record->line;
	} else if (r->last_line != 0 &&
		record->line - r->last_line <= LOG_INHERIT_LINES) {
		*t = r->last;
		t->inherited = true;
	}
}

/* The rest of a line that was cut. */
static void
rest_skip(struct log_reader *r, struct view *window)
{
	if (!r->skipping || window->len == 0)
		return;
	const uint8_t *end = memchr(window->data, '\n', window->len);
	size_t n = end != NULL ? (size_t)(end - window->data) + 1 : window->len;
	r->summary.bytes += n;
	*window = view_skip(*window, n);
	r->skipping = end == NULL;
}

/* Length of the line at w's front, line end included; 0: not all there. */
static size_t
line_len(struct view w, bool at_eof)
{
	if (w.len == 0)
		return 0;
	size_t most = w.len < LOG_LINE_MAX ? w.len : LOG_LINE_MAX;
	const uint8_t *end = memchr(w.data, '\n', most);
	if (end != NULL)
		return (size_t)(end - w.data) + 1;
	return at_eof || w.len >= LOG_LINE_MAX ? most : 0;
}

/* The " KEY=value" lines behind a /dev/kmsg record. False: more is needed. */
static bool
kmsg_rest(struct view w, bool at_eof, size_t *used)
{
	while (*used < LOG_LINE_MAX) {
		if (*used == w.len)
			return at_eof;
		if (w.data[*used] != ' ')
			return true;
		size_t n = line_len(view_skip(w, *used), at_eof);
		if (n == 0)
			return false;
		*used += n;
	}
	return true;
}

static void
account(struct log_reader *r, struct log_record *record, struct view *window,
	size_t used)
{
	record->line = r->summary.lines + 1;
	record->offset = r->summary.bytes;
	record->lines = lines_count(view_of(window->data, used));
	if (window->data[used - 1] != '\n')
		record->lines++;
	r->summary.bytes += used;
	r->summary.lines += record->lines;
	r->summary.records++;
	r->summary.cut += record->cut;
	if (record->family != LOG_PLAIN)
		r->summary.recognised += record->lines;
	else
		r->summary.other += record->lines;
	*window = view_skip(*window, used);
	time_settle(r, record);
}

/* False when the front of the window is no record of several lines. */
static bool
block_take(struct log_reader *r, struct view w, bool at_eof, size_t *used,
	struct log_record *record, enum log_status *status)
{
	if (families[r->family].parse != NULL || r->family == LOG_PLAIN)
		return false;
	record_begin(r, record, view_of(NULL, 0));
	switch (log_block(r->family, w, at_eof, used, record, &r->scratch)) {
	case BLOCK_MORE:
		*status = LOG_MORE;
		return true;
	case BLOCK_NONE:
		return false;
	default:
		break;
	}
	record->family = (uint8_t)r->family;
	record->raw = line_trim(view_of(w.data, *used));
	inner_take(r, record);
	repeat_take(record);
	*status = LOG_RECORD;
	return true;
}

enum log_status
log_next(struct log_reader *r, struct view *window, bool at_eof,
	struct log_record *record)
{
	enum log_status status;
	size_t used;
	rest_skip(r, window);
	if (window->len == 0)
		return at_eof ? LOG_END : LOG_MORE;
	if (block_take(r, *window, at_eof, &used, record, &status)) {
		if (status == LOG_RECORD)
			account(r, record, window, used);
		return status;
	}
	used = line_len(*window, at_eof);
	if (used == 0)
		return LOG_MORE;
	bool whole = window->data[used - 1] == '\n' ||
		(at_eof && used == window->len);
	log_parse_line(r,
		view_of(window->data, used - (window->data[used - 1] == '\n')),
		record);
	record->cut = !whole;
	if (record->family == LOG_KMSG && whole &&
		!kmsg_rest(*window, at_eof, &used))
		return LOG_MORE;
	r->skipping = !whole;
	account(r, record, window, used);
	return LOG_RECORD;
}
