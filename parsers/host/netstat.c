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
 *	TCP: IPv4                                                  <- illumos, netstat -an
 *	   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State
 *	10.24.1.245.40131    10.24.36.145.443         0      0 49640      0 SYN_SENT
 *
 *	USER  COMMAND PID  FD PROTO  LOCAL ADDRESS     FOREIGN ADDRESS   CONN STATE
 *	root  curl    4711 5  tcp4   10.24.1.245:40131 10.24.36.145:443  SYN_SENT
 *	                                                <- FreeBSD, sockstat -s
 *
 * cite: illumos usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c; FreeBSD
 * usr.bin/sockstat/sockstat.c. Without -s sockstat prints no state: those rows
 * are read over.
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

/* Columns of illumos' rows behind the two ends, and of sockstat's before them. */
#define ILLUMOS_COLUMNS 7
#define SOCKSTAT_PROTO 4

static bool
split_illumos(const struct view *w, size_t n, struct row *row)
{
	struct host_endpoint end;
	int64_t window;
	if (n != ILLUMOS_COLUMNS || !endpoint_read(w[0], &end) ||
		!endpoint_read(w[1], &end) ||
		number_read(w[2], 10, &window) != NUMBER_GOOD ||
		state_read(w[6]).len == 0)
		return false;
	*row = (struct row){
		.tcp = true, .local = w[0], .peer = w[1], .state = w[6]};
	return number_read(w[3], 10, &row->send_q) == NUMBER_GOOD &&
		number_read(w[4], 10, &window) == NUMBER_GOOD &&
		number_read(w[5], 10, &row->recv_q) == NUMBER_GOOD;
}

static bool
split_sockstat(const struct view *w, size_t n, struct row *row)
{
	if (n <= SOCKSTAT_PROTO + 3 || !is_number(w[2]) || !is_number(w[3]) ||
		!is_tcp(w[SOCKSTAT_PROTO]))
		return false;
	*row = (struct row){.tcp = true,
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.local = w[SOCKSTAT_PROTO + 1],
		.peer = w[SOCKSTAT_PROTO + 2],
		.state = w[SOCKSTAT_PROTO + 3],
		.last = w[2]};
	return state_read(row->state).len > 0;
}

static bool
split_row(struct view line, struct row *row)
{
	struct view w[WORDS];
	size_t n = words_split(line, w, WORDS);
	if (split_illumos(w, n, row) || split_sockstat(w, n, row))
		return true;
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
		(view_begins(text, "[") && view_ends(text, "]")) ||
		view_begins(text, "USER ") ||
		view_begins(text, "Local Address ");
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
