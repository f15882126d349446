/*
 * Events of security products: ArcSight's CEF and QRadar's LEEF.
 *
 *	CEF:0|vendor|product|version|id|name|severity|rt=1795218082000 src=...
 *	LEEF:2.0|vendor|product|version|id|^|devTime=Nov 20 2026 23:41:22^src=...
 *
 * The message is the whole line: its fields are for patterns. The time is when
 * the device saw it (rt, devTime), else when it ended or began.
 *
 * cite: ArcSight Common Event Format, "Date Formats" and extension dictionary;
 * IBM QRadar LEEF, "Predefined LEEF event attributes" (devTime)
 */
#include "parsers/log/log_time.h"

/* Bytes of a line in which a time is looked for. */
#define LOOK_MAX ((size_t)8192)

/* The value behind " key=" or a tab's; empty when there is none. */
static struct view
value_of(struct view line, const char *key)
{
	size_t n = strlen(key);
	struct view v = line;
	while (v.len > n) {
		const uint8_t *at = memmem(v.data, v.len, key, n);
		if (at == NULL)
			break;
		v = view_skip(v, (size_t)(at - v.data));
		bool begins = at > line.data && byte_among(at[-1], " \t|^");
		v = view_skip(v, n);
		if (begins)
			return v;
	}
	return view_of(NULL, 0);
}

/* A time, behind which the value ends. */
static bool
time_at(struct view v, struct log_time *t)
{
	struct cursor c = cursor_of(v);
	if (v.len == 0)
		return false;
	bool ok = time_any(&c, t) || time_epoch(&c, t);
	return ok && (c.p == c.end || byte_among(*c.p, " \t|^\r"));
}

bool
cef_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	static const char *const keys[] = {
		"rt=", "devTime=", "deviceReceiptTime=", "end=", "start="};
	(void)s;
	struct cursor c = cursor_of(line);
	struct view head = line;
	cursor_pri(&c, r);
	r->message = cursor_rest(&c);
	if (!cursor_take_text(&c, "CEF:") && !cursor_take_text(&c, "LEEF:"))
		return false;
	cursor_skip_spaces(&c);
	if (!byte_digit(cursor_peek(&c)) ||
		memchr(c.p, '|', cursor_left(&c)) == NULL)
		return false;
	if (head.len > LOOK_MAX)
		head.len = LOOK_MAX;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (time_at(value_of(head, keys[i]), &r->time))
			break;
	return true;
}
