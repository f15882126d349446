/*
 * Entries of a JSON document, one after the other: see json_document.h.
 *
 * An object is opened, not taken, when one of its members is an array of
 * objects under a name that such exports use; then the array's objects are the
 * entries. No tree is built and the document is never held whole.
 *
 * Loki's answers hold no objects but pairs of a time and a line, below "data",
 * "result" and "values".
 *
 * cite: Grafana Loki HTTP API "Query logs within a range of time" (streams);
 * AWS CLI filter-log-events, get-log-events; Azure Monitor resource logs
 * ("records"); Google Cloud entries.list; Elasticsearch search response ("hits");
 * Datadog "Search logs" (data); OpenTelemetry logs in JSON (resourceLogs, scopeLogs,
 * logRecords)
 */
#include "parsers/log/json_document.h"

#include "parsers/log/json_walk.h"
#include "parsers/log/log_time.h"

static bool
is_container(struct view key)
{
	static const char *const names[] = {"events", "records", "Records",
		"entries", "hits", "results", "logEvents", "messages", "logs",
		"items", "rows", "resourceLogs", "scopeLogs",
		"instrumentationLibraryLogs", "logRecords"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_is(key, names[i]))
			return true;
	return false;
}

/* Does this member hold, or lead to, the pairs of Loki's streams? */
static bool
is_streams(struct view key, struct view raw)
{
	struct cursor c = cursor_of(raw);
	if (view_is(key, "data"))
		return raw.data[0] == '{' &&
			memmem(raw.data, raw.len < 48 ? raw.len : 48,
				"\"streams\"", 9) != NULL;
	bool result = view_is(key, "result");
	if ((!result && !view_is(key, "values")) || !cursor_take(&c, '['))
		return false;
	cursor_skip_spaces(&c);
	if (!cursor_take(&c, result ? '{' : '['))
		return false;
	cursor_skip_spaces(&c);
	return result ? cursor_take_text(&c, "\"stream\"")
		      : cursor_take(&c, '"');
}

enum pair { PAIR_IS, PAIR_NONE, PAIR_CUT };

/* ["1795218082191569000", "LINE"], and how long it is. Nanoseconds have 19 digits
   from 2001 to 2286; structured metadata may stand behind. */
static enum pair
pair_take(struct view text, struct log_record *r, struct log_scratch *s,
	size_t *len)
{
	struct json j;
	json_open(&j, text);
	bool ok = json_next(&j) == JSON_OPEN && json_next(&j) == JSON_STRING;
	struct view ns = j.value;
	ok = ok && json_next(&j) == JSON_STRING;
	struct json_value line = {JSON_STRING, j.value};
	enum json_token end = ok ? json_next(&j) : JSON_END;
	if (end == JSON_OPEN) {
		json_skip(&j);
		end = json_next(&j);
	}
	if (end != JSON_CLOSE)
		return j.trouble == JSON_CUT ? PAIR_CUT : PAIR_NONE;
	struct cursor c = cursor_of(ns);
	struct log_time t;
	if (ns.len != 19 || !time_epoch(&c, &t) || cursor_left(&c) > 0)
		return PAIR_NONE;
	r->time = t;
	r->message = json_text(line, s);
	*len = j.at;
	return PAIR_IS;
}

/* May a pair stand here? */
static bool
is_pair(const struct cursor *c)
{
	struct cursor at = *c;
	if (!cursor_take(&at, '['))
		return false;
	while (at.p < at.end && byte_among(*at.p, " \t\r\n"))
		at.p++;
	if (!cursor_take(&at, '"'))
		return false;
	size_t digits = 0;
	for (; at.p < at.end && byte_digit(*at.p); at.p++)
		digits++;
	return digits == 19 || at.p == at.end;
}

/* What may stand between two entries outside of texts: brackets, commas, numbers
   and the letters of true, false and null. */
static bool
is_between(uint8_t x)
{
	return byte_digit(x) || byte_among(x, " \t\r\n,:[]}+-.eEtrufalsn");
}

enum search { BRACE_FOUND, BRACE_NONE, BRACE_MORE };

/* The next "{", or "[" of a pair, before which stands only what a document has there. */
static enum search
brace_find(struct cursor *c)
{
	while (c->p < c->end && *c->p != '{' && !is_pair(c)) {
		if (*c->p != '"') {
			if (!is_between(*c->p++))
				return BRACE_NONE;
			continue;
		}
		for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
			if (*c->p == '\n')
				return BRACE_NONE;
			if (*c->p == '\\' && c->p + 1 < c->end)
				c->p++;
		}
		if (c->p < c->end)
			c->p++;
	}
	return c->p < c->end ? BRACE_FOUND : BRACE_MORE;
}

enum opening { IS_ENTRY, IS_CONTAINER, IS_CUT };

/*
 * What the object at the front of text is; *inside is how far it is from there
 * to the inside of its array or object of entries.
 */
