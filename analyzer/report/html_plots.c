/*
 * Attempts over time: a lane for each verdict, below them a lane for each kind
 * of log line and for what the counters say, all on one time axis.
 *
 * Small multiples instead of stacked colours: every lane has its name and its
 * number in words, so that the picture needs no key and no colour. Lanes of
 * attempts that did not complete share one scale.
 *
 *	syn-dropped-by-server  |      #  # #      |    4
 *	established            |# ## ## # # #  ## |   16
 *	conntrack-table-full   |      o  o o      |   10
 *	conntrack-S drop, cpu0 |==================|   +7
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

/* Characters of a scope beside a name; longer ones (rules of a packet filter)
 * show when pointed at. */
#define SCOPE_SHOWN 12

enum {
	LANE_HEIGHT = 34,
	BAR_MAX = 24,
	EVENT_LANES_MAX = 8,
	COUNTERS_MAX = 8,
	NAME_MAX = 34, /* characters of a name that fit left of the axis */
};

/* The highest bar, at least 1: bars are divided by it. */
static int64_t
peak_of(const struct overview *o, const struct overview_lane *l)
{
	int64_t peak = 1;
	for (int b = 0; b < o->axis.bins; b++)
		if (l->bins[b] > peak)
			peak = l->bins[b];
	return peak;
}

/* The scale of a lane: its own when it is of completed attempts, that of all
 * the others else. */
static int64_t
scale_of(const struct overview *o, const struct overview_lane *l)
{
	int64_t scale = 1;
	/* Completed attempts are many; on one scale with the failures these
	 * would vanish. */
	if (l->class == CLASS_SLOW)
		return peak_of(o, l);
	for (int i = 0; i < o->lane_count; i++)
		if (o->lanes[i].class != CLASS_SLOW &&
			peak_of(o, &o->lanes[i]) > scale)
			scale = peak_of(o, &o->lanes[i]);
	return scale;
}

/* The class of CSS that colours a bar. Clean and slow ones have one: their lanes'
 * names tell them apart. */
static const char *class_word(enum overview_class class)
{
	return class == CLASS_FAILED  ? "failed"
		: class == CLASS_OPEN ? "open"
				      : "done";
}

/* A name that fits; the whole of it is the mark's title. */
static void
write_name(struct page *page, const char *name, int y)
{
	char cut[NAME_MAX + 8];
	size_t len = strlen(name), keep = utf8_cut(name, len, NAME_MAX);
	memcpy(cut, name, keep);
	memcpy(cut + keep, keep < len ? "..." : "", keep < len ? 4 : 1);
	html_add(page->html,
		"<text class=\"lane\" x=\"0\" y=\"%d\">%s<title>%s</title>"
		"</text>",
		y, cut, name);
}

/* Bars over time. A single attempt among thousands keeps two units of height.
 * */
static void
write_bars(struct page *page, const struct overview_lane *l, int y)
{
	const struct overview *o = page->overview;
	int64_t scale = scale_of(o, l);
	char at[AXIS_TIME_MAX];
	for (int b = 0; b < o->axis.bins; b++) {
		if (l->bins[b] == 0)
			continue;
		int height = (int)(BAR_MAX * l->bins[b] / scale);
		/* Less would be a line that nobody takes for a bar. */
		if (height < 2)
			height = 2;
		int x = axis_x(&o->axis, b),
		    width = axis_x(&o->axis, b + 1) - x - 1;
		html_add(page->html,
			"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
			"height=\"%d\"><title>%s: %jd %s</title></rect>",
			class_word(l->class), x, y - height,
			width > 0 ? width : 1, height,
			axis_time(&o->axis,
				o->axis.start_ns + b * o->axis.step_ns, at),
			(intmax_t)l->bins[b], l->verdict);
	}
	html_add(page->html, "\n");
}

/* A verdict's strip: its name, its bars and its sum. */
static void
write_lane(struct page *page, const struct overview_lane *l, int y)
{
	char number[WORDS_MAX];
	html_add(page->html, "<path class=\"base\" d=\"M%d %dH%d\"/>",
		AXIS_LEFT, y, AXIS_RIGHT);
	write_name(page, l->verdict, y - 4);
	write_bars(page, l, y);
	html_add(page->html,
		"<text class=\"sum\" x=\"%d\" y=\"%d\">%s</text>\n", AXIS_WIDTH,
		y - 4, words_number(l->count, number));
}

