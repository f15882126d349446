/*
 * The one-line formats of journalctl that syslog does not have.
 *
 *	Fri 2026-11-20 23:44:52 UTC HOST TAG[PID]: text     short-full, with-unit
 *	1795218292.501235 HOST TAG[PID]: text               short-unix
 *	[ 1361.588821] HOST TAG[PID]: text                  short-monotonic
 *
 * short-full prints the NAME of the zone, which need not stand for one offset
 * (zone_names.def). short-monotonic looks like dmesg with a host in front of the text;
 * one line alone cannot tell "vm kernel: text" from a driver's message.
 *
 * spec: systemd src/shared/logs-show.c output_short
 */
#include "parsers/log/log_time.h"

bool
journal_full_parse(
	struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	/* The day's name follows the locale: 2 to 8 bytes, then a date. */
	struct view day = cursor_token(&c);
	if (day.len < 2 || day.len > 8 || byte_digit(day.data[0]))
		return false;
	return cursor_take(&c, ' ') && byte_digit(cursor_peek(&c)) &&
		time_iso(&c, &r->time) && cursor_take(&c, ' ') &&
		(r->time.offset_known || r->time.zone[0] != '\0' ||
			time_zone_word(&c, &r->time)) &&
		host_tag_message(&c, r) && r->tag.len > 0;
}

bool
journal_unix_parse(
	struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	return byte_digit(cursor_peek(&c)) && time_unix(&c, &r->time) &&
		cursor_take(&c, ' ') && host_tag_message(&c, r) &&
		r->tag.len > 0;
}

bool
journal_monotonic_parse(
	struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!cursor_take(&c, '[') || !time_boot(&c, &r->time) ||
		!cursor_take(&c, ']') || !cursor_take(&c, ' '))
		return false;
	if (!host_tag_message(&c, r) || r->host.len == 0 || r->tag.len == 0)
		return false;
	return true;
}
