/*
 * One attempt, unfolded: the facts, what each end saw, and when.
 */
#include "report/html.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

static void
write_facts(struct html *h, const struct report_attempt *a)
{
	char span[CLOCK_TEXT_MAX], where[WORDS_MAX];
	html_add(h, "<p>Initial sequence number %jd, %jd SYN retransmit%s",
		(intmax_t)a->isn, (intmax_t)a->syn_retransmits,
		a->syn_retransmits == 1 ? "" : "s");
	if (a->duration_us >= 0)
		html_add(h, ", over after %s",
			clock_span(a->duration_us * NS_PER_US, span));
	if (a->matched_by)
		html_add(h, ", the two ends paired by <code>%s</code>",
			a->matched_by);
	words_where(a->segment, a->place, where);
	if (where[0])
		html_add(h, ". Lost: %s", where);
	html_add(h, ".</p>\n");
}

static void
write_fate(struct html *h, const char *segment, int64_t sent, int64_t arrived)
{
	if (sent <= 0 && arrived <= 0)
		return;
	html_add(h, "<li>%s: ", segment);
	if (sent >= 0)
		html_add(h, "%jd sent", (intmax_t)sent);
	else
		html_add(h, "sending not captured");
	if (arrived >= 0)
		html_add(h, ", %jd arrived</li>\n", (intmax_t)arrived);
	else
		html_add(h, ", arrival not captured</li>\n");
}

static void
write_view(struct html *h, const struct report_attempt *a,
	const struct report_view *v)
{
	char frames[WORDS_MAX], filter[REPORT_FILTER_MAX];
	char from[WORDS_MAX], to[WORDS_MAX];
	html_add(h, "<dt><bdi>%s</bdi></dt>\n<dd>", v->name);
	if (!v->seen) {
		html_add(h, "nothing of it");
	} else {
		html_add(h, "frames %s", words_frames(v, frames));
		if (strcmp(v->client_ip, a->client_ip) != 0 ||
			strcmp(v->server_ip, a->server_ip) != 0 ||
			v->client_port != a->client_port ||
			v->server_port != a->server_port)
			html_add(h,
				"; here it is "
				"<span class=\"mono\">%s &rarr; %s</span>",
				words_endpoint(
					v->client_ip, v->client_port, from),
				words_endpoint(
					v->server_ip, v->server_port, to));
	}
	html_add(h, "<br><code>%s</code></dd>\n", report_filter(a, v, filter));
}

static void
write_views(struct html *h, const struct report_attempt *a)
{
	struct report_view v;
	html_add(h, "<dl class=\"views\">\n");
	report_begin_id(h->r, QUERY_VIEWS, a->id);
	while (report_view_next(h->r, &v))
		write_view(h, a, &v);
	html_add(h, "</dl>\n");
}

/* A row has one cell for each vantage; the segment stands in its own. */
static void
write_moment(struct html *h, const struct report_moment *m)
{
	bool from_client;
	const char *word = words_segment(m->kind, &from_client);
	int64_t ns = m->after_ns;
	uint64_t us = (ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) / 1000;
	char after[48];
	snprintf(after, sizeof after, "%s%" PRIu64 ".%06" PRIu64 " s",
		ns < 0 ? "-" : "+", us / 1000000, us % 1000000);
	html_add(h, "<tr><td class=\"mono\">%s</td>", after);
	for (size_t i = 0; i < h->r->vantage_count; i++) {
		html_add(h, "<td>");
		if (h->r->vantages[i].id == m->vantage) {
			html_add(h, from_client ? "%s &rarr;" : "&larr; %s",
				word);
			if (m->frame > 0)
				html_add(h,
					" <span class=\"faint\">frame "
					"%jd</span>",
					(intmax_t)m->frame);
		}
		html_add(h, "</td>");
	}
	html_add(h, "</tr>\n");
}

static void
write_timeline(struct html *h, const struct report_attempt *a)
{
	struct report_moment m;
	bool any = false;
	report_begin_id(h->r, QUERY_TIMELINE, a->id);
	while (report_moment_next(h->r, &m)) {
		if (!any) {
			html_add(h,
				"<div class=\"scroll\"><table>\n<thead><tr>"
				"<th scope=\"col\">Since first SYN</th>");
			for (size_t i = 0; i < h->r->vantage_count; i++)
				html_add(h, "<th scope=\"col\">at %s</th>",
					h->r->vantages[i].name);
			html_add(h, "</tr></thead>\n<tbody>\n");
		}
		any = true;
		write_moment(h, &m);
	}
	if (any)
		html_add(h, "</tbody>\n</table></div>\n");
}

void
html_attempt_detail(struct html *h, const struct report_attempt *a)
{
	write_facts(h, a);
	html_list(h, "Could be", a->candidates);
	html_list(h, "What would decide", a->missing);
	if (a->copies_known) {
		html_add(h, "<ul>\n");
		write_fate(h, "SYN", a->syn_sent, a->syn_arrived);
		write_fate(h, "SYN-ACK", a->synack_sent, a->synack_arrived);
		write_fate(h, "ACK", a->ack_sent, a->ack_arrived);
		html_add(h, "</ul>\n");
	}
	write_views(h, a);
	write_timeline(h, a);
}
