/*
 * The path picture: every vantage in path order, and between neighbours how many
 * copies of each handshake segment passed and how many were lost. At the hosts:
 * the attempts that ended there.
 *
 *	+--------+  SYN              16 passed  +--------+
 *	| client | -----------( 4 lost )------> | server |
 *	|        |  12 passed          SYN-ACK  |        |
 *	|        | <--------------------------- |( 2     |
 *	|        |  ACK              12 passed  |dropped)|
 *	+--------+ ---------------------------> +--------+
 *
 * Round brackets are plates with a count. A fourth row of plates, below the lanes,
 * is there only when attempts ended without a loss (a RST, an ICMP error).
 */
#include "report/html.h"

#include <string.h>

/* Coordinates of the picture, in its own units. */
enum {
	WIDTH = 1000,
	TOP = 46,
	LANE = 66,
	HOST_TWO = 190, /* width of a box, when there are two */
	HOST_MORE = 140,
};

/* Attempts that ended at a place, by lane; the last lane is for those in which
 * nothing was lost. */
struct endings {
	int64_t client[LEG_COUNT + 1];
	int64_t network; /* without a lost segment */
	int64_t server[LEG_COUNT + 1];
};

struct path {
	int boxes;
	int width; /* of a box */
	int height;
	int lanes;
	bool ghost_client, ghost_server; /* an end that nobody captured */
};

/* Places are texts of the rules: "server host", "network, client->server". */
static bool
place_is(const char *place, const char *begins)
{
	return strncmp(place, begins, strlen(begins)) == 0;
}

/* The lane of the segment that was missing; LEG_COUNT where none was, or one of
 * those behind the handshake. */
static int
lane_of(const char *segment)
{
	for (int k = 0; segment && k < LEG_COUNT; k++)
		if (strcmp(segment, overview_leg_words[k]) == 0)
			return k;
	return LEG_COUNT;
}

/* How many failed attempts ended where, by the segment that was missing. */
static void
endings_count(const struct report *r, struct endings *n)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		int lane = lane_of(v->segment);
		if (!v->place || v->failed == 0)
			continue;
		if (place_is(v->place, "client"))
			n->client[lane] += v->failed;
		/* Whatever stands at neither the client's end nor in the
		 * network is the server's: "server host", "server". */
		else if (!place_is(v->place, "network"))
			n->server[lane] += v->failed;
		else if (lane == LEG_COUNT)
			n->network += v->failed;
	}
}

/* Left edge of box i; the first and the last touch the edges of the picture. */
static int
box_x(const struct path *p, int i)
{
	return 1 + i * (WIDTH - 2 - p->width) / (p->boxes - 1);
}

/* The name in a box: a vantage's, or that of an end that nobody captured. */
static const char *
box_name(const struct page *page, const struct path *p, int i)
{
	if (i == 0 && p->ghost_client)
		return "client";
	if (i == p->boxes - 1 && p->ghost_server)
		return "server";
	int k = i - (p->ghost_client ? 1 : 0);
	size_t n = page->r->vantage_count;
	/* Beyond the bound the last box is the last vantage. */
	if (i == p->boxes - 1 && n > 0)
		return page->r->vantages[n - 1].name;
	return (size_t)k < n ? page->r->vantages[k].name : "?";
}

/* A place on the path; dashed where there was no capture. */
static void
write_box(struct page *page, const struct path *p, int i)
{
	bool ghost = (i == 0 && p->ghost_client) ||
		(i == p->boxes - 1 && p->ghost_server);
	int x = box_x(p, i);
	html_add(page->html,
		"<rect class=\"host%s\" x=\"%d\" y=\"6\" width=\"%d\" "
		"height=\"%d\" rx=\"10\"/>\n"
		"<text class=\"name\" x=\"%d\" y=\"32\" "
		"text-anchor=\"middle\">%s</text>\n",
		ghost ? " ghost" : "", x, p->width, p->height - 12,
		x + p->width / 2, box_name(page, p, i));
	if (ghost)
		html_add(page->html,
			"<text class=\"small\" x=\"%d\" y=\"52\" "
			"text-anchor=\"middle\">not captured</text>\n",
			x + p->width / 2);
}

/* A count on a plate, so that it is found at a glance; as wide as its words
 * need. */
static void
write_plate(struct page *page, int x, int y, int64_t count, const char *how)
{
	char number[WORDS_MAX];
	if (count == 0)
		return;
	words_number(count, number);
	int width = 30 + 9 * (int)(strlen(how) + strlen(number));
	html_add(page->html,
		"<rect class=\"plate\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"26\" rx=\"13\"/>\n<text class=\"lost\" x=\"%d\" "
		"y=\"%d\" text-anchor=\"middle\">%s %s</text>\n",
		x - width / 2, y - 13, width, x, y + 5, number, how);
}

/* A segment's arrow between two places, with how many passed, how many were
 * lost, and of how many nobody can tell. */
