/*
 * ss -s: totals of sockets. All values are levels.
 *
 * spec: iproute2 6.1 misc/ss.c print_summary(); older versions print
 * "synrecv 0," and "timewait 4/0), ports 0" as well.
 *
 *	Total: 187 (kernel 0)
 *	TCP:   6 (estab 0, closed 5, orphaned 0, timewait 4)
 *
 *	Transport Total     IP        IPv6
 *	RAW	  0         0         0
 */
#include "parsers/host/formats.h"

#define WORDS 16

static bool
is_tcp_line(struct view line)
{
	return view_begins(line, "TCP:") && view_has(line, "(estab ");
}

enum host_match
ss_s_recognise(struct view head)
{
	return head_has(head, is_tcp_line);
}

/* "timewait 4/0": the second number is gone since iproute2 5.x. */
static struct view
bare_number(struct view word)
{
	size_t n = 0;
	while (n < word.len && word.data[n] >= '0' && word.data[n] <= '9')
		n++;
	return view_first(word, n);
}

static void
tcp_read(struct host_run *r)
{
	struct view w[WORDS];
	size_t n = words_split(r->line, w, WORDS);
	struct view tcp = view_str("TCP");
	if (n > 1)
		emit_value(r, tcp, view_str("total"), w[1], VALUE_GAUGE);
	for (size_t i = 2; i + 1 < n; i += 2) {
		struct view name = w[i];
		if (view_begins(name, "("))
			name = view_skip(name, 1);
		emit_value(r, tcp, name, bare_number(w[i + 1]), VALUE_GAUGE);
	}
}

/* "RAW 0 0 0": total, IPv4, IPv6. */
static bool
transport_read(struct host_run *r)
{
	struct view w[WORDS];
	size_t n = words_split(r->line, w, WORDS);
	return n == 4 && is_number(w[1]) && is_number(w[2]) && is_number(w[3]);
}

void
ss_s_parse(struct host_run *r)
{
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_tcp_line(r->line))
			tcp_read(r);
		else if (!view_begins(r->line, "Total:") &&
			!view_begins(r->line, "Transport ") &&
			!transport_read(r))
			continue;
		run_claim(r);
	}
}
