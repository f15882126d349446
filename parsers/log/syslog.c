/*
 * Syslog lines: RFC 3164 as files hold it, RFC 5424, and the ISO forms that
 * rsyslog and journalctl write.
 *
 *	[<PRI>]Nov 20 18:39:43 HOST TAG[PID]: text
 *	[<PRI>]2026-11-20T18:39:43.188139-05:00 HOST TAG[PID]: text
 *	<PRI>1 2026-11-20T18:39:43.188139-05:00 HOST APP PROCID MSGID SD text
 *
 * The first has neither year nor zone. journalctl -o short-iso writes the zone
 * without a colon before systemd 255. Some senders write the fields of RFC 5424
 * behind an ISO time without PRI and version; those lines are read, too.
 *
 * spec: RFC 3164 section 4.1, RFC 5424 section 6; rsyslog doc
 * "rsyslog properties", templates RSYSLOG_FileFormat and
 * RSYSLOG_SyslogProtocol23Format
 */
#include "parsers/log/log_time.h"

bool
syslog_bsd_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	cursor_pri(&c, r);
	return time_bsd(&c, &r->time) && cursor_take(&c, ' ') &&
		host_tag_message(&c, r);
}

/* "-" is nil. */
static struct view
nil_to_empty(struct view v)
{
	return view_is(v, "-") ? view_of(NULL, 0) : v;
}

/* "-" or one or more "[id name="value" ...]"; quotes may hold brackets. */
static bool
structured_data_skip(struct cursor *c)
{
	if (cursor_take(c, '-'))
		return true;
	if (cursor_peek(c) != '[')
		return false;
	while (cursor_take(c, '[')) {
		bool quoted = false;
		for (; c->p < c->end && (quoted || *c->p != ']'); c->p++) {
			if (*c->p == '"')
				quoted = !quoted;
			else if (quoted && *c->p == '\\' && c->p + 1 < c->end)
				c->p++;
		}
		if (!cursor_take(c, ']'))
			return false;
	}
	return true;
}

/* "HOST APP PROCID MSGID SD [BOM]text" */
static bool
fields_5424(struct cursor *c, struct log_record *r)
{
	r->host = nil_to_empty(cursor_token(c));
	if (!cursor_take(c, ' '))
		return false;
	r->tag = nil_to_empty(cursor_token(c));
	if (!cursor_take(c, ' '))
		return false;
	r->pid = nil_to_empty(cursor_token(c));
	if (!cursor_take(c, ' '))
		return false;
	cursor_token(c); /* MSGID */
	if (!cursor_take(c, ' ') || !structured_data_skip(c))
		return false;
	if (cursor_left(c) > 0 && !cursor_take(c, ' '))
		return false;
	cursor_take_text(c, "\xef\xbb\xbf");
	/* rsyslog keeps the space that stood behind the tag. */
	cursor_take(c, ' ');
	r->message = cursor_rest(c);
	if (view_is(r->tag, "kernel"))
		kernel_message(r);
	return true;
}

bool
syslog_5424_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!cursor_pri(&c, r) || !cursor_take_text(&c, "1 "))
		return false;
	if (!cursor_take(&c, '-') && !time_iso(&c, &r->time))
		return false;
	return cursor_take(&c, ' ') && fields_5424(&c, r);
}

bool
syslog_iso_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	cursor_pri(&c, r);
	if (cursor_left(&c) < 11 || c.p[10] != 'T')
		return false;
	if (!time_iso(&c, &r->time) || !cursor_take(&c, ' '))
		return false;
	struct cursor at = c;
	if (host_tag_message(&at, r) && r->tag.len > 0 && r->host.len > 0)
		return true;
	r->tag = r->pid = view_of(NULL, 0);
	if (!fields_5424(&c, r))
		return false;
	/* Without PRI and version only a process number makes sure of it. */
	for (size_t i = 0; i < r->pid.len; i++)
		if (!is_digit(r->pid.data[i]))
			return false;
	return true;
}
