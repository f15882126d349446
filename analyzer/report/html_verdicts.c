/*
 * The table of verdicts, and what would decide the open ones.
 */
#include "report/html.h"

#include <string.h>

static void
write_verdict(struct html *h, const struct report_verdict *v)
{
	char sure[WORDS_MAX], number[WORDS_MAX];
	const char *class = "plain";
	if (strcmp(v->verdict, "undetermined") == 0)
		class = "open";
	else if (v->failed > 0)
		class = "failed";
	html_add(h,
		"<tr class=\"%s\"><td class=\"n\">%s</td>"
		"<th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s",
		class, words_number(v->count, number), v->verdict,
		v->segment ? v->segment : "", v->place ? v->place : "",
		words_sureness(v, sure));
	if (v->retried > 0 && v->failed == 0)
		html_add(h, "; %s after SYN retransmits",
			words_number(v->retried, number));
	html_add(h, "</td></tr>\n");
}

void
html_verdicts(struct html *h)
{
	struct report *r = h->r;
	html_add(h,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Verdicts\">\n<table class=\"sort\">\n<thead><tr>"
		"<th scope=\"col\" class=\"n\">Attempts</th>"
		"<th scope=\"col\">Verdict</th><th scope=\"col\">Segment</th>"
		"<th scope=\"col\">Place</th><th scope=\"col\">How sure</th>"
		"</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < r->verdict_count; i++)
		write_verdict(h, &r->verdicts[i]);
	html_add(h, "</tbody>\n</table>\n</div>\n");
	char all[WORDS_MAX], failed[WORDS_MAX], open[WORDS_MAX];
	html_add(h,
		"<p class=\"faint\">%s attempts in all, %s failed, %s "
		"undetermined.</p>\n",
		words_number(r->attempts, all), words_number(r->failed, failed),
		words_number(r->undetermined, open));
}

void
html_missing(struct html *h)
{
	struct report_item item;
	int n = 0;
	report_begin(h->r, QUERY_MISSING);
	while (report_missing_next(h->r, &item)) {
		if (n++ == 0)
			html_add(h, "<ul>\n");
		html_add(h,
			"<li>%s <span class=\"faint\">(%jd attempt%s)"
			"</span></li>\n",
			item.detail, (intmax_t)item.count,
			item.count == 1 ? "" : "s");
	}
	if (n > 0)
		html_add(h, "</ul>\n");
	else
		html_add(h,
			"<p>Nothing is missing: every attempt has its "
			"verdict.</p>\n");
}