/* Log lines of one name: a tick for each bin that has any. */
static void
write_event(struct page *page, const struct report_event *e, int y)
{
	const struct overview *o = page->overview;
	int64_t bins[AXIS_BINS_MAX] = {0};
	char at[AXIS_TIME_MAX], number[WORDS_MAX];
	struct report_event_time row;
	report_begin_text(page->r, QUERY_EVENT_TIMES, e->name);
	while (report_event_time_read(page->r, QUERY_EVENT_TIMES, &row)) {
		int b = axis_bin(&o->axis, row.at_ns);
		if (b >= 0)
			bins[b] += row.count;
	}
	write_name(page, e->name, y - 4);
	bool shown = false;
	for (int b = 0; b < o->axis.bins; b++)
		if (bins[b] > 0) {
			shown = true;
			html_add(page->html,
				"<circle class=\"event\" cx=\"%d\" cy=\"%d\" "
				"r=\"5\"><title>%s: %jd time%s %s</title>"
				"</circle>",
				(axis_x(&o->axis, b) +
					axis_x(&o->axis, b + 1)) /
					2,
				y - 8,
				axis_time(&o->axis,
					o->axis.start_ns + b * o->axis.step_ns,
					at),
				(intmax_t)bins[b], words_plural(bins[b]),
				e->name);
		}
	html_add(page->html,
		"<path class=\"base\" d=\"M%d %dH%d\"/>"
		"<text class=\"sum\" x=\"%d\" y=\"%d\">%s%s</text>\n",
		AXIS_LEFT, y, AXIS_RIGHT, AXIS_WIDTH, y - 4,
		e->at_least ? "at least " : "", words_number(e->count, number));
	if (!shown)
		html_add(page->html,
			"<text class=\"note\" x=\"%d\" y=\"%d\">%s</text>\n",
			AXIS_LEFT + 8, y - 4,
			e->first_ns == CLOCK_UNKNOWN_NS
				? "at times that are not known"
				: "at other times");
}

/* "conntrack-S drop, cpu0": where a name alone would stand there twice, or say
 * nothing. */
static const char *
counter_name(const struct report_counter *c, char text[WORDS_MAX])
{
	bool scoped = c->scope != NULL && c->scope[0] != '\0' &&
		strlen(c->scope) <= SCOPE_SHOWN;
	snprintf(text, WORDS_MAX, "%.60s %.200s%s%s", c->kind, c->name,
		scoped ? ", " : "", scoped ? c->scope : "");
	return text;
}

/* Between two snapshots of unknown moment: a band over the whole axis. */
static void
write_counter(struct page *page, const struct report_counter *c, int y)
{
	char number[WORDS_MAX], name[WORDS_MAX];
	write_name(page, counter_name(c, name), y - 4);
	html_add(page->html,
		"<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"8\" rx=\"4\"><title>%s %s %s, between the snapshots "
		"before and after (%s)</title></rect>"
		"<text class=\"sum\" x=\"%d\" y=\"%d\">+%s</text>\n",
		AXIS_LEFT, y - 12, AXIS_RIGHT - AXIS_LEFT, c->kind, c->scope,
		c->name, c->file, AXIS_WIDTH, y - 4,
		words_number(c->delta, number));
}

/* How many rows q has, at most max. */
static int
count_rows(struct page *page, enum report_query q, int max)
{
	int n = 0;
	report_begin(page->r, q);
	while (n < max && report_next(page->r, q))
		n++;
	report_begin(page->r, q);
	return n;
}

/* Verdicts, log events and counters above each other on one axis of time: what
 * went up together is seen to. */
