/*
 * Head, tables and end of a page; see frame.h.
 */
#include "render/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"

extern const struct embedded embedded_page_style[];
extern const struct embedded embedded_page_script[];

/* One script, which the policy names by one hash; the caller frees. */
static struct view
script_take(const struct frame *f)
{
	const struct embedded *page = &embedded_page_script[0];
	char *joined = memory_take(page->len + f->script->len, 1);
	memcpy(joined, page->text, page->len);
	memcpy(joined + page->len, f->script->text, f->script->len);
	return view_of(joined, page->len + f->script->len);
}

void
frame_begin(struct html *h, const struct frame *f)
{
	char hash[DIGEST_BASE64_MAX];
	struct view script = script_take(f);
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
		digest_base64(script, hash), f->title);
	free((void *)script.data);
	html_put(h, embedded_page_style[0].text, embedded_page_style[0].len);
	html_put(h, f->style->text, f->style->len);
	html_add(h, "</style>\n</head>\n<body>\n");
}

void
frame_end(struct html *h, const struct frame *f)
{
	struct view script = script_take(f);
	html_add(h, "<script>");
	html_put(h, (const char *)script.data, script.len);
	free((void *)script.data);
	html_add(h, "</script>\n</body>\n</html>\n");
}

/* What stands at the head of one column; len may be 0. */
static void
write_column(struct html *h, const char *column, size_t len)
{
	bool number = *column == '#';
	if (len == 0) {
		html_add(h, "<td></td>");
		return;
	}
	html_add(h,
		number ? "<th scope=\"col\" class=\"n\">"
		       : "<th scope=\"col\">");
	html_put(h, column + number, len - number);
	html_add(h, "</th>");
}

void
table_begin(struct html *h, const char *class, const char *label,
	const char *columns)
{
	html_add(h,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"%s\">\n<table class=\"%s\">\n<thead><tr>",
		label, class);
	for (;;) {
		size_t len = strcspn(columns, "|");
		write_column(h, columns, len);
		if (columns[len] == '\0')
			break;
		columns += len + 1;
	}
	html_add(h, "</tr></thead>\n<tbody>\n");
}

void
table_end(struct html *h)
{
	html_add(h, "</tbody>\n</table>\n</div>\n");
}
