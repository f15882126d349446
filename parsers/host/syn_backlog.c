/*
 * tcpsynbl: how full the SYN queues of listeners were as SYNs came.
 *
 * spec: iovisor/bcc tools/tcpsynbl.py and tcpsynbl_example.txt; bpftrace
 * tools/tcpsynbl.bt.
 *
 *	backlog_max = 128
 *	     backlog             : count     distribution
 *	       128 -> 255        : 12       |****                    |
 *
 *	@backlog[backlog limit 128]:                          <- bpftrace
 *	[0]                 2102 |@@@@@@@@@@@@@@@@@@@@|
 *
 * Told are the SYNs that found the queue full: "syns_at_limit", with the limit as
 * scope; and, "syns", all of that limit. Only SYNs while the tool ran count.
 */
#include "parsers/host/formats.h"

struct histogram {
	int64_t limit; /* -1 before the first */
	int64_t all;
	int64_t full;
	struct view text; /* of the limit */
};

static bool
limit_read(struct view line, struct view *limit)
{
	struct view text = view_trim(line);
	if (view_begins(text, "backlog_max = ")) {
		*limit = view_trim(view_skip(text, strlen("backlog_max = ")));
		return is_number(*limit);
	}
	if (!view_begins(text, "@backlog["))
		return false;
	*limit = view_between(text, "[", "]");
	size_t blank = view_find_last(*limit, ' ');
	if (blank != TEXT_NOWHERE)
		*limit = view_skip(*limit, blank + 1);
	return is_number(*limit);
}

static bool
is_syn_backlog_line(struct view line)
{
	struct view limit;
	return limit_read(line, &limit);
}

enum host_match
syn_backlog_recognise(struct view head)
{
	return head_has(head, is_syn_backlog_line);
}

/* "128 -> 255 : 12 |", "[128, 256)  12 |", "[0]  2102 |" */
static bool
row_read(struct view line, int64_t *low, int64_t *count)
{
	size_t bar = view_find(line, "|");
	struct view text = view_trim(view_first(line, bar));
	struct view rest = text;
	struct view word = word_next(&rest);
	if (bar == TEXT_NOWHERE || word.len == 0)
		return false;
	if (view_begins(word, "["))
		word = view_skip(word, 1);
	while (word.len > 0 && byte_among(word.data[word.len - 1], ",])"))
		word.len--;
	size_t blank = view_find_last(text, ' ');
	return number_read(word, 10, low) == NUMBER_GOOD &&
		blank != TEXT_NOWHERE &&
		number_read(view_skip(text, blank + 1), 10, count) ==
		NUMBER_GOOD &&
		*low >= 0 && *count >= 0;
}

static void
histogram_tell(struct host_run *r, struct histogram *h)
{
	if (h->limit < 0)
		return;
	emit_counter(r, h->text, view_str("syns"), h->all, true);
	emit_counter(r, h->text, view_str("syns_at_limit"), h->full, true);
}

void
syn_backlog_parse(struct host_run *r)
{
	struct histogram h = {.limit = -1};
	struct view limit;
	int64_t low = 0;
	int64_t count = 0;
	while (run_next_whole(r)) {
		if (limit_read(r->line, &limit)) {
			histogram_tell(r, &h);
			h = (struct histogram){.text = limit};
			if (number_read(limit, 10, &h.limit) != NUMBER_GOOD)
				h.limit = -1;
		} else if (row_read(r->line, &low, &count)) {
			if (__builtin_add_overflow(h.all, count, &h.all))
				h.all = INT64_MAX;
			if (low >= h.limit &&
				__builtin_add_overflow(h.full, count, &h.full))
				h.full = INT64_MAX;
		} else if (!view_has(r->line, "distribution") &&
			!view_begins(r->line, "Tracing ") &&
			!view_begins(r->line, "Attaching ")) {
			continue;
		}
		run_claim(r);
	}
	histogram_tell(r, &h);
}
