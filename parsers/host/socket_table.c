/*
 * Sockets in tables whose columns have names: Get-NetTCPConnection and the
 * tracers that print a line for each connection.
 *
 * spec: Microsoft NetTCPIP, Get-NetTCPConnection; iovisor/bcc tools/tcpconnect,
 * tcpconnlat, tcpaccept, tcplife, tcptracer and their *_example.txt; bpftrace
 * tools/tcpconnect.bt, tcpaccept.bt.
 *
 *	LocalAddress LocalPort RemoteAddress RemotePort State   AppliedSetting ...
 *	------------ --------- ------------- ---------- -----   --------------
 *	192.0.2.10   40131     198.51.100.20 80         SynSent Internet
 *
 *	PID    COMM         IP SADDR            DADDR            LPORT DPORT
 *	1479   curl         4  192.0.2.10       198.51.100.20    40131 80
 *
 *	"192.0.2.10","40131","198.51.100.20","80","SynSent"   <- Export-Csv
 *
 *	LocalAddress   : 192.0.2.10                        <- Format-List
 *	LocalPort      : 40131
 *
 * Columns are taken by name, in any order. A program's name may hold blanks: the
 * columns behind it are looked for a little further on. Without a column for the
 * state it is told as UNKNOWN: the tracers print calls, not states.
 */
#include "parsers/host/formats.h"

#define COLUMNS_MAX 24

/* Words that a program's name may have more than one. */
#define SHIFT_MAX 3

enum column {
	COLUMN_OTHER,
	COLUMN_LOCAL,
	COLUMN_LOCAL_PORT,
	COLUMN_PEER,
	COLUMN_PEER_PORT,
	COLUMN_STATE,
	COLUMN_PROCESS,
};

static const struct {
	const char *name;
	enum column column;
} names[] = {
	{"LocalAddress", COLUMN_LOCAL},
	{"LocalPort", COLUMN_LOCAL_PORT},
	{"RemoteAddress", COLUMN_PEER},
	{"RemotePort", COLUMN_PEER_PORT},
	{"State", COLUMN_STATE},
	{"OwningProcess", COLUMN_PROCESS},
	{"SADDR", COLUMN_LOCAL},
	{"LADDR", COLUMN_LOCAL},
	{"SPORT", COLUMN_LOCAL_PORT},
	{"LPORT", COLUMN_LOCAL_PORT},
	{"DADDR", COLUMN_PEER},
	{"RADDR", COLUMN_PEER},
	{"DPORT", COLUMN_PEER_PORT},
	{"RPORT", COLUMN_PEER_PORT},
	{"NEWSTATE", COLUMN_STATE},
	{"COMM", COLUMN_PROCESS},
};

struct heading {
	enum column columns[COLUMNS_MAX];
	size_t count;
	bool quoted; /* parted by commas */
};

static enum column
column_of(struct view name)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (view_is(name, names[i].name))
			return names[i].column;
	return COLUMN_OTHER;
}

/* A cell and what parts it from the next: blanks, or a comma or semicolon. */
static struct view
cell_next(struct view *rest, bool quoted)
{
	if (!quoted)
		return word_next(rest);
	size_t end = 0;
	while (end < rest->len && rest->data[end] != ',' &&
		rest->data[end] != ';')
		end++;
	struct view cell = view_trim(view_first(*rest, end));
	*rest = view_skip(*rest, end < rest->len ? end + 1 : end);
	if (cell.len > 1 && cell.data[0] == '"')
		cell = view_of(cell.data + 1, cell.len - 2);
	return cell;
}

/* A heading has an address and a port of the peer at least. */
static bool
heading_read(struct view line, struct heading *h)
{
	bool has[COLUMN_PROCESS + 1] = {false};
	*h = (struct heading){
		.quoted = view_has(line, ",") || view_has(line, ";")};
	while (line.len > 0 && h->count < COLUMNS_MAX) {
		struct view cell = cell_next(&line, h->quoted);
		if (cell.len == 0 && !h->quoted)
			break;
		enum column c = column_of(cell);
		/* "OLDSTATE -> NEWSTATE": the arrow is a word of every row. */
		h->columns[h->count++] = c;
		has[c] = true;
	}
	return has[COLUMN_LOCAL] && has[COLUMN_PEER] && has[COLUMN_PEER_PORT];
}

static bool
is_heading(struct view line)
{
	struct heading h;
	return heading_read(line, &h);
}

