/*
 * Who was hit: failures by client, by server and by port, as tables whose rows
 * are bars.
 */
#include "report/html.h"

#define BARS_MAX 8
#define BAR_WIDTH 170

static void
write_bar(struct html *h, const char *name, int64_t failed, int64_t scale)
{
	char number[WORDS_MAX], share[16];
	/* No scale: several together, which a bar would make look like one. */
	int width = scale > 0 ? (int)(BAR_WIDTH * failed / scale) : -1;
	/* Whole percent; what rounds to none says so. */
	int64_t percent = h->r->failed > 0
		? (100 * failed + h->r->failed / 2) / h->r->failed
		: 0;
	snprintf(share, sizeof share, percent > 0 ? "%d%%" : "< 1%%",
		(int)percent);
	html_add(h,
		"<tr><th scope=\"row\" class=\"mono\">%s</th>"
		"<td><svg class=\"plot bar\" width=\"%d\" height=\"14\" "
		"aria-hidden=\"true\"><rect class=\"failed\" y=\"1\" "
		"width=\"%d\" height=\"12\" rx=\"2\"/></svg></td>"
		"<td class=\"n\">%s</td><td class=\"n faint\">%s</td></tr>\n",
		name, BAR_WIDTH,
		width > 0           ? width
			: scale > 0 ? 1
				    : 0,
		words_number(failed, number), share);
}

struct top {
	int64_t key[BARS_MAX], failed[BARS_MAX];
	int count;
	int64_t others, others_failed;
};

/* Put into its place among the first; what falls out is of the others. The order
 * is by number, then by key, which is that of first appearance for hosts. */
static void
top_add(struct top *t, int64_t key, int64_t failed)
{
	int i = t->count;
	while (i > 0 &&
		(t->failed[i - 1] < failed ||
			(t->failed[i - 1] == failed && t->key[i - 1] > key)))
		i--;
	if (t->count == BARS_MAX) {
		t->others++;
		t->others_failed +=
			i == BARS_MAX ? failed : t->failed[BARS_MAX - 1];
		if (i == BARS_MAX)
			return;
		t->count--;
	}
	for (int k = t->count; k > i; k--) {
		t->key[k] = t->key[k - 1];
		t->failed[k] = t->failed[k - 1];
	}
	t->key[i] = key;
	t->failed[i] = failed;
	t->count++;
}

static void
top_find(struct html *h, struct top *t, int by, enum report_query q)
{
	const struct tally *tally = &h->overview->by[by];
	sqlite3_stmt *s = h->r->query[q];
	*t = (struct top){.count = 0};
	for (int i = 0; !tally->full && i < TALLY_SLOTS; i++)
		if (tally->slots[i].count > 0)
			top_add(t, tally->slots[i].key, tally->slots[i].count);
	if (!tally->full)
		return;
	report_begin(h->r, q);
	while (report_next(h->r, q))
		top_add(t, sqlite3_column_int64(s, 0),
			sqlite3_column_int64(s, 1));
}

static void
write_row(struct html *h, int by, const struct top *t, int i)
{
	char port[24];
	if (by == TALLY_PORT) {
		snprintf(port, sizeof port, "%lld", (long long)t->key[i]);
		write_bar(h, port, t->failed[i], t->failed[0]);
		return;
	}
	report_begin_id(h->r, QUERY_HOST, t->key[i]);
	if (report_next(h->r, QUERY_HOST))
		write_bar(h,
			(const char *)sqlite3_column_text(
				h->r->query[QUERY_HOST], 0),
			t->failed[i], t->failed[0]);
}

static void
write_table(struct html *h, const char *title, int by, enum report_query q)
{
	struct top t;
	char others[WORDS_MAX], number[WORDS_MAX];
	top_find(h, &t, by, q);
	html_add(h,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Failures by %s\"><table class=\"bars sort\">\n"
		"<thead><tr><th scope=\"col\">%s</th><td></td>"
		"<th scope=\"col\" class=\"n\">Failed</th>"
		"<th scope=\"col\" class=\"n\">Share</th></tr></thead>\n"
		"<tbody>\n",
		title, title);
	for (int i = 0; i < t.count; i++)
		write_row(h, by, &t, i);
	if (t.others > 0) {
		snprintf(others, sizeof others, "%s other%s",
			words_number(t.others, number),
			t.others == 1 ? "" : "s");
		write_bar(h, others, t.others_failed, 0);
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
	html_add(h, "<div class=\"tiles\">\n<div>\n");
	write_table(h, "Client", TALLY_CLIENT, QUERY_BY_CLIENT);
	html_add(h, "</div>\n<div>\n");
	write_table(h, "Server", TALLY_SERVER, QUERY_BY_SERVER);
	write_table(h, "Server port", TALLY_PORT, QUERY_BY_PORT);
	html_add(h, "</div>\n</div>\n");
}
