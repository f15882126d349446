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
#include "store/select.h"

#define BARS_MAX 90
#define LABEL_WIDTH 230
#define BARS_WIDTH 560
#define WIDTH 920
/* Room for a date below each end of a single bar. */
#define BAR_WIDTH_MAX 80
#define STRIP_HEIGHT 34
#define BAR_HEIGHT 24
#define DAY_NS (86400 * NS_PER_S)

#define STRIPS_MAX 14

/* A strip, and a bar of it. */
#define STRIP(X)                \
	X(WORD, key, "key")     \
	X(WORD, label, "label") \
	X(INT, attempts, "attempts")
STORE_SELECT(strip, STRIP)

#define BAR(X)                                           \
	X(INT, at, "(day - :first_day) / :days_per_bar") \
	X(INT, attempts, "sum(attempts)")
STORE_SELECT(bar, BAR)

#define BARS(table, key)                                           \
	"SELECT 0" STORE_COLUMNS(BAR) " FROM " table " WHERE " key \
				      " = :key GROUP BY 2 ORDER BY 2"
/* Days from which on it is worse (change_point.h). */
#define MARK(X)                                          \
	X(INT, at, "(day - :first_day) / :days_per_bar") \
	X(WORD, what, "group_concat(DISTINCT change)")
STORE_SELECT(mark, MARK)
#define MARKS(key)                                             \
	"SELECT 0" STORE_COLUMNS(MARK) " FROM change_point"    \
				       " WHERE worse AND " key \
				       " = :key GROUP BY 2 ORDER BY 2"
#define STRIPS(query) "SELECT 0" STORE_COLUMNS(STRIP) " FROM (" query ")"

/* What is counted over time. */
static const struct {
	const char *title;
	const char *view; /* of index.sqlite, with all of it */
	const char *count;
	const char *list;   /* strips, most pressing first */
	const char *bars;   /* of the strip :key */
	const char *marked; /* of change_point: the strip :key's; NULL: none */
} kinds[] = {
	{"All attempts by verdict", "trend",
		"SELECT count(DISTINCT verdict) FROM trend",
		STRIPS("SELECT verdict AS key, verdict AS label,"
		       " sum(attempts) AS attempts FROM trend"
		       " GROUP BY verdict") " ORDER BY key = '" VERDICT_CLEAN
					    "', attempts DESC, key",
		BARS("trend", "verdict"), NULL},
	{"Failed and undetermined ones by cause", "cause_trend",
		"SELECT count(DISTINCT cause) FROM cause_trend",
		STRIPS("SELECT cause AS key,"
		       " iif(cause = '', 'no cause found', cause) AS label,"
		       " sum(attempts) AS attempts FROM cause_trend"
		       " GROUP BY cause") " ORDER BY key = '', attempts DESC, "
					  "key",
		BARS("cause_trend", "cause"), MARKS("cause")},
	{"Failed and undetermined ones by service", "service_trend",
		"SELECT count(DISTINCT " PAGE_SERVICE ") FROM service_trend",
		STRIPS("SELECT " PAGE_SERVICE " AS key, " PAGE_SERVICE
		       " AS label,"
		       " sum(attempts) AS attempts FROM service_trend"
		       " GROUP BY " PAGE_SERVICE) " ORDER BY attempts DESC, "
						  "key",
		BARS("service_trend", PAGE_SERVICE),
		MARKS("cause IS NULL AND " PAGE_SERVICE)},
};
/* One picture for each. */
#define KINDS (sizeof kinds / sizeof *kinds)

/* The axis that all strips of a picture share. Days are counted from 1970-01-01
 * (UTC); widths are in units of the picture's viewBox. */
struct trend {
	size_t kind;
	int64_t first_day;
	int64_t days_per_bar;
	int64_t bars;
	double bar_width;
};

/* A day as people write it, without the time of RFC 3339. */
static const char *
day_name(int64_t day, char text[CLOCK_TEXT_MAX])
{
	clock_format(day * DAY_NS, 0, text);
	text[10] = '\0'; /* the date of an RFC 3339 time */
	return text;
}

/* The bars or marks of one strip. Bars are asked for twice, for the peak and for the bars, which
 * costs less than keeping up to ninety of them for each strip. */
static sqlite3_stmt *
strip_query(
	struct page *p, const struct trend *t, const char *sql, const char *key)
{
	sqlite3_stmt *stmt = page_query(p, sql);
	page_bind_int(stmt, ":first_day", t->first_day);
	page_bind_int(stmt, ":days_per_bar", t->days_per_bar);
	page_bind_text(stmt, ":key", key);
	return stmt;
}

/* The highest bar of a strip, which its height stands for; 1 at least, to be
 * divided by. */
static int64_t
peak_of(struct page *p, const struct trend *t, const char *key)
{
	int64_t peak = 1;
	sqlite3_stmt *stmt = strip_query(p, t, kinds[t->kind].bars, key);
	while (page_next(p, stmt)) {
		struct bar b = bar_of(stmt);
		peak = b.attempts > peak ? b.attempts : peak;
	}
	return peak;
}

