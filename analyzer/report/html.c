/*
 * The page of a report: conclusion, path, sections in the frame of all pages.
 *
 * One file that loads nothing, written front to back in one pass; the contents at its
 * top come from sections.def, as the sections do.
 */
#include "report/html.h"

#include "base/embedded.h"

extern const struct embedded embedded_report_style[];
extern const struct embedded embedded_report_script[];

/* How a section begins: OPEN without a fold; WIDE open, to be folded on a
 * narrow screen; FOLDED shut. */
enum fold { OPEN, WIDE, FOLDED };

/* Links to the sections; made of the rows that make these. */
static void
write_contents(struct page *page)
{
	html_add(page->html, "<nav aria-label=\"Sections\">\n<ul>\n");
#define X(id, title, fold, function) \
	html_add(page->html, "<li><a href=\"#" #id "\">" title "</a></li>\n");
#include "report/sections.def"
#undef X
	html_add(page->html, "</ul>\n</nav>\n");
}

/* A section with its heading. What is long is folded, but stays in the page: a
 * browser's search and a printer find it. */
static void
write_section(struct page *page, const char *id, const char *title,
	enum fold fold, void (*write)(struct page *))
{
	html_add(page->html,
		"<section id=\"%s\" aria-labelledby=\"%s-title\">\n"
		"<h2 id=\"%s-title\">%s</h2>\n",
		id, id, id, title);
	if (fold != OPEN)
		html_add(page->html,
			"<details class=\"%s\"%s>\n<summary>%s</summary>\n",
			fold == WIDE ? "wide" : "part",
			fold == WIDE ? " open" : "", title);
	write(page);
	html_add(page->html,
		fold != OPEN ? "</details>\n</section>\n" : "</section>\n");
}

/* In the order of sections.def. */
static void
write_sections(struct page *page)
{
#define X(id, title, fold, function) \
	write_section(page, #id, title, fold, function);
#include "report/sections.def"
#undef X
}

/* What made the page, and what else there is. A missing sandbox and a redaction
 * are said, for a reader cannot see either. */
static void
write_footer(struct page *page)
{
	const struct report *r = page->r;
	html_add(page->html,
		"<footer>\n<p>lostsyn %s. The same figures are in "
		"report.json, every attempt and its evidence in "
		"evidence.sqlite. This page loads nothing; its one script "
		"sorts, filters and opens.%s%s</p>\n</footer>\n",
		r->tool_version,
		r->sandbox_off ? " Analysed without the sandbox, as asked for."
			       : "",
		r->redacted ? " Redacted: addresses, host names and paths are "
			      "pseudonyms, the same one for the same thing."
			    : "");
}

/* The pictures' figures are completed here, for no other format needs them.
 * Trouble with the database or with out is asked for once, at the end: what was
 * written until then is thrown away by the caller. */
bool
report_write_html(struct report *r, FILE *out, struct error *e)
{
	const struct frame frame = {
		.title = r->case_name ? r->case_name : "analysis",
		.style = &embedded_report_style[0],
		.script = &embedded_report_script[0],
	};
	struct page page = {
		.html = html_new(out, HTML_TEXT_MAX),
		.r = r,
		.overview = r->overview,
	};
	overview_complete(page.overview, r);
	frame_begin(page.html, &frame);
	html_add(page.html,
		"<a class=\"skip\" href=\"#verdicts\">Skip to the "
		"verdicts</a>\n");
	html_top(&page);
	html_add(page.html, "<main>\n");
	html_services(&page);
	html_next_steps(&page);
	html_path(&page);
	write_contents(&page);
	write_sections(&page);
	html_add(page.html, "</main>\n");
	write_footer(&page);
	frame_end(page.html, &frame);
	html_free(page.html);
	return report_settled(r, out, e);
}
