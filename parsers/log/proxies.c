/*
 * gunicorn's error log and Envoy's default access log.
 *
 *	[2019-12-31 07:41:16 +0000] [3080] [CRITICAL] WORKER TIMEOUT (pid:3083)
 *	[2016-04-15T20:17:00.310Z] "POST /api HTTP/2" 204 - 154 0 226 100 ...
 *
 * spec: gunicorn gunicorn/glogging.py error_fmt, datefmt; Envoy
 * docs, observability/access_log/usage.rst, "Default format"
 */
#include "parsers/log/log_time.h"

bool
gunicorn_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view level;
	if (!cursor_take(&c, '[') || !time_iso(&c, &r->time) ||
		!cursor_take_text(&c, "] [") ||
		!cursor_until(&c, ']', &r->pid) ||
		!cursor_take_text(&c, " [") || !cursor_until(&c, ']', &level) ||
		!cursor_take(&c, ' '))
		return false;
	r->severity = severity_of(level);
	r->tag = view_str("gunicorn");
	r->message = cursor_rest(&c);
	return r->severity != LOG_SEVERITY_NONE;
}

bool
envoy_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!cursor_take(&c, '[') || !time_iso(&c, &r->time) ||
		!r->time.offset_known || !cursor_take_text(&c, "] \""))
		return false;
	r->tag = view_str("envoy");
	r->message = line;
	return true;
}
