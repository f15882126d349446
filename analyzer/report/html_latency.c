/*
 * How long attempts took, over time, on a logarithmic axis: completed ones from
 * SYN to the end of the handshake, the others until they were over. Lost SYNs
 * show as bands at the retransmission times.
 *
 * Attempts are gathered in cells of time and latency, so the number of marks is
 * bounded; a mark is darker the more attempts it stands for.
 *
 *	100 s |                    SYN 7 at 63 s
 *	 10 s |        # #         SYN 4 at 7 s
 *	  1 s | #      #           SYN 2 at 1 s
 *	 ...  | ## ### ## # ##
 */
#include "report/html.h"

#include <math.h>

#include "base/clock.h"
#include "model/verdict.h"

enum {
	CELL_HEIGHT = 10, /* at least; few decades are drawn larger */
	HEIGHT_MIN = 240,
	ROWS_TOP = 8,
	NOTE_HEIGHT = 14,
	CELLS_MIN = 3 * OVERVIEW_PER_DECADE,
};

/* When a SYN is sent again for the first to the sixth time, in seconds after the
 * first one. cite: RFC 6298 section 2.1 (1 s) and 5.5 (doubled each time). */
static const int repeats_s[] = {1, 3, 7, 15, 31, 63};

struct extent {
	int low, high; /* cells that are drawn, both included */
	int height;    /* of a cell */
};

/* Attempts of one span of latency, over all times and classes. */
static int64_t
cell_sum(const struct overview *o, int cell)
{
	int64_t sum = 0;
	for (int b = 0; b < o->axis.bins; b++)
		for (int k = 0; k < CLASS_COUNT; k++)
			sum += o->latency[b][cell][k];
	return sum;
}

/* The part of the scale that is drawn: whole decades round what there is, and
 * never a single cell as high as the picture. */
static struct extent
extent_find(const struct overview *o)
{
	struct extent e = {OVERVIEW_CELLS, -1, CELL_HEIGHT};
	for (int cell = 0; cell < OVERVIEW_CELLS; cell++) {
		if (cell_sum(o, cell) == 0)
			continue;
		e.low = cell < e.low ? cell : e.low;
		e.high = cell;
	}
	/* Whole decades, so that the labels are round. */
	e.low -= e.low % OVERVIEW_PER_DECADE;
	e.high += OVERVIEW_PER_DECADE - 1 - e.high % OVERVIEW_PER_DECADE;
	/* A single decade would be drawn as a wall. */
	if (e.high >= e.low && e.high + 1 - e.low < CELLS_MIN) {
		e.high = e.low + CELLS_MIN - 1;
		if (e.high >= OVERVIEW_CELLS) {
			e.high = OVERVIEW_CELLS - 1;
			e.low = OVERVIEW_CELLS - CELLS_MIN;
		}
	}
	if (e.high >= e.low && (e.high - e.low + 1) * CELL_HEIGHT < HEIGHT_MIN)
		e.height = HEIGHT_MIN / (e.high - e.low + 1);
	return e;
}

/* Where a latency stands; the axis begins at the bottom. */
static int
latency_y(const struct extent *e, double us)
{
	double cells =
		log10(us / overview_cell_us(e->low)) * OVERVIEW_PER_DECADE;
	return ROWS_TOP +
		(int)lround((e->high + 1 - e->low - cells) * e->height);
}

/* Labels at the decades, and lines where a client repeats its SYN: times that
 * gather there are times that one lost copy made. */
