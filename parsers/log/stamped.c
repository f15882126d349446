/*
 * Text lines that begin with a time: what most applications write.
 *
 *	2026-11-20 23:44:52,501 ERROR text        [2026-11-20T23:44:52Z] text
 *	2026/11/20 23:44:52 text                  time="..." level=error msg=...
 *	1795218292.501235 text
 *
 * The message is all that follows. A time without a zone is local.
 */
#include "parsers/log/log_time.h"

/* The first or second word behind the time, when it is a severity. */
static uint8_t
severity_behind(struct cursor c)
{
	cursor_take_text(&c, "level=");
	for (int words = 0; words < 2 && c.p < c.end; words++) {
		while (c.p < c.end && !is_letter(*c.p))
			c.p++;
		const uint8_t *first = c.p;
		while (c.p < c.end && is_letter(*c.p))
			c.p++;
		uint8_t severity =
			severity_of(view_of(first, (size_t)(c.p - first)));
		if (severity != LOG_SEVERITY_NONE)
			return severity;
	}
	return LOG_SEVERITY_NONE;
}

static bool
any_time(struct cursor *c, struct log_time *t)
{
	struct cursor at = *c;
	if (!is_digit(cursor_peek(c)))
		return false;
	if (time_iso(&at, t))
		goto found;
	at = *c;
	if (time_slashes(&at, t))
		goto found;
	at = *c;
	if (time_unix(&at, t))
		goto found;
	at = *c;
	/* Ten digits alone, whole seconds, are too often something else. */
	if (!time_epoch(&at, t) || t->resolution_ns == NS_PER_S)
		return false;
found:
	*c = at;
	return true;
}

bool
stamped_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!cursor_take_text(&c, "time=") && !cursor_take_text(&c, "ts="))
		cursor_take(&c, '[');
	cursor_take(&c, '"');
	if (!any_time(&c, &r->time))
		return false;
	/* "23:44:52FOO" is no time: what the zone is cannot be said. */
	if (is_letter(cursor_peek(&c)) || is_digit(cursor_peek(&c)))
		return false;
	cursor_take(&c, '"');
	cursor_take(&c, ']');
	cursor_take(&c, ':');
	while (cursor_peek(&c) == ' ' || cursor_peek(&c) == '\t')
		c.p++;
	r->severity = severity_behind(c);
	r->message = cursor_rest(&c);
	return true;
}
