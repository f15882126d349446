/*
 * The escaping formatter; see html.h.
 */
#include "render/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/safe_format.h"
#include "base/utf8.h"

struct html *
html_new(FILE *out, size_t text_max)
{
	struct html *h = memory_take(1, sizeof *h);
	h->out = out;
	h->text_max = text_max;
	h->used = 0;
	return h;
}

void
html_free(struct html *h)
{
	html_flush(h);
	free(h);
}

void
html_flush(struct html *h)
{
	fwrite(h->buffer, 1, h->used, h->out);
	h->used = 0;
}

void
html_put(struct html *h, const char *data, size_t len)
{
	while (len > 0) {
		if (h->used == sizeof h->buffer)
			html_flush(h);
		size_t room = sizeof h->buffer - h->used;
		size_t n = len < room ? len : room;
		memcpy(h->buffer + h->used, data, n);
		h->used += n;
		data += n;
		len -= n;
	}
}

static void
put_raw(void *context, const char *data, size_t len)
{
	html_put(context, data, len);
}

/* What stands for a character with a meaning in HTML; NULL for all others.
 * Quotes too: %s may stand in an attribute. */
static const char *
entity(uint32_t code)
{
	switch (code) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
put_code(void *context, uint32_t code)
{
	char bytes[4];
	const char *escaped = entity(code);
	if (escaped)
		html_put(context, escaped, strlen(escaped));
	else
		html_put(context, bytes, utf8_put(code, bytes));
}

static void
put_run(void *context, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		const char *escaped = entity((uint8_t)text[i]);
		if (!escaped)
			continue;
		html_put(context, text + from, i - from);
		html_put(context, escaped, strlen(escaped));
		from = i + 1;
	}
	html_put(context, text + from, len - from);
}

void
html_add(struct html *h, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.run = put_run,
		.context = h,
		.text_max = h->text_max,
	};
	va_list arguments;
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

void
html_badge(struct html *h, const char *word)
{
	static const struct {
		const char *word, *class;
	} tones[] = {
		{"certain", "strong"},
		{"confirmed", "strong"},
		{"confirms", "strong"},
		{"likely", "middle"},
		{"supports", "middle"},
		{"good", "fine"},
		{"weak", "unsure"},
		{"possible", "unsure"},
		{"unusable", "bad"},
		{"contradicts", "unsure"},
		{"ruled-out", "plain"},
	};
	const char *tone = "plain";
	for (size_t i = 0; word && i < sizeof tones / sizeof tones[0]; i++)
		if (strcmp(word, tones[i].word) == 0)
			tone = tones[i].class;
	html_add(h, "<span class=\"badge %s\">%s</span>", tone, word);
}
