/*
 * Prefixes of log lines: see log_prefix.h.
 *
 * cite: ECMA-48 section 5.4 (control sequences); docker compose
 * cmd/formatter/logs.go; kubectl logs --prefix; GNU grep(1) --with-filename;
 * logcli "default" output; coreutils cat -n
 */
#include "parsers/log/log_prefix.h"

#include "base/text.h"

/* A container's or file's name; longer is none. */
#define NAME_MAX_BYTES 512

#define ESC 0x1b /* ECMA-48 section 5.2.1 */

/* Behind ESC: "[...letter" or "]...BEL", or one byte. */
static void
sequence_skip(struct cursor *c)
{
	if (cursor_take(c, '[')) {
		while (c->p < c->end && *c->p >= 0x20 && *c->p < 0x40)
			c->p++;
		if (c->p < c->end)
			c->p++;
		return;
	}
	if (cursor_take(c, ']')) {
		while (c->p < c->end && *c->p != '\a' && *c->p != ESC)
			c->p++;
		if (c->p < c->end && *c->p == '\a')
			c->p++;
		return;
	}
	if (c->p < c->end)
		c->p++;
}

struct view
log_uncolour(struct view line, struct log_scratch *s)
{
	if (line.len == 0 || memchr(line.data, ESC, line.len) == NULL)
		return line;
	struct view out = scratch_add(s, NULL, 0);
	struct cursor c = cursor_of(line);
	while (c.p < c.end) {
		const uint8_t *esc = memchr(c.p, ESC, cursor_left(&c));
		size_t n = esc != NULL ? (size_t)(esc - c.p) : cursor_left(&c);
		out.len += scratch_add(s, c.p, n).len;
		c.p += n;
		if (cursor_take(&c, ESC))
			sequence_skip(&c);
	}
	return out;
}

static bool
is_name_byte(uint8_t x)
{
	return byte_letter(x) || byte_digit(x) || byte_among(x, "-_./@:|");
}

/* "web-1  | ": a column of names. */
static bool
column_take(struct cursor *c)
{
	struct cursor at = *c;
	while (at.p < at.end && is_name_byte(*at.p) &&
		at.p - c->p < NAME_MAX_BYTES)
		at.p++;
	if (at.p == c->p || cursor_peek(&at) != ' ')
		return false;
	cursor_skip_spaces(&at);
	if (!cursor_take(&at, '|') || (at.p < at.end && *at.p != ' '))
		return false;
	cursor_take(&at, ' ');
	*c = at;
	return true;
}

/* "[pod/web-7d4b9/nginx] ". */
static bool
pod_take(struct cursor *c)
{
	struct cursor at = *c;
	struct view name;
	if (!cursor_take_text(&at, "[pod/") || !cursor_until(&at, ']', &name) ||
		name.len > NAME_MAX_BYTES)
		return false;
	cursor_take(&at, ' ');
	*c = at;
	return true;
}

bool
log_prefix_take(struct view *line)
{
	struct cursor c = cursor_of(*line);
	if (cursor_take(&c, '>')) {
		cursor_take(&c, ' ');
	} else if (!column_take(&c) && !pod_take(&c)) {
		return false;
	}
	*line = cursor_rest(&c);
	return true;
}

/* "[main] ": a thread, or a program's name before its line. */
static bool
bracket_take(struct cursor *c)
{
	struct cursor at = *c;
	struct view name;
	if (!cursor_take(&at, '[') || !byte_letter(cursor_peek(&at)) ||
		!cursor_until(&at, ']', &name) || name.len > NAME_MAX_BYTES ||
		!cursor_take(&at, ' '))
		return false;
	*c = at;
	return true;
}

/* "{app="web", pod="x"} ": labels of logcli. */
static bool
labels_take(struct cursor *c)
{
	struct cursor at = *c;
	struct view labels;
	if (bracket_take(c))
		return true;
	if (!cursor_take(&at, '{') || !byte_letter(cursor_peek(&at)) ||
		!cursor_until(&at, '}', &labels) || labels.len > NAME_MAX_BYTES)
		return false;
	cursor_skip_spaces(&at);
	*c = at;
	return true;
}

/* Behind the nth ":" of "C:\logs\a.log:12:" or "/var/log/a:". */
static bool
colon_take(struct cursor *c, int nth)
{
	struct view part;
	struct cursor at =
		cursor_of(view_first(cursor_rest(c), NAME_MAX_BYTES));
	for (int i = 0; i <= nth; i++) {
		if (!cursor_until(&at, ':', &part) ||
			(part.len > 0 &&
				memchr(part.data, ' ', part.len) != NULL))
			return false;
	}
	c->p = at.p;
	return true;
}

/* Places behind colons that are tried. */
#define COLONS 3

bool
log_prefix_try(struct view line, int nth, struct view *behind)
{
	struct cursor c = cursor_of(line);
	bool found = true;
	if (nth < COLONS)
		found = colon_take(&c, nth);
	else if (nth == COLONS)
		while (cursor_peek(&c) == ' ' || cursor_peek(&c) == '\t' ||
			byte_digit(cursor_peek(&c)))
			c.p++;
	else if (nth == COLONS + 1)
		found = labels_take(&c);
	else if (nth == COLONS + 2)
		found = cursor_token(&c).len < NAME_MAX_BYTES;
	else
		return false;
	cursor_skip_spaces(&c);
	*behind =
		found && c.p != line.data ? cursor_rest(&c) : view_of(NULL, 0);
	return true;
}