static void
write_latency_axis(struct page *page, const struct extent *e)
{
	char span[CLOCK_TEXT_MAX];
	for (int cell = e->low; cell <= e->high + 1;
		cell += OVERVIEW_PER_DECADE) {
		double us = overview_cell_us(cell);
		int y = latency_y(e, us);
		html_add(page->html,
			"<path class=\"grid\" d=\"M%d %dH%d\"/>"
			"<text class=\"left\" x=\"%d\" y=\"%d\">%s</text>\n",
			AXIS_LEFT, y, AXIS_RIGHT, AXIS_LEFT - 10,
			cell == e->low ? y + 2 : y + 5,
			clock_span((int64_t)llround(us) * NS_PER_US, span));
	}
	int above = -99;
	for (size_t i = 0; i < sizeof repeats_s / sizeof repeats_s[0]; i++) {
		double us = repeats_s[i] * 1e6;
		if (us > overview_cell_us(e->high + 1) ||
			us < overview_cell_us(e->low))
			continue;
		int y = latency_y(e, us);
		html_add(page->html, "<path class=\"step\" d=\"M%d %dH%d\"/>",
			AXIS_LEFT, y, AXIS_RIGHT);
		if (above >= 0 && above - y < NOTE_HEIGHT)
			continue;
		/* Notes that would overlap are left out; their lines stay. */
		above = y;
		html_add(page->html,
			"<text class=\"note\" x=\"%d\" y=\"%d\">SYN %d at %d s"
			"</text>\n",
			AXIS_RIGHT + 8, y + 4, (int)i + 2, repeats_s[i]);
	}
}

/* The class of CSS that colours it. */
static const char *
class_word(int class)
{
	static const char *const words[CLASS_COUNT] = {
		"done", "slow", "failed", "open"};
	return words[class];
}

/* The same for people: the key, the table and the marks' titles. */
static const char *
class_text(int class)
{
	static const char *const texts[CLASS_COUNT] = {"completed at once",
		"completed, not at once", "failed", VERDICT_UNDETERMINED};
	return texts[class];
}

/* Three shades: one, a few, many. */
static const char *
shade(int64_t count)
{
	return count == 1 ? " s1" : count < 10 ? " s2" : "";
}

/* The class that most of a cell's attempts are of; *worst the worst of all that
 * are there. -1 when there is none. */
static int
cell_class(const struct overview *o, const int32_t *counts, int *worst)
{
	int most = -1;
	int64_t most_weight = 0;
	*worst = -1;
	for (int k = 0; k < CLASS_COUNT; k++) {
		/* A sampled clean attempt stands for sample_of of its kind. */
		int64_t weight =
			counts[k] * (k == CLASS_CLEAN ? o->sample_of : 1);
		if (weight > most_weight) {
			most_weight = weight;
			most = k;
		}
		*worst = counts[k] > 0 ? k : *worst;
	}
	return most;
}

/* What a cell holds, for a pointer and for a screen reader. */
static void
write_cell_title(struct page *page, int bin, int cell)
{
	const struct overview *o = page->overview;
	const int32_t *counts = o->latency[bin][cell];
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], at[AXIS_TIME_MAX];
	html_add(page->html, "<title>%s, %s to %s:",
		axis_time(
			&o->axis, o->axis.start_ns + bin * o->axis.step_ns, at),
		clock_span((int64_t)overview_cell_us(cell) * NS_PER_US, from),
		clock_span(
			(int64_t)overview_cell_us(cell + 1) * NS_PER_US, to));
	for (int k = 0, n = 0; k < CLASS_COUNT; k++)
		if (counts[k] > 0)
			html_add(page->html, "%s %jd %s", n++ ? "," : "",
				(intmax_t)counts[k], class_text(k));
	html_add(page->html, "</title>");
}

/* A mark of the commonest class; failures among others show as its foot. */
static void
write_cell(struct page *page, const struct extent *e, int bin, int cell)
{
	const struct overview *o = page->overview;
	const int32_t *counts = o->latency[bin][cell];
	int64_t sum = 0;
	int worst, most = cell_class(o, counts, &worst);
	if (most < 0)
		return;
	for (int k = 0; k < CLASS_COUNT; k++)
		sum += counts[k];
	int x = axis_x(&o->axis, bin),
	    width = axis_x(&o->axis, bin + 1) - x - 1;
	/* A single bin would be a wall. */
	width = width > 20 ? 20 : width < 2 ? 2 : width;
	int y = latency_y(e, overview_cell_us(cell + 1)) + 1;
	html_add(page->html,
		"<rect class=\"%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"%d\" rx=\"2\">",
		class_word(most), shade(sum), x, y, width, e->height - 1);
	write_cell_title(page, bin, cell);
	html_add(page->html, "</rect>");
	if (worst != most)
		html_add(page->html,
			"<rect class=\"%s foot\" x=\"%d\" y=\"%d\" "
			"width=\"%d\" height=\"3\"/>",
			class_word(worst), x, y + e->height - 4, width);
	html_add(page->html, "\n");
}

