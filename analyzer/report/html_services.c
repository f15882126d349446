/*
 * The table of services, the first thing on the page of a case with several.
 *
 * A row for each group of services that fail alike (service_groups.c), worst first;
 * its members fold out below it. The words of the cells are service_words.c's, so that
 * terminal and page say the same.
 *
 *	Service            From     Failed     Share  Where, why, what decides
 *	198.51.100.20:80   10.1.0.9 4 of 20    20 %   SYN dropped by server, ...
 */
#include "report/html.h"

#include "base/clock.h"
#include "report/service_words.h"

/* Rows; report.json has 200 services, evidence.sqlite all. */
#define SERVICES_SHOWN 20
/* Ports or services of one row that are named. */
#define MEMBERS_SHOWN 40

/* label is shown on a narrow screen, where the table has no head. */
static void
write_cell(struct html *h, const char *label, const char *text)
{
	html_add(h, "<td data-label=\"%s\">%s</td>", label, text);
}

/* What a row of several stands for, folded. */
static void
write_members(struct page *page, int group)
{
	const struct report_services *x = &page->r->services;
	const struct report_group *g = &x->groups[group];
	char name[WORDS_MAX], number[WORDS_MAX];
	int shown = 0;
	html_add(page->html, "<details><summary>which</summary>");
	for (int i = 0; i < x->troubled; i++) {
		if (x->list[i].group != g->row)
			continue;
		if (shown++ >= MEMBERS_SHOWN)
			continue;
		html_add(page->html, "%s%s", shown > 1 ? ", " : "",
			words_endpoint(x->list[i].ip, x->list[i].port, name));
	}
	if (shown > MEMBERS_SHOWN)
		html_add(page->html, " and %s more",
			words_number(shown - MEMBERS_SHOWN, number));
	html_add(page->html, "</details>");
}

/* "3 of 40, 2 undecided": broken between its figures, never within one. */
static void
write_failed(struct page *page, const char *text)
{
	char part[WORDS_MAX];
	html_add(page->html, "<td class=\"n\" data-label=\"Failed\">");
	for (const char *comma; (comma = strstr(text, ", ")) != NULL;
		text = comma + 2) {
		size_t len = (size_t)(comma + 1 - text);
		memcpy(part, text, len);
		part[len] = '\0';
		html_add(page->html, "<span class=\"whole\">%s</span> ", part);
	}
	html_add(page->html, "<span class=\"whole\">%s</span></td>", text);
}

/* The line that decides, beside the service that it is about. */
static void
write_evidence(struct page *page, const struct service_sum *s)
{
	char text[WORDS_MAX], place[WORDS_MAX];
	services_evidence(page->r, s, text, place);
	html_add(page->html, "<td data-label=\"What decides\">");
	if (text[0])
		html_add(page->html, "<code class=\"line\">%s</code>", text);
	if (place[0])
		html_add(page->html, " <span class=\"faint\">%s</span>", place);
	html_add(page->html, "</td>");
}

/* A service or a group of them. On a narrow screen each cell is a line of its
 * own, with the label that it carries. */
static void
write_row(struct page *page, int group)
{
	struct report *r = page->r;
	const struct report_group *g = &r->services.groups[group];
	char text[WORDS_MAX], at[CLOCK_TEXT_MAX];
	html_add(page->html, "<tr class=\"%s\"><th scope=\"row\">%s",
		g->failed > 0              ? "failed"
			: g->undecided > 0 ? "open"
					   : "plain",
		services_name(r, g, text));
	if (g->services > 1)
		write_members(page, group);
	html_add(page->html, "</th>");
	write_cell(page->html, "From", services_from(r, g, text));
	write_failed(page, services_failed(g, text));
	html_add(page->html, "<td class=\"n\" data-label=\"Share\">%s</td>",
		services_share(g, text));
	html_add(page->html, "<td class=\"n%s\" data-label=\"Slow\">%s</td>",
		g->slow == 0 ? " zero" : "", words_number(g->slow, text));
	write_cell(page->html, "Where", services_where(r, g, text));
	write_cell(page->html, "Why", services_why(r, g, text));
	write_evidence(page, &r->services.list[g->first]);
	html_add(page->html, "<td data-label=\"Since\">");
	if (g->first_ns != CLOCK_UNKNOWN_NS)
		html_add(page->html, "<time>%s</time>",
			clock_format(g->first_ns, 0, at));
	html_add(page->html, "</td></tr>\n");
}

/* Nothing where one service is all there is: the sentences at the top tell of
 * it. */
void
html_services(struct page *page)
{
	const struct report_services *x = &page->r->services;
	char text[WORDS_MAX];
	if (!services_have_table(page->r))
		return;
	table_begin(page->html, "sort stack", "Services",
		"Service|From|#Failed|#Share|#Slow|Where|Why|What decides|"
		"Since");
	for (int i = 0; i < x->group_count && i < SERVICES_SHOWN; i++)
		write_row(page, i);
	table_end(page->html);
	if (x->group_count > SERVICES_SHOWN)
		html_add(page->html,
			"<p class=\"faint\">%s more with trouble: in "
			"report.json.</p>\n",
			words_number(x->group_count - SERVICES_SHOWN, text));
	services_others(page->r, text);
	if (text[0])
		html_add(page->html, "<p class=\"faint\">%s.</p>\n", text);
}
