/*
 * The options of a command are rows: one cmd_NAME.def each, from which the
 * parser, --help, the shells' completions and the manual page are made. An
 * option is added by a row there and a member in the struct that it fills.
 *
 *	TEXT("usage: lostsyn NAME ...\n" ...)     a paragraph of --help, as it is
 *	FLAG("resume", 0, resume, "help")         a bool that becomes true
 *	SET("no-sandbox", 0, sandbox, OFF, "help")  an enum that becomes OFF
 *	CHOICE("progress", 0, "WHEN", progress, "auto always never", "help")
 *	                                          an enum, by its words in order
 *	WORD("output", 'o', "DIR", out, "help")   a const char *, of argv
 *	LIST("rules", 0, "DIR", rules, "help")    a struct option_list
 *	NUMBER("jobs", 0, "N", jobs, 1, 99, "help")  an int64_t, from 1 to 99
 *	READ("filter", 0, "BPF", read_filter, "help")  what read_filter makes of it
 *
 * Rows stand in the order of --help. A letter is what --help shows then, and
 * the name works as well. Where an argument is called DIR, F or FILE, shells
 * complete it. Help's words may be several lines; without any (NULL) an option
 * stands on the line of the next one. --help needs no row.
 *
 *	#define OPTIONS_INTO struct analyze_options
 *	static const struct option_row rows[] = {
 *	#include "cmd_analyze.def"
 *	};
 *	const struct options analyze_options = OPTIONS("analyze", rows);
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* Times that a LIST may be given. */
#define OPTION_LIST_MAX 16

struct option_list {
	const char *at[OPTION_LIST_MAX]; /* of argv */
	size_t count;
};

enum option_kind {
	OPTION_TEXT,
	OPTION_FLAG,
	OPTION_SET,
	OPTION_CHOICE,
	OPTION_WORD,
	OPTION_LIST,
	OPTION_NUMBER,
	OPTION_READ,
};

struct option_row {
	enum option_kind kind;
	const char *name;     /* without "--" */
	char letter;          /* without "-"; 0 for none */
	const char *argument; /* as --help shows it; NULL when it takes none */
	const char *help;     /* TEXT: the paragraph */
	size_t member;        /* offset of what it fills */
	int64_t least, most;  /* NUMBER; SET: the value is least */
	const char *words;    /* CHOICE */
	/* READ: false with *e set when the text is none. */
	bool (*read)(void *into, const char *text, struct error *e);
};

struct options {
	const char *command;
	const struct option_row *rows;
	size_t count;
};

/* The member's offset, if it is of that type. */
#define OPTION_MEMBER(type, member)       \
	(offsetof(OPTIONS_INTO, member) + \
		0 * sizeof((type *)0 == &((OPTIONS_INTO *)0)->member))
/* An enum has the compiler's own type. */
#define OPTION_ENUM(member)               \
	(offsetof(OPTIONS_INTO, member) + \
		0 / (sizeof(((OPTIONS_INTO *)0)->member) == sizeof(unsigned)))

/* What all options have. */
#define OPTION_ROW(of_kind, of_name, of_letter, of_argument, words, offset) \
	.kind = (of_kind), .name = (of_name), .letter = (of_letter),        \
	.argument = (of_argument), .help = (words), .member = (offset)

#define TEXT(words) {.kind = OPTION_TEXT, .help = (words)},
#define FLAG(name, letter, into, words)                     \
	{OPTION_ROW(OPTION_FLAG, name, letter, NULL, words, \
		OPTION_MEMBER(bool, into))},
#define SET(name, letter, into, value, words)                                  \
	{OPTION_ROW(OPTION_SET, name, letter, NULL, words, OPTION_ENUM(into)), \
		.least = (value)},
#define CHOICE(name, letter, argument, into, choices, told)      \
	{OPTION_ROW(OPTION_CHOICE, name, letter, argument, told, \
		 OPTION_ENUM(into)),                             \
		.words = (choices)},
#define WORD(name, letter, argument, into, words)               \
	{OPTION_ROW(OPTION_WORD, name, letter, argument, words, \
		OPTION_MEMBER(const char *, into))},
#define LIST(name, letter, argument, into, words)               \
	{OPTION_ROW(OPTION_LIST, name, letter, argument, words, \
		OPTION_MEMBER(struct option_list, into))},
#define NUMBER(name, letter, argument, into, low, high, words)    \
	{OPTION_ROW(OPTION_NUMBER, name, letter, argument, words, \
		 OPTION_MEMBER(int64_t, into)),                   \
		.least = (low), .most = (high)},
#define READ(name, letter, argument, reader, words)                 \
	{OPTION_ROW(OPTION_READ, name, letter, argument, words, 0), \
		.read = (reader)},
#define OPTIONS(name, rows)                               \
	{                                                 \
		name, rows, sizeof(rows) / sizeof *(rows) \
	}

/*
 * Read the options of argv (argv[0] is the program's name) into the struct that
 * the rows are about, whose defaults the caller has set; the arguments begin at
 * argv[optind] then. *help when --help was among them. False with *e set
 * (ERROR_USAGE) on a bad one.
 */
bool options_read(const struct options *o, void *into, int argc, char **argv,
	bool *help, struct error *e);

/* What --help prints. */
void options_print(const struct options *o, FILE *out);

/* The next option at or behind *at, and move behind it; NULL at the end. */
const struct option_row *options_next(const struct options *o, size_t *at);

/* The words of an option's help: its own, or those of the row it shares a line
 * with. */
const char *option_help(const struct option_row *row);

/* "-o" or "--rules", as --help has it. Static storage until the next call. */
const char *option_shown(const struct option_row *row);

/* What a shell may offer for the argument. */
enum option_offer {
	OFFER_NOTHING,
	OFFER_FILES,
	OFFER_FOLDERS,
	OFFER_WORDS, /* of row->words */
};
enum option_offer option_offer(const struct option_row *row);

#endif
