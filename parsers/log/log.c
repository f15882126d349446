/*
 * The reader: lines out of the window, envelopes off the lines.
 *
 * A line is offered to the parser of the file's family, then to all others in
 * the order of log_parsers.def; most refuse at the first byte. Whatever the
 * envelope, the message is looked at once more for a complete line of a proxy
 * (nginx behind syslog, HAProxy behind journald, anything in a container log)
 * and for "message repeated N times"; an event of kubectl says "x23".
 */
#include "parsers/log/log.h"

#include <stdlib.h>

#include "base/arena.h"
#include "parsers/log/csv_export.h"
#include "parsers/log/envelope.h"
#include "parsers/log/log_block.h"
#include "parsers/log/log_civil.h"
#include "base/text.h"
#include "parsers/log/log_prefix.h"
#include "parsers/log/kubectl_event.h"
#include "parsers/log/log_time.h"

/* Columns of log_parsers.def; bits of the flags field of a row. */
#define SEQUENTIAL 0x01u /* bits of flags */
#define INNER 0x02u
#define CHOSEN 0x04u
#define BLOCK 0x08u
#define NESTED 0x10u
#define CARRIER 0x20u
#define NAMELESS 0x40u
#define WITHIN 0x80u

/* Envelopes within each other: a shipper's around a container's around syslog
   around a program's. */
#define ENVELOPES_MAX 4

static const struct {
	const char *id;
	log_parse *parse;
	unsigned flags;
	const char *example;
	const char *meaning;
} families[] = {
#define X(constant, id, parse, flags, example, meaning) \
	{id, parse, flags, example, meaning},
#include "parsers/log/log_parsers.def"
#undef X
};

struct log_reader {
	enum log_family family;
	struct log_guess guess; /* what the file's front told */
	struct log_scratch scratch;
	struct log_summary summary;
	/* the last time that a line of its own had */
	struct log_time last;
	uint64_t last_line; /* its line; 0: none yet */
	bool last_is_head;  /* it had nothing but its time */
	uint8_t last_head;  /* enum log_head of it */
	bool last_is_left;  /* a line of its own stands below it */
	bool skipping;      /* within the rest of a line that was cut */
	uint64_t vain;      /* bytes looked at for the ends of records */
	size_t vain_here;   /* of them at the record in hand */
};

/* Records that begin and do not end are looked for as long as that costs this
 * and so many times what was read; then lines are lines. */
#define VAIN_MAX (32 * (uint64_t)LOG_LINE_MAX)
#define VAIN_SHARE 8

const char *
log_family_id(enum log_family f)
{
	return families[f].id;
}

bool
log_family_is_sequential(enum log_family f)
{
	return (families[f].flags & (SEQUENTIAL | BLOCK)) != 0;
}

bool
log_family_is_nameless(enum log_family f)
{
	return (families[f].flags & NAMELESS) != 0;
}

const char *
log_family_meaning(enum log_family f)
{
	return families[f].meaning;
}

const char *
log_family_example(enum log_family f)
{
	return families[f].example;
}

/* Of rows whose records take several lines, and of plain text. */
bool
no_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)line;
	(void)r;
	(void)s;
	return false;
}

struct log_reader *
log_new_for(const struct log_guess *guess)
{
	struct log_reader *r = memory_take(1, sizeof *r);
	*r = (struct log_reader){.family = guess->family, .guess = *guess};
	r->scratch.room = LOG_TEXT_MAX;
	r->scratch.data = memory_grow(NULL, LOG_TEXT_MAX, 1);
	return r;
}

struct log_reader *
log_new(enum log_family family)
{
	const struct log_guess guess = {
		.family = family, .order = LOG_ORDER_UNKNOWN};
	return log_new_for(&guess);
}

