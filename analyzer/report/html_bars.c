/*
 * Who was hit: failures by client, by server and by port, as tables whose rows
 * are bars.
 */
#include "report/html.h"

#define BARS_MAX 8
#define BAR_WIDTH 220

static void
write_bar(struct html *h, const char *name, int64_t failed, int64_t scale)
{
	char number[WORDS_MAX], share[16];
	int width = (int)(BAR_WIDTH * failed / (scale > 0 ? scale : 1));
	/* Whole percent; what rounds to none says so. */
	int64_t percent = h->r->failed > 0 ? 100 * failed / h->r->failed : 0;
	snprintf(share, sizeof share, percent > 0 ? "%d%%" : "< 1%%",
		(int)percent);
	html_add(h,
		"<tr><th scope=\"row\" class=\"mono\">%s</th>"
		"<td><svg class=\"plot bar\" width=\"%d\" height=\"14\" "
		"aria-hidden=\"true\"><rect class=\"failed\" y=\"1\" "
		"width=\"%d\" height=\"12\" rx=\"2\"/></svg></td>"
		"<td class=\"n\">%s</td><td class=\"n faint\">%s</td></tr>\n",
		name, BAR_WIDTH, width > 0 ? width : 1,
		words_number(failed, number), share);
}

static void
write_table(struct html *h, const char *title, enum report_query q)
{
	struct report_share row;
	int64_t scale = 0, rest = 0;
	int n = 0;
	char others[WORDS_MAX], number[WORDS_MAX];
	html_add(h,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Failures by %s\"><table class=\"bars\">\n"
		"<thead><tr><th scope=\"col\">%s</th><td></td>"
		"<th scope=\"col\" class=\"n\">Failed</th>"
		"<th scope=\"col\" class=\"n\">Share</th></tr></thead>\n"
		"<tbody>\n",
		title, title);
	report_begin(h->r, q);
	while (report_share_next(h->r, q, &row)) {
		if (n == 0)
			scale = row.failed;
		if (n++ < BARS_MAX)
			write_bar(h, row.name, row.failed, scale);
		else
			rest += row.failed;
	}
	if (n > BARS_MAX) {
		snprintf(others, sizeof others, "%s others",
			words_number(n - BARS_MAX, number));
		write_bar(h, others, rest, scale > rest ? scale : rest);
	}
	html_add(h, "</tbody>\n</table></div>\n");
}

void
html_who(struct html *h)
{
	if (h->r->failed == 0) {
		html_add(h, "<p>Nobody: no attempt failed.</p>\n");
		return;
	}
	html_add(h, "<div class=\"tiles\">\n");
	write_table(h, "Client", QUERY_BY_CLIENT);
	write_table(h, "Server", QUERY_BY_SERVER);
	write_table(h, "Server port", QUERY_BY_PORT);
	html_add(h, "</div>\n");
}
