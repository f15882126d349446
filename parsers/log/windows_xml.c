/*
 * See windows_xml.h.
 *
 *	<Event xmlns='..'><System><Provider Name='..'/><EventID>5152</EventID>
 *	 <TimeCreated SystemTime='2026-11-20T23:41:22.367300Z'/>
 *	 <Computer>db1</Computer></System><EventData>..</EventData></Event>
 *
 * Nothing is unescaped: what is asked of an event are numbers and addresses.
 */
#include "parsers/log/windows_xml.h"

#include <string.h>

#include "parsers/log/log_time.h"

#define END_TAG "</Event>"
#define ROOT_END "</Events>"

static const uint8_t *
find(struct view v, const char *text)
{
	return v.len == 0 ? NULL : memmem(v.data, v.len, text, strlen(text));
}

static void
blanks_skip(struct cursor *c)
{
	while (c->p < c->end && byte_among(*c->p, " \t\r\n"))
		c->p++;
}

/* What stands in front of the first element, and the fold mark of a browser. */
static void
front_skip(struct cursor *c)
{
	struct view v;
	cursor_take_text(c, "\xef\xbb\xbf");
	blanks_skip(c);
	if (cursor_take_text(c, "<?xml") && !cursor_until(c, '>', &v))
		c->p = c->end;
	blanks_skip(c);
	cursor_take_text(c, "<Events>");
	blanks_skip(c);
	cursor_take_text(c, "- ");
}

static bool
is_element(const struct cursor *c)
{
	struct cursor at = *c;
	return cursor_take_text(&at, "<Event>") ||
		cursor_take_text(&at, "<Event ");
}

bool
windows_xml_begins(struct view head)
{
	struct cursor c = cursor_of(head);
	front_skip(&c);
	return is_element(&c) && find(cursor_rest(&c), "<EventID") != NULL;
}

/* The text between two marks, or empty. */
static struct view
between(struct view v, const char *before, const char *ends)
{
	const uint8_t *at = find(v, before);
	if (at == NULL)
		return view_of(NULL, 0);
	const uint8_t *from = at + strlen(before);
	const uint8_t *p = from;
	while (p < v.data + v.len && !byte_among(*p, ends))
		p++;
	return view_of(from, (size_t)(p - from));
}

/* To the end of the line when nothing but the root's end stands there; NULL when
   more bytes are needed to tell. */
static const uint8_t *
line_end(const uint8_t *p, const uint8_t *end, bool at_eof)
{
	struct cursor c = {p, end};
	cursor_skip_spaces(&c);
	if (!at_eof && cursor_left(&c) < sizeof ROOT_END + 1 &&
		memchr(c.p, '\n', cursor_left(&c)) == NULL)
		return NULL;
	cursor_take_text(&c, ROOT_END);
	cursor_skip_spaces(&c);
	cursor_take(&c, '\r');
	return c.p == c.end || *c.p == '\n' ? c.p + (c.p < c.end) : p;
}

enum block_status
windows_xml_block(
	struct view w, bool at_eof, size_t *used, struct log_record *r)
{
	struct cursor c = cursor_of(w);
	front_skip(&c);
	if (!is_element(&c))
		return !at_eof && cursor_left(&c) < strlen("<Event ") &&
				memchr(w.data, '\n', w.len) == NULL
			? BLOCK_MORE
			: BLOCK_NONE;
	const uint8_t *end = find(cursor_rest(&c), END_TAG);
	if (end == NULL)
		return at_eof ? BLOCK_NONE : BLOCK_MORE;
	end += strlen(END_TAG);
	struct view event = view_of(c.p, (size_t)(end - c.p));
	struct view at = between(event, "SystemTime=", "/>");
	struct cursor t = cursor_of(at);
	if (cursor_take(&t, '\'') || cursor_take(&t, '"'))
		time_any(&t, &r->time);
	r->host = between(event, "<Computer>", "<");
	r->message = event;
	end = line_end(end, w.data + w.len, at_eof);
	if (end == NULL)
		return BLOCK_MORE;
	*used = (size_t)(end - w.data);
	return BLOCK_RECORD;
}
