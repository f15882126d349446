/*
 * Sockets counted by state: netstat or ss through awk, sort and uniq -c.
 *
 *	    128 SYN_RECV
 *	   4211 TIME_WAIT
 *
 *	SYN_RECV 128
 *
 * Told as levels, the state as ss spells it.
 */
#include "parsers/host/formats.h"

static bool
split(struct view line, struct view *state, struct view *number)
{
	struct view a = word_next(&line);
	struct view b = word_next(&line);
	if (word_next(&line).len > 0)
		return false;
	bool first = is_number(a);
	*state = state_read(first ? b : a);
	*number = first ? a : b;
	return state->len > 0 && is_number(*number);
}

static bool
is_count(struct view line)
{
	struct view state;
	struct view number;
	return split(line, &state, &number);
}

enum host_match
state_counts_recognise(struct view head)
{
	return head_has(head, is_count);
}

void
state_counts_parse(struct host_run *r)
{
	struct view state;
	struct view number;
	while (run_next_whole(r))
		if (split(r->line, &state, &number) &&
			emit_value(r, view_str(""), state, number, VALUE_GAUGE))
			run_claim(r);
}
