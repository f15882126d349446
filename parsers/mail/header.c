/*
 * Values stay folded: what is looked for in them is found behind any blanks, line
 * ends included.
 *
 * spec: RFC 5322 section 2.2 (fields, folding); RFC 2045 section 5.1 (parameters);
 * RFC 2047 section 2 (encoded words); RFC 2231 sections 3 (continuations) and 4
 * (charset and percents)
 */
#include "header.h"

#include <stdio.h>

#include "base/text.h"
#include "coding.h"

#define BLANKS " \t\r\n"

/* Pieces of one name that RFC 2231 parts; a name is at most so long. */
#define PIECES_MAX 16

/* Bytes of a name as it is coded: three and more make one of its own. */
#define VALUE_MAX (16 * MAIL_NAME_MAX)

static uint8_t
lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

bool
header_same(struct view v, const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; v.len == n && i < n; i++)
		if (lower(v.data[i]) != lower((uint8_t)text[i]))
			return false;
	return v.len == n;
}

static struct view
blanks_skip(struct view v)
{
	while (v.len > 0 && byte_among(v.data[0], BLANKS))
		v = view_skip(v, 1);
	return v;
}

/* "Name:" at the front; its length without the colon, 0 for none. */
static size_t
field_name(struct view line)
{
	size_t n = 0;
	while (n < line.len &&
		(byte_letter(line.data[n]) || byte_digit(line.data[n]) ||
			line.data[n] == '-'))
		n++;
	return n < line.len && line.data[n] == ':' ? n : 0;
}

static void
take_field(struct header *f, struct view name, struct view value)
{
	f->from = f->from || header_same(name, "From");
	f->mime = f->mime || header_same(name, "MIME-Version");
	if (header_same(name, "Content-Type"))
		f->type = value;
	else if (header_same(name, "Content-Disposition"))
		f->disposition = value;
	else if (header_same(name, "Content-Transfer-Encoding"))
		f->coding = value;
}

bool
header_read(struct view *rest, struct header *out)
{
	struct view line;
	struct view name = {0};
	struct view value = {0};
	bool whole = true;
	*out = (struct header){0};
	for (struct view at = *rest; line_next(rest, &line); at = *rest) {
		size_t n = field_name(line);
		bool folded = line.len > 0 && byte_among(line.data[0], " \t");
		if (folded && view_trim(line).len > 0) {
			if (name.len == 0) {
				*rest = at;
				return false;
			}
			value.len = (size_t)(line.data + line.len - value.data);
			continue;
		}
		take_field(out, name, value);
		name.len = 0;
		if (view_trim(line).len == 0)
			return whole;
		if (n == 0) {
			*rest = at;
			return false;
		}
		name = view_of(line.data, n);
		value = view_skip(line, n + 1);
	}
	take_field(out, name, value);
	return whole;
}

struct view
header_word(struct view value)
{
	size_t n = 0;
	value = blanks_skip(value);
	while (n < value.len && !byte_among(value.data[n], ";" BLANKS))
		n++;
	return view_of(value.data, n);
}

/* Behind a value and the ";" that ends it, quotes closed. */
static struct view
parameter_next(struct view v)
{
	bool quoted = false;
	size_t n = 0;
	for (; n < v.len && (quoted || v.data[n] != ';'); n++) {
		if (quoted && v.data[n] == '\\' && n + 1 < v.len)
			n++;
		else if (v.data[n] == '"')
			quoted = !quoted;
	}
	return view_skip(v, n < v.len ? n + 1 : n);
}

static struct view
parameter_value(struct view v)
{
	size_t n = 0;
	v = blanks_skip(v);
	if (!view_begins(v, "\""))
		return header_word(v);
	v = view_skip(v, 1);
	while (n < v.len && v.data[n] != '"')
		n += v.data[n] == '\\' && n + 1 < v.len ? 2 : 1;
	return view_of(v.data, n < v.len ? n : v.len);
}

struct view
header_parameter(struct view value, const char *name)
{
	for (value = parameter_next(value); value.len > 0;
		value = parameter_next(value)) {
		struct view v = blanks_skip(value);
		size_t n = 0;
		while (n < v.len && !byte_among(v.data[n], "=;" BLANKS))
			n++;
		struct view behind = blanks_skip(view_skip(v, n));
		if (view_begins(behind, "=") &&
			header_same(view_of(v.data, n), name))
			return parameter_value(view_skip(behind, 1));
	}
	return view_of(value.data, 0);
}

