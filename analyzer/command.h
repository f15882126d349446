/*
 * What a command is: a function from its own arguments to an exit status.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/error.h"

/* Exit statuses of the contract, section 6. */
enum {
	EXIT_ALL_WELL = 0,
	EXIT_FAILED_ATTEMPTS = 1,
	EXIT_USAGE = 2,
	EXIT_ENVIRONMENT = 3,
};

/*
 * argv[0] is the program's name. NAME_usage is what its --help prints, and
 * the one home of its options: completion and manual page are made from it
 * (usage_text.h), so it keeps to the form that is written there.
 */
#define X(name, function, arguments, help)   \
	int function(int argc, char **argv); \
	const char *name##_usage(void);
#include "commands.def"
#undef X

/* A row of commands.def. */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *(*usage)(void);
	const char *arguments;
	const char *help;
};

/* All of them, in the order of help; a row without a name is the end. */
extern const struct command commands[];

/* Print an error as "lostsyn: text" and return its exit status. */
int command_fail(const struct error *e);

/* Say how the command is used, on standard error; returns EXIT_USAGE. */
int command_usage(const char *usage);

/* Standard output was written completely, or status 3 and a message. */
int command_done(int status);

#endif
