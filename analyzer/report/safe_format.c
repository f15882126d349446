/*
 * The one place where text from evidence is made fit to be shown.
 *
 * Hidden characters become \u{202e}; so that this cannot be forged, nothing is
 * ever decoded from such a form: a name that holds the seven letters shows
 * them.
 */
#include "report/safe_format.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "report/utf8.h"

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
put_number(const struct safe_sink *sink, intmax_t value)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%jd", value);
	sink->raw(sink->context, text, (size_t)n);
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
