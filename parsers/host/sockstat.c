/*
 * /proc/net/sockstat and sockstat6: totals of sockets. All are levels.
 *
 * spec: Linux 6.12 net/ipv4/proc.c sockstat_seq_show(), net/ipv6/proc.c.
 *
 *	sockets: used 229
 *	TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1        <- mem in pages
 *
 * The scope is the protocol, the name the word: ("TCP", "tw").
 */
#include "parsers/host/formats.h"

static bool
is_sockstat_line(struct view line)
{
	return view_begins(line, "sockets: used ") ||
		view_begins(line, "TCP: inuse ") ||
		view_begins(line, "TCP6: inuse ");
}

enum host_match
sockstat_recognise(struct view head)
{
	return head_has(head, is_sockstat_line);
}

void
sockstat_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		struct view scope = word_next(&rest);
		if (run_blank(r))
			continue;
		if (!view_ends(scope, ":")) {
			run_malformed(r);
			continue;
		}
		scope.len--;
		run_claim(r);
		for (;;) {
			struct view name = word_next(&rest);
			struct view value = word_next(&rest);
			if (name.len == 0)
				break;
			if (!emit_value(r, scope, name, value, VALUE_GAUGE))
				run_malformed(r);
		}
	}
}
