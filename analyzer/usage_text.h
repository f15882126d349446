/*
 * Reading what --help prints: the options of a command have their home there,
 * and completion and manual page are made from it.
 *
 * The form, which tests/golden/help.py holds every command to:
 *
 *	usage: lostsyn NAME ...              and further lines of it
 *	                                     an empty line
 *	Prose, to column 72.
 *	  -o DIR --output F   what it does: two spaces, the option and, in
 *	                      capitals, its argument; the words go on on lines
 *	                      that begin with six spaces or more
 *	Example: lostsyn NAME ...
 */
#ifndef USAGE_TEXT_H
#define USAGE_TEXT_H

#include <stdbool.h>

#include "base/bytes.h"

/* One option of a line that may name several. */
struct usage_option {
	struct view name;     /* "-o", "--client" */
	struct view argument; /* "DIR", "[ROLE=]F"; empty for none */
	struct view help;     /* with newlines and indentation in it */
};

struct usage_reader {
	const char *line; /* where the next one begins */
	const char *spec; /* within a line: the next option; or NULL */
	struct view help;
};

void usage_begin(struct usage_reader *u, const char *usage);

/* The next option of the whole text; false at its end. */
bool usage_next(struct usage_reader *u, struct usage_option *o);

/* True when the line that begins here is an option's. */
bool usage_is_option(const char *line);

/* The line behind this one; an empty string at the end of the text. */
const char *usage_line_after(const char *line);

/* Behind an option's line and the lines that go on with its words. */
const char *usage_option_end(const char *line);

/* What an argument is, for completion. */
enum usage_kind { USAGE_TEXT, USAGE_FILE, USAGE_FOLDER, USAGE_WORDS };

/* Of "F", "[ROLE=]F", "DIR" ...; *words is set for USAGE_WORDS. */
enum usage_kind usage_argument(struct view argument, const char **words);

#endif
