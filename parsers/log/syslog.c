/*
 * Syslog lines: RFC 3164 as files hold it, RFC 5424, and the ISO forms that
 * rsyslog and journalctl write.
 *
 *	[<PRI>]Nov 20 18:39:43 HOST TAG[PID]: text
 *	[<PRI>]2026-11-20T18:39:43.188139-05:00 HOST TAG[PID]: text
 *	[<PRI>]1 2026-11-20T18:39:43.188139-05:00 HOST APP PROCID MSGID SD text
 *
 * The first has neither year nor zone. journalctl -o short-iso writes the zone
 * without a colon before systemd 255. Some senders write the fields of RFC 5424
 * behind an ISO time without PRI and version; those lines are read, too. Between
 * host and tag some devices put facility and level (envelope.h), and Cisco's put
 * no tag but a mnemonic that begins the message.
 *
 * spec: RFC 3164 section 4.1, RFC 5424 section 6; rsyslog doc
 * "rsyslog properties", templates RSYSLOG_FileFormat and
 * RSYSLOG_SyslogProtocol23Format; BusyBox sysklogd/syslogd.c timestamp_and_log;
 * OpenWrt ubox log/logread.c log_notify; Cisco "ASA Syslog Messages"
 */
#include "parsers/log/log_time.h"
#include "parsers/log/log_zone.h"

/* OpenWrt's logread: "Fri Nov 20 23:41:22 2026 kern.warn kernel: text". */
static bool
openwrt_parse(struct cursor c, struct log_record *r)
{
	uint8_t severity;
	if (!time_asctime(&c, &r->time) || !cursor_take(&c, ' '))
		return false;
	struct cursor word = c;
	return priority_word(cursor_token(&word), &severity) &&
		host_tag_message(&c, r);
}

/* "Nov 20 23:41:22.123 UTC: %SEC-6-...": a zone only when a colon shows that it
   is no host. */
static void
zone_before_colon(struct cursor *c, struct log_time *t)
{
	struct cursor at = *c;
	struct zone z;
	if (zone_take(&at, &z) && cursor_left(&at) >= 2 && at.p[0] == ':' &&
		at.p[1] == ' ') {
		zone_apply(&z, t);
		*c = at;
	}
}

bool
syslog_bsd_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	cursor_pri(&c, r);
	if (!time_bsd(&c, &r->time))
		return openwrt_parse(c, r);
	zone_before_colon(&c, &r->time);
	/* Cisco without a host: "Nov 20 2026 23:41:22: %ASA-4-106023: text" */
	if (cursor_take_text(&c, ": ")) {
		r->message = cursor_rest(&c);
		return true;
	}
	return cursor_take(&c, ' ') && host_tag_message(&c, r);
}

/* "-" is nil. */
static struct view
nil_to_empty(struct view v)
{
	return view_is(v, "-") ? view_of(NULL, 0) : v;
}

/* "-" or one or more "[id name="value" ...]"; quotes may hold brackets. *own: an
   element that is no registered one (RFC 5424 section 7), and so is a message
   of its own: Juniper's, Check Point's. */
static bool
structured_data_skip(struct cursor *c, bool *own)
{
	static const char *const registered[] = {
		"timeQuality", "origin", "meta"};
	if (cursor_take(c, '-'))
		return true;
	if (cursor_peek(c) != '[')
		return false;
	while (cursor_take(c, '[')) {
		bool quoted = false;
		bool known = false;
		for (size_t i = 0; i < sizeof registered / sizeof *registered;
			i++) {
			struct cursor name = *c;
			known = known || cursor_take_text(&name, registered[i]);
		}
		*own = *own || !known;
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
	const uint8_t *id = c->p; /* MSGID */
	bool own = false;
	bool nil = view_is(cursor_token(c), "-");
	if (!cursor_take(c, ' '))
		return false;
	const uint8_t *data = c->p;
	if (!structured_data_skip(c, &own))
		return false;
	if (cursor_left(c) > 0 && !cursor_take(c, ' '))
		return false;
	if (own) {
		data = nil ? data : id;
		r->message = view_of(data, (size_t)(c->end - data));
		return true;
	}
	cursor_take_text(c, "\xef\xbb\xbf");
	/* rsyslog keeps the space that stood behind the tag. */
	cursor_take(c, ' ');
	r->message = cursor_rest(c);
	if (view_is(r->tag, "kernel"))
		kernel_message(r);
	return true;
}

/* "1795218082.123456789 MX84 flows src=...": seconds for a time, and no fields but
   the device's name. cite: documentation.meraki.com, Syslog Event Types and Log
   Samples */
static bool
meraki_take(struct cursor c, struct log_record *r)
{
	struct log_record seen = *r;
	if (!time_unix(&c, &seen.time) || !cursor_take(&c, ' '))
		return false;
	seen.host = cursor_token(&c);
	if (!cursor_take(&c, ' '))
		return false;
	seen.message = cursor_rest(&c);
	*r = seen;
	return true;
}

bool
syslog_5424_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	bool pri = cursor_pri(&c, r);
	if (!cursor_take_text(&c, "1 "))
		return false;
	if (pri && meraki_take(c, r))
		return true;
	/* A number alone is no version: then the time must be there, too. */
	if (!(pri && cursor_take(&c, '-')) && !time_iso(&c, &r->time))
		return false;
	return cursor_take(&c, ' ') && fields_5424(&c, r);
}

bool
syslog_iso_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	cursor_pri(&c, r);
	bool iso = cursor_left(&c) > 11 && c.p[10] == 'T' &&
		time_iso(&c, &r->time);
	if (!iso && !time_read(&c, "%Y:%m:%d-%T", &r->time))
		return false;
	if (!cursor_take(&c, ' '))
		return false;
	struct cursor at = c;
	if (host_tag_message(&at, r) && r->tag.len > 0 && r->host.len > 0)
		return true;
	if (!iso)
		return false;
	r->tag = r->pid = view_of(NULL, 0);
	if (!fields_5424(&c, r))
		return false;
	/* Without PRI and version only a process number makes sure of it. */
	for (size_t i = 0; i < r->pid.len; i++)
		if (!byte_digit(r->pid.data[i]))
			return false;
	return true;
}
