/*
 * JSON, token by token, over borrowed bytes. See json.h.
 *
 * spec: RFC 8259. Commas are not insisted on: this reads evidence, it does not
 * judge its writer.
 */
#include "parsers/json/json.h"

#include <string.h>

#include "base/utf8.h"

void
json_open(struct json *j, struct view text)
{
	j->text = text;
	j->at = 0;
	j->from = 0;
	j->value = view_of(text.data, 0);
	j->depth = 0;
	j->trouble = JSON_FINE;
	j->keyed = false;
}

struct view
json_key_at(const struct json *j, unsigned depth)
{
	if (depth == 0 || depth > j->depth || j->open[depth] != '{')
		return view_str("");
	return j->key[depth];
}

struct view
json_key(const struct json *j)
{
	return json_key_at(j, j->depth);
}

static enum json_token
stop(struct json *j, enum json_trouble trouble)
{
	j->trouble = trouble;
	j->keyed = false;
	return JSON_END;
}

static void
skip_space(struct json *j)
{
	while (j->at < j->text.len) {
		uint8_t c = j->text.data[j->at];
		/* 0x1e: record separator of RFC 7464. */
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r' &&
			c != ',' && c != 0x1e)
			break;
		j->at++;
	}
}

/* At the opening quote; false when the text ends before the closing one. */
static bool
string_read(struct json *j)
{
	size_t first = ++j->at;
	while (j->at < j->text.len && j->text.data[j->at] != '"') {
		if (j->text.data[j->at] == '\\')
			j->at++;
		j->at++;
	}
	if (j->at >= j->text.len) {
		j->at = j->text.len;
		return false;
	}
	j->value = view_of(j->text.data + first, j->at - first);
	j->at++;
	return true;
}

static enum json_token
bare_read(struct json *j)
{
	size_t first = j->at;
	while (j->at < j->text.len) {
		uint8_t c = j->text.data[j->at];
		bool word = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '+' ||
			c == '.';
		if (!word)
			break;
		j->at++;
	}
	j->value = view_of(j->text.data + first, j->at - first);
	if (j->value.len == 0)
		return stop(j, JSON_MALFORMED);
	uint8_t c = j->value.data[0];
	return c == '-' || (c >= '0' && c <= '9') ? JSON_NUMBER : JSON_WORD;
}

static enum json_token
bracket_open(struct json *j, uint8_t c)
{
	if (j->depth == JSON_DEPTH_MAX)
		return stop(j, JSON_NESTED);
	j->depth++;
	j->open[j->depth] = c;
	j->key[j->depth] = view_str("");
	j->at++;
	return JSON_OPEN;
}

static enum json_token
bracket_close(struct json *j, uint8_t c)
{
	if (j->depth == 0 || j->open[j->depth] != (c == '}' ? '{' : '['))
		return stop(j, JSON_MALFORMED);
	j->depth--;
	j->at++;
	return JSON_CLOSE;
}

/* The string just read is a key if a colon follows; j->keyed then says so. */
static enum json_token
key_read(struct json *j)
{
	skip_space(j);
	if (j->at >= j->text.len)
		return stop(j, JSON_CUT);
	if (j->text.data[j->at] != ':')
		return stop(j, JSON_MALFORMED);
	j->key[j->depth] = j->value;
	j->keyed = true;
	j->at++;
	return JSON_END;
}

/* One token; JSON_END also behind a key, when j->keyed tells to go on. */
static enum json_token
token_read(struct json *j)
{
	uint8_t c = j->text.data[j->at];
	bool value = j->keyed || j->depth == 0 || j->open[j->depth] == '[';
	j->keyed = false;
	if (c == '}' || c == ']')
		return bracket_close(j, c);
	if (c == '"' && !string_read(j))
		return stop(j, JSON_CUT);
	if (!value)
		return c == '"' ? key_read(j) : stop(j, JSON_MALFORMED);
	if (c == '"')
		return JSON_STRING;
	if (c == '{' || c == '[')
		return bracket_open(j, c);
	return bare_read(j);
}

enum json_token
json_next(struct json *j)
{
	while (j->trouble == JSON_FINE) {
		skip_space(j);
		if (j->at >= j->text.len)
			return j->depth > 0 ? stop(j, JSON_CUT) : JSON_END;
		j->from = j->at;
		enum json_token t = token_read(j);
		if (!j->keyed)
			return t;
	}
	return JSON_END;
}

struct view
json_skip(struct json *j)
{
	size_t first = j->at - 1;
	size_t open = 1;
	while (open > 0 && j->at < j->text.len) {
		uint8_t c = j->text.data[j->at];
		if (c == '"') {
			string_read(j);
			continue;
		}
		open += c == '{' || c == '[';
		open -= c == '}' || c == ']';
		j->at++;
	}
	if (open > 0)
		stop(j, JSON_CUT);
	else
		j->depth--;
	return view_of(j->text.data + first, j->at - first);
}

/* Four hexadecimal digits at at; UINT32_MAX when they are none. */
static uint32_t
unit_read(struct view v, size_t at)
{
	uint32_t unit = 0;
	if (at + 4 > v.len)
		return UINT32_MAX;
	for (size_t i = at; i < at + 4; i++) {
		uint8_t c = v.data[i];
		uint8_t low = c | 0x20;
		if (!byte_digit(c) && (low < 'a' || low > 'f'))
			return UINT32_MAX;
		unit = unit << 4 |
			(uint32_t)(byte_digit(c) ? c - '0' : low - 'a' + 10);
	}
	return unit;
}

/* The code point of the escape whose digits begin at *at; moves behind it. */
static uint32_t
code_read(struct view v, size_t *at)
{
	uint32_t unit = unit_read(v, *at);
	if (unit == UINT32_MAX)
		return UTF8_REPLACEMENT;
	*at += 4;
	bool high = unit >= 0xd800 && unit < 0xdc00;
	if (high && *at + 6 <= v.len && v.data[*at] == '\\' &&
		v.data[*at + 1] == 'u') {
		uint32_t low = unit_read(v, *at + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			*at += 6;
			return 0x10000 + ((unit - 0xd800) << 10) +
				(low - 0xdc00);
		}
	}
	bool half = unit >= 0xd800 && unit < 0xe000;
	return unit == 0 || half ? UTF8_REPLACEMENT : unit;
}

/* U+FFFD for "\u" alone takes three bytes where two stood. */
static size_t
put_code(struct view v, size_t *at, char *out)
{
	size_t from = *at;
	uint32_t code = code_read(v, at);
	if (*at == from) {
		*out = '?';
		return 1;
	}
	return utf8_put(code, out);
}

size_t
json_unescape(struct view v, char *out)
{
	static const char letters[] = "bfnrt\"\\/";
	static const char meant[] = "\b\f\n\r\t\"\\/";
	size_t n = 0;
	for (size_t i = 0; i < v.len;) {
		uint8_t c = v.data[i++];
		if (c != '\\' || i == v.len) {
			out[n++] = (char)(c != '\0' ? c : '?');
			continue;
		}
		c = v.data[i++];
		const char *known = c != '\0' ? strchr(letters, c) : NULL;
		if (known != NULL)
			out[n++] = meant[known - letters];
		else if (c != 'u')
			out[n++] = '?';
		else
			n += put_code(v, &i, out + n);
	}
	return n;
}