struct text {
	char *data; /* MAIL_NAME_MAX bytes */
	size_t len;
};

static void
text_add(struct text *t, uint8_t byte)
{
	if (t->len + 1 < MAIL_NAME_MAX && byte >= 0x20 && byte != 0x7f)
		t->data[t->len++] = (char)byte;
	t->data[t->len] = '\0';
}

/* "%E2%82%ac" or "=E2=82=AC": bytes as two hexadecimal digits behind a sign. */
static void
add_coded(struct text *t, struct view v, uint8_t sign, bool underline)
{
	for (size_t i = 0; i < v.len; i++) {
		int byte = i + 2 < v.len && v.data[i] == sign
			? coding_hex(v.data + i + 1)
			: -1;
		if (byte >= 0) {
			text_add(t, (uint8_t)byte);
			i += 2;
		} else
			text_add(t,
				underline && v.data[i] == '_' ? ' '
							      : v.data[i]);
	}
}

static void
add_base64(struct text *t, struct view v)
{
	uint8_t out[MAIL_NAME_MAX];
	v = view_first(v, sizeof out);
	size_t len = mail_base64(v, out);
	for (size_t i = 0; i < len; i++)
		text_add(t, out[i]);
}

/* "=?UTF-8?B?...?=" at the front; returns its length, 0 for none. */
static size_t
add_encoded(struct text *t, struct view v)
{
	struct view rest = view_skip(v, 2);
	size_t charset = view_find(rest, "?");
	if (charset == TEXT_NOWHERE || charset + 3 > rest.len ||
		rest.data[charset + 2] != '?')
		return 0;
	uint8_t how = lower(rest.data[charset + 1]);
	rest = view_skip(rest, charset + 3);
	size_t end = view_find(rest, "?=");
	if (end == TEXT_NOWHERE || (how != 'b' && how != 'q'))
		return 0;
	if (how == 'b')
		add_base64(t, view_of(rest.data, end));
	else
		add_coded(t, view_of(rest.data, end), '=', true);
	return (size_t)(rest.data + end + 2 - v.data);
}

/* A value in quotes, or of encoded words: blanks between two of these, line ends
 * and escapes are none of it. What no longer fits is not looked at, nor what is
 * too long for a name though nothing of it was taken. */
static void
add_value(struct text *t, struct view v)
{
	v = view_first(v, VALUE_MAX);
	while (v.len > 0 && t->len + 1 < MAIL_NAME_MAX) {
		size_t n = view_begins(v, "=?") ? add_encoded(t, v) : 0;
		if (n > 0) {
			v = view_skip(v, n);
			if (view_begins(blanks_skip(v), "=?"))
				v = blanks_skip(v);
			continue;
		}
		if (v.data[0] == '\\' && v.len > 1)
			v = view_skip(v, 1);
		text_add(t, v.data[0]);
		v = view_skip(v, 1);
	}
}

/* Behind "charset'language'". */
static struct view
charset_skip(struct view v)
{
	for (int i = 0; i < 2; i++) {
		size_t n = view_find(v, "'");
		if (n == TEXT_NOWHERE)
			return v;
		v = view_skip(v, n + 1);
	}
	return v;
}

/* name*=, or name*0=, name*1*= ...; false when there is none of these. */
static bool
add_extended(struct text *t, struct view value, const char *name)
{
	char key[32];
	snprintf(key, sizeof key, "%s*", name);
	struct view v = header_parameter(value, key);
	if (v.len > 0) {
		add_coded(t, charset_skip(v), '%', false);
		return true;
	}
	for (int i = 0; i < PIECES_MAX; i++) {
		snprintf(key, sizeof key, "%s*%d", name, i);
		v = header_parameter(value, key);
		if (v.len > 0) {
			add_value(t, v);
			continue;
		}
		snprintf(key, sizeof key, "%s*%d*", name, i);
		v = header_parameter(value, key);
		if (v.len == 0)
			return i > 0;
		add_coded(t, i == 0 ? charset_skip(v) : v, '%', false);
	}
	return true;
}

void
header_name(const struct header *f, char out[MAIL_NAME_MAX])
{
	const struct view values[] = {f->disposition, f->type};
	static const char *const names[] = {"filename", "name"};
	struct text t = {out, 0};
	out[0] = '\0';
	for (size_t i = 0; i < 2 && t.len == 0; i++)
		if (!add_extended(&t, values[i], names[i]))
			add_value(&t, header_parameter(values[i], names[i]));
}
