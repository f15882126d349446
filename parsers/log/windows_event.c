/*
 * See windows_event.h.
 *
 *	Event[0]:                   Log Name:      Security    TimeCreated : 11/20/2026 9:14:58 AM
 *	  Log Name: Security        Date:          11/20/2026  Id          : 5152
 *	  Date: 2026-11-20T09:14    Event ID:      5152        Message     : The Windows
 *	  Event ID: 5152            Description:                             Filtering
 *	  Description:              The Windows Filtering
 *
 * The key of the first line is that of every event's first line: which one it
 * is depends on what was asked for.
 *
 * What Event Viewer copies names its keys in the language of Windows. They are told
 * by their order, which is the same in all: log, source, date, number, category,
 * level, keywords, user, computer and, with nothing behind it, description.
 *
 * A description has lines of any text. One that has a time and a program's name as a
 * system's log writes them is none of it: another log was copied behind the events.
 */
#include "parsers/log/windows_event.h"

#include "parsers/log/envelope.h"
#include "parsers/log/log_time.h"
#include "parsers/log/windows_xml.h"

#define NUMBERED "Event["

static const char *const firsts[] = {"Log Name", "TimeCreated", "TimeGenerated",
	"Message", "Id", "EventID", "ProviderName", "Index", "LogName"};

struct field {
	struct view key;
	struct view value;
	bool listed; /* "KEY : value", as Format-List writes it */
	const uint8_t *line;
};

static struct view
trim(struct view v)
{
	while (v.len > 0 && byte_among(v.data[0], " \t\r\n"))
		v = view_skip(v, 1);
	while (v.len > 0 && byte_among(v.data[v.len - 1], " \t\r\n"))
		v.len--;
	return v;
}

static bool
any_of(struct view v, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (view_is(v, words[i]))
			return true;
	return false;
}

static struct field
field_of(struct view line)
{
	struct field f = {.line = line.data};
	struct cursor c = cursor_of(line);
	struct view key;
	if (!cursor_until(&c, ':', &key) || key.len == 0)
		return f;
	f.listed = byte_among(key.data[key.len - 1], " ");
	f.key = trim(key);
	f.value = trim(cursor_rest(&c));
	return f;
}

/* The key by which events of this text begin; empty: line begins none. */
static struct view
first_key(struct view line)
{
	if (view_begins(line, NUMBERED))
		return view_str(NUMBERED);
	struct view key = field_of(line).key;
	if (line.len > 0 && !byte_among(line.data[0], " \t") &&
		any_of(key, firsts, sizeof firsts / sizeof *firsts))
		return key;
	return view_of(NULL, 0);
}

static bool
line_take(struct cursor *c, struct view *line)
{
	if (c->p == c->end)
		return false;
	if (!cursor_until(c, '\n', line)) {
		*line = cursor_rest(c);
		c->p = c->end;
	}
	return true;
}

/* A whole line of another log: its time and who wrote it. The front of a line that
   goes on tells nothing yet. */
static bool
is_another_log(struct view line, bool whole, struct log_scratch *s)
{
	static log_parse *const parses[] = {syslog_5424_parse, syslog_bsd_parse,
		syslog_iso_parse, journal_full_parse, dmesg_parse};
	if (!whole || line.len == 0 || byte_among(line.data[0], " \t\r"))
		return false;
	if (line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len > LOG_LINE_MAX)
		line.len = LOG_LINE_MAX;
	for (size_t i = 0; i < sizeof parses / sizeof *parses; i++) {
		struct log_record r = {.message = line};
		size_t len = s->len;
		bool is = parses[i](line, &r, s) &&
			r.time.kind != LOG_TIME_NONE && r.tag.len > 0;
		s->len = len;
		if (is)
			return true;
	}
	return false;
}

/* The lines that Event Viewer copies in front of a description, in their order. */
enum copied_line {
	COPIED_LOG,
	COPIED_SOURCE,
	COPIED_DATE,
	COPIED_ID,
	COPIED_COMPUTER = 8,
	COPIED_DESCRIPTION,
	COPIED_COUNT
};

