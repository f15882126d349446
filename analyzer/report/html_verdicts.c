/*
 * The table of verdicts, and what would decide the open ones.
 *
 * What would decide is what the verdicts' rules call missing, with the command that
 * takes it; a case without open attempts has no such section.
 */
#include "report/html.h"

#include "model/verdict.h"

#include <string.h>

/* A verdict, how often, which segment at which place, and how sure. */
static void
write_verdict(struct page *page, const struct report_verdict *v)
{
	char sure[WORDS_MAX], number[WORDS_MAX];
	const char *class = "plain";
	if (strcmp(v->verdict, VERDICT_UNDETERMINED) == 0)
		class = "open";
	else if (v->failed > 0)
		class = "failed";
	html_add(page->html,
		"<tr class=\"%s\"><td class=\"n\">%s</td>"
		"<th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s",
		class, words_number(v->count, number), v->verdict,
		v->segment ? v->segment : "", v->place ? v->place : "",
		sentence_sureness(v, sure));
	if (v->retried > 0 && v->failed == 0)
		html_add(page->html, "; %s after SYN retransmits",
			words_number(v->retried, number));
	html_add(page->html, "</td></tr>\n");
}

/* All rows of the model: a verdict has one for each place. */
void
html_verdicts(struct page *page)
{
	struct report *r = page->r;
	table_begin(page->html, "sort", "Verdicts, table",
		"#Attempts|Verdict|Segment|Place|How sure");
	for (size_t i = 0; i < r->verdict_count; i++)
		write_verdict(page, &r->verdicts[i]);
	table_end(page->html);
	char all[WORDS_MAX], failed[WORDS_MAX], open[WORDS_MAX];
	html_add(page->html,
		"<p class=\"faint\">%s attempt%s in all, %s failed, %s "
		"undetermined.</p>\n",
		words_number(r->attempts, all), words_plural(r->attempts),
		words_number(r->failed, failed),
		words_number(r->undetermined, open));
}

/* What the rules call missing, put together where several attempts lack the
 * same. */
void
html_missing(struct page *page)
{
	struct report_missing item;
	char words[WORDS_MAX];
	int n = 0;
	report_begin(page->r, QUERY_MISSING);
	while (report_missing_next(page->r, &item)) {
		if (n++ == 0)
			html_add(page->html, "<ul>\n");
		html_add(page->html, "<li>");
		html_prose(page, item.detail);
		html_add(page->html,
			" <span class=\"faint\">(%s)</span></li>\n",
			sentence_about(page->r, &item, words));
	}
	if (n > 0)
		html_add(page->html, "</ul>\n");
	else
		html_add(page->html,
			"<p>Nothing is missing: every attempt has its "
			"verdict.</p>\n");
}
