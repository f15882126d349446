/*
 * HAProxy's http and tcp log lines, as its own syslog message or alone.
 *
 *	CLIENT:PORT [20/Nov/2026:23:41:41.278] FRONTEND BACKEND/SERVER TIMERS ...
 *
 * The time in brackets is when the CLIENT's connection or request was accepted,
 * on the local clock, in milliseconds; the syslog line is written at the end.
 * The message is the whole line.
 *
 * spec: HAProxy doc/configuration.txt, "TCP log format", "HTTP log format"
 */
#include "parsers/log/log_time.h"

bool
haproxy_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view client = cursor_token(&c);
	/* "unix:1", "10.0.0.1:54708", "fd02::2:54708" */
	if (client.len < 3 || client.len > 128 ||
		memchr(client.data, ':', client.len) == NULL ||
		!byte_digit(client.data[client.len - 1]))
		return false;
	if (!cursor_take_text(&c, " [") || !byte_digit(cursor_peek(&c)) ||
		!time_clf(&c, &r->time) || r->time.resolution_ns >= NS_PER_S ||
		!cursor_take_text(&c, "] "))
		return false;
	r->tag = view_str("haproxy");
	r->message = line;
	return true;
}
