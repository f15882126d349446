/*
 * lsof -i: sockets of processes.
 *
 * spec: lsof 4.95 print.c print_file(), lib/misc.c; the state in brackets.
 *
 *	COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME
 *	curl     4711 root    3u  IPv4  12345      0t0  TCP 192.0.2.10:40131->198.51.100.20:80 (SYN_SENT)
 *	nginx    1234 root    6u  IPv4  23456      0t0  TCP *:80 (LISTEN)
 *
 * Commands may hold escaped blanks, and columns may be added (TID, TASKCMD): only
 * the words from TYPE on are looked for.
 */
#include "parsers/host/formats.h"

/* The name and the state behind " TCP ". */
static bool
parts_of(struct view line, struct view *name, struct view *state)
{
	size_t at = view_find(line, " TCP ");
	if (at == TEXT_NOWHERE ||
		(!view_has(line, " IPv4 ") && !view_has(line, " IPv6 ")))
		return false;
	struct view rest = view_skip(line, at + strlen(" TCP "));
	*name = word_next(&rest);
	struct view word = word_next(&rest);
	*state = view_between(word, "(", ")");
	return name->len > 0;
}

static bool
is_heading(struct view line)
{
	struct view first = word_next(&line);
	return view_is(first, "COMMAND") && view_has(line, " FD ") &&
		view_has(line, " NODE NAME");
}

static bool
is_lsof_line(struct view line)
{
	struct view name;
	struct view state;
	return parts_of(line, &name, &state) && state.len > 0;
}

enum host_match
lsof_recognise(struct view head)
{
	return head_has(head, is_lsof_line);
}

static bool
socket_read(struct host_run *r, struct view name, struct view state)
{
	size_t arrow = view_find(name, "->");
	struct view command = r->line;
	struct host_socket s = {
		.state = state_read(state),
		.recv_q = HOST_UNKNOWN,
		.send_q = HOST_UNKNOWN,
		.peer = endpoint_none(),
		.retransmits = HOST_UNKNOWN,
		.process = word_next(&command),
	};
	if (s.state.len == 0)
		s.state = view_str("UNKNOWN");
	if (!endpoint_read(view_first(name, arrow), &s.local))
		return false;
	if (arrow == TEXT_NOWHERE)
		s.peer = (struct host_endpoint){
			.known = true, .port = HOST_UNKNOWN};
	else if (!endpoint_read(view_skip(name, arrow + 2), &s.peer))
		return false;
	emit_socket(r, &s);
	return true;
}

void
lsof_parse(struct host_run *r)
{
	struct view name;
	struct view state;
	while (run_next_whole(r)) {
		if (parts_of(r->line, &name, &state)) {
			if (socket_read(r, name, state))
				run_claim(r);
			else
				run_malformed(r);
		} else if (is_heading(r->line) || view_has(r->line, " UDP ") ||
			view_has(r->line, " unix ")) {
			run_claim(r);
		}
	}
}