/* Digits of the number of an event: 16 bits. */
#define ID_DIGITS_MAX 5

static bool
is_id(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!byte_digit(v.data[i]))
			return false;
	return v.len > 0 && v.len <= ID_DIGITS_MAX;
}

/* May this be the nth line of such a copy? */
static bool
copied_fits(int nth, struct view line, const struct field *f)
{
	struct log_time t = {0};
	struct cursor date = cursor_of(f->value);
	return line.len > 0 && !byte_among(line.data[0], " \t") &&
		f->key.len > 0 && (nth != COPIED_DATE || time_any(&date, &t)) &&
		(nth != COPIED_ID || is_id(f->value)) &&
		(f->value.len == 0) == (nth == COPIED_DESCRIPTION);
}

enum copied { COPIED_NONE, COPIED_IS, COPIED_CUT };

/* The lines of such a copy at the cursor, in any language. CUT: the text ends
   before that shows. */
static enum copied
copied_take(struct cursor *c, struct field lines[COPIED_COUNT])
{
	struct cursor at = *c;
	for (int i = 0; i < COPIED_COUNT; i++) {
		struct view line;
		if (!line_take(&at, &line))
			return COPIED_CUT;
		lines[i] = field_of(line);
		if (!copied_fits(i, line, &lines[i]))
			return at.p == at.end && at.p[-1] != '\n' ? COPIED_CUT
								  : COPIED_NONE;
	}
	*c = at;
	return COPIED_IS;
}

/* The description; behind the number of its event, where that is one of the
   Filtering Platform's and the text is in another language than English. */
static struct view
message_of(struct view id, struct view description, struct log_scratch *s)
{
	static const char *const ids[] = {"5152", "5156", "5157"};
	static const char english[] = "Windows Filtering Platform ";
	struct view text = trim(description);
	if (!any_of(id, ids, sizeof ids / sizeof *ids) || text.len == 0 ||
		memmem(text.data, text.len, english, sizeof english - 1))
		return text;
	struct view out = scratch_add(s, "Event ID: ", 10);
	out.len += scratch_add(s, id.data, id.len).len;
	out.len += scratch_add(s, "\n", 1).len;
	out.len += scratch_add(s, text.data, text.len).len;
	return out;
}

/* The event that such a copy begins, up to the next. */
static enum block_status
copied_block(struct view w, bool at_eof, size_t *lead, size_t *used,
	struct log_record *r, struct log_scratch *s)
{
	struct field lines[COPIED_COUNT];
	struct cursor c = cursor_of(w);
	struct view line;
	enum copied begins = copied_take(&c, lines);
	if (begins != COPIED_IS)
		return begins == COPIED_CUT && !at_eof ? BLOCK_MORE
						       : BLOCK_NONE;
	const uint8_t *text = c.p;
	while (c.p < c.end) {
		struct field next[COPIED_COUNT];
		struct cursor at = c;
		enum copied another = copied_take(&at, next);
		if (another == COPIED_CUT && !at_eof)
			return BLOCK_MORE;
		if (another == COPIED_IS)
			break;
		at = c;
		line_take(&at, &line);
		if (is_another_log(line, at.p[-1] == '\n' || at_eof, s))
			break;
		c = at;
	}
	if (c.p == c.end && !at_eof)
		return BLOCK_MORE;
	*used = w.len - cursor_left(&c);
	*lead = (size_t)(lines[COPIED_DATE].line - w.data);
	struct cursor date = cursor_of(lines[COPIED_DATE].value);
	time_any(&date, &r->time);
	r->tag = lines[COPIED_SOURCE].value;
	r->host = lines[COPIED_COMPUTER].value;
	r->message = message_of(
		lines[COPIED_ID].value, view_of(text, (size_t)(c.p - text)), s);
	return BLOCK_RECORD;
}

