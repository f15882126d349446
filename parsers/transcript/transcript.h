/*
 * A terminal's session, or a ticket's blocks of one, split at its prompts.
 *
 *	[root@gw ~]# conntrack -S          part: host gw, command conntrack -S
 *	cpu=0 found=0 insert_failed=9 ...  its body, from line 2 on
 *	[root@gw ~]# ss -ltn
 *
 * Pure: bytes in, views into them out. Whether a body is
 * what its command says is for the parsers of tables and logs to find: a log
 * with lines that begin with "# " has marks, and no part that one of them knows.
 *
 *	struct transcript t;
 *	struct transcript_part part;
 *	struct transcript_text text;
 *	transcript_unfold(view_of(bytes, transcript_clean(bytes, len)), &a, &text);
 *	transcript_open(&t, text.text);
 *	while (transcript_next(&t, &part))
 *		...
 *
 * A file without any of these marks whose first line is a date, and which has
 * several such lines, is what a loop printed: each date begins a part.
 *
 * Promises: bodies are whole lines of the text that was opened, in its order,
 * none twice; line numbers are those of that text. Lines outside of fences, where
 * there are fences, are nobody's output.
 *
 * Cost: two passes over the lines; unfolding, six.
 */
#ifndef PARSERS_TRANSCRIPT_TRANSCRIPT_H
#define PARSERS_TRANSCRIPT_TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* Parts of one file that are told apart; a session of a day has hundreds. What
 * is beyond is left to the last one. */
#define TRANSCRIPT_PARTS_MAX 4096

/* Lines that are unfolded; what is behind is passed over. A session of a day has
 * some 10,000; each takes 24 bytes twice. */
#define TRANSCRIPT_LINES_MAX 4000000

struct transcript_part {
	struct view host;    /* as the prompt or header names it, or empty */
	struct view command; /* without sudo, ssh and the like; or empty */
	struct view row;     /* the whole line of commands it is the first of */
	struct view body;    /* at least one line that is not blank */
	struct view when;    /* the date that was printed last before it or at
	                        its front, on this machine; or empty */
	uint32_t line;       /* of its first line, from 1 */
	bool several;        /* of many machines that no line tells apart */
	bool unsure;         /* behind a header that may name another machine */
};

/* Private. */
struct transcript {
	struct view rest;
	uint32_t line; /* of rest's first line */
	uint32_t parts;
	bool sure;   /* prompts here name user and machine: others are none */
	bool fenced; /* output stands between fences */
	bool inside; /* of one */
	bool dated;  /* only dates part the outputs of a loop */
	bool loop;   /* the command's output has headers */
	bool many;   /* it runs on many machines */
	bool several;
	bool prompted; /* host is that of a prompt */
	bool sure_met; /* a prompt by its form: bare ones behind it are output */
	bool unsure;
	unsigned drawn;   /* how headers are that name machines; 0 none */
	struct view list; /* what a loop goes over */
	struct view when;
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
 * is known, or a tool's header of a machine, or are there two such prompts? No log
 * and no table is so. */
bool transcript_begins(struct view head);

/* What stands before the first prompt with a known command, or before the first
 * header that names a machine: words of who copied it, as a rule. All of it where
 * there is none. */
struct view transcript_preface(struct view head);

/* A text in which what was folded is unfolded: commands typed over several lines
 * stand on one, machines' mixed lines behind one another, machines' names in
 * headers of one form. */
struct transcript_text {
	struct view text;
	const uint32_t
		*lines; /* of each of its lines: the number in the file */
	size_t count;
};

/* The number of the file's last line that is in it. */
uint32_t transcript_lines(const struct transcript_text *t);

/* Cleaned bytes into such a text, which lies in the arena. */
void transcript_unfold(
	struct view clean, struct arena *a, struct transcript_text *out);

/*
 * Take away what a terminal draws with: escape sequences, carriage returns (also
 * as "^M"), what was deleted with backspace. Blanks of Unicode that pages and
 * chats put in are blanks, quotes and dashes of word processors those of ASCII.
 * Lines stay lines; of a recording (cast.h) they are the session's, of a page
 * (page.h) those of its text. No NUL is left. In place; returns the new length.
 */
size_t transcript_clean(uint8_t *bytes, size_t len);

#endif
