/*
 * ss: one socket a line.
 *
 * spec: iproute2 6.1 misc/ss.c (column table, inet_show_sock(),
 * print_ms_timer(), proc_ctx_print()), and RHEL 6 to 9 outputs.
 *
 *	Netid  State   Recv-Q Send-Q  Local Address:Port  Peer Address:PortProcess
 *	tcp    LISTEN  0      128           0.0.0.0:80         0.0.0.0:*  users:(("nginx",pid=9,fd=6))
 *	       ^ no Netid with -t; no State with "ss state syn-recv"; no header -H
 *	\t cubic rto:204 ...          <- what -i and -m add, on a line of its own
 *
 * Of LISTEN, Recv-Q is the number of connections that wait for accept() and
 * Send-Q the limit. The columns may run into each other at the end
 * ("PortProcess"), never before the peer's port.
 */
#include "parsers/host/formats.h"

/* More words than a line needs up to the peer; the rest is searched as text. */
#define WORDS 8

/* cite: iproute2 6.1 misc/ss.c, the netid names of its tables. */
static const char *const netids[] = {"tcp", "udp", "raw", "u_str", "u_dgr",
	"u_seq", "nl", "p_raw", "p_dgr", "v_str", "v_dgr", "icmp6", "sctp",
	"mptcp", "tipc", "xdp", "dccp", "???"};

static bool
is_netid(struct view word)
{
	for (size_t i = 0; i < sizeof netids / sizeof netids[0]; i++)
		if (view_is(word, netids[i]))
			return true;
	return false;
}

static bool
is_header(struct view line)
{
	return view_has(line, "Recv-Q") && view_has(line, "Send-Q") &&
		view_has(line, "Address:Port");
}

/* A row with its state, with or without the netid before it. */
static bool
is_row(struct view line)
{
	struct view w[WORDS];
	size_t n = words_split(line, w, WORDS);
	size_t at = n > 0 && is_netid(w[0]) ? 1 : 0;
	return n >= at + 5 && view_equal(state_read(w[at]), w[at]) &&
		is_number(w[at + 1]) && is_number(w[at + 2]) &&
		!is_number(w[at + 3]);
}

static bool
is_ss_line(struct view line)
{
	return is_header(line) || is_row(line);
}

enum host_match
ss_recognise(struct view head)
{
	return head_has(head, is_ss_line);
}

/* "on,7.148ms,3": kind, time to expiry, retransmissions so far. */
static int32_t
timer_retransmits(struct view line)
{
	struct view timer = view_between(line, "timer:(", ")");
	size_t comma = view_find_last(timer, ',');
	int64_t n;
	if (comma == TEXT_NOWHERE ||
		number_read(view_skip(timer, comma + 1), 10, &n) !=
			NUMBER_GOOD ||
		n < 0 || n > INT32_MAX)
		return HOST_UNKNOWN;
	return (int32_t)n;
}

/* The peer's word ends where its port does: a process may follow unparted. */
static struct view
peer_word(struct view word)
{
	size_t users = view_find(word, "users:");
	if (users == TEXT_NOWHERE)
		users = view_find(word, "timer:");
	return view_first(word, users);
}

static struct view
process_of(struct view line)
{
	size_t at = view_find(line, "users:(");
	if (at == TEXT_NOWHERE)
		return view_str("");
	struct view process = view_skip(line, at + strlen("users:("));
	size_t end = view_find(process, "))");
	return view_first(process, end == TEXT_NOWHERE ? 0 : end + 1);
}

/* "ss state syn-recv" shows no state; a file named after it does. */
static struct view
state_by_name(const char *name)
{
	static const struct {
		const char *part;
		const char *state;
	} rows[] = {{"syn-recv", "SYN-RECV"}, {"synrecv", "SYN-RECV"},
		{"syn_recv", "SYN-RECV"}, {"syn-sent", "SYN-SENT"},
		{"synsent", "SYN-SENT"}, {"syn_sent", "SYN-SENT"},
		{"time-wait", "TIME-WAIT"}, {"timewait", "TIME-WAIT"}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strstr(name, rows[i].part) != NULL)
			return view_str(rows[i].state);
	return view_str("UNKNOWN");
}

/* Words from Recv-Q on. */
static bool
row_read(struct host_run *r, struct view state, const struct view *w, size_t n)
{
	struct host_socket s = {.state = state};
	if (n < 4 || number_read(w[0], 10, &s.recv_q) != NUMBER_GOOD ||
		number_read(w[1], 10, &s.send_q) != NUMBER_GOOD ||
		!endpoint_read(w[2], &s.local) ||
		!endpoint_read(peer_word(w[3]), &s.peer))
		return false;
	/* A * cannot go on, a number could. */
	if (run_is_cut(r, w[3]) && !view_ends(w[3], "*"))
		return false;
	s.retransmits = timer_retransmits(r->line);
	s.process = process_of(r->line);
	emit_socket(r, &s);
	return true;
}

struct columns {
	bool netid;
	bool state;
	bool seen; /* a header or a row came by */
};

static void
header_read(struct view line, struct columns *c)
{
	struct view first = word_next(&line);
	c->netid = view_is(first, "Netid");
	if (c->netid)
		first = word_next(&line);
	c->state = view_is(first, "State");
	c->seen = true;
}

/* What a line is when no header told: by its first words. */
static void
guess_columns(const struct view *w, size_t n, struct columns *c)
{
	if (c->seen || n == 0)
		return;
	c->netid = is_netid(w[0]);
	c->state = !is_number(w[c->netid && n > 1 ? 1 : 0]);
}

static void
line_read(struct host_run *r, struct columns *c)
{
	struct view w[WORDS];
	size_t n = words_split(r->line, w, WORDS);
	guess_columns(w, n, c);
	size_t at = c->netid && n > 0 && is_netid(w[0]) ? 1 : 0;
	bool tcp = !c->netid || view_is(w[0], "tcp");
	struct view state = state_by_name(r->name);
	if (c->state && n > at)
		state = state_read(w[at++]);
	if (state.len == 0 || n < at + 3)
		return;
	c->seen = true;
	/* Sockets of other families: rows, but not of interest. */
	if (!tcp || row_read(r, state, w + at, n - at))
		run_claim(r);
	else
		run_malformed(r);
}

void
ss_parse(struct host_run *r)
{
	struct columns c = {.netid = false, .state = true};
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_header(r->line)) {
			header_read(r->line, &c);
			run_claim(r);
		} else if (c.seen && r->line.data[0] == '\t') {
			run_claim(r); /* -i, -m: more about the row above */
		} else {
			line_read(r, &c);
		}
	}
}
