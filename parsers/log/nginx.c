/*
 * nginx error log lines.
 *
 *	2026/11/20 23:41:20 [error] 24372#24372: *3 connect() failed (111: ...
 *	local time, no zone  level  PID   TID    connection  message
 *
 * The message keeps its tail "client: A, server: S, request: ..., upstream:
 * ..." for the patterns. A line is at most 2048 bytes and is cut anywhere.
 *
 * spec: nginx src/core/ngx_log.c ngx_log_error_core
 */
#include "parsers/log/log_time.h"

bool
nginx_error_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view level;
	int64_t n;
	if (!byte_digit(cursor_peek(&c)) || !time_slashes(&c, &r->time) ||
		!cursor_take_text(&c, " [") || !cursor_until(&c, ']', &level) ||
		!cursor_take(&c, ' '))
		return false;
	r->severity = severity_of(level);
	const uint8_t *pid = c.p;
	if (!cursor_number(&c, 10, &n))
		return false;
	r->pid = view_of(pid, (size_t)(c.p - pid));
	if (!cursor_take(&c, '#') || !cursor_number(&c, 10, &n) ||
		!cursor_take_text(&c, ": "))
		return false;
	struct cursor at = c;
	if (cursor_take(&at, '*') && cursor_number(&at, 18, &n) &&
		cursor_take(&at, ' '))
		c = at;
	r->tag = view_str("nginx");
	r->message = cursor_rest(&c);
	return true;
}