void
log_columns_set(struct log_reader *r, const struct log_columns *columns)
{
	r->guess.columns = *columns;
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

/* Let a family read line; on failure the record is as it was. */
static bool
family_try(struct log_reader *r, int family, struct view line,
	struct log_record *record)
{
	struct log_record before = *record;
	size_t scratch = r->scratch.len;
	if (families[family].parse(line, record, &r->scratch)) {
		record->family = (uint8_t)family;
		return true;
	}
	*record = before;
	r->scratch.len = scratch;
	return false;
}

/* A row of a CSV export, whose header says which column is what. */
static bool
row_take(struct log_reader *r, struct view line, struct log_record *record)
{
	struct log_record before = *record;
	size_t scratch = r->scratch.len;
	if (r->guess.columns.count == 0)
		return false;
	if (csv_row_take(&r->guess.columns, line, record, &r->scratch)) {
		record->family = LOG_STAMPED;
		return true;
	}
	*record = before;
	r->scratch.len = scratch;
	return false;
}

/* The first family, the file's own before the others, that reads line. */
static bool
outer_take(struct log_reader *r, struct view line, struct log_record *record)
{
	if (line.len == 0)
		return false;
	if (family_try(r, r->family, line, record))
		return true;
	for (int f = 0; f < LOG_FAMILY_COUNT; f++)
		if (f != (int)r->family && !(families[f].flags & CHOSEN) &&
			family_try(r, f, line, record))
			return true;
	return false;
}

/* A stamp without its date before a line that has one: "00:00:05 " and
   "Nov 21 09:14:58 " of ts are when the line came by, or how long after the
   first. */
static bool
is_weaker(const struct log_record *record, const struct log_time *inner)
{
	bool clock = record->time.kind == LOG_TIME_CLOCK;
	bool yearless = record->time.kind == LOG_TIME_LOCAL_NO_YEAR;
	return record->family == LOG_STAMPED && (clock || yearless) &&
		(inner->kind == LOG_TIME_UTC || inner->kind == LOG_TIME_LOCAL ||
			(clock && inner->kind != LOG_TIME_NONE));
}

/* What an envelope within another one adds: the nearer names win, the outer
   time is the record's, and the inner one its second. */
static void
inner_merge(struct log_record *record, const struct log_record *in, int family)
{
	record->message = in->message;
	record->object = in->object;
	record->severity = in->severity;
	record->pid = in->pid;
	record->tag = in->tag;
	if (record->host.len == 0)
		record->host = in->host;
	record->inner = (uint8_t)family;
	if (is_weaker(record, &in->time)) {
		record->second = record->time;
		record->time = in->time;
	} else if (record->time.kind == LOG_TIME_NONE) {
		record->time = in->time;
		record->second = in->second;
	} else if (record->second.kind == LOG_TIME_NONE) {
		record->second =
			in->time.kind != LOG_TIME_NONE ? in->time : in->second;
	}
}

/* One family that has any of those flags reads message. */
static bool
inner_one(struct log_reader *r, struct view message, unsigned flags,
	struct log_record *record)
{
	if (message.len == 0)
		return false;
	for (int f = 0; f < LOG_FAMILY_COUNT; f++) {
		struct log_record in = {
			.severity = record->severity,
			.pid = record->pid,
			.tag = record->tag,
			.message = message,
		};
		if (!(families[f].flags & flags) ||
			!families[f].parse(message, &in, &r->scratch))
			continue;
		inner_merge(record, &in, f);
		return true;
	}
	return false;
}

/* May the message of this record hold a whole line of anything? */
static unsigned
inner_flags(const struct log_record *record)
{
	enum log_family f =
		record->inner != LOG_PLAIN ? record->inner : record->family;
	if (families[f].flags & CARRIER)
		return INNER | NESTED;
	/* What journald, syslog and the like carry of a program. */
	return families[f].flags & INNER ? 0 : INNER | WITHIN;
}

/* Lines within the message, and what stands before them there. */
static void
inner_take(struct log_reader *r, struct log_record *record)
{
	for (int depth = 1; depth < ENVELOPES_MAX; depth++) {
		unsigned flags = inner_flags(record);
		struct view m = record->message;
		bool whole = m.data == record->raw.data;
		if (flags == 0 || (whole && m.len == record->raw.len))
			return;
		while (log_prefix_take(&m))
			record->message = m;
		bool found = inner_one(r, m, flags, record);
		struct view behind;
		for (int i = 0; !found && (flags & NESTED) &&
			log_prefix_try(m, i, &behind);
			i++)
			found = inner_one(r, behind, flags & ~NESTED, record) ||
				(i >= LOG_PREFIX_LABELS &&
					inner_one(r, behind, flags, record));
		if (!found)
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

/* The envelope of a line from which prefixes are taken off as they show. */
static bool
line_take(struct log_reader *r, struct view line, struct log_record *record)
{
	struct view behind;
	if (row_take(r, line, record) || outer_take(r, line, record))
		return true;
	for (int n = 0; n < LOG_PREFIXES_MAX && log_prefix_take(&line); n++) {
		record->message = line;
		if (outer_take(r, line, record))
			return true;
	}
	/* What stands within an object is not behind a prefix. */
	if (line.len > 0 && line.data[0] == '{')
		return false;
	for (int i = 0; log_prefix_try(line, i, &behind); i++)
		if (i <= LOG_PREFIX_LABELS && outer_take(r, behind, record))
			return true;
	return false;
}

/* Dates that a line alone does not settle, by what the file's front told. */
static void
time_refine(const struct log_guess *g, struct log_time *t)
{
	if (t->order == LOG_ORDER_UNKNOWN) {
		t->order = (uint8_t)g->order;
		if (g->order == LOG_ORDER_UNKNOWN ||
			(g->order == LOG_ORDER_DAY_FIRST && !civil_exchange(t)))
			*t = (struct log_time){0};
	}
	if (t->kind == LOG_TIME_CLOCK && g->day.kind != LOG_TIME_NONE)
		civil_on_day_of(t, &g->day);
	if (t->kind == LOG_TIME_CLOCK)
		*t = (struct log_time){0};
	if (t->kind == LOG_TIME_LOCAL && g->utc) {
		t->kind = LOG_TIME_UTC;
		t->offset_known = true;
	}
}

static void
envelope_take(struct log_reader *r, struct log_record *record)
{
	if (record->raw.len == 0)
		return;
	struct view line = log_uncolour(record->raw, &r->scratch);
	record->message = line;
	if (line_take(r, line, record)) {
		inner_take(r, record);
		repeat_take(record);
		record->message = log_sentence(record->message, &r->scratch);
		time_refine(&r->guess, &record->time);
		time_refine(&r->guess, &record->second);
	} else {
		record->repeat = kubectl_event_times(line);
	}
	if (record->time.kind == LOG_TIME_NONE)
		time_shows(line, &record->unread);
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

/* Differences are added up; continuations take the last line's time. */
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
		r->last_is_head = log_is_head(record);
		r->last_head = (uint8_t)log_head_of(record);
		r->last_is_left = false;
	} else if (record->unread.len > 0) {
		r->last_line = 0; /* what follows belongs to this line */
	} else if (!r->last_is_head &&
		!log_continues_head(record, (enum log_head)r->last_head,
			record->line - r->last_line)) {
		r->last_is_left = true;
	} else if (r->last_line != 0 &&
		record->line - r->last_line <= LOG_INHERIT_LINES &&
		(!r->last_is_left || log_names_report(record))) {
		*t = r->last;
		t->inherited = true;
		record->time_line = r->last_line;
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

/* lead: bytes in front that are not the record's. A record of a document may end
   within a line, which is counted with its end. */
static void
account(struct log_reader *r, struct log_record *record, struct view *window,
	size_t lead, size_t used)
{
	size_t before = lines_count(view_of(window->data, lead));
	size_t lines = lines_count(view_of(window->data, used));
	bool within = families[record->family].flags & BLOCK &&
		record->family == LOG_JSON_DOCUMENT && used < window->len;
	if (window->data[used - 1] != '\n' && !within)
		lines++;
	record->line = r->summary.lines + 1 + before;
	record->offset = r->summary.bytes + lead;
	record->lines = lines > before ? lines - before : 1;
	r->summary.bytes += used;
	r->vain += r->vain_here;
	r->summary.lines += lines;
	r->summary.records++;
	r->summary.cut += record->cut;
	if (record->family != LOG_PLAIN)
		r->summary.recognised += lines;
	else
		r->summary.other += lines;
	*window = view_skip(*window, used);
	time_settle(r, record);
}

/* False when the front of the window is no record of several lines. */
static bool
block_take(struct log_reader *r, struct view w, bool at_eof, size_t *lead,
	size_t *used, struct log_record *record, enum log_status *status)
{
	*lead = 0;
	r->vain_here = 0;
	if (!(families[r->family].flags & BLOCK) ||
		r->vain > VAIN_MAX + VAIN_SHARE * r->summary.bytes)
		return false;
	record_begin(r, record, view_of(NULL, 0));
	switch (log_block(r->family, w, at_eof, lead, used, &r->vain_here,
		record, &r->scratch)) {
	case BLOCK_MORE:
		*status = LOG_MORE;
		return true;
	case BLOCK_NONE:
		*lead = 0;
		return false;
	default:
		break;
	}
	r->vain_here = 0;
	record->family = (uint8_t)r->family;
	if (record->raw.len == 0)
		record->raw = line_trim(view_of(w.data, *used));
	inner_take(r, record);
	repeat_take(record);
	time_refine(&r->guess, &record->time);
	time_refine(&r->guess, &record->second);
	*status = LOG_RECORD;
	return true;
}

enum log_status
log_next(struct log_reader *r, struct view *window, bool at_eof,
	struct log_record *record)
{
	enum log_status status;
	size_t lead;
	size_t used;
	rest_skip(r, window);
	if (window->len == 0)
		return at_eof ? LOG_END : LOG_MORE;
	if (block_take(r, *window, at_eof, &lead, &used, record, &status)) {
		if (status == LOG_RECORD)
			account(r, record, window, lead, used);
		return status;
	}
	used = line_len(*window, at_eof);
	if (used == 0)
		return LOG_MORE;
	bool whole = window->data[used - 1] == '\n' ||
		(at_eof && used == window->len);
	bool more = false;
	if (whole)
		used = log_completed(*window, used, at_eof, &more);
	if (whole && !more)
		used = csv_row_len(
			&r->guess.columns, *window, used, at_eof, &more);
	if (more)
		return LOG_MORE;
	log_parse_line(r,
		view_of(window->data, used - (window->data[used - 1] == '\n')),
		record);
	record->cut = !whole;
	if (record->family == LOG_KMSG && whole &&
		!kmsg_rest(*window, at_eof, &used))
		return LOG_MORE;
	r->skipping = !whole;
	account(r, record, window, 0, used);
	return LOG_RECORD;
}
