/*
 * A terminal's session, or a ticket's blocks of one, split at its prompts.
 *
 *	[root@gw ~]# conntrack -S          part: host gw, command conntrack -S
 *	cpu=0 found=0 insert_failed=9 ...  its body, from line 2 on
 *	[root@gw ~]# ss -ltn
 *
 * Pure: bytes in, views into them out; nothing is allocated. Whether a body is
 * what its command says is for the parsers of tables and logs to find: a log
 * with lines that begin with "# " has marks, and no part that one of them knows.
 *
 *	struct transcript t;
 *	struct transcript_part part;
 *	transcript_open(&t, whole);
 *	while (transcript_next(&t, &part))
 *		...
 *
 * Promises: bodies are whole lines, in file order, none twice; line numbers are
 * those of the file. Lines outside of fences, where there are fences, are
 * nobody's output.
 *
 * Cost: two passes over the lines.
 */
#ifndef PARSERS_TRANSCRIPT_TRANSCRIPT_H
#define PARSERS_TRANSCRIPT_TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Parts of one file that are told apart; a session of a day has hundreds. What
 * is beyond is left to the last one. */
#define TRANSCRIPT_PARTS_MAX 4096

struct transcript_part {
	struct view host;    /* as the prompt or header names it, or empty */
	struct view command; /* without sudo, ssh and the like; or empty */
	struct view row;     /* the whole line of commands it is the first of */
	struct view body;    /* at least one line that is not blank */
	uint32_t line;       /* of its first line, from 1 */
};

/* Private. */
struct transcript {
	struct view rest;
	uint32_t line; /* of rest's first line */
	uint32_t parts;
	bool sure;   /* prompts here name user and machine: others are none */
	bool fenced; /* output stands between fences */
	bool inside; /* of one */
	bool loop;   /* the command's output has headers */
	struct view host;
	struct view part_host;
	struct view command;
	struct view row;
};

void transcript_open(struct transcript *t, struct view whole);
bool transcript_next(struct transcript *t, struct transcript_part *part);

/* How many prompts with a command and headers the bytes have: 2 make a
 * transcript, 1 may stand before an only output. */
unsigned transcript_marks(struct view head);

/* Is the first line that is not blank a prompt by its form, with a command that
 * is known? No log and no table begins so. */
bool transcript_begins(struct view head);

/*
 * Take away what a terminal draws with: escape sequences, carriage returns,
 * what was deleted with backspace; and the "> " of a mail that quotes all of it.
 * Lines stay lines. In place; returns the new length.
 */
size_t transcript_clean(uint8_t *bytes, size_t len);

#endif
