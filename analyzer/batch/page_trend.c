/*
 * Attempts over time: a strip of bars per verdict, per cause and per service,
 * all on one axis of days.
 *
 * Strips instead of stacked colours: each can be read alone, in print and
 * without colour. Bars of a strip are scaled to its own peak, which is written
 * beside it. Long times are put together by several days a bar.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "batch/page.h"
#include "model/verdict.h"

#define BARS_MAX 90
#define LABEL_WIDTH 230
#define BARS_WIDTH 560
#define WIDTH 920
/* Room for a date below each end of a single bar. */
#define BAR_WIDTH_MAX 80
#define STRIP_HEIGHT 34
#define BAR_HEIGHT 24
#define DAY_NS (86400 * NS_PER_S)

/* "[ip]:port" of a row. */
#define SERVICE                                                          \
	"iif(instr(server_ip, ':'), '[' || server_ip || ']', server_ip)" \
	" || ':' || server_port"
#define STRIPS_MAX 14

/* What is counted over time. list: key, label and total of each strip, most
 * pressing first; bars: bar and attempts of the key ?3. */
static const struct {
	const char *title;
	const char *view; /* of index.sqlite, with all of it */
	const char *count;
	const char *list;
	const char *bars;
} kinds[] = {
	{"All attempts by verdict", "trend",
		"SELECT count(DISTINCT verdict) FROM day_count",
		"SELECT verdict, verdict, sum(attempts) AS n FROM day_count"
		" GROUP BY verdict ORDER BY verdict = '" VERDICT_CLEAN
		"', n DESC,"
		" verdict",
		"SELECT (day - ?1) / ?2 AS bar, sum(attempts) FROM day_count"
		" WHERE verdict = ?3 GROUP BY bar ORDER BY bar"},
	{"Failed and undetermined ones by cause", "cause_trend",
		"SELECT count(DISTINCT cause) FROM day_failure",
		"SELECT cause, iif(cause = '', 'no cause found', cause),"
		" sum(attempts) AS n FROM day_failure GROUP BY cause"
		" ORDER BY cause = '', n DESC, cause",
		"SELECT (day - ?1) / ?2 AS bar, sum(attempts) FROM day_failure"
		" WHERE cause = ?3 GROUP BY bar ORDER BY bar"},
	{"Failed and undetermined ones by service", "service_trend",
		"SELECT count(DISTINCT " SERVICE ") FROM day_failure",
		"SELECT " SERVICE " AS name, " SERVICE ", sum(attempts) AS n"
		" FROM day_failure GROUP BY name ORDER BY n DESC, name",
		"SELECT (day - ?1) / ?2 AS bar, sum(attempts) FROM day_failure"
		" WHERE " SERVICE " = ?3 GROUP BY bar ORDER BY bar"},
};
#define KINDS (sizeof kinds / sizeof *kinds)

struct trend {
	size_t kind;
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
bars_query(struct page *p, const struct trend *t, const char *key)
{
	sqlite3_stmt *stmt = page_query(p, kinds[t->kind].bars);
	sqlite3_bind_int64(stmt, 1, t->first_day);
	sqlite3_bind_int64(stmt, 2, t->days_per_bar);
	sqlite3_bind_text(stmt, 3, key, -1, SQLITE_TRANSIENT);
	return stmt;
}

static int64_t
peak_of(struct page *p, const struct trend *t, const char *key)
{
	int64_t peak = 1;
	sqlite3_stmt *stmt = bars_query(p, t, key);
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
	html_add(p->html,
		"<rect class=\"bar\" x=\"%s\" y=\"%s\" width=\"%s\" "
		"height=\"%s\"><title>%s: %jd</title></rect>\n",
		number[0], number[1], number[2], number[3],
		day_name(t->first_day + bar * t->days_per_bar, from),
		(intmax_t)attempts);
}

static void
add_strip(struct page *p, const struct trend *t, sqlite3_stmt *row, int bottom)
{
	const char *key = page_text(row, 0);
	int64_t total = sqlite3_column_int64(row, 2);
	int64_t peak = peak_of(p, t, key);
	html_add(p->html,
		"<text x=\"0\" y=\"%d\">%s</text>\n"
		"<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
		"y2=\"%d\"/>\n"
		"<text class=\"faint\" x=\"%d\" y=\"%d\">%jd, peak "
		"%jd</text>\n",
		bottom - 6, page_text(row, 1), LABEL_WIDTH,
		LABEL_WIDTH + BARS_WIDTH, bottom, bottom,
		LABEL_WIDTH + BARS_WIDTH + 12, bottom - 6, (intmax_t)total,
		(intmax_t)peak);
	sqlite3_stmt *stmt = bars_query(p, t, key);
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
	html_add(p->html, "<text class=\"faint\" x=\"%d\" y=\"%d\">%s</text>\n",
		LABEL_WIDTH, bottom, day_name(t->first_day, first));
	if (t->bars == 1)
		return;
	int right = LABEL_WIDTH + (int)((double)t->bars * t->bar_width);
	html_add(p->html,
		"<text class=\"faint\" x=\"%d\" y=\"%d\" "
		"text-anchor=\"end\">%s</text>\n",
		right, bottom, day_name(end, last));
}

static void
add_kind(struct page *p, const struct trend *t)
{
	int64_t all = page_number(p, kinds[t->kind].count);
	int64_t strips = all < STRIPS_MAX ? all : STRIPS_MAX;
	if (strips == 0)
		return;
	html_add(p->html, "<h3>%s</h3>\n", kinds[t->kind].title);
	if (all > strips)
		html_add(p->html,
			"<p class=\"faint\">The first %jd of %jd; all are in "
			"the view %s of index.sqlite.</p>\n",
			(intmax_t)strips, (intmax_t)all, kinds[t->kind].view);
	html_add(p->html,
		"<div class=\"scroll\"><svg viewBox=\"0 0 %d %jd\" "
		"role=\"img\" aria-label=\"%s, over time; the figures are in "
		"the view %s of index.sqlite\">\n",
		WIDTH, (intmax_t)(strips * STRIP_HEIGHT + 20),
		kinds[t->kind].title, kinds[t->kind].view);
	int bottom = 0;
	sqlite3_stmt *stmt = page_query(p, kinds[t->kind].list);
	while (page_next(p, stmt))
		if (strips-- > 0)
			add_strip(p, t, stmt, bottom += STRIP_HEIGHT);
	add_axis(p, t, bottom + 16);
	html_add(p->html, "</svg></div>\n");
}

void
page_trend(struct page *p)
{
	struct trend t = {
		.first_day = page_number(p, "SELECT min(day) FROM day_count")};
	if (page_number(p, "SELECT count(*) FROM day_count") == 0)
		return;
	int64_t days = page_number(p, "SELECT max(day) FROM day_count") -
		t.first_day + 1;
	t.days_per_bar = (days + BARS_MAX - 1) / BARS_MAX;
	t.bars = (days + t.days_per_bar - 1) / t.days_per_bar;
	t.bar_width = (double)BARS_WIDTH / (double)t.bars;
	if (t.bar_width > BAR_WIDTH_MAX)
		t.bar_width = BAR_WIDTH_MAX;
	html_add(p->html,
		"<section id=\"trend\">\n<h2>Attempts over time</h2>\n"
		"<p class=\"faint\">By the day (UTC) of the first SYN, %jd "
		"day(s) a bar; every strip has its own scale.</p>\n",
		(intmax_t)t.days_per_bar);
	for (t.kind = 0; t.kind < KINDS; t.kind++)
		add_kind(p, &t);
	html_add(p->html, "</section>\n");
}
