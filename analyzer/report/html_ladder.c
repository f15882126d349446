/*
 * The ladder as a picture: a line for each vantage, an arrow for each copy of a
 * segment, a cross where it vanished. Time runs down; long pauses are shortened
 * and say how long they were. Frame numbers stand at the ends, where Wireshark
 * finds them.
 *
 * Texts are ordinary SVG text in reading order, so that a screen reader tells
 * the same story. Markup is terse: the page holds hundreds of these.
 *
 *	           client              server
 *	+0.000 s      |  SYN              |
 *	          #12 | ----------------> | #31
 *	+1.003 s      |  SYN, repeat 1    |
 *	          #13 | -------X lost     |
 *	              |  3.1 s later      |
 */
#include "report/html.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "report/ladder.h"

/* In the picture's own units. */
enum {
	LEFT = 190,      /* the first line */
	RIGHT = 120,     /* room beyond the last */
	SPAN_TWO = 410,  /* between two lines, when there are two */
	SPAN_MORE = 280, /* when there are more */
	HEAD = 42,
	RUNG = 34,
	PAUSE = 24,
	SLANT = 6,
};

/* A silence that is drawn as a pause. */
#define PAUSE_NS (20 * NS_PER_MS)

/* The line of column c; two columns are set wider apart, as most attempts have
 * two and their words want room. */
static int
column_x(const struct ladder *l, int c)
{
	return LEFT + c * (l->column_count == 2 ? SPAN_TWO : SPAN_MORE);
}

/* "+1.003 s", "-0.000021 s": three decimals, six below a millisecond. */
static void
after_format(int64_t ns, char text[32])
{
	uint64_t us = (ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) / 1000;
	const char *sign = ns < 0 && us > 0 ? "-" : "+";
	if (us > 0 && us < 1000)
		snprintf(text, 32, "%s0.%06" PRIu64 " s", sign, us);
	else
		snprintf(text, 32, "%s%" PRIu64 ".%03" PRIu64 " s", sign,
			us / 1000000, us % 1000000 / 1000);
}

/* Is rung i drawn below a pause? Rungs are in the order of time. */
static bool
pause_before(const struct ladder *l, int i)
{
	const struct ladder_rung *g = &l->rungs[i];
	return i > 0 && clock_sub(g->after_ns, (g - 1)->after_ns) >= PAUSE_NS;
}

/* Of the whole picture, as html_ladder adds it up while it draws. */
static int
height(const struct ladder *l)
{
	int y = HEAD + 14 + l->rung_count * RUNG;
	for (int i = 0; i < l->rung_count; i++)
		y += pause_before(l, i) ? PAUSE : 0;
	return y;
}

/* The vertical lines, one for each vantage; an end that nobody captured has a
 * broken one. */
static void
write_columns(struct page *page, const struct ladder *l, int bottom)
{
	for (int c = 0; c < l->column_count; c++) {
		int x = column_x(l, c);
		html_add(page->html,
			"<text class=\"h\" x=\"%d\" y=\"16\">%s</text>"
			"<path class=\"l%s\" d=\"M%d 26V%d\"/>",
			x, l->columns[c].name,
			l->columns[c].vantage < 0 ? " o" : "", x, bottom);
		if (l->columns[c].vantage < 0)
			html_add(page->html,
				"<text class=\"h f\" x=\"%d\" y=\"30\">not "
				"captured</text>",
				x);
	}
	html_add(page->html, "\n");
}

/* The number of the frame, as Wireshark shows it for that file. */
static void
write_frame(struct page *page, const struct ladder *l,
	const struct ladder_rung *g, int c, int y)
{
	int64_t frame = g->dots[c].frame;
	if (frame <= 0)
		return;
	report_frame_file(page->r, l->columns[c].vantage, &frame);
	/* Beside the outer lines; above the arrow at those between. */
	bool left = c == 0, between = c > 0 && c < l->column_count - 1;
	html_add(page->html,
		"<text class=\"f%s\" x=\"%d\" y=\"%d\">#%jd</text>",
		left ? " e" : "", column_x(l, c) + (left ? -9 : 9),
		y + (between ? -5 : 4), (intmax_t)frame);
}

