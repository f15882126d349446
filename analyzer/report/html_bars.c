/*
 * Who was hit: failures by client, by server and by port, as tables whose rows
 * are bars.
 *
 *	192.0.2.11    ########         12   75%
 *	192.0.2.10    ###               4   25%
 */
#include "report/html.h"

/* Rows of a table, and a full bar in pixels. */
#define BARS_MAX 8
#define BAR_WIDTH 170

/* One bar with its figures. Bars of a table share one scale, so that they can
 * be compared. */
static void
write_bar(struct page *page, const char *name, int64_t failed, int64_t scale)
{
	char number[WORDS_MAX], share[16];
	/* No scale: several together, which a bar would make look like one. */
	int width = scale > 0 ? (int)(BAR_WIDTH * failed / scale) : -1;
	/* Whole percent; what rounds to none says so. */
	int64_t percent = page->r->failed > 0
		? (100 * failed + page->r->failed / 2) / page->r->failed
		: 0;
	snprintf(share, sizeof share, percent > 0 ? "%d%%" : "< 1%%",
		(int)percent);
	html_add(page->html,
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

/* The values with most failures, most first; and what is beyond BARS_MAX. */
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

/* The values with the most failures. The pass over the attempts has counted
 * them while they were few; else the database is asked. */
static void
top_find(struct page *page, struct top *t, int by, enum report_query q)
{
	const struct tally *tally = &page->overview->by[by];
	struct report_tally row;
	*t = (struct top){.count = 0};
	for (int i = 0; !tally->full && i < tally->used; i++) {
		uint16_t at = tally->taken[i];
		top_add(t, tally->slots[at].key, tally->slots[at].count);
	}
	if (!tally->full)
		return;
	report_begin(page->r, q);
	while (report_tally_read(page->r, q, &row))
		top_add(t, row.key, row.count);
}

/* A row by its kind of value: ports are themselves, hosts have a name. */
static void
write_row(struct page *page, int by, const struct top *t, int i)
{
	char port[24];
	if (by == TALLY_PORT) {
		snprintf(port, sizeof port, "%lld", (long long)t->key[i]);
		write_bar(page, port, t->failed[i], t->failed[0]);
		return;
	}
	report_begin_id(page->r, QUERY_HOST, t->key[i]);
	struct report_text host;
	if (report_text_read(page->r, QUERY_HOST, &host))
		write_bar(page, host.text, t->failed[i], t->failed[0]);
}

/* A table of bars; the many small ones at the end are one row together. */
static void
write_table(struct page *page, const char *title, int by, enum report_query q)
{
	struct top t;
	char others[WORDS_MAX], number[WORDS_MAX];
	char label[WORDS_MAX] = "", columns[WORDS_MAX] = "";
	top_find(page, &t, by, q);
	words_append(label, "Failures by %s", title);
	words_append(columns, "%s||#Failed|#Share", title);
	table_begin(page->html, "bars sort", label, columns);
	for (int i = 0; i < t.count; i++)
		write_row(page, by, &t, i);
	if (t.others > 0) {
		snprintf(others, sizeof others, "%s other%s",
			words_number(t.others, number),
			t.others == 1 ? "" : "s");
		write_bar(page, others, t.others_failed, 0);
	}
	table_end(page->html);
}

/* Failures alone: who asked most says nothing about who was hit. */
void
html_who(struct page *page)
{
	if (page->r->failed == 0) {
		html_add(page->html, "<p>Nobody: no attempt failed.</p>\n");
		return;
	}
	html_add(page->html, "<div class=\"tiles\">\n<div>\n");
	write_table(page, "Client", TALLY_CLIENT, QUERY_BY_CLIENT);
	html_add(page->html, "</div>\n<div>\n");
	write_table(page, "Server", TALLY_SERVER, QUERY_BY_SERVER);
	write_table(page, "Server port", TALLY_PORT, QUERY_BY_PORT);
	html_add(page->html, "</div>\n</div>\n");
}
