/*
 * Escaping, separators and numbers of JSON; see json_writer.h.
 */
#include "render/json_writer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define JSON_LINE_DEPTH 2
/* What the common date parsers read. */
#define JSON_TIME_DECIMALS 6

static void
flush(struct json_writer *w)
{
	fwrite(w->buffer, 1, w->used, w->out);
	w->used = 0;
}

static void
put(struct json_writer *w, const void *data, size_t len)
{
	const char *p = data;
	while (len > 0) {
		if (w->used == sizeof w->buffer)
			flush(w);
		size_t room = sizeof w->buffer - w->used;
		size_t n = len < room ? len : room;
		memcpy(w->buffer + w->used, p, n);
		w->used += n;
		p += n;
		len -= n;
	}
}

static void
put_char(struct json_writer *w, char c)
{
	if (w->used == sizeof w->buffer)
		flush(w);
	w->buffer[w->used++] = c;
}

static void
put_line(struct json_writer *w)
{
	static const char spaces[] = "\n    ";
	put(w, spaces, 1 + 2 * (size_t)w->depth);
}

/* What stands between the element before and the next one. */
static void
separate(struct json_writer *w)
{
	if (w->filled[w->depth])
		put_char(w, ',');
	w->filled[w->depth] = true;
	if (w->depth > 0 && w->depth <= w->line_depth)
		put_line(w);
}

static void
put_escape_unit(struct json_writer *w, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[6] = {'\\', 'u', hex[unit >> 12 & 15],
		hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
	put(w, text, sizeof text);
}

/* Code points beyond the first plane are a surrogate pair (RFC 8259, 7). */
static void
put_escape(struct json_writer *w, uint32_t code)
{
	if (code < 0x10000) {
		put_escape_unit(w, code);
		return;
	}
	code -= 0x10000;
	put_escape_unit(w, 0xd800 | code >> 10);
	put_escape_unit(w, 0xdc00 | (code & 0x3ff));
}

static void
put_code(struct json_writer *w, uint32_t code)
{
	char bytes[4];
	if (code == '"' || code == '\\') {
		put_char(w, '\\');
		put_char(w, (char)code);
	} else if (code == '\n') {
		put(w, "\\n", 2);
	} else if (code == '\t') {
		put(w, "\\t", 2);
	} else if (utf8_is_hidden(code)) {
		put_escape(w, code);
	} else {
		put(w, bytes, utf8_put(code, bytes));
	}
}

/* Printable ASCII that needs no escape: nearly everything. */
static bool
is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void
put_text(struct json_writer *w, struct view text)
{
	put_char(w, '"');
	while (text.len > 0) {
		size_t run = 0;
		while (run < text.len && is_plain(text.data[run]))
			run++;
		put(w, text.data, run);
		text = view_skip(text, run);
		if (text.len > 0)
			put_code(w, utf8_take(&text));
	}
	put_char(w, '"');
}

/* Before any value: a member of an object has a name, an element has none. */
static void
value_begins(struct json_writer *w, const char *name)
{
	assert((name != NULL) == (w->close[w->depth] == '}'));
	separate(w);
	if (name == NULL)
		return;
	put_text(w, view_str(name));
	put_char(w, ':');
}

static void
open_level(struct json_writer *w, const char *name, char open, char close)
{
	value_begins(w, name);
	assert(w->depth < JSON_DEPTH_MAX);
	put_char(w, open);
	w->depth++;
	w->filled[w->depth] = false;
	w->close[w->depth] = close;
}

void
jsonw_begin(struct json_writer *w, FILE *out)
{
	w->out = out;
	w->used = 0;
	w->depth = 0;
	w->line_depth = JSON_LINE_DEPTH;
	w->filled[0] = false;
	w->close[0] = '\0';
}

void
jsonw_begin_line(struct json_writer *w, FILE *out)
{
	jsonw_begin(w, out);
	w->line_depth = 0;
}

void
jsonw_finish(struct json_writer *w)
{
	assert(w->depth == 0);
	put_char(w, '\n');
	flush(w);
}

void
jsonw_object(struct json_writer *w, const char *name)
{
	open_level(w, name, '{', '}');
}

void
jsonw_array(struct json_writer *w, const char *name)
{
	open_level(w, name, '[', ']');
}

void
jsonw_end(struct json_writer *w)
{
	assert(w->depth > 0);
	char close = w->close[w->depth];
	bool filled = w->filled[w->depth];
	w->depth--;
	if (filled && w->depth < w->line_depth)
		put_line(w);
	put_char(w, close);
}

void
jsonw_view(struct json_writer *w, const char *name, struct view text)
{
	value_begins(w, name);
	put_text(w, text);
}

void
jsonw_text(struct json_writer *w, const char *name, const char *text)
{
	if (text)
		jsonw_view(w, name, view_str(text));
	else
		jsonw_null(w, name);
}

void
jsonw_null(struct json_writer *w, const char *name)
{
	value_begins(w, name);
	put(w, "null", 4);
}

void
jsonw_bool(struct json_writer *w, const char *name, bool value)
{
	value_begins(w, name);
	put(w, value ? "true" : "false", value ? 4 : 5);
}

/* Digits of an integer with a point before the last decimals of them. */
static void
put_digits(struct json_writer *w, int64_t value, int decimals)
{
	char text[24];
	char *p = text + sizeof text;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	for (int i = 0; i <= decimals || rest > 0; i++) {
		if (decimals > 0 && i == decimals)
			*--p = '.';
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (value < 0)
		*--p = '-';
	put(w, p, (size_t)(text + sizeof text - p));
}

void
jsonw_int(struct json_writer *w, const char *name, int64_t value)
{
	value_begins(w, name);
	put_digits(w, value, 0);
}

void
jsonw_count(struct json_writer *w, const char *name, int64_t value)
{
	if (value < 0)
		jsonw_null(w, name);
	else
		jsonw_int(w, name, value);
}

void
jsonw_time(struct json_writer *w, const char *name, int64_t ns)
{
	char text[CLOCK_TEXT_MAX];
	if (ns == CLOCK_UNKNOWN_NS)
		jsonw_null(w, name);
	else
		jsonw_text(w, name, clock_format(ns, JSON_TIME_DECIMALS, text));
}

void
jsonw_fixed(
	struct json_writer *w, const char *name, int64_t value, int decimals)
{
	assert(decimals >= 1 && decimals <= 18);
	value_begins(w, name);
	put_digits(w, value, decimals);
}

void
jsonw_double(
	struct json_writer *w, const char *name, double value, int decimals)
{
	/* Beyond this a fixed notation would not fit the buffer below; no
	 * quantity of ours comes near it. */
	if (!isfinite(value) || fabs(value) > 1e15) {
		jsonw_null(w, name);
		return;
	}
	char text[48];
	int n = snprintf(text, sizeof text, "%.*f", decimals, value);
	assert(n > 0 && (size_t)n < sizeof text);
	/* A locale may have put a comma there. */
	char *comma = strchr(text, ',');
	if (comma)
		*comma = '.';
	value_begins(w, name);
	put(w, text, (size_t)n);
}