static void
write_picture(struct page *page)
{
	struct report_event e;
	struct report_counter c;
	int events = count_rows(page, QUERY_EVENTS, EVENT_LANES_MAX);
	int counters = count_rows(page, QUERY_COUNTERS, COUNTERS_MAX);
	int lanes = page->overview->lane_count + events + counters;
	int bottom = lanes * LANE_HEIGHT + 6;
	html_add(page->html,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Attempts over time\">\n<svg class=\"plot\" "
		"viewBox=\"0 0 %d %d\" role=\"group\" aria-label=\"Attempts "
		"over time by verdict\">\n",
		AXIS_WIDTH, bottom + 30);
	axis_write(page->html, &page->overview->axis, 0, bottom);
	int y = LANE_HEIGHT;
	for (int i = 0; i < page->overview->lane_count; i++, y += LANE_HEIGHT)
		write_lane(page, &page->overview->lanes[i], y);
	report_begin(page->r, QUERY_EVENTS);
	for (int i = 0; i < events && report_event_next(page->r, &e);
		i++, y += LANE_HEIGHT)
		write_event(page, &e, y);
	report_begin(page->r, QUERY_COUNTERS);
	for (int i = 0; i < counters && report_counter_next(page->r, &c);
		i++, y += LANE_HEIGHT)
		write_counter(page, &c, y);
	html_add(page->html, "</svg>\n</div>\n");
}

/* The log lines and counters that are in the picture. */
static void
write_counts(struct page *page)
{
	struct report_event e;
	struct report_counter c;
	char number[WORDS_MAX], name[WORDS_MAX];
	int events = count_rows(page, QUERY_EVENTS, EVENT_LANES_MAX);
	int counters = count_rows(page, QUERY_COUNTERS, COUNTERS_MAX);
	if (events + counters == 0)
		return;
	table_begin(page->html, "", "Log lines and counters",
		"Log line or counter|#How many|From");
	for (int i = 0; i < events && report_event_next(page->r, &e); i++)
		html_add(page->html,
			"<tr><th scope=\"row\">%s</th><td class=\"n\">%s%s"
			"</td><td>logs</td></tr>\n",
			e.name, e.at_least ? "at least " : "",
			words_number(e.count, number));
	report_begin(page->r, QUERY_EVENTS);
	for (int i = 0; i < counters && report_counter_next(page->r, &c); i++)
		html_add(page->html,
			"<tr><th scope=\"row\">%s</th><td class=\"n\">+%s"
			"</td><td><bdi>%s</bdi></td></tr>\n",
			counter_name(&c, name), words_number(c.delta, number),
			c.file);
	report_begin(page->r, QUERY_COUNTERS);
	table_end(page->html);
}

/* The same figures as a table, a row for each bin that has any. */
static void
write_table(struct page *page)
{
	const struct overview *o = page->overview;
	char at[AXIS_TIME_MAX];
	html_add(page->html,
		"<details><summary>The figures as a table</summary>\n"
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Attempts over time, table\"><table>\n"
		"<thead><tr><th scope=\"col\">From</th>");
	for (int i = 0; i < o->lane_count; i++)
		html_add(page->html, "<th scope=\"col\" class=\"n\">%s</th>",
			o->lanes[i].verdict);
	html_add(page->html, "</tr></thead>\n<tbody>\n");
	for (int b = 0; b < o->axis.bins; b++) {
		int64_t sum = 0;
		for (int i = 0; i < o->lane_count; i++)
			sum += o->lanes[i].bins[b];
		if (sum == 0)
			continue;
		html_add(page->html, "<tr><th scope=\"row\">%s</th>",
			axis_time(&o->axis,
				o->axis.start_ns + b * o->axis.step_ns, at));
		for (int i = 0; i < o->lane_count; i++)
			html_add(page->html, "<td class=\"n\">%jd</td>",
				(intmax_t)o->lanes[i].bins[b]);
		html_add(page->html, "</tr>\n");
	}
	table_end(page->html);
	write_counts(page);
	html_add(page->html, "</details>\n");
}

/* The pictures stand for all attempts: counts per time are exact (overview.h).
 * */
void
html_when(struct page *page)
{
	char day[CLOCK_TEXT_MAX], span[CLOCK_TEXT_MAX];
	const struct overview *o = page->overview;
	if (page->r->attempts == 0) {
		html_add(page->html, "<p>No attempt, no picture.</p>\n");
		return;
	}
	clock_format(o->axis.start_ns, 0, day);
	html_add(page->html,
		"<h3>Attempts by verdict</h3>\n<p class=\"faint\">By the time "
		"of the first SYN, from %s on; each bar is %s. At the right, "
		"how many in all.</p>\n",
		day, clock_span(o->axis.step_ns, span));
	write_picture(page);
	write_table(page);
	html_latency(page);
}