/* "LocalAddress   : 192.0.2.10" */
static bool
list_line_read(struct view line, struct view *name, struct view *value)
{
	size_t at = view_find(line, " :");
	if (at == TEXT_NOWHERE)
		return false;
	*name = view_trim(view_first(line, at));
	*value = view_trim(view_skip(line, at + 2));
	return column_of(*name) != COLUMN_OTHER;
}

static bool
is_socket_table_line(struct view line)
{
	struct view name;
	struct view value;
	return is_heading(line) ||
		(list_line_read(line, &name, &value) &&
			view_is(name, "LocalAddress"));
}

enum host_match
socket_table_recognise(struct view head)
{
	return head_has(head, is_socket_table_line);
}

static struct host_socket
socket_none(void)
{
	return (struct host_socket){
		.state = view_str("UNKNOWN"),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.local = endpoint_none(),
		.peer = endpoint_none(),
		.retransmits = HOST_UNKNOWN,
		.process = view_str(""),
	};
}

static bool
cell_read(struct host_socket *s, enum column c, struct view cell)
{
	switch (c) {
	case COLUMN_LOCAL:
		s->local.known = address_read(cell, &s->local.ip);
		return s->local.known;
	case COLUMN_PEER:
		s->peer.known = address_read(cell, &s->peer.ip);
		return s->peer.known;
	case COLUMN_LOCAL_PORT:
		s->local.port = port_read(cell);
		return s->local.port != HOST_UNKNOWN;
	case COLUMN_PEER_PORT:
		s->peer.port = port_read(cell);
		return s->peer.port != HOST_UNKNOWN;
	case COLUMN_STATE:
		s->state = state_read(cell);
		return s->state.len > 0;
	case COLUMN_PROCESS:
		s->process = cell;
		return true;
	case COLUMN_OTHER:
		break;
	}
	return true;
}

static bool
row_read_from(struct view line, const struct heading *h, size_t shift,
	struct host_socket *s)
{
	*s = socket_none();
	bool process = false;
	for (size_t i = 0; i < h->count; i++) {
		struct view cell = cell_next(&line, h->quoted);
		if (!cell_read(s, h->columns[i], cell))
			return false;
		/* What is behind a name of several words is further on. */
		for (; h->columns[i] == COLUMN_PROCESS && !process && shift > 0;
			shift--)
			cell_next(&line, h->quoted);
		process |= h->columns[i] == COLUMN_PROCESS;
	}
	return s->local.known && s->peer.known;
}

static void
socket_tell(struct host_run *r, struct host_socket *s)
{
	if (view_is(s->state, "LISTEN"))
		s->peer.port = HOST_UNKNOWN;
	emit_socket(r, s);
}

static bool
row_read(struct host_run *r, const struct heading *h)
{
	struct host_socket s;
	for (size_t shift = 0; shift <= SHIFT_MAX; shift++)
		if (row_read_from(r->line, h, shift, &s)) {
			socket_tell(r, &s);
			return true;
		}
	return false;
}

/* "---- ----" below a heading, "#TYPE ..." above it. */
static bool
is_furniture(struct view line)
{
	struct view rest = line;
	struct view word = word_next(&rest);
	return view_begins(line, "#TYPE") ||
		(view_begins(word, "--") && !view_has(line, "."));
}

/* A socket as a list ends where the next one begins, or with the file. */
static void
list_read(struct host_run *r, struct host_socket *s)
{
	struct view name;
	struct view value;
	if (!list_line_read(r->line, &name, &value))
		return;
	enum column c = column_of(name);
	bool again = (c == COLUMN_LOCAL && s->local.known) ||
		(c == COLUMN_PEER && s->peer.known);
	if (again && s->local.known && s->peer.known)
		socket_tell(r, s);
	if (again)
		*s = socket_none();
	if (cell_read(s, c, value))
		run_claim(r);
}

void
socket_table_parse(struct host_run *r)
{
	struct heading h = {.count = 0};
	struct heading next;
	struct host_socket s = socket_none();
	while (run_next_whole(r)) {
		if (heading_read(r->line, &next)) {
			h = next;
			run_claim(r);
		} else if (is_furniture(r->line)) {
			run_claim(r);
		} else if (h.count == 0) {
			list_read(r, &s);
		} else if (row_read(r, &h)) {
			run_claim(r);
		}
	}
	if (s.local.known && s.peer.known && s.peer.port != HOST_UNKNOWN &&
		r->rest.len == 0)
		socket_tell(r, &s);
}
