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
 */
#include "parsers/log/windows_event.h"

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

bool
windows_event_begins(struct view head)
{
	struct cursor c = cursor_of(head);
	struct view line;
	bool first = false;
	bool id = false;
	if (windows_xml_begins(head))
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
	bool id;
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
		e->id = true;
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
	size_t *vain, struct log_record *r)
{
	struct event e = {.record = r};
	struct cursor c = cursor_of(w);
	struct view line;
	struct view first = view_of(NULL, 0);
	enum block_status xml = windows_xml_block(w, at_eof, used, r);
	if (xml != BLOCK_NONE)
		return xml;
	while (c.p < c.end) {
		const uint8_t *from = c.p;
		line_take(&c, &line);
		struct view key = first_key(line);
		if (first.len == 0 && key.len == 0)
			return c.p < c.end || at_eof ? BLOCK_NONE : BLOCK_MORE;
		if (first.len > 0 && view_equal(key, first)) {
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
	if (!e.id || !e.described)
		return BLOCK_NONE;
	*used = w.len - cursor_left(&c);
	if (e.dated != NULL)
		*lead = (size_t)(e.dated - w.data);
	r->message = trim(e.description);
	return BLOCK_RECORD;
}
