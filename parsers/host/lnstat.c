/*
 * lnstat: the counters of /proc/net/stat as a table, their names broken over
 * several lines.
 *
 * spec: iproute2 6.1 misc/lnstat.c build_hdr_string(), print_line().
 *
 *	nf_connt|nf_connt|nf_connt|        <- the file, cut to the column's width
 *	 entries|insert_f|early_dr|
 *	        |   ailed|      op|
 *	   65536|       9|       0|
 *
 * The first row holds the totals; those behind it are differences by interval
 * and are read over.
 */
#include "parsers/host/formats.h"

#define COLUMNS_MAX 48
#define NAME_MAX_BYTES 40

struct table {
	char names[COLUMNS_MAX][NAME_MAX_BYTES];
	size_t lens[COLUMNS_MAX];
	size_t count;
	unsigned lines; /* of the heading */
	bool read;      /* its first row was */
};

static struct view
cell_next(struct view *rest)
{
	size_t end = view_find(*rest, "|");
	struct view cell = view_trim(view_first(*rest, end));
	*rest = end == TEXT_NOWHERE ? view_of(rest->data, 0)
				    : view_skip(*rest, end + 1);
	return cell;
}

static bool
is_row(struct view line)
{
	return view_ends(view_trim(line), "|");
}

static bool
is_numbers(struct view line)
{
	while (line.len > 0)
		if (!is_number(cell_next(&line)))
			return false;
	return true;
}

static bool
is_title(struct view line)
{
	static const char *const files[] = {
		"nf_conn", "arp_cac", "ndisc_c", "rt_cach", "ip_conn"};
	struct view first = view_trim(line);
	if (!is_row(line))
		return false;
	first = cell_next(&first);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (view_begins(first, files[i]))
			return true;
	return false;
}

enum host_match
lnstat_recognise(struct view head)
{
	return head_has(head, is_title);
}

static void
heading_read(struct view line, struct table *t)
{
	size_t i = 0;
	for (; line.len > 0 && i < COLUMNS_MAX; i++) {
		struct view cell = cell_next(&line);
		size_t room = NAME_MAX_BYTES - t->lens[i];
		size_t n = cell.len < room ? cell.len : room;
		memcpy(t->names[i] + t->lens[i], cell.data, n);
		t->lens[i] += n;
	}
	if (i > t->count)
		t->count = i;
	t->lines++;
}

static void
row_read(struct host_run *r, const struct table *t)
{
	struct view rest = view_trim(r->line);
	for (size_t i = 0; i < t->count && rest.len > 0; i++) {
		struct view cell = cell_next(&rest);
		emit_value(r, view_str(""), view_of(t->names[i], t->lens[i]),
			cell, VALUE_COUNTER);
	}
}

void
lnstat_parse(struct host_run *r)
{
	struct table t = {.count = 0};
	bool titled = false;
	while (run_next_whole(r)) {
		struct view line = view_trim(r->line);
		if (is_title(r->line)) {
			/* The heading is repeated every 20 rows. */
			bool read = t.read;
			t = (struct table){.read = read};
			titled = true;
		} else if (!titled || !is_row(r->line)) {
			continue;
		} else if (!is_numbers(line)) {
			heading_read(line, &t);
		} else if (!t.read) {
			row_read(r, &t);
			t.read = true;
		}
		run_claim(r);
	}
}
