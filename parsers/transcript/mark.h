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
};

/* What a line is, taken alone. Views point into it. */
struct mark mark_of(struct view line);

#endif
