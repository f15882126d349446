/*
 * netstat -L of BSD and macOS: the queues of listening sockets.
 *
 * spec: FreeBSD 14 usr.bin/netstat/inet.c protopr(); macOS network_cmds
 * netstat.tproj/inet.c.
 *
 *	Current listen queue sizes (qlen/incqlen/maxqlen)
 *	Proto Listen                           Local Address
 *	tcp4  193/0/128                        *.80
 *	193/0/128      *.80                                    <- macOS
 *
 * The first number waits for accept(), the last is the limit that listen() was
 * given; FreeBSD drops beyond one and a half times that.
 */
#include "parsers/host/formats.h"

/* "193/0/128" */
static bool
queues_read(struct view word, int64_t *waiting, int64_t *limit)
{
	int64_t half;
	size_t first = view_find(word, "/");
	size_t last = view_find_last(word, '/');
	return first != TEXT_NOWHERE && last > first + 1 &&
		number_read(view_first(word, first), 10, waiting) ==
		NUMBER_GOOD &&
		number_read(view_of(word.data + first + 1, last - first - 1),
			10, &half) == NUMBER_GOOD &&
		number_read(view_skip(word, last + 1), 10, limit) ==
		NUMBER_GOOD &&
		*waiting >= 0 && *limit >= 0;
}

static bool
is_title(struct view line)
{
	return view_begins(line, "Current listen queue sizes");
}

enum host_match
listen_queues_recognise(struct view head)
{
	return head_has(head, is_title);
}

static bool
row_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word = word_next(&rest);
	struct host_socket s = {
		.state = view_str("LISTEN"),
		.peer = {.known = true, .port = HOST_UNKNOWN},
		.retransmits = HOST_UNKNOWN,
		.process = view_str(""),
	};
	if (view_begins(word, "unix") || view_begins(word, "udp"))
		return true;
	if (view_begins(word, "tcp"))
		word = word_next(&rest);
	if (!queues_read(word, &s.recv_q, &s.send_q) ||
		!endpoint_read(word_next(&rest), &s.local))
		return false;
	emit_socket(r, &s);
	return true;
}

void
listen_queues_parse(struct host_run *r)
{
	while (run_next_whole(r)) {
		bool heading = is_title(r->line) ||
			view_begins(r->line, "Proto ") ||
			view_begins(r->line, "Listen ");
		if (heading || row_read(r))
			run_claim(r);
	}
}