static void
write_leg(struct page *page, const struct path *p, int i, int lane, int y)
{
	bool to_server = lane != LEG_SYNACK;
	int left = box_x(p, i) + p->width + 6, right = box_x(p, i + 1) - 6;
	int tip = to_server ? right : left, back = to_server ? -9 : 9;
	char number[WORDS_MAX];
	html_add(page->html,
		"<path class=\"leg\" d=\"M%d %dH%dM%d %dl%d -6m0 12l%d "
		"-6\"/>\n<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n",
		left, y, right, tip, y, back, -back, to_server ? "" : "e",
		to_server ? left + 4 : right - 4, y - 9,
		overview_leg_words[lane]);
	int k = i - (p->ghost_client ? 1 : 0);
	if (p->ghost_client || p->ghost_server ||
		k + 1 >= page->overview->vantages)
		return;
	const struct overview_leg *l = &page->overview->legs[k][lane];
	html_add(page->html,
		"<text class=\"small%s\" x=\"%d\" y=\"%d\">%s passed</text>\n",
		to_server ? " e" : "", to_server ? right - 4 : left + 4, y - 9,
		words_number(l->passed, number));
	write_plate(page, (left + right) / 2, y, l->lost, "lost");
	if (l->unknown > 0)
		html_add(page->html,
			"<text class=\"small\" x=\"%d\" y=\"%d\" "
			"text-anchor=\"middle\">%s not captured further on"
			"</text>\n",
			(left + right) / 2, y + (l->lost > 0 ? 29 : 18),
			words_number(l->unknown, number));
}

/* A description for those who do not see the picture. */
static void
write_description(
	struct page *page, const struct path *p, const struct endings *n)
{
	html_add(page->html,
		"<title id=\"path-title\">Where the handshake broke</title>"
		"\n<desc id=\"path-text\">");
	for (int i = 0; i + 1 < page->overview->vantages; i++)
		for (int k = 0; k < LEG_COUNT; k++) {
			const struct overview_leg *l =
				&page->overview->legs[i][k];
			html_add(page->html,
				"%s between %s and %s: %jd passed, %jd lost. ",
				overview_leg_words[k], box_name(page, p, i),
				box_name(page, p, i + 1), (intmax_t)l->passed,
				(intmax_t)l->lost);
		}
	for (int k = 0; k < LEG_COUNT; k++) {
		int64_t dropped = k == LEG_SYNACK ? n->client[k] : n->server[k];
		html_add(page->html, "%s dropped by the %s in %jd attempt%s. ",
			overview_leg_words[k],
			k == LEG_SYNACK ? "client" : "server",
			(intmax_t)dropped, words_plural(dropped));
	}
	html_add(page->html,
		"Ended without a loss: by the client %jd, in the network "
		"%jd, by the server %jd.</desc>\n",
		(intmax_t)n->client[LEG_COUNT], (intmax_t)n->network,
		(intmax_t)n->server[LEG_COUNT]);
}

/* An arrow for each segment, from top to bottom as the handshake goes, and what
 * the hosts themselves dropped. */
static void
write_lanes(struct page *page, const struct path *p, const struct endings *n)
{
	int client = box_x(p, 0) + p->width / 2;
	int server = box_x(p, p->boxes - 1) + p->width / 2;
	for (int k = 0; k < p->lanes; k++) {
		int y = TOP + LANE / 2 + k * LANE;
		for (int i = 0; k < LEG_COUNT && i + 1 < p->boxes; i++)
			write_leg(page, p, i, k, y);
		const char *how = k < LEG_COUNT ? "dropped" : "ended here";
		write_plate(page, client, y, n->client[k], how);
		write_plate(page, server, y, n->server[k], how);
		if (k == LEG_COUNT) {
			write_plate(
				page, WIDTH / 2, y, n->network, "ended here");
			html_add(page->html,
				"<text class=\"small\" x=\"%d\" y=\"%d\">"
				"Without a loss</text>\n",
				box_x(p, 0) + p->width + 10, y + 5);
		}
	}
}

/* What ended at an end, in words. */
static void
write_endings(struct page *page, const int64_t ended[LEG_COUNT + 1])
{
	char number[WORDS_MAX];
	for (int k = 0; k <= LEG_COUNT; k++) {
		if (ended[k] == 0)
			continue;
		words_number(ended[k], number);
		if (k < LEG_COUNT)
			html_add(page->html,
				" <b class=\"bad\">%s %s dropped</b>", number,
				overview_leg_words[k]);
		else
			html_add(page->html,
				" <b class=\"bad\">%s ended here</b>", number);
	}
}