/* What the colours mean, of those that are used. */
static void
write_key(struct page *page)
{
	const struct overview *o = page->overview;
	html_add(page->html, "<p class=\"key\">");
	for (int k = 0; k < CLASS_COUNT; k++)
		if (o->latency_known[k] > 0)
			html_add(page->html,
				"<span><svg class=\"plot\" width=\"14\" "
				"height=\"14\" aria-hidden=\"true\"><rect "
				"class=\"%s\" y=\"2\" width=\"12\" "
				"height=\"10\" rx=\"2\"/></svg> %s</span> ",
				class_word(k), class_text(k));
	html_add(page->html, "</p>\n");
}

/* The same as figures, for whoever cannot see the picture or wants to add up.
 * */
static void
write_latency_table(struct page *page, const struct extent *e)
{
	const struct overview *o = page->overview;
	char from[CLOCK_TEXT_MAX];
	char columns[WORDS_MAX] = "Took from";
	for (int k = 0; k < CLASS_COUNT; k++)
		words_append(columns, "|#%s", class_text(k));
	html_add(page->html,
		"<details><summary>The figures as a table</summary>\n");
	table_begin(page->html, "", "Latency, table", columns);
	for (int cell = e->low; cell <= e->high; cell++) {
		if (cell_sum(o, cell) == 0)
			continue;
		html_add(page->html, "<tr><th scope=\"row\">%s</th>",
			clock_span((int64_t)overview_cell_us(cell) * NS_PER_US,
				from));
		for (int k = 0; k < CLASS_COUNT; k++) {
			int64_t sum = 0;
			for (int b = 0; b < o->axis.bins; b++)
				sum += o->latency[b][cell][k];
			html_add(page->html, "<td class=\"n\">%jd</td>",
				(intmax_t)sum);
		}
		html_add(page->html, "</tr>\n");
	}
	table_end(page->html);
	html_add(page->html, "</details>\n");
}

/* Nothing where no attempt's duration is known. */
void
html_latency(struct page *page)
{
	const struct overview *o = page->overview;
	struct extent e = extent_find(o);
	if (e.high < 0 || e.low > e.high)
		return;
	int bottom = latency_y(&e, overview_cell_us(e.low));
	html_add(page->html,
		"<h3>How long they took</h3>\n<p class=\"faint\">Completed "
		"ones until the handshake was done, the others until they were "
		"over. Dashed: when a SYN is sent again");
	if (o->latency_known[CLASS_CLEAN] > 0 && o->sample_of > 1)
		html_add(page->html,
			"; of those that completed at once, one in %jd is "
			"shown",
			(intmax_t)o->sample_of);
	html_add(page->html, ".</p>\n");
	write_key(page);
	html_add(page->html,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Latency\">\n<svg class=\"plot\" viewBox=\"0 0 "
		"%d %d\" role=\"group\" aria-label=\"How long attempts took, "
		"over time\">\n",
		AXIS_WIDTH, bottom + 30);
	axis_write(page->html, &page->overview->axis, ROWS_TOP, bottom);
	write_latency_axis(page, &e);
	for (int cell = e.low; cell <= e.high; cell++)
		for (int b = 0; b < o->axis.bins; b++)
			write_cell(page, &e, b, cell);
	html_add(page->html, "</svg>\n</div>\n");
	write_latency_table(page, &e);
}
