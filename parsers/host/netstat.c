/*
 * netstat: one socket a line, on Linux, BSD and Windows.
 *
 * spec: net-tools 2.10 netstat.c tcp_do_one(), print_ip_service(); the Windows
 * and BSD layouts as their outputs show them.
 *
 *	Proto Recv-Q Send-Q Local Address    Foreign Address   State   User Inode  PID/Program name  Timer
 *	tcp        0      0 10.24.1.245:80   10.24.36.145:3279 SYN_RECV 0    0     -                 on (0.79/2/0)
 *
 *	  Proto  Local Address          Foreign Address        State           PID
 *	  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1712
 *
 * Headings are translated and are not looked at. Of LISTEN, Recv-Q is the
 * number of connections that wait; the limit is not shown: Send-Q is always 0
 * there and is told as unknown.
 */
#include "parsers/host/formats.h"

#define WORDS 16

struct row {
	bool tcp;
	int64_t recv_q;
	int64_t send_q;
	struct view local;
	struct view peer;
	struct view state; /* its word, or "" */
	struct view last;  /* the word behind the state, or "" */
};

static bool
is_tcp(struct view proto)
{
	return view_is(proto, "tcp") || view_is(proto, "tcp6") ||
		view_is(proto, "tcp4") || view_is(proto, "tcp46") ||
		view_is(proto, "TCP");
}

static bool
is_other(struct view proto)
{
	return view_begins(proto, "udp") || view_begins(proto, "raw") ||
		view_is(proto, "UDP") || view_is(proto, "sctp") ||
		view_begins(proto, "icm");
}

static bool
split_row(struct view line, struct row *row)
{
	struct view w[WORDS];
	size_t n = words_split(line, w, WORDS);
	if (n < 3 || (!is_tcp(w[0]) && !is_other(w[0])))
		return false;
	*row = (struct row){.tcp = is_tcp(w[0]),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN};
	size_t at = 1;
	if (n >= 5 && number_read(w[1], 10, &row->recv_q) == NUMBER_GOOD &&
		number_read(w[2], 10, &row->send_q) == NUMBER_GOOD)
		at = 3;
	row->local = w[at];
	row->peer = w[at + 1];
	row->state = at + 2 < n ? w[at + 2] : view_str("");
	row->last = at + 3 < n ? w[at + 3] : view_str("");
	return true;
}

static bool
is_netstat_line(struct view line)
{
	struct row row;
	struct host_endpoint end;
	if (view_begins(line, "Active Internet connections") ||
		view_begins(line, "Active UNIX domain sockets") ||
		view_begins(line, "Active Connections") ||
		view_begins(line, "Proto Recv-Q Send-Q"))
		return true;
	return split_row(line, &row) && endpoint_read(row.local, &end) &&
		endpoint_read(row.peer, &end) && state_read(row.state).len > 0;
}

enum host_match
netstat_recognise(struct view head)
{
	return head_has(head, is_netstat_line);
}

/* "on (0.79/2/0)": time, retransmissions, probes; "off (...)": no timer. */
static int32_t
timer_retransmits(struct view line)
{
	static const char *const running[] = {
		" on (", " probe (", " keepalive (", " timewait ("};

	for (size_t i = 0; i < sizeof running / sizeof running[0]; i++) {
		struct view timer = view_between(line, running[i], ")");
		struct view count = view_between(timer, "/", "/");
		int64_t n;
		if (number_read(count, 10, &n) == NUMBER_GOOD && n >= 0 &&
			n <= INT32_MAX)
			return (int32_t)n;
	}
	return HOST_UNKNOWN;
}

/* "1234/nginx: worker": the first word that is a number and a slash; Windows
   has the bare number behind the state. */
static struct view
process_of(const struct row *row, struct view line)
{
	struct view word;
	if (row->recv_q == HOST_UNKNOWN)
		return is_number(row->last) ? row->last : view_str("");
	while ((word = word_next(&line)).len > 0) {
		size_t slash = view_find(word, "/");
		if (slash != TEXT_NOWHERE && slash > 0 &&
			is_number(view_first(word, slash)))
			return word;
	}
	return view_str("");
}

static bool
socket_read(struct host_run *r, const struct row *row)
{
	struct host_socket s = {
		.state = state_read(row->state),
		.recv_q = row->recv_q,
		.send_q = row->send_q,
	};
	if (s.state.len == 0 || !endpoint_read(row->local, &s.local) ||
		!endpoint_read(row->peer, &s.peer))
		return false;
	/* CLOSE may have been CLOSE_WAIT; no other state begins another. */
	if (run_is_cut(r, row->state) && view_is(s.state, "UNCONN"))
		return false;
	if (view_is(s.state, "LISTEN")) {
		s.send_q = HOST_UNKNOWN;
		s.peer.port = HOST_UNKNOWN; /* Windows prints 0 */
	}
	s.retransmits = timer_retransmits(r->line);
	s.process = process_of(row, r->line);
	if (run_is_cut(r, s.process))
		s.process = view_str("");
	emit_socket(r, &s);
	return true;
}

/* Headings, UNIX sockets, and what Windows adds with -b. */
static bool
is_furniture(struct view line)
{
	struct view text = view_trim(line);
	return view_begins(text, "unix ") || view_begins(text, "Active ") ||
		view_begins(text, "Proto ") ||
		(view_begins(text, "[") && view_ends(text, "]"));
}

void
netstat_parse(struct host_run *r)
{
	struct row row;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		bool furniture = is_furniture(r->line);
		if (!furniture && !split_row(r->line, &row))
			continue;
		if (furniture || !row.tcp || socket_read(r, &row))
			run_claim(r);
		else
			run_malformed(r);
	}
}
