/*
 * The members of a flat JSON object: see json_walk.h.
 *
 * spec: RFC 8259; surrogate pairs section 7
 */
#include "parsers/log/json_walk.h"

#include "base/utf8.h"

bool
json_begin(struct json *j, struct view text)
{
	json_open(j, text);
	return json_next(j) == JSON_OPEN && j->open[1] == '{';
}

bool
json_member(struct json *j, struct view *key, struct json_value *value)
{
	value->kind = json_next(j);
	if (value->kind == JSON_END || value->kind == JSON_CLOSE)
		return false;
	value->raw = value->kind == JSON_OPEN ? json_skip(j) : j->value;
	*key = json_key(j);
	return j->trouble == JSON_FINE;
}

static bool
hex4(struct cursor *c, uint32_t *out)
{
	if (cursor_left(c) < 4)
		return false;
	uint32_t x = 0;
	for (int i = 0; i < 4; i++) {
		uint8_t d = *c->p++;
		if (byte_digit(d))
			x = x * 16 + d - '0';
		else if (byte_letter(d) && (d | 0x20) <= 'f')
			x = x * 16 + (d | 0x20) - 'a' + 10;
		else
			return false;
	}
	*out = x;
	return true;
}

/* Behind "\u": a character, two escapes when it is a surrogate pair. */
static size_t
unicode_take(struct cursor *c, char out[4])
{
	uint32_t x;
	uint32_t low;
	if (!hex4(c, &x))
		return 0;
	struct cursor at = *c;
	if (x >= 0xd800 && x < 0xdc00 && cursor_take_text(&at, "\\u") &&
		hex4(&at, &low) && low >= 0xdc00 && low < 0xe000) {
		x = 0x10000 + ((x - 0xd800) << 10) + (low - 0xdc00);
		*c = at;
	}
	return utf8_put(x, out);
}

static struct view
unescape(struct view raw, struct log_scratch *s)
{
	static const char from[] = "nrtbf";
	static const char to[] = "\n\r\t\b\f";
	struct view out = scratch_add(s, NULL, 0);
	struct cursor c = cursor_of(raw);
	while (c.p < c.end) {
		char text[4] = {(char)*c.p++};
		size_t n = 1;
		if (text[0] == '\\' && c.p < c.end) {
			text[0] = (char)*c.p++;
			const char *known = strchr(from, text[0]);
			if (text[0] == 'u')
				n = unicode_take(&c, text);
			else if (text[0] != '\0' && known != NULL)
				text[0] = to[known - from];
		}
		out.len += scratch_add(s, text, n).len;
	}
	return out;
}

/* A list of numbers is bytes; of a list of texts the first is taken. */
static struct view
list_text(struct view raw, struct log_scratch *s)
{
	struct view out = scratch_add(s, NULL, 0);
	struct json j;
	enum json_token t;
	uint64_t n;
	json_open(&j, raw);
	json_next(&j);
	while ((t = json_next(&j)) != JSON_END) {
		struct json_value v = {t, j.value};
		if (t == JSON_STRING)
			return unescape(v.raw, s);
		if (!json_number(v, &n) || n > UINT8_MAX)
			break;
		uint8_t byte = (uint8_t)n;
		out.len += scratch_add(s, &byte, 1).len;
	}
	return out;
}

struct view
json_text(struct json_value v, struct log_scratch *s)
{
	switch (v.kind) {
	case JSON_STRING:
		if (v.raw.len > 0 &&
			memchr(v.raw.data, '\\', v.raw.len) != NULL)
			return unescape(v.raw, s);
		return v.raw;
	case JSON_OPEN:
		return v.raw.data[0] == '[' ? list_text(v.raw, s) : v.raw;
	case JSON_WORD:
		return view_is(v.raw, "null") ? view_of(NULL, 0) : v.raw;
	default:
		return v.raw;
	}
}

bool
json_number(struct json_value v, uint64_t *out)
{
	struct cursor c = cursor_of(v.raw);
	int64_t n;
	if (v.kind != JSON_STRING && v.kind != JSON_NUMBER)
		return false;
	if (!cursor_number(&c, 18, &n) || cursor_left(&c) > 0)
		return false;
	*out = (uint64_t)n;
	return true;
}

size_t
json_object_len(struct view text)
{
	struct json j;
	if (!json_begin(&j, text) || j.at != 1)
		return 0;
	struct view object = json_skip(&j);
	return j.trouble == JSON_FINE ? object.len : 0;
}
