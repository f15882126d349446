/*
 * One attempt, unfolded: its ladder, what is known about it, and the filter and
 * command that show it.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"

/* What an expert looks for first: the number, how often it was repeated, how
 * long it took, and which copies arrived. */
static void
write_facts(struct page *page, const struct report_attempt *a)
{
	char span[CLOCK_TEXT_MAX];
	html_add(page->html,
		"<p class=\"faint\">Initial sequence number %jd, %jd SYN "
		"retransmit%s",
		(intmax_t)a->isn, (intmax_t)a->syn_retransmits,
		a->syn_retransmits == 1 ? "" : "s");
	if (a->duration_us > 0)
		html_add(page->html, ", ended after %s",
			clock_span(clock_of_us(a->duration_us), span));
	if (a->matched_by)
		html_add(page->html, ", the two ends paired by %s",
			a->matched_by);
	html_add(page->html, ".");
	if (a->syn_sent > 0 && a->syn_arrived >= 0)
		html_add(page->html, " SYN: %jd sent, %jd arrived.",
			(intmax_t)a->syn_sent, (intmax_t)a->syn_arrived);
	if (a->synack_sent > 0 && a->synack_arrived >= 0)
		html_add(page->html, " SYN-ACK: %jd sent, %jd arrived.",
			(intmax_t)a->synack_sent, (intmax_t)a->synack_arrived);
	if (a->ack_sent > 0 && a->ack_arrived >= 0)
		html_add(page->html, " ACK: %jd sent, %jd arrived.",
			(intmax_t)a->ack_sent, (intmax_t)a->ack_arrived);
	html_add(page->html, "</p>\n");
}

/* The addresses as this vantage saw them, where they are others. */
static void
write_names(struct page *page, const struct report_attempt *a,
	const struct report_view *v)
{
	char from[WORDS_MAX], to[WORDS_MAX];
	if (strcmp(v->client_ip, a->client_ip) == 0 &&
		strcmp(v->server_ip, a->server_ip) == 0 &&
		v->client_port == a->client_port &&
		v->server_port == a->server_port)
		return;
	html_add(page->html,
		"; here it is <span class=\"mono\">%s &rarr; %s</span>",
		words_endpoint(v->client_ip, v->client_port, from),
		words_endpoint(v->server_ip, v->server_port, to));
}

/* What one vantage saw, the filter that shows it in Wireshark, and the command
 * to open it. A filter that was just given is not given again. */
static void
write_view(struct page *page, const struct report_attempt *a,
	const struct report_view *v, char last[REPORT_FILTER_MAX])
{
	char frames[WORDS_MAX], filter[REPORT_FILTER_MAX];
	html_add(page->html, "<dt>%s</dt>\n<dd>", v->name);
	if (v->seen) {
		html_add(page->html, "%s", sentence_frames(page->r, v, frames));
		write_names(page, a, v);
	} else {
		html_add(page->html, "nothing of it");
	}
	if (strcmp(last, report_filter(a, v, filter)) != 0)
		html_add(page->html, "<br><code class=\"copy\">%s</code>",
			filter);
	memcpy(last, filter, REPORT_FILTER_MAX);
	if (v->seen && report_command(page->r, v, filter))
		html_add(page->html, "<br><code class=\"copy\">%s</code>",
			filter);
	html_add(page->html, "</dd>\n");
}

/* The views are read last, for the ladder reads them as well: one query. */
void
html_attempt_detail(struct page *page, const struct report_attempt *a)
{
	struct report_view v;
	/* Ends that agree on the addresses need one filter. */
	char last[REPORT_FILTER_MAX] = "";
	html_ladder(page, a);
	write_facts(page, a);
	html_list(page, 0, "Could be", a->candidates);
	html_list(page, 0, "What would decide", a->missing);
	html_add(page->html, "<dl class=\"views\">\n");
	report_views_begin(page->r, a->id);
	while (report_view_next(page->r, &v))
		write_view(page, a, &v, last);
	html_add(page->html, "</dl>\n");
}