/* One bar and its tooltip. Numbers have two decimals: the page's size grows
 * with them, and no screen shows a third. */
static void
add_bar(struct page *p, const struct trend *t, struct bar bar, int64_t peak,
	int bottom)
{
	char from[CLOCK_TEXT_MAX];
	char number[4][32];
	/* At least one unit: a single attempt among thousands is seen. */
	double height =
		1 + (double)bar.attempts * (BAR_HEIGHT - 1) / (double)peak;
	double width = t->bar_width > 3 ? t->bar_width - 1 : t->bar_width;
	snprintf(number[0], sizeof number[0], "%.2f",
		LABEL_WIDTH + (double)bar.at * t->bar_width);
	snprintf(number[1], sizeof number[1], "%.2f", bottom - height);
	snprintf(number[2], sizeof number[2], "%.2f", width);
	snprintf(number[3], sizeof number[3], "%.2f", height);
	html_add(p->html,
		"<rect class=\"bar\" x=\"%s\" y=\"%s\" width=\"%s\" "
		"height=\"%s\"><title>%s: %jd</title></rect>\n",
		number[0], number[1], number[2], number[3],
		day_name(t->first_day + bar.at * t->days_per_bar, from),
		(intmax_t)bar.attempts);
}

/* A triangle above the bar from which on it is worse. */
static void
add_mark(struct page *p, const struct trend *t, struct mark mark, int bottom)
{
	char day[CLOCK_TEXT_MAX];
	char left[32];
	snprintf(left, sizeof left, "%.2f",
		LABEL_WIDTH + ((double)mark.at + 0.5) * t->bar_width - 5);
	html_add(p->html,
		"<path class=\"worse\" d=\"M%s %dh10l-5 7z\"><title>Worse from "
		"%s on (%s)</title></path>\n",
		left, bottom - BAR_HEIGHT - 8,
		day_name(t->first_day + mark.at * t->days_per_bar, day),
		mark.what);
}

/* Where it got worse; nothing on strips of which that is not asked. */
static void
add_marks(struct page *p, const struct trend *t, const char *key, int bottom)
{
	if (kinds[t->kind].marked == NULL)
		return;
	sqlite3_stmt *stmt = strip_query(p, t, kinds[t->kind].marked, key);
	while (page_next(p, stmt))
		add_mark(p, t, mark_of(stmt), bottom);
}

/* A strip: its name, its base line, what it sums up to, and its bars. The peak
 * is found first, by a query of its own: rows are not kept. */
static void
add_strip(struct page *p, const struct trend *t, struct strip strip, int bottom)
{
	int64_t peak = peak_of(p, t, strip.key);
	html_add(p->html,
		"<text x=\"0\" y=\"%d\">%s</text>\n"
		"<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
		"y2=\"%d\"/>\n"
		"<text class=\"faint\" x=\"%d\" y=\"%d\">%jd, peak "
		"%jd</text>\n",
		bottom - 6, strip.label, LABEL_WIDTH, LABEL_WIDTH + BARS_WIDTH,
		bottom, bottom, LABEL_WIDTH + BARS_WIDTH + 12, bottom - 6,
		(intmax_t)strip.attempts, (intmax_t)peak);
	sqlite3_stmt *stmt = strip_query(p, t, kinds[t->kind].bars, strip.key);
	while (page_next(p, stmt))
		add_bar(p, t, bar_of(stmt), peak, bottom);
	add_marks(p, t, strip.key, bottom);
}

/* The first and the last day below the bars; one day alone is written once. */
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

/* All strips of one kind, in one picture with one axis. A reader who cannot see
 * it is told where the figures are. */
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
			add_strip(p, t, strip_of(stmt), bottom += STRIP_HEIGHT);
	add_axis(p, t, bottom + 16);
	html_add(p->html, "</svg></div>\n");
}

void
page_trend(struct page *p)
{
	struct trend t = {
		.first_day = page_number(p, "SELECT min(day) FROM trend")};
	if (page_number(p, "SELECT count(*) FROM trend") == 0)
		return;
	int64_t days =
		page_number(p, "SELECT max(day) FROM trend") - t.first_day + 1;
	t.days_per_bar = (days + BARS_MAX - 1) / BARS_MAX;
	t.bars = (days + t.days_per_bar - 1) / t.days_per_bar;
	t.bar_width = (double)BARS_WIDTH / (double)t.bars;
	if (t.bar_width > BAR_WIDTH_MAX)
		t.bar_width = BAR_WIDTH_MAX;
	html_add(p->html,
		"<section id=\"trend\">\n<h2>Attempts over time</h2>\n"
		"<p class=\"faint\">By the day (UTC) of the first SYN, %jd "
		"day(s) a bar; every strip has its own scale. A triangle: more "
		"fail "
		"from that day on.</p>\n",
		(intmax_t)t.days_per_bar);
	for (t.kind = 0; t.kind < KINDS; t.kind++)
		add_kind(p, &t);
	html_add(p->html, "</section>\n");
}
