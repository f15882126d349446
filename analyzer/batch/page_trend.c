/*
 * Attempts over time: a strip of bars per verdict, all on one axis of days.
 *
 * Strips instead of stacked colours: each verdict can be read alone, in print
 * and without colour. Bars of a strip are scaled to its own peak, which is
 * written beside it. Long times are put together by several days a bar.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "batch/page.h"

#define BARS_MAX 90
#define LABEL_WIDTH 230
#define BARS_WIDTH 560
#define WIDTH 920
#define STRIP_HEIGHT 34
#define BAR_HEIGHT 24
#define DAY_NS (86400 * NS_PER_S)

struct trend {
	int64_t first_day;
	int64_t days_per_bar;
	int64_t bars;
	double bar_width;
};

static const char *
day_name(int64_t day, char text[CLOCK_TEXT_MAX])
{
	clock_format(day * DAY_NS, 0, text);
	text[10] = '\0'; /* the date of an RFC 3339 time */
	return text;
}

static sqlite3_stmt *
bars_query(struct page *p, const struct trend *t, const char *verdict)
{
	sqlite3_stmt *stmt = page_query(p,
		"SELECT (day - ?1) / ?2 AS bar, sum(attempts) FROM day_count "
		"WHERE verdict = ?3 GROUP BY bar ORDER BY bar");
	sqlite3_bind_int64(stmt, 1, t->first_day);
	sqlite3_bind_int64(stmt, 2, t->days_per_bar);
	sqlite3_bind_text(stmt, 3, verdict, -1, SQLITE_TRANSIENT);
	return stmt;
}

static int64_t
peak_of(struct page *p, const struct trend *t, const char *verdict)
{
	int64_t peak = 1;
	sqlite3_stmt *stmt = bars_query(p, t, verdict);
	while (page_next(p, stmt))
		if (sqlite3_column_int64(stmt, 1) > peak)
			peak = sqlite3_column_int64(stmt, 1);
	return peak;
}

static void
add_bar(struct page *p, const struct trend *t, int64_t bar, int64_t attempts,
	int64_t peak, int bottom)
{
	char from[CLOCK_TEXT_MAX];
	char number[4][32];
	/* At least one unit: a single attempt among thousands is seen. */
	double height = 1 + (double)attempts * (BAR_HEIGHT - 1) / (double)peak;
	double width = t->bar_width > 3 ? t->bar_width - 1 : t->bar_width;
	snprintf(number[0], sizeof number[0], "%.2f",
		LABEL_WIDTH + (double)bar * t->bar_width);
	snprintf(number[1], sizeof number[1], "%.2f", bottom - height);
	snprintf(number[2], sizeof number[2], "%.2f", width);
	snprintf(number[3], sizeof number[3], "%.2f", height);
	page_add(p,
		"<rect class=\"bar\" x=\"%s\" y=\"%s\" width=\"%s\" "
		"height=\"%s\"><title>%s: %jd</title></rect>\n",
		number[0], number[1], number[2], number[3],
		day_name(t->first_day + bar * t->days_per_bar, from),
		(intmax_t)attempts);
}

static void
add_strip(struct page *p, const struct trend *t, const char *verdict,
	int64_t total, int bottom)
{
	int64_t peak = peak_of(p, t, verdict);
	page_add(p,
		"<text x=\"0\" y=\"%d\">%s</text>\n"
		"<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
		"y2=\"%d\"/>\n"
		"<text class=\"faint\" x=\"%d\" y=\"%d\">%jd, peak "
		"%jd</text>\n",
		bottom - 6, verdict, LABEL_WIDTH, LABEL_WIDTH + BARS_WIDTH,
		bottom, bottom, LABEL_WIDTH + BARS_WIDTH + 12, bottom - 6,
		(intmax_t)total, (intmax_t)peak);
	sqlite3_stmt *stmt = bars_query(p, t, verdict);
	while (page_next(p, stmt))
		add_bar(p, t, sqlite3_column_int64(stmt, 0),
			sqlite3_column_int64(stmt, 1), peak, bottom);
}

static void
add_axis(struct page *p, const struct trend *t, int bottom)
{
	char first[CLOCK_TEXT_MAX];
	char last[CLOCK_TEXT_MAX];
	int64_t end = t->first_day + t->bars * t->days_per_bar - 1;
	page_add(p,
		"<text class=\"faint\" x=\"%d\" y=\"%d\">%s</text>\n"
		"<text class=\"faint\" x=\"%d\" y=\"%d\" "
		"text-anchor=\"end\">%s</text>\n",
		LABEL_WIDTH, bottom, day_name(t->first_day, first),
		LABEL_WIDTH + BARS_WIDTH, bottom, day_name(end, last));
}

void
page_trend(struct page *p)
{
	struct trend t = {
		.first_day = page_number(p, "SELECT min(day) FROM day_count")};
	int64_t days = page_number(p, "SELECT max(day) FROM day_count") -
		t.first_day + 1;
	t.days_per_bar = (days + BARS_MAX - 1) / BARS_MAX;
	t.bars = (days + t.days_per_bar - 1) / t.days_per_bar;
	t.bar_width = (double)BARS_WIDTH / (double)t.bars;
	int64_t verdicts =
		page_number(p, "SELECT count(DISTINCT verdict) FROM day_count");
	if (verdicts == 0)
		return;
	page_add(p,
		"<section id=\"trend\">\n<h2>Attempts over time</h2>\n"
		"<p class=\"faint\">By the day (UTC) of the first SYN, %jd "
		"day(s) a bar; every strip has its own scale.</p>\n"
		"<div class=\"scroll\"><svg viewBox=\"0 0 %d %jd\" "
		"role=\"img\" aria-label=\"Attempts over time, by verdict; the "
		"figures are in the view trend of index.sqlite\">\n",
		(intmax_t)t.days_per_bar, WIDTH,
		(intmax_t)(verdicts * STRIP_HEIGHT + 20));
	int bottom = 0;
	sqlite3_stmt *stmt = page_query(p,
		"SELECT verdict, sum(attempts) AS n FROM day_count "
		"GROUP BY verdict ORDER BY verdict = 'established', n DESC, "
		"verdict");
	while (page_next(p, stmt))
		add_strip(p, &t, page_text(stmt, 0),
			sqlite3_column_int64(stmt, 1), bottom += STRIP_HEIGHT);
	add_axis(p, &t, bottom + 16);
	page_add(p, "</svg></div>\n</section>\n");
}
