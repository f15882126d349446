/*
 * The page's frame: head, conclusion, path, sections.
 *
 * One self-contained file. Its content security policy allows inline style and,
 * by its hash, the one script at the end (page.js: sorting, filtering, opening),
 * so that even a mistake in escaping could load and run nothing. Complete
 * without the script, folded and unfolded, on paper, by keyboard, light and
 * dark.
 */
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/safe_format.h"
#include "base/utf8.h"
#include "page_js.h"

/* Without the 0 at its end. */
#define SCRIPT_BYTES (sizeof page_js - 1)

void
html_flush(struct html *h)
{
	fwrite(h->buffer, 1, h->used, h->out);
	h->used = 0;
}

static void
put(struct html *h, const char *data, size_t len)
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
	put(context, data, len);
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
		put(context, escaped, strlen(escaped));
	else
		put(context, bytes, utf8_put(code, bytes));
}

static void
put_run(void *context, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		const char *escaped = entity((uint8_t)text[i]);
		if (!escaped)
			continue;
		put(context, text + from, i - from);
		put(context, escaped, strlen(escaped));
		from = i + 1;
	}
	put(context, text + from, len - from);
}

void
html_add(struct html *h, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.run = put_run,
		.context = h,
		.text_max = HTML_TEXT_MAX,
	};
	va_list arguments;
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

void
html_list(struct html *h, const char *title, const char *list)
{
	const char *text;
	bool any = false;
	report_list_begin(h->r, list);
	while (report_list_next(h->r, &text)) {
		if (!any)
			html_add(h, "<h4>%s</h4>\n<ul>\n", title);
		any = true;
		html_add(h, "<li>%s</li>\n", text);
	}
	if (any)
		html_add(h, "</ul>\n");
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

static void
write_head(struct html *h)
{
	char hash[DIGEST_BASE64_MAX];
	const char *name = h->r->case_name;
	html_add(h,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\""
		"default-src 'none'; style-src 'unsafe-inline'; "
		"script-src 'sha256-%s'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\""
		"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>%s - lostsyn</title>\n<style>\n",
		digest_base64(view_of(page_js, SCRIPT_BYTES), hash),
		name ? name : "analysis");
	put(h, html_style, strlen(html_style));
	html_add(h,
		"</style>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#verdicts\">Skip to the "
		"verdicts</a>\n");
}

static void
write_contents(struct html *h)
{
	html_add(h, "<nav aria-label=\"Sections\">\n<ul>\n");
#define X(id, title, function) \
	html_add(h, "<li><a href=\"#" #id "\">" title "</a></li>\n");
#include "report/sections.def"
#undef X
	html_add(h, "</ul>\n</nav>\n");
}

static void
write_sections(struct html *h)
{
#define X(id, title, function)                                           \
	html_add(h,                                                      \
		"<section id=\"" #id "\" aria-labelledby=\"" #id         \
		"-title\">\n<h2 id=\"" #id "-title\">" title "</h2>\n"); \
	function(h);                                                     \
	html_add(h, "</section>\n");
#include "report/sections.def"
#undef X
}

bool
report_write_html(struct report *r, FILE *out, struct error *e)
{
	struct html *h = memory_take(1, sizeof *h);
	h->out = out;
	h->r = r;
	h->overview = r->overview;
	overview_complete(h->overview, r);
	write_head(h);
	html_top(h);
	html_add(h, "<main>\n");
	html_next_steps(h);
	html_path(h);
	write_contents(h);
	write_sections(h);
	html_add(h,
		"</main>\n<footer>\n<p>lostsyn %s. The same figures are in "
		"report.json, every attempt and its evidence in "
		"evidence.sqlite. This page loads nothing; its one script "
		"sorts, filters and opens.%s%s</p>\n</footer>\n<script>",
		r->tool_version,
		r->sandbox_off ? " Analysed without the sandbox, as asked for."
			       : "",
		r->redacted ? " Redacted: addresses, host names and paths are "
			      "pseudonyms, the same one for the same thing."
			    : "");
	put(h, (const char *)page_js, SCRIPT_BYTES);
	html_add(h, "</script>\n</body>\n</html>\n");
	html_flush(h);
	free(h);
	return report_settled(r, out, e);
}