static enum opening
opening_of(struct view text, size_t *inside)
{
	struct json j;
	struct view key = view_of(NULL, 0);
	struct json_value v = {JSON_END, view_of(NULL, 0)};
	if (!json_begin(&j, text))
		return IS_ENTRY;
	for (bool first = true; json_member(&j, &key, &v); first = false) {
		if (v.kind == JSON_OPEN && is_streams(key, v.raw)) {
			*inside = (size_t)(v.raw.data - text.data) + 1;
			return IS_CONTAINER;
		}
		/* A line's own data stands behind its time. */
		if (v.kind != JSON_OPEN ||
			!(is_container(key) || (first && view_is(key, "data"))))
			continue;
		struct cursor c = cursor_of(v.raw);
		c.p++;
		while (c.p < c.end && byte_among(*c.p, " \t\r\n["))
			c.p++;
		/* An array of objects; or the outer of two "hits". */
		bool outer = v.raw.data[0] == '{' && view_is(key, "hits");
		if (!outer && (v.raw.data[0] != '[' || cursor_peek(&c) != '{'))
			continue;
		*inside = (size_t)(v.raw.data - text.data) + 1;
		return IS_CONTAINER;
	}
	if (j.trouble != JSON_CUT)
		return IS_ENTRY;
	/* An array that goes on behind the window. */
	struct cursor c = cursor_of(v.raw);
	if (v.kind == JSON_OPEN && v.raw.len > 0 && is_streams(key, v.raw)) {
		*inside = (size_t)(c.p - text.data) + 1;
		return IS_CONTAINER;
	}
	if (v.kind == JSON_OPEN && is_container(key) && cursor_take(&c, '[')) {
		*inside = (size_t)(c.p - text.data);
		while (c.p < c.end && byte_among(*c.p, " \t\r\n["))
			c.p++;
		if (cursor_peek(&c) == '{')
			return IS_CONTAINER;
	}
	return IS_CUT;
}

bool
json_document_begins(struct view head)
{
	struct cursor c = cursor_of(head);
	size_t inside;
	while (c.p < c.end && byte_among(*c.p, " \t\r\n"))
		c.p++;
	if (cursor_left(&c) == 0)
		return false;
	if (*c.p == '[') {
		c.p++;
		while (c.p < c.end && byte_among(*c.p, " \t\r\n["))
			c.p++;
		return cursor_peek(&c) == '{';
	}
	if (*c.p != '{')
		return false;
	struct view text = cursor_rest(&c);
	if (opening_of(text, &inside) == IS_CONTAINER)
		return true;
	/* One object printed over many lines. */
	struct view line;
	return cursor_until(&c, '\n', &line) && json_object_len(line) == 0 &&
		json_object_len(text) > 0;
}

/* Behind an entry: its comma, and its line's end when nothing else is there.
   False when the window ends before that shows. */
static bool
rest_of_line(struct view w, bool at_eof, size_t at, size_t *used)
{
	size_t i = at;
	while (i < w.len && byte_among(w.data[i], " \t\r,"))
		i++;
	*used = i < w.len && w.data[i] == '\n' ? i + 1 : at;
	return i < w.len || at_eof;
}

enum block_status
json_document_block(struct view w, bool at_eof, size_t *lead, size_t *used,
	size_t *vain, struct log_record *r, struct log_scratch *s)
{
	struct cursor c = cursor_of(w);
	enum search found;
	while ((found = brace_find(&c)) == BRACE_FOUND) {
		size_t inside;
		struct view text = cursor_rest(&c);
		if (*c.p == '[') {
			size_t pair_len;
			enum pair pair = pair_take(text, r, s, &pair_len);
			if (pair == PAIR_CUT)
				return at_eof ? BLOCK_NONE : BLOCK_MORE;
			if (pair == PAIR_NONE) {
				c.p++;
				continue;
			}
			*lead = (size_t)(c.p - w.data);
			if (!rest_of_line(w, at_eof, *lead + pair_len, used))
				return BLOCK_MORE;
			r->raw = view_of(c.p, pair_len);
			return BLOCK_RECORD;
		}
		enum opening o = opening_of(text, &inside);
		if (o == IS_CONTAINER) {
			c.p += inside;
			continue;
		}
		size_t len = o == IS_CUT ? 0 : json_object_len(text);
		if (len == 0)
			return at_eof ? BLOCK_NONE : BLOCK_MORE;
		text.len = len;
		*lead = (size_t)(c.p - w.data);
		if (!rest_of_line(w, at_eof, *lead + len, used))
			return BLOCK_MORE;
		r->raw = text;
		if (!journal_json_parse(text, r, s) &&
			!json_line_parse(text, r, s))
			r->message = text;
		return BLOCK_RECORD;
	}
	if (found == BRACE_NONE)
		*vain = (size_t)(c.p - w.data);
	return found == BRACE_NONE || at_eof ? BLOCK_NONE : BLOCK_MORE;
}
