/*
 * The page's frame: head, conclusion, path, sections.
 *
 * One self-contained file without scripts. Its content security policy allows
 * inline style and nothing else, so that even a mistake in escaping could load
 * and run nothing. Works folded and unfolded, on paper, by keyboard, light and
 * dark.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"
#include "base/safe_format.h"
#include "base/utf8.h"

static void
put_raw(void *context, const char *data, size_t len)
{
	struct html *h = context;
	fwrite(data, 1, len, h->out);
}

/* Quotes too: %s may stand in an attribute. */
static void
put_code(void *context, uint32_t code)
{
	struct html *h = context;
	char bytes[4];
	switch (code) {
	case '<':
		fputs("&lt;", h->out);
		break;
	case '>':
		fputs("&gt;", h->out);
		break;
	case '&':
		fputs("&amp;", h->out);
		break;
	case '"':
		fputs("&quot;", h->out);
		break;
	case '\'':
		fputs("&#39;", h->out);
		break;
	default:
		if (code < 0x80)
			putc_unlocked((int)code, h->out);
		else
			fwrite(bytes, 1, utf8_put(code, bytes), h->out);
	}
}

void
html_add(struct html *h, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
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
	const char *name = h->r->case_name;
	html_add(h,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\""
		"default-src 'none'; style-src 'unsafe-inline'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\""
		"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>%s - lostsyn</title>\n<style>\n",
		name ? name : "analysis");
	fputs(html_style, h->out);
	html_add(h,
		"</style>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#verdicts\">Skip to the "
		"verdicts</a>\n");
}

static void
write_top(struct html *h)
{
	char words[WORDS_MAX];
	struct report *r = h->r;
	html_add(h, "<header>\n<p class=\"case\"><bdi>%s</bdi></p>\n",
		r->case_name ? r->case_name : "analysis");
	html_add(h, "<h1>%s</h1>\n", words_conclusion(r, words));
	words_main_verdict(r, words);
	if (words[0])
		html_add(h, "<p class=\"lead\">%s</p>\n", words);
	words_overlap(r, words);
	if (words[0])
		html_add(h, "<p class=\"faint\">%s</p>\n", words);
	html_add(h, "</header>\n");
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

/* Defined in html_path.c; stands between the conclusion and the sections. */
void html_path(struct html *h);

bool
report_write_html(struct report *r, FILE *out, struct error *e)
{
	struct html h = {.out = out, .r = r};
	write_head(&h);
	write_top(&h);
	html_add(&h, "<main>\n");
	html_path(&h);
	write_contents(&h);
	write_sections(&h);
	html_add(&h,
		"</main>\n<footer>\n<p>lostsyn %s. The same figures are in "
		"report.json, every attempt and its evidence in "
		"evidence.sqlite.%s</p>\n</footer>\n</body>\n</html>\n",
		r->tool_version,
		r->sandbox_off ? " Analysed without the sandbox, as asked for."
			       : "");
	return report_settled(r, out, e);
}
