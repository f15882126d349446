/*
 * Journal entries: see journal.h.
 *
 * spec: systemd.journal-fields(7), journalctl(1) on the JSON formats
 */
#include "parsers/log/journal.h"

#include "parsers/log/json_walk.h"
#include "parsers/log/log_time.h"

static uint64_t
microseconds(struct view v)
{
	struct cursor c = cursor_of(v);
	int64_t n;
	return cursor_number(&c, 18, &n) ? (uint64_t)n : 0;
}

void
journal_field(struct journal_entry *e, struct view key, struct view value)
{
	if (key.len < 3)
		return;
	if (view_is(key, "__REALTIME_TIMESTAMP"))
		e->realtime = microseconds(value);
	else if (view_is(key, "__MONOTONIC_TIMESTAMP"))
		e->monotonic = microseconds(value);
	else if (view_is(key, "_SOURCE_REALTIME_TIMESTAMP"))
		e->source_realtime = microseconds(value);
	else if (view_is(key, "_SOURCE_MONOTONIC_TIMESTAMP"))
		e->source_monotonic = microseconds(value);
	else if (view_is(key, "_HOSTNAME"))
		e->host = value;
	else if (view_is(key, "SYSLOG_IDENTIFIER"))
		e->identifier = value;
	else if (view_is(key, "_COMM"))
		e->comm = value;
	else if (view_is(key, "_PID") ||
		(view_is(key, "SYSLOG_PID") && e->pid.len == 0))
		e->pid = value;
	else if (view_is(key, "MESSAGE"))
		e->message = value;
	else if (view_is(key, "_TRANSPORT"))
		e->kernel = view_is(value, "kernel");
	else if (view_is(key, "PRIORITY") && value.len == 1 &&
		value.data[0] >= '0' && value.data[0] <= '7')
		e->severity = (uint8_t)(value.data[0] - '0');
	else if (view_is(key, "__CURSOR"))
		e->journal = true;
}

bool
journal_take(const struct journal_entry *e, struct log_record *r)
{
	if (e->realtime == 0 && e->source_realtime == 0)
		return false;
	uint64_t at =
		e->source_realtime != 0 ? e->source_realtime : e->realtime;
	if (e->kernel && e->source_monotonic != 0) {
		if (e->realtime > e->monotonic && e->monotonic != 0)
			at = e->realtime - e->monotonic + e->source_monotonic;
		r->second = time_count(
			e->source_monotonic, NS_PER_US, LOG_TIME_BOOT);
	}
	r->time = time_count(at, NS_PER_US, LOG_TIME_UTC);
	r->host = e->host;
	r->tag = e->identifier.len > 0 ? e->identifier : e->comm;
	if (e->kernel)
		r->tag = kernel_tag();
	r->pid = e->pid;
	r->message = e->message;
	r->severity = e->severity;
	return r->time.kind == LOG_TIME_UTC;
}

bool
journal_object(struct view text, struct log_record *r, struct log_scratch *s)
{
	struct json j;
	struct journal_entry e = {.severity = LOG_SEVERITY_NONE};
	struct view key;
	struct json_value value;
	if (!json_begin(&j, text))
		return false;
	while (json_member(&j, &key, &value))
		if (key.len > 0 &&
			(key.data[0] == '_' || key.data[0] == 'M' ||
				key.data[0] == 'P' || key.data[0] == 'S'))
			journal_field(&e, key, json_text(value, s));
	return journal_take(&e, r);
}

/* "journalctl -o json": an object a line; json-seq puts 0x1E before each
   (RFC 7464), json-sse "data: " (HTML Living Standard section 9.2.5). */
bool
journal_json_parse(
	struct view line, struct log_record *r, struct log_scratch *s)
{
	struct cursor c = cursor_of(line);
	if (!cursor_take(&c, '\x1e'))
		cursor_take_text(&c, "data: ");
	if (cursor_peek(&c) != '{' ||
		memmem(c.p, cursor_left(&c), "_TIMESTAMP\"", 11) == NULL)
		return false;
	return journal_object(cursor_rest(&c), r, s);
}
