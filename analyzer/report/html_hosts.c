/*
 * Who is who: a card for each machine, with how it is known and what to say if that
 * is wrong. Files and addresses beyond a few are counted, not listed: they are among
 * the inputs.
 */
#include "report/html.h"
#include "report/who.h"

/* Files that are named; all are among the inputs. */
#define FILES_NAMED 6

/* What a machine brought. A support archive has hundreds of files; the first of
 * them show which one it was. */
static void
write_files(struct page *page, int64_t machine)
{
	struct report_text text;
	int n = 0;
	html_add(page->html, "<dt>Files</dt>\n<dd>");
	report_begin_id(page->r, QUERY_MACHINE_FILES, machine);
	while (report_text_read(page->r, QUERY_MACHINE_FILES, &text))
		if (n++ < FILES_NAMED)
			html_add(page->html, "%s<bdi>%s</bdi>",
				n > 1 ? ", " : "", text.text);
	if (n > FILES_NAMED)
		html_add(page->html, " and %d more", n - FILES_NAMED);
	html_add(page->html, "</dd>\n");
}

/* The addresses that its own files or its packets give it. */
static void
write_addresses(struct page *page, int64_t machine)
{
	struct report_text text;
	int n = 0;
	report_begin_id(page->r, QUERY_MACHINE_ADDRESSES, machine);
	while (report_text_read(page->r, QUERY_MACHINE_ADDRESSES, &text))
		html_add(page->html,
			n++ == 0 ? "<dt>Addresses</dt>\n<dd class=\"mono\">%s"
				 : ", %s",
			text.text);
	if (n > 0)
		html_add(page->html, "</dd>\n");
}

/* A machine, what it is for which service, from what that was concluded, and
 * what to say if it is wrong. */
static void
write_host(struct page *page, const struct report_machine *m)
{
	char words[WORDS_MAX];
	html_add(page->html,
		"<article class=\"card\">\n<h3><bdi>%s</bdi> "
		"<span class=\"badge\">%s</span></h3>\n"
		"<p>%s</p>\n<dl class=\"views\">\n",
		m->name, who_sure(m), who_roles(page->r, m, words));
	write_addresses(page, m->id);
	write_files(page, m->id);
	html_add(page->html, "<dt>Known by</dt>\n<dd>%s</dd>\n",
		who_known(page->r, m, words));
	if (m->say[0] != '\0')
		html_add(page->html,
			"<dt>%s</dt>\n<dd>say <code>%s</code></dd>\n",
			who_otherwise(m), m->say);
	html_add(page->html, "</dl>\n</article>\n");
}

/* Files of no machine. They cost most when nobody asks: a kernel log without a
 * host confirms nothing. */
static void
write_loose(struct page *page)
{
	struct report_item item;
	int n = 0;
	report_begin(page->r, QUERY_MACHINE_NONE);
	while (report_item_read(page->r, QUERY_MACHINE_NONE, &item)) {
		if (n++ >= FILES_NAMED)
			continue;
		if (n == 1)
			html_add(page->html,
				"<p>Nothing shows which machine this is from: "
				"<bdi>%s</bdi>",
				item.id);
		else
			html_add(page->html, ", <bdi>%s</bdi>", item.id);
	}
	if (n == 0)
		return;
	if (n > FILES_NAMED)
		html_add(page->html, " and %d more", n - FILES_NAMED);
	html_add(page->html,
		". It counts for less until you say whose it is: "
		"<code>--evidence server=FILE</code></p>\n");
}

/* A case of one file may have no machine at all, which is said. */
void
html_hosts(struct page *page)
{
	struct report_machine m;
	bool any = false;
	report_begin(page->r, QUERY_MACHINES);
	while (report_machine_read(page->r, QUERY_MACHINES, &m)) {
		any = true;
		write_host(page, &m);
	}
	if (!any)
		html_add(page->html,
			"<p>Nothing tells which machines the files are "
			"of.</p>\n");
	write_loose(page);
}