bool
windows_event_begins(struct view head)
{
	struct cursor c = cursor_of(head);
	struct field lines[COPIED_COUNT];
	struct view line;
	bool first = false;
	bool id = false;
	if (windows_xml_begins(head) || copied_take(&c, lines) == COPIED_IS)
		return true;
	while (line_take(&c, &line)) {
		if (!first && trim(line).len == 0)
			continue;
		if (!first && first_key(line).len == 0)
			return false;
		first = true;
		struct view key = field_of(line).key;
		id = id || view_is(key, "Event ID") || view_is(key, "Id") ||
			view_is(key, "EventID") || view_is(key, "InstanceId");
		if (id &&
			(view_is(key, "Description") ||
				view_is(key, "Message")))
			return true;
	}
	return false;
}

struct event {
	struct log_record *record;
	const uint8_t *dated; /* the line of its date, or NULL */
	struct view description;
	bool described; /* its description has begun */
	bool ended;     /* and what follows is none of it */
	struct view id;
};

/* One line of fields, in front of the description or behind it. */
static void
field_take(struct event *e, const struct field *f)
{
	static const char *const dates[] = {
		"Date", "TimeCreated", "TimeGenerated"};
	static const char *const ids[] = {
		"Event ID", "Id", "EventID", "InstanceId"};
	struct log_record *r = e->record;
	struct cursor c = cursor_of(f->value);
	if (any_of(f->key, dates, sizeof dates / sizeof *dates)) {
		if (time_any(&c, &r->time) && !e->described)
			e->dated = f->line;
	}
	if (any_of(f->key, ids, sizeof ids / sizeof *ids))
		e->id = f->value;
	else if (view_is(f->key, "Source") || view_is(f->key, "ProviderName"))
		r->tag = f->value;
	else if (view_is(f->key, "Computer") || view_is(f->key, "MachineName"))
		r->host = f->value;
	else if (view_is(f->key, "Level") ||
		view_is(f->key, "LevelDisplayName"))
		r->severity = severity_of(f->value);
}

static void
line_read(struct event *e, struct view line)
{
	struct field f = field_of(line);
	bool margin = line.len > 0 && !byte_among(line.data[0], " \t\r");
	if (e->described && margin &&
		(f.listed || view_is(trim(line), "Event Xml:")))
		e->ended = true;
	if (!e->described &&
		(view_is(f.key, "Description") || view_is(f.key, "Message"))) {
		e->described = true;
		e->description = f.value;
	} else if (!e->described || (e->ended && margin && f.listed)) {
		field_take(e, &f);
	} else if (!e->ended) {
		const uint8_t *from = e->description.data;
		e->description = from == NULL || e->description.len == 0
			? line
			: view_of(from, (size_t)(line.data + line.len - from));
	}
}

enum block_status
windows_event_block(struct view w, bool at_eof, size_t *lead, size_t *used,
	size_t *vain, struct log_record *r, struct log_scratch *s)
{
	struct event e = {.record = r};
	struct cursor c = cursor_of(w);
	struct view line;
	struct view first = view_of(NULL, 0);
	enum block_status xml = windows_xml_block(w, at_eof, used, r);
	if (xml != BLOCK_NONE)
		return xml;
	enum block_status copied = copied_block(w, at_eof, lead, used, r, s);
	if (copied != BLOCK_NONE)
		return copied;
	while (c.p < c.end) {
		const uint8_t *from = c.p;
		line_take(&c, &line);
		struct view key = first_key(line);
		if (first.len == 0 && key.len == 0)
			return c.p < c.end || at_eof ? BLOCK_NONE : BLOCK_MORE;
		if (first.len > 0 &&
			(view_equal(key, first) ||
				is_another_log(
					line, c.p[-1] == '\n' || at_eof, s))) {
			c.p = from;
			break;
		}
		if (first.len == 0)
			first = key;
		line_read(&e, line);
	}
	if (c.p == c.end && !at_eof)
		return BLOCK_MORE;
	*vain = w.len - cursor_left(&c);
	if (e.id.len == 0 || !e.described)
		return BLOCK_NONE;
	*used = w.len - cursor_left(&c);
	if (e.dated != NULL)
		*lead = (size_t)(e.dated - w.data);
	r->message = message_of(e.id, e.description, s);
	return BLOCK_RECORD;
}
