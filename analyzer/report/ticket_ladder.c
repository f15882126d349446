/*
 * The ladder of one attempt in characters, for a block of code. Its rungs are
 * those of the page (ladder.h); costs what reading them costs.
 *
 *	             client                               server
 *	+0.000 s     |-- SYN ---------------------------->|  client #117  server #117
 *	+1.028 s     |-- SYN, repeat 1 -------- X lost    |  client #121
 *
 * > and < are arrivals, X what was lost, ? what nobody can tell; o is where a
 * copy begins that nobody saw leave.
 */
#include "report/ticket_markup.h"

#include <inttypes.h>
#include <string.h>

#include "report/ladder.h"

/* Columns of the ladder in characters. */
enum { TIME_WIDTH = 13, COLUMN_WIDTH = 38 };

/* Put text into the line at a place, if it fits there whole. */
static void
fill(char *line, size_t at, const char *text)
{
	if (at >= WORDS_MAX || strlen(text) >= WORDS_MAX - at)
		return;
	for (; *text != '\0'; text++)
		line[at++] = *text;
}

/* One rung as a line of characters: "|--SYN--------x lost   |". */
static void
write_rung(
	struct ticket *m, const struct ladder *l, const struct ladder_rung *g)
{
	char line[WORDS_MAX], word[64];
	size_t width =
		TIME_WIDTH + (size_t)(l->column_count - 1) * COLUMN_WIDTH;
	memset(line, ' ', sizeof line);
	int64_t us = g->after_ns / 1000;
	snprintf(word, sizeof word, "%+" PRId64 ".%03d s", us / 1000000,
		(int)(us < 0 ? -us : us) % 1000000 / 1000);
	fill(line, 0, word);
	int end = g->fate == LADDER_ARRIVED ? g->last : ladder_towards(l, g);
	size_t begin = TIME_WIDTH + (size_t)g->start * COLUMN_WIDTH;
	size_t stop = TIME_WIDTH + (size_t)end * COLUMN_WIDTH;
	/* What nobody saw leave begins on the way. */
	if (g->stray)
		begin += g->to_server ? -COLUMN_WIDTH / 2 : COLUMN_WIDTH / 2;
	size_t from = begin < stop ? begin : stop;
	size_t to = begin < stop ? stop : begin;
	memset(line + from, '-', to - from);
	for (int c = 0; c < l->column_count; c++)
		line[TIME_WIDTH + c * COLUMN_WIDTH] = '|';
	snprintf(word, sizeof word, g->repeat > 0 ? " %s, repeat %d " : " %s ",
		g->word, g->repeat);
	fill(line, g->to_server ? from + 3 : to - 3 - strlen(word), word);
	if (g->stray)
		line[begin] = 'o';
	if (g->fate == LADDER_ARRIVED)
		line[g->to_server ? to - 1 : from + 1] =
			g->to_server ? '>' : '<';
	else
		fill(line, g->to_server ? to - 10 : from + 2,
			g->fate == LADDER_LOST ? " X lost " : " ? ");
	line[width + 1] = '\0';
	ticket_text(m, "%s", line);
	for (int c = 0; c < l->column_count; c++) {
		int64_t frame = g->dots[c].frame;
		if (frame > 0) {
			report_frame_file(m->r, l->columns[c].vantage, &frame);
			ticket_text(m, "  %s #%jd", l->columns[c].name,
				(intmax_t)frame);
		}
	}
	ticket_text(m, g->dropped ? "  dropped here" : "");
	ticket_mark(m, m->form->line_end);
}

/* Nothing where nobody kept what was seen of the attempt. Lines are bounded by
 * WORDS_MAX, which six columns fit in. */
void
ticket_ladder(struct ticket *m, const struct report_attempt *a)
{
	struct ladder l;
	char names[WORDS_MAX];
	ladder_read(m->r, a, &l);
	if (l.column_count == 0)
		return;
	ticket_code_begin(m);
	memset(names, ' ', sizeof names);
	for (int c = 0; c < l.column_count; c++) {
		char name[COLUMN_WIDTH];
		snprintf(name, sizeof name, "%s", l.columns[c].name);
		fill(names, TIME_WIDTH + (size_t)c * COLUMN_WIDTH, name);
	}
	names[TIME_WIDTH + l.column_count * COLUMN_WIDTH] = '\0';
	ticket_text(m, "%s", names);
	ticket_mark(m, m->form->line_end);
	for (int i = 0; i < l.rung_count; i++)
		write_rung(m, &l, &l.rungs[i]);
	ticket_code_end(m);
}
