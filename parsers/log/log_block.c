/*
 * Records of several lines: see log_block.h.
 *
 * The export format is safe for any bytes:
 *
 *	KEY=value\n
 *	KEY\n<length: 64 bit, little-endian><length bytes>\n
 *	\n                                    ends the entry
 *
 * spec: systemd "Journal Export Formats" (JOURNAL_EXPORT_FORMATS.md);
 * util-linux sys-utils/dmesg.c print_record (JSON); systemd
 * src/shared/logs-show.c output_verbose
 */
#include "parsers/log/log_block.h"

#include "base/text.h"
#include "parsers/log/journal.h"
#include "parsers/log/json_document.h"
#include "parsers/log/json_walk.h"
#include "parsers/log/log_time.h"
#include "parsers/log/windows_event.h"

/* Bytes of the length of a binary field. */
#define BINARY_LENGTH 8

/* In front of each field of a verbose entry. */
#define INDENT "    "

/* The line at the front of c, without line end; false when it has no end and
   the file goes on. */
static bool
line_take(struct cursor *c, bool at_eof, struct view *line)
{
	if (cursor_until(c, '\n', line)) {
		if (line->len > 0 && line->data[line->len - 1] == '\r')
			line->len--;
		return true;
	}
	if (!at_eof)
		return false;
	*line = cursor_rest(c);
	c->p = c->end;
	return true;
}

static bool
is_field_name(struct view v)
{
	if (v.len == 0 || v.len > 64)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t x = v.data[i];
		if (x != '_' && !byte_digit(x) && (x < 'A' || x > 'Z'))
			return false;
	}
	return true;
}

/* "KEY=value"; false when the line is none. */
static bool
assignment(struct view line, struct view *key, struct view *value)
{
	struct cursor c = cursor_of(line);
	if (!cursor_until(&c, '=', key) || !is_field_name(*key))
		return false;
	*value = cursor_rest(&c);
	return true;
}

/* Behind "KEY\n": length, bytes, newline. */
static enum block_status
binary_take(struct cursor *c, struct view *value)
{
	if (cursor_left(c) < BINARY_LENGTH)
		return BLOCK_MORE;
	uint64_t len = load_le64(c->p);
	if (len >= LOG_LINE_MAX)
		return BLOCK_NONE;
	if (cursor_left(c) - BINARY_LENGTH <= len)
		return BLOCK_MORE;
	c->p += BINARY_LENGTH;
	*value = view_of(c->p, (size_t)len);
	c->p += len;
	return cursor_take(c, '\n') ? BLOCK_RECORD : BLOCK_NONE;
}

static enum block_status
export_block(struct view w, bool at_eof, size_t *used, size_t *vain,
	struct log_record *r)
{
	struct cursor c = cursor_of(w);
	struct journal_entry e = {.severity = LOG_SEVERITY_NONE};
	struct view line;
	for (size_t fields = 0; c.p < c.end; fields++) {
		struct view key;
		struct view value;
		if (!line_take(&c, at_eof, &line))
			return BLOCK_MORE;
		if (line.len == 0) {
			if (fields == 0)
				return BLOCK_NONE;
			break;
		}
		if (!assignment(line, &key, &value)) {
			key = line;
			*vain = w.len - cursor_left(&c);
			if (!is_field_name(key))
				return BLOCK_NONE;
			enum block_status b = binary_take(&c, &value);
			if (b != BLOCK_RECORD)
				return b == BLOCK_MORE && at_eof ? BLOCK_NONE
								 : b;
		}
		journal_field(&e, key, value);
		if (c.p == c.end && !at_eof)
			return BLOCK_MORE;
	}
	*used = *vain = w.len - cursor_left(&c);
	return journal_take(&e, r) ? BLOCK_RECORD : BLOCK_NONE;
}

/* "Fri 2026-11-20 23:44:52.501242 UTC [s=...]", then indented fields. */
static enum block_status
verbose_block(struct view w, bool at_eof, size_t *used, struct log_record *r)
{
	struct cursor c = cursor_of(w);
	struct journal_entry e = {.severity = LOG_SEVERITY_NONE};
	struct view line;
	struct log_time head;
	if (!line_take(&c, at_eof, &line))
		return BLOCK_MORE;
	struct cursor first = cursor_of(line);
	cursor_token(&first);
	if (!cursor_take(&first, ' ') || !time_iso(&first, &head))
		return BLOCK_NONE;
	bool zoned = head.offset_known || head.zone[0] != '\0';
	if ((!zoned &&
		    (!cursor_take(&first, ' ') ||
			    !time_zone_word(&first, &head))) ||
		!cursor_take_text(&first, " [s="))
		return BLOCK_NONE;
	for (;;) {
		struct view key;
		struct view value;
		if (c.p == c.end && !at_eof)
			return BLOCK_MORE;
		if (cursor_peek(&c) != ' ')
			break;
		if (!line_take(&c, at_eof, &line))
			return BLOCK_MORE;
		struct cursor field = cursor_of(line);
		if (cursor_take_text(&field, INDENT) &&
			assignment(cursor_rest(&field), &key, &value))
			journal_field(&e, key, value);
	}
	*used = w.len - cursor_left(&c);
	/* Without -a the entry's own fields with the times are not printed. */
	if (!journal_take(&e, r)) {
		e.realtime = 1;
		journal_take(&e, r);
		r->second = (struct log_time){0};
		if (e.source_monotonic != 0)
			r->second = time_count(
				e.source_monotonic, NS_PER_US, LOG_TIME_BOOT);
		r->time = head;
	}
	return BLOCK_RECORD;
}

