/*
 * The one place where text from evidence is made fit to be shown.
 *
 * Hidden characters become \u{202e}; so that this cannot be forged, nothing is
 * ever decoded from such a form: a name that holds the seven letters shows
 * them.
 */
#include "base/safe_format.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static void
put_ascii(const struct safe_sink *sink, const char *text)
{
	for (; *text; text++)
		sink->code(sink->context, (uint8_t)*text);
}

static void
put_hidden(const struct safe_sink *sink, uint32_t code)
{
	char text[16];
	snprintf(text, sizeof text, "\\u{%x}", (unsigned)code);
	put_ascii(sink, text);
}

/* How much of v, at most max bytes, is printable ASCII. */
static size_t
plain_run(struct view v, size_t max)
{
	size_t n = 0;
	while (n < v.len && n < max && v.data[n] >= 0x20 && v.data[n] < 0x7f)
		n++;
	return n;
}

void
safe_text(const struct safe_sink *sink, const char *text)
{
	if (!text) {
		put_ascii(sink, "-");
		return;
	}
	struct view v = view_str(text);
	size_t whole = v.len;
	for (size_t n = 0; v.len > 0; n++) {
		size_t run = sink->run ? plain_run(v, sink->text_max - n) : 0;
		if (run > 0) {
			sink->run(sink->context, (const char *)v.data, run);
			v = view_skip(v, run);
			n += run;
			if (v.len == 0)
				return;
		}
		if (n == sink->text_max) {
			char rest[64];
			snprintf(rest, sizeof rest, "... [%zu more bytes]",
				v.len);
			put_ascii(sink, rest);
			assert(v.len < whole);
			return;
		}
		uint32_t code = utf8_take(&v);
		if (utf8_is_hidden(code))
			put_hidden(sink, code);
		else
			sink->code(sink->context, code);
	}
}

static void
put_digits(const struct safe_sink *sink, bool negative, uintmax_t rest)
{
	/* snprintf is most of the cost of a page full of figures. */
	char text[24];
	char *p = text + sizeof text;
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (negative)
		*--p = '-';
	sink->raw(sink->context, p, (size_t)(text + sizeof text - p));
}

static void
put_number(const struct safe_sink *sink, intmax_t value)
{
	put_digits(sink, value < 0,
		value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value);
}

/* p stands behind the percent sign; returns what follows the directive. */
static const char *
directive(const struct safe_sink *sink, const char *p, va_list *arguments)
{
	if (*p == 's') {
		safe_text(sink, va_arg(*arguments, const char *));
		return p + 1;
	}
	if (p[0] == 'j' && p[1] == 'd') {
		put_number(sink, va_arg(*arguments, intmax_t));
		return p + 2;
	}
	if (p[0] == 'j' && p[1] == 'u') {
		put_digits(sink, false, va_arg(*arguments, uintmax_t));
		return p + 2;
	}
	if (p[0] == 'z' && p[1] == 'u') {
		put_digits(sink, false, va_arg(*arguments, size_t));
		return p + 2;
	}
	if (*p == 'u') {
		put_digits(sink, false, va_arg(*arguments, unsigned));
		return p + 1;
	}
	if (*p == 'd') {
		put_number(sink, va_arg(*arguments, int));
		return p + 1;
	}
	assert(*p == '%');
	sink->raw(sink->context, "%", 1);
	return p + 1;
}

void
safe_vformat(
	const struct safe_sink *sink, const char *format, va_list arguments)
{
	va_list rest;
	va_copy(rest, arguments);
	while (*format) {
		size_t run = strcspn(format, "%");
		if (run > 0)
			sink->raw(sink->context, format, run);
		format += run;
		if (*format)
			format = directive(sink, format + 1, &rest);
	}
	va_end(rest);
}

static void
file_raw(void *context, const char *data, size_t len)
{
	fwrite(data, 1, len, context);
}

static void
file_code(void *context, uint32_t code)
{
	char bytes[4];
	fwrite(bytes, 1, utf8_put(code, bytes), context);
}

void
safe_vprint(FILE *out, size_t text_max, const char *format, va_list arguments)
{
	const struct safe_sink sink = {.raw = file_raw,
		.code = file_code,
		.context = out,
		.text_max = text_max};
	safe_vformat(&sink, format, arguments);
}

/* A path of Linux's longest. */
#define PRINT_TEXT_MAX 4096

void
safe_print(FILE *out, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	safe_vprint(out, PRINT_TEXT_MAX, format, arguments);
	va_end(arguments);
}
