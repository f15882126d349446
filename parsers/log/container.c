/*
 * What containers, Kubernetes and CloudWatch put around a line.
 *
 *	2021-01-01T00:00:00.123456789Z stderr F text              CRI
 *	E0102 15:04:05.000000   1234 file.go:12] text             klog
 *	EVENTS	1795218083000	text	1795218082000             aws logs, text
 *
 * spec: Kubernetes cri-api "CRI container log format"; klog README; AWS CLI user
 * guide, "text output format" (columns in the order of their keys' names)
 */
#include "parsers/log/log_time.h"

bool
cri_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	if (!byte_digit(cursor_peek(&c)) || !time_iso(&c, &r->time))
		return false;
	if (!cursor_take_text(&c, " stdout ") &&
		!cursor_take_text(&c, " stderr "))
		return false;
	if (!cursor_take_text(&c, "F ") && !cursor_take_text(&c, "P "))
		return false;
	r->message = cursor_rest(&c);
	return true;
}

bool
klog_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	static const char letters[] = "IWEF";
	static const uint8_t levels[] = {
		6, 4, 3, 2}; /* RFC 5424 section 6.2.1 */
	struct cursor c = cursor_of(line);
	const char *letter = strchr(letters, cursor_peek(&c));
	if (cursor_left(&c) == 0 || *c.p == 0 || letter == NULL)
		return false;
	c.p++;
	if (!time_klog(&c, &r->time))
		return false;
	r->severity = levels[letter - letters];
	cursor_skip_spaces(&c);
	r->pid = cursor_token(&c);
	struct view source;
	if (!cursor_until(&c, ']', &source))
		return false;
	cursor_take(&c, ' ');
	r->message = cursor_rest(&c);
	return true;
}

/* The last column is the event's time, the one before it the text. */
bool
aws_text_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	struct view column;
	if (!cursor_take_text(&c, "EVENTS\t"))
		return false;
	const uint8_t *last = memrchr(c.p, '\t', cursor_left(&c));
	if (last == NULL)
		return false;
	struct cursor at = {last + 1, c.end};
	if (!time_epoch(&at, &r->time) || cursor_left(&at) > 0)
		return false;
	c.end = last;
	/* Identifiers and the time of ingestion; a text may hold tabs. */
	struct cursor next = c;
	for (int i = 0; i < 3 && cursor_until(&next, '\t', &column); i++) {
		if (column.len == 0 || memchr(column.data, ' ', column.len))
			break;
		c = next;
	}
	r->message = cursor_rest(&c);
	return true;
}
