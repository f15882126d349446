/*
 * What a command line runs, and where.
 *
 *	sudo ssh root@web-01 'conntrack -S | grep drop'
 *	     host web-01, text "conntrack -S"
 *	for h in web-01 web-02; do echo "== $h"; ssh $h ss -ltn; done
 *	     text "ss -ltn", loop
 */
#ifndef PARSERS_TRANSCRIPT_COMMAND_H
#define PARSERS_TRANSCRIPT_COMMAND_H

#include <stdbool.h>

#include "base/bytes.h"

struct command {
	struct view host; /* that ssh, kubectl exec ... run it on, or empty */
	struct view text; /* the innermost command, up to a pipe; or empty */
	struct view row;  /* all that stands beside it: "conntrack -C; date" */
	bool known;     /* its program is one of commands.def, and what follows
	                     can be its arguments */
	bool shell;     /* nothing is run there but a shell */
	bool loop;      /* a shell's loop: its output may have headers */
	bool elsewhere; /* it runs on a machine that the line does not name */
	bool many;      /* on many at once: clush, pdsh, ansible ... */
	struct view list; /* what a loop goes over: "web-01 web-02" */
};

/* Views point into line. */
struct command command_of(struct view line);

/* Take a command off the front of several that ";" or "&&" joins; false when
 * there is none left. */
bool command_next(struct view *row, struct view *one);

#endif
