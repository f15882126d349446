/*
 * /proc/net/softnet_stat: what each CPU took from its receive queue.
 *
 * spec: Linux 6.12 net/core/net-procfs.c softnet_seq_show(): hexadecimal, one
 * line per CPU that is online, no names.
 *
 *	processed dropped time_squeeze 0 0 0 0 0 0 received_rps flow_limit_count
 *	    backlog_len cpu input_qlen process_qlen
 *
 * Columns were added over time: 9 or 10 in Linux 2.6 and RHEL 6, 11 from 3.11,
 * 13 from 5.10 (with the CPU's number), 15 from 6.x. Before that the CPU's
 * number is taken to be the line's, which is wrong where CPUs are offline. The
 * ninth was cpu_collision and is 0 since 4.14.
 */
#include "parsers/host/formats.h"

#define COLUMNS_MIN 9
#define COLUMNS_MAX 32
#define DIGITS 8
/* Column of the CPU's own number, from 0. */
#define COLUMN_CPU 12

static const struct {
	const char *name; /* NULL: always 0, or not a counter */
	unsigned flags;
} columns[] = {
	{"processed", VALUE_HEX},
	{"dropped", VALUE_HEX},
	{"time_squeeze", VALUE_HEX},
	{NULL, 0},
	{NULL, 0},
	{NULL, 0},
	{NULL, 0},
	{NULL, 0},
	{"cpu_collision", VALUE_HEX},
	{"received_rps", VALUE_HEX},
	{"flow_limit_count", VALUE_HEX},
	{"backlog_len", VALUE_HEX | VALUE_GAUGE},
	{NULL, 0},
	{"input_qlen", VALUE_HEX | VALUE_GAUGE},
	{"process_qlen", VALUE_HEX | VALUE_GAUGE},
};

static bool
is_row(const struct view *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_hex(w[i], DIGITS))
			return false;
	return n >= COLUMNS_MIN;
}

static bool
is_softnet_line(struct view line)
{
	struct view w[COLUMNS_MAX];
	return is_row(w, words_split(line, w, COLUMNS_MAX));
}

/* The first line decides: tables of other files have a heading. */
enum host_match
softnet_recognise(struct view head)
{
	struct view line;
	while (line_next(&head, &line))
		if (view_trim(line).len > 0)
			return is_softnet_line(line) ? HOST_MATCH_YES
						     : HOST_MATCH_NO;
	return HOST_MATCH_NO;
}

static void
row_read(struct host_run *r, const struct view *w, size_t n, int64_t cpu)
{
	if (n > COLUMN_CPU)
		number_read(w[COLUMN_CPU], 16, &cpu);
	scratch_clear(&r->scope);
	scratch_adds(&r->scope, "cpu");
	scratch_add_number(&r->scope, (uint64_t)cpu);
	for (size_t i = 0; i < n && i < sizeof columns / sizeof columns[0]; i++)
		if (columns[i].name != NULL)
			emit_value(r, scratch_view(&r->scope),
				view_str(columns[i].name), w[i],
				columns[i].flags);
}

void
softnet_parse(struct host_run *r)
{
	struct view w[COLUMNS_MAX];
	int64_t cpu = 0;
	size_t columns_above = 0;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		size_t n = words_split(r->line, w, COLUMNS_MAX);
		/* Without its end a line is whole if it is as long as others:
		   else the column with the CPU's number may be missing. */
		if (!is_row(w, n) ||
			(run_line_is_cut(r) && n != columns_above)) {
			run_malformed(r);
			continue;
		}
		row_read(r, w, n, cpu++);
		columns_above = n;
		run_claim(r);
	}
}
