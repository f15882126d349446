/*
 * Apache httpd error log lines, 2.0 to 2.4.
 *
 *	[Fri Nov 20 23:41:40.123456 2026] [proxy:error] [pid 1:tid 2] text
 *	[Sun Dec 04 04:47:44 2005] [error] text
 *
 * Local time. "[client A:P]" stays in the message.
 *
 * spec: Apache httpd server/log.c, default ErrorLogFormat
 */
#include "parsers/log/log_time.h"

/* "proxy:error", "error", "trace3" */
static uint8_t
level_of(struct view bracket)
{
	const uint8_t *colon = memrchr(bracket.data, ':', bracket.len);
	if (colon != NULL)
		bracket =
			view_skip(bracket, (size_t)(colon - bracket.data) + 1);
	if (bracket.len == 6 && byte_digit(bracket.data[5]))
		bracket.len--;
	return severity_of(bracket);
}

bool
apache_error_parse(
	struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view level;
	if (!cursor_take(&c, '[') || !time_asctime(&c, &r->time) ||
		!cursor_take_text(&c, "] [") ||
		!cursor_until(&c, ']', &level) || level.len == 0)
		return false;
	r->severity = level_of(level);
	if (r->severity == LOG_SEVERITY_NONE)
		return false;
	cursor_take(&c, ' ');
	struct cursor at = c;
	struct view pid;
	if (cursor_take_text(&at, "[pid ") && cursor_until(&at, ']', &pid)) {
		const uint8_t *colon =
			pid.len > 0 ? memchr(pid.data, ':', pid.len) : NULL;
		if (colon != NULL)
			pid.len = (size_t)(colon - pid.data);
		r->pid = pid;
		cursor_take(&at, ' ');
		c = at;
	}
	r->tag = view_str("apache");
	r->message = cursor_rest(&c);
	return true;
}