/* Where the rung is at column c: it falls a little on its way. */
static int
slope(const struct ladder *l, const struct ladder_rung *g, int c, int y)
{
	int n = l->column_count - 1;
	int steps = g->to_server ? c : n - c;
	return y + (n > 0 ? SLANT * steps / n : 0);
}

/* A line with a head, in one path. */
static void
write_arrow(
	struct page *page, int x1, int y1, int x2, int y2, const char *class)
{
	int back = x2 > x1 ? -8 : 8;
	html_add(page->html,
		"<path class=\"%s\" d=\"M%d %dL%d %dm%d -5l%d 5l%d 5\"/>",
		class, x1, y1, x2, y2, back, -back, back);
}

/* The end of a rung that did not arrive. */
static void
write_end(struct page *page, const struct ladder *l,
	const struct ladder_rung *g, int from, int y)
{
	int to = ladder_towards(l, g);
	int x1 = column_x(l, from), xl = column_x(l, g->last);
	/* Where a copy vanished nobody knows: it ends short of the middle,
	 * nearer to who saw it. */
	int x2 = xl + (column_x(l, to) - xl) * 2 / 5;
	int dir = g->to_server ? 1 : -1;
	bool lost = g->fate == LADDER_LOST;
	if (g->fate == LADDER_UNCAPTURED) {
		write_arrow(page, x1, slope(l, g, from, y), column_x(l, to),
			slope(l, g, to, y), "a d");
		return;
	}
	html_add(page->html, "<path class=\"a%s\" d=\"M%d %dL%d %d\"/>",
		lost ? " x" : " d", x1, slope(l, g, from, y), x2 - 8 * dir,
		y + 2);
	if (lost)
		html_add(page->html,
			"<path class=\"k\" d=\"M%d %dl12 12m0 -12l-12 "
			"12\"/>",
			x2 - 6, y - 4);
	html_add(page->html,
		"<text class=\"%s%s\" x=\"%d\" y=\"%d\">%s%s</text>",
		lost ? "b" : "f", g->to_server ? "" : " e", x2 + 12 * dir,
		y + 8, lost ? "lost: not at " : "? not seen at ",
		l->columns[to].name);
}

/* A segment that nobody saw leave: it begins on the way. */
static int
write_stray(struct page *page, const struct ladder *l,
	const struct ladder_rung *g, const struct report_attempt *a, int y)
{
	int origin = g->to_server ? 0 : l->column_count - 1;
	int before = g->start + (g->to_server ? -1 : 1);
	int x = (column_x(l, g->start) + column_x(l, before)) / 2;
	const char *name = l->columns[origin].name;
	html_add(page->html,
		"<circle class=\"q\" cx=\"%d\" cy=\"%d\" r=\"4\"/>", x, y + 3);
	if (l->columns[origin].vantage < 0)
		return x;
	html_add(page->html, "<text class=\"%s%s\" x=\"%d\" y=\"%d\">",
		g->stray_sure ? "b" : "f", g->to_server ? " e" : "",
		x + (g->to_server ? -10 : 10), y + 7);
	if (strcmp(g->word, "ICMP error") == 0 && a->icmp_sender)
		html_add(page->html, "from %s</text>", a->icmp_sender);
	else
		html_add(page->html, "%s %s</text>",
			g->stray_sure ? "not sent by" : "? not seen at", name);
	return x;
}

/* The word stands above the arrow, at the end it comes from. */
static void
write_label(struct page *page, const struct ladder_rung *g, int x, int y)
{
	html_add(page->html, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s",
		g->to_server ? "" : "e", x + (g->to_server ? 12 : -12), y - 5,
		g->word);
	if (g->repeat > 0)
		html_add(page->html, ", repeat %d", g->repeat);
	html_add(page->html, "</text>");
}

