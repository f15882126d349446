/*
 * One attempt, unfolded: its ladder, what is known about it, and the filter and
 * command that show it.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"

static void
write_facts(struct html *h, const struct report_attempt *a)
{
	char span[CLOCK_TEXT_MAX];
	html_add(h,
		"<p class=\"faint\">Initial sequence number %jd, %jd SYN "
		"retransmit%s",
		(intmax_t)a->isn, (intmax_t)a->syn_retransmits,
		a->syn_retransmits == 1 ? "" : "s");
	if (a->duration_us > 0)
		html_add(h, ", over after %s",
			clock_span(a->duration_us * NS_PER_US, span));
	if (a->matched_by)
		html_add(h, ", the two ends paired by %s", a->matched_by);
	html_add(h, ".");
	if (a->syn_sent > 0 && a->syn_arrived >= 0)
		html_add(h, " SYN: %jd sent, %jd arrived.",
			(intmax_t)a->syn_sent, (intmax_t)a->syn_arrived);
	if (a->synack_sent > 0 && a->synack_arrived >= 0)
		html_add(h, " SYN-ACK: %jd sent, %jd arrived.",
			(intmax_t)a->synack_sent, (intmax_t)a->synack_arrived);
	if (a->ack_sent > 0 && a->ack_arrived >= 0)
		html_add(h, " ACK: %jd sent, %jd arrived.",
			(intmax_t)a->ack_sent, (intmax_t)a->ack_arrived);
	html_add(h, "</p>\n");
}

static void
write_names(struct html *h, const struct report_attempt *a,
	const struct report_view *v)
{
	char from[WORDS_MAX], to[WORDS_MAX];
	if (strcmp(v->client_ip, a->client_ip) == 0 &&
		strcmp(v->server_ip, a->server_ip) == 0 &&
		v->client_port == a->client_port &&
		v->server_port == a->server_port)
		return;
	html_add(h, "; here it is <span class=\"mono\">%s &rarr; %s</span>",
		words_endpoint(v->client_ip, v->client_port, from),
		words_endpoint(v->server_ip, v->server_port, to));
}

static void
write_view(struct html *h, const struct report_attempt *a,
	const struct report_view *v, char last[REPORT_FILTER_MAX])
{
	char frames[WORDS_MAX], filter[REPORT_FILTER_MAX];
	html_add(h, "<dt>%s</dt>\n<dd>", v->name);
	if (v->seen) {
		html_add(h, "%s", words_frames(h->r, v, frames));
		write_names(h, a, v);
	} else {
		html_add(h, "nothing of it");
	}
	if (strcmp(last, report_filter(a, v, filter)) != 0)
		html_add(h, "<br><code>%s</code>", filter);
	memcpy(last, filter, REPORT_FILTER_MAX);
	if (v->seen && report_command(h->r, v, filter))
		html_add(h, "<br><code>%s</code>", filter);
	html_add(h, "</dd>\n");
}

void
html_attempt_detail(struct html *h, const struct report_attempt *a)
{
	struct report_view v;
	/* Ends that agree on the addresses need one filter. */
	char last[REPORT_FILTER_MAX] = "";
	html_ladder(h, a);
	write_facts(h, a);
	html_list(h, "Could be", a->candidates);
	html_list(h, "What would decide", a->missing);
	html_add(h, "<dl class=\"views\">\n");
	report_views_begin(h->r, a->id);
	while (report_view_next(h->r, &v))
		write_view(h, a, &v, last);
	html_add(h, "</dl>\n");
}
