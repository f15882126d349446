/*
 * Walking over a flat JSON object: see json_walk.h.
 *
 * spec: RFC 8259; surrogate pairs section 7, UTF-8 RFC 3629
 */
#include "parsers/log/json_walk.h"

static void
space_skip(struct cursor *c)
{
	while (c->p < c->end &&
		(*c->p == ' ' || *c->p == '\t' || *c->p == '\n' ||
			*c->p == '\r'))
		c->p++;
}

/* Behind the opening quote: the text up to the closing one. */
static bool
string_take(struct cursor *c, struct view *out)
{
	const uint8_t *first = c->p;
	for (; c->p < c->end; c->p++) {
		if (*c->p == '"') {
			*out = view_of(first, (size_t)(c->p - first));
			c->p++;
			return true;
		}
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
	}
	return false;
}

/* A list or object from its bracket to the matching one. */
static bool
nested_take(struct cursor *c, struct view *out)
{
	const uint8_t *first = c->p;
	size_t depth = 0;
	while (c->p < c->end) {
		uint8_t x = *c->p++;
		struct view ignored;
		if (x == '"') {
			if (!string_take(c, &ignored))
				return false;
		} else if (x == '{' || x == '[') {
			depth++;
		} else if ((x == '}' || x == ']') && --depth == 0) {
			*out = view_of(first, (size_t)(c->p - first));
			return true;
		}
	}
	return false;
}

static bool
value_take(struct cursor *c, struct json_value *v)
{
	space_skip(c);
	const uint8_t *first = c->p;
	switch (cursor_peek(c)) {
	case '"':
		c->p++;
		v->kind = JSON_TEXT;
		return string_take(c, &v->raw);
	case '{':
		v->kind = JSON_OBJECT;
		return nested_take(c, &v->raw);
	case '[':
		v->kind = JSON_LIST;
		return nested_take(c, &v->raw);
	default:
		while (c->p < c->end && !byte_among(*c->p, ",}] \t\r\n"))
			c->p++;
		v->kind = JSON_WORD;
		v->raw = view_of(first, (size_t)(c->p - first));
		return v->raw.len > 0;
	}
}

bool
json_begin(struct cursor *c)
{
	space_skip(c);
	return cursor_take(c, '{');
}

bool
json_member(struct cursor *c, struct view *key, struct json_value *value)
{
	space_skip(c);
	if (cursor_take(c, ','))
		space_skip(c);
	if (!cursor_take(c, '"') || !string_take(c, key))
		return false;
	space_skip(c);
	return cursor_take(c, ':') && value_take(c, value);
}

bool
json_list_begin(struct cursor *c)
{
	space_skip(c);
	return cursor_take(c, '[');
}

bool
json_element(struct cursor *c, struct json_value *value)
{
	space_skip(c);
	if (cursor_take(c, ','))
		space_skip(c);
	return cursor_left(c) > 0 && *c->p != ']' && value_take(c, value);
}

static bool
hex4(struct cursor *c, uint32_t *out)
{
	if (cursor_left(c) < 4)
		return false;
	uint32_t x = 0;
	for (int i = 0; i < 4; i++) {
		uint8_t d = *c->p++;
		if (is_digit(d))
			x = x * 16 + d - '0';
		else if (is_letter(d) && (d | 0x20) <= 'f')
			x = x * 16 + (d | 0x20) - 'a' + 10;
		else
			return false;
	}
	*out = x;
	return true;
}

static size_t
utf8_put(uint32_t x, uint8_t out[4])
{
	if (x < 0x80) {
		out[0] = (uint8_t)x;
		return 1;
	}
	if (x < 0x800) {
		out[0] = (uint8_t)(0xc0 | x >> 6);
		out[1] = (uint8_t)(0x80 | (x & 0x3f));
		return 2;
	}
	if (x < 0x10000) {
		out[0] = (uint8_t)(0xe0 | x >> 12);
		out[1] = (uint8_t)(0x80 | (x >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (x & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | x >> 18);
	out[1] = (uint8_t)(0x80 | (x >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (x >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (x & 0x3f));
	return 4;
}

/* Behind "\u": a character, two escapes when it is a surrogate pair. */
static size_t
unicode_take(struct cursor *c, uint8_t out[4])
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
		uint8_t text[4] = {*c.p++};
		size_t n = 1;
		if (text[0] == '\\' && c.p < c.end) {
			text[0] = *c.p++;
			const char *known = strchr(from, text[0]);
			if (text[0] == 'u')
				n = unicode_take(&c, text);
			else if (text[0] != '\0' && known != NULL)
				text[0] = (uint8_t)to[known - from];
		}
		out.len += scratch_add(s, text, n).len;
	}
	return out;
}

/* A list of numbers is bytes; of a list of texts the first is taken. */
static struct view
list_text(struct view raw, struct log_scratch *s)
{
	struct cursor c = cursor_of(raw);
	struct view out = scratch_add(s, NULL, 0);
	struct json_value v;
	uint64_t n;
	if (!json_list_begin(&c))
		return view_of(NULL, 0);
	while (json_element(&c, &v)) {
		if (v.kind == JSON_TEXT)
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
	case JSON_TEXT:
		if (v.raw.len > 0 &&
			memchr(v.raw.data, '\\', v.raw.len) != NULL)
			return unescape(v.raw, s);
		return v.raw;
	case JSON_LIST:
		return list_text(v.raw, s);
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
	if (v.kind != JSON_TEXT && v.kind != JSON_WORD)
		return false;
	if (!cursor_number(&c, 18, &n) || cursor_left(&c) > 0)
		return false;
	*out = (uint64_t)n;
	return true;
}

size_t
json_object_len(struct view text)
{
	struct cursor c = cursor_of(text);
	struct view object;
	if (cursor_peek(&c) != '{' || !nested_take(&c, &object))
		return 0;
	return object.len;
}