/* A whole rung; it arrives, vanishes, or begins on the way. */
static void
write_rung(struct page *page, const struct ladder *l,
	const struct ladder_rung *g, const struct report_attempt *a, int y)
{
	char after[32];
	int origin = g->to_server ? 0 : l->column_count - 1;
	/* Its origin is an end that nobody captured, so that it began there is
	 * likely and drawn broken. */
	bool ghost = g->start != origin && l->columns[origin].vantage < 0;
	after_format(g->after_ns, after);
	html_add(page->html, "<text class=\"w\" x=\"0\" y=\"%d\">%s</text>",
		y + 4, after);
	int x1 = column_x(l, ghost ? origin : g->start);
	if (g->start != origin && !ghost)
		x1 = write_stray(page, l, g, a, y);
	write_label(page, g, x1, y);
	int ys = slope(l, g, ghost ? origin : g->start, y);
	if (g->last != g->start || ghost || x1 != column_x(l, g->start))
		write_arrow(page, x1, x1 == column_x(l, g->start) ? ys : y + 3,
			column_x(l, g->last), slope(l, g, g->last, y),
			ghost ? "a d" : "a");
	if (g->fate != LADDER_ARRIVED)
		write_end(page, l, g, g->last, y);
	for (int c = 0; c < l->column_count; c++)
		if (g->dots[c].seen)
			write_frame(page, l, g, c, slope(l, g, c, y));
	if (g->dropped) {
		int end = g->to_server ? l->column_count - 1 : 0;
		int x = column_x(l, end), ye = slope(l, g, end, y);
		html_add(page->html,
			"<path class=\"k\" d=\"M%d %dl12 12m0 -12l-12 "
			"12\"/><text class=\"b%s\" x=\"%d\" y=\"%d\">dropped "
			"here</text>",
			x - 6, ye - 6, end == 0 ? " e" : "",
			x + (end == 0 ? -12 : 12), ye + 19);
	}
	html_add(page->html, "\n");
}

/* A gap in the lines where time is left out, with how long it was. */
static void
write_pause(struct page *page, const struct ladder *l, int i, int y)
{
	char span[CLOCK_TEXT_MAX];
	html_add(page->html,
		"<text class=\"w i\" x=\"0\" y=\"%d\">%s later</text>", y - 9,
		clock_span(clock_sub(l->rungs[i].after_ns,
				   l->rungs[i - 1].after_ns),
			span));
	for (int c = 0; c < l->column_count; c++)
		html_add(page->html,
			"<path class=\"z\" d=\"M%d %dv8\"/>"
			"<path class=\"l\" d=\"M%d %dl-5 4l10 0l-5 4\"/>",
			column_x(l, c), y - 16, column_x(l, c), y - 16);
	html_add(page->html, "\n");
}

/* What the picture does not show, and what it had to assume. */
static void
write_notes(struct page *page, const struct ladder *l)
{
	if (l->more > 0)
		html_add(page->html,
			"<p class=\"faint\">%d further copies are not drawn."
			"</p>\n",
			l->more);
	if (l->unaligned)
		html_add(page->html,
			"<p class=\"faint\">The clocks could not be aligned: "
			"the columns were shifted so that the first segments "
			"meet.</p>\n");
}

/* Nothing where no capture shows anything of the attempt: a clean attempt's
 * sightings may not have been kept. */
void
html_ladder(struct page *page, const struct report_attempt *a)
{
	struct ladder l;
	ladder_read(page->r, a, &l);
	if (l.column_count == 0 || l.rung_count == 0)
		return;
	int width = column_x(&l, l.column_count - 1) + RIGHT;
	int bottom = height(&l);
	html_add(page->html,
		"<div class=\"scroll\"><svg class=\"ladder\" viewBox=\"0 0 %d "
		"%d\" width=\"%d\" height=\"%d\" role=\"group\" "
		"aria-label=\"Segments of attempt %jd\">\n",
		width, bottom, width, bottom, (intmax_t)a->id);
	write_columns(page, &l, bottom - 4);
	int y = HEAD + 6;
	for (int i = 0; i < l.rung_count; i++) {
		if (pause_before(&l, i)) {
			y += PAUSE;
			write_pause(page, &l, i, y);
		}
		write_rung(page, &l, &l.rungs[i], a, y + 8);
		y += RUNG;
	}
	html_add(page->html, "</svg></div>\n");
	write_notes(page, &l);
}