/* One segment between two neighbours: "SYN down 16 passed, 4 lost". */
static void
write_stack_leg(struct page *page, const struct path *p, int i, int lane)
{
	char number[WORDS_MAX];
	int k = i - (p->ghost_client ? 1 : 0);
	html_add(page->html, "<span>%s %s",
		lane == LEG_SYNACK ? "\xe2\x86\x91" : "\xe2\x86\x93",
		overview_leg_words[lane]);
	if (!p->ghost_client && !p->ghost_server &&
		k + 1 < page->overview->vantages) {
		const struct overview_leg *l = &page->overview->legs[k][lane];
		html_add(page->html, " %s passed",
			words_number(l->passed, number));
		if (l->lost > 0)
			html_add(page->html, ", <b class=\"bad\">%s lost</b>",
				words_number(l->lost, number));
		if (l->unknown > 0)
			html_add(page->html, ", %s not captured further on",
				words_number(l->unknown, number));
	}
	html_add(page->html, "</span>\n");
}

/* The same picture for a small screen: one below the other. */
static void
write_stack(struct page *page, const struct path *p, const struct endings *n)
{
	char number[WORDS_MAX];
	html_add(page->html, "<div class=\"path-stack\">\n");
	for (int i = 0; i < p->boxes; i++) {
		bool ghost = (i == 0 && p->ghost_client) ||
			(i == p->boxes - 1 && p->ghost_server);
		html_add(page->html, "<p class=\"stop\"><strong>%s</strong>%s",
			box_name(page, p, i), ghost ? " not captured" : "");
		if (i == 0)
			write_endings(page, n->client);
		if (i == p->boxes - 1)
			write_endings(page, n->server);
		html_add(page->html, "</p>\n");
		if (i == p->boxes - 1)
			break;
		html_add(page->html, "<p class=\"way\">");
		for (int k = 0; k < LEG_COUNT; k++)
			write_stack_leg(page, p, i, k);
		if (i == 0 && n->network > 0)
			html_add(page->html,
				"<span><b class=\"bad\">%s ended on the way"
				"</b></span>\n",
				words_number(n->network, number));
		html_add(page->html, "</p>\n");
	}
	html_add(page->html, "</div>\n");
}

/* The same figures for those who do not see the picture, or see a part of it
 * on a small screen. */
static void
write_table(struct page *page, const struct path *p)
{
	char number[3][WORDS_MAX];
	if (p->ghost_client || p->ghost_server)
		return;
	html_add(page->html,
		"<details><summary>The figures as a table</summary>\n");
	table_begin(page->html, "", "Path, table",
		"Segment|From|To|#Passed|#Lost|#Not captured further on");
	for (int k = 0; k < LEG_COUNT; k++)
		for (int i = 0; i + 1 < page->overview->vantages; i++) {
			const struct overview_leg *l =
				&page->overview->legs[i][k];
			bool back = k == LEG_SYNACK;
			html_add(page->html,
				"<tr><th scope=\"row\">%s</th><td>%s</td>"
				"<td>%s</td><td class=\"n\">%s</td>"
				"<td class=\"n\">%s</td><td class=\"n\">%s"
				"</td></tr>\n",
				overview_leg_words[k],
				box_name(page, p, back ? i + 1 : i),
				box_name(page, p, back ? i : i + 1),
				words_number(l->passed, number[0]),
				words_number(l->lost, number[1]),
				words_number(l->unknown, number[2]));
		}
	html_add(page->html, "</tbody>\n</table>\n</div>\n</details>\n");
}

/* What the numbers count: copies on the arrows, attempts in the boxes. */
static void
write_caption(struct page *page, const struct path *p)
{
	if (p->ghost_client || p->ghost_server)
		return;
	html_add(page->html,
		"<p class=\"faint\">Between the captures: copies of each "
		"segment, retransmissions included%s. At the hosts: failed "
		"attempts.</p>\n",
		page->overview->clean_passed || page->r->clean == 0
			? ""
			: "; the clean attempts are not among them");
}

/* With one capture the other end is drawn as a box that nobody captured:
 * server, unless the capture is the server's own. */
void
html_path(struct page *page)
{
	struct endings ended = {0};
	endings_count(page->r, &ended);
	struct path p = {.boxes = page->overview->vantages, .lanes = LEG_COUNT};
	if (p.boxes < 2) {
		p.ghost_client = p.boxes == 1 &&
			strcmp(page->r->vantages[0].name, "server") == 0;
		p.ghost_server = !p.ghost_client;
		p.boxes = 2;
	}
	p.width = p.boxes == 2 ? HOST_TWO : HOST_MORE;
	if (ended.client[LEG_COUNT] + ended.network + ended.server[LEG_COUNT])
		p.lanes++;
	p.height = TOP + p.lanes * LANE + 12;
	html_add(page->html,
		"<div class=\"scroll path-wide\" tabindex=\"0\" "
		"role=\"region\" aria-label=\"Path\">\n<svg class=\"path\" "
		"viewBox=\"0 0 %d "
		"%d\" role=\"img\" "
		"aria-labelledby=\"path-title path-text\">\n",
		WIDTH, p.height);
	write_description(page, &p, &ended);
	for (int i = 0; i < p.boxes; i++)
		write_box(page, &p, i);
	write_lanes(page, &p, &ended);
	html_add(page->html, "</svg>\n</div>\n");
	write_stack(page, &p, &ended);
	write_caption(page, &p);
	write_table(page, &p);
}