/* {"pri": 6, "time": 1263.663221, "msg": "..."} */
static bool
dmesg_object(struct view text, struct log_record *r, struct log_scratch *s)
{
	struct json j;
	struct view key;
	struct json_value v;
	uint64_t pri;
	bool message = false;
	if (!json_begin(&j, text))
		return false;
	while (json_member(&j, &key, &v)) {
		if (view_is(key, "pri") && json_number(v, &pri)) {
			r->severity = (uint8_t)(pri & 7);
		} else if (view_is(key, "time")) {
			struct cursor t = cursor_of(v.raw);
			if (!time_boot(&t, &r->time))
				r->time = (struct log_time){0};
		} else if (view_is(key, "msg")) {
			r->message = json_text(v, s);
			message = true;
		}
	}
	r->tag = kernel_tag();
	return message;
}

/* The last "{" of the first line; does its object begin as it should? */
static enum block_status
object_find(enum log_family family, struct view w, bool at_eof, size_t *start)
{
	struct cursor c = cursor_of(w);
	struct view line;
	if (!line_take(&c, at_eof, &line))
		return BLOCK_MORE;
	const uint8_t *brace =
		line.len > 0 ? memrchr(line.data, '{', line.len) : NULL;
	if (brace == NULL)
		return BLOCK_NONE;
	*start = (size_t)(brace - w.data);
	if (family != LOG_DMESG_JSON)
		return BLOCK_RECORD;
	/* The outermost object's first member is "dmesg". */
	c = cursor_of(view_skip(w, *start + 1));
	while (c.p < c.end &&
		(*c.p == ' ' || *c.p == '\n' || *c.p == '\r' || *c.p == '\t'))
		c.p++;
	if (cursor_left(&c) < 5 && !at_eof)
		return BLOCK_MORE;
	return cursor_take_text(&c, "\"pri\"") ? BLOCK_RECORD : BLOCK_NONE;
}

static enum block_status
object_block(enum log_family family, struct view w, bool at_eof, size_t *used,
	struct log_record *r, struct log_scratch *s)
{
	size_t start;
	enum block_status found = object_find(family, w, at_eof, &start);
	if (found != BLOCK_RECORD)
		return found;
	struct view text = view_skip(w, start);
	text.len = json_object_len(text);
	if (text.len == 0)
		return at_eof ? BLOCK_NONE : BLOCK_MORE;
	struct cursor c = cursor_of(view_skip(w, start + text.len));
	struct view rest;
	if (!line_take(&c, at_eof, &rest))
		return BLOCK_MORE;
	*used = w.len - cursor_left(&c);
	/* "},{": the line belongs to the next record. */
	const uint8_t *newline = memrchr(w.data, '\n', start + text.len);
	if (newline != NULL && rest.len > 0 &&
		memchr(rest.data, '{', rest.len) != NULL)
		*used = (size_t)(newline - w.data) + 1;
	bool ok = family == LOG_DMESG_JSON ? dmesg_object(text, r, s)
					   : journal_object(text, r, s);
	return ok ? BLOCK_RECORD : BLOCK_NONE;
}

static enum block_status
block_of(enum log_family family, struct view w, bool at_eof, size_t *lead,
	size_t *used, size_t *vain, struct log_record *r, struct log_scratch *s)
{
	switch (family) {
	case LOG_JOURNAL_EXPORT:
		return export_block(w, at_eof, used, vain, r);
	case LOG_JOURNAL_VERBOSE:
		return verbose_block(w, at_eof, used, r);
	case LOG_WINDOWS_EVENT:
		return windows_event_block(w, at_eof, lead, used, vain, r, s);
	case LOG_JSON_DOCUMENT:
		return json_document_block(w, at_eof, lead, used, vain, r, s);
	default:
		return object_block(family, w, at_eof, used, r, s);
	}
}

enum block_status
log_block(enum log_family family, struct view w, bool at_eof, size_t *lead,
	size_t *used, size_t *vain, struct log_record *r, struct log_scratch *s)
{
	*lead = 0;
	*vain = 0;
	bool last = at_eof && w.len <= LOG_LINE_MAX;
	w = view_first(w, LOG_LINE_MAX);
	if (w.len == 0)
		return BLOCK_NONE;
	enum block_status b = block_of(family, w, last, lead, used, vain, r, s);
	if (b == BLOCK_RECORD || (b == BLOCK_MORE && w.len < LOG_LINE_MAX))
		return b;
	/* Was its end looked for up to that of the bytes? */
	if (b == BLOCK_MORE ||
		(last &&
			block_of(family, w, false, lead, used, vain, r, s) ==
				BLOCK_MORE))
		*vain = w.len;
	return BLOCK_NONE;
}
