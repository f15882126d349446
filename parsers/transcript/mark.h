/*
 * Lines that stand between two commands' outputs: prompts, headers, fences.
 */
#ifndef PARSERS_TRANSCRIPT_MARK_H
#define PARSERS_TRANSCRIPT_MARK_H

#include "command.h"

enum mark_kind {
	MARK_NONE,
	/* names user and machine, or is a Windows shell's: a prompt by its form */
	MARK_PROMPT,
	/* "#", "$", "web-01#": a prompt only by the command behind it */
	MARK_PROMPT_BARE,
	/* what a script or ansible prints before each machine or command */
	MARK_HEADER,
	/* opens or closes a block of a ticket: Markdown, Jira */
	MARK_FENCE,
	/* login, logout, script(1): nobody's output */
	MARK_BREAK,
	/* what a tool says before the output: kubectl's choice of a container */
	MARK_BANNER,
};

struct mark {
	enum mark_kind kind;
	struct view host;       /* that it names, or empty */
	struct command command; /* behind the prompt or in the header */
	struct view typed;      /* all that stands behind a prompt */
	struct view when;       /* a header's date and time, or empty */
	bool windows;           /* a prompt of Windows that names no machine */
	bool several; /* it names machines, whose output is the same */
	bool tool;    /* a header of a form that one tool prints */
	bool unsure;  /* a header that may name another machine, or none */
};

/* What a line is, taken alone. Views point into it. */
struct mark mark_of(struct view line);

#endif
