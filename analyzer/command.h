/*
 * What a command is: a function from its own arguments to an exit status.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/error.h"
#include "options.h"

/* Exit statuses of the contract, section 6. */
enum {
	EXIT_ALL_WELL = 0,
	EXIT_FAILED_ATTEMPTS = 1,
	EXIT_USAGE = 2,
	EXIT_ENVIRONMENT = 3,
};

/*
 * argv[0] is the program's name. NAME_options are the rows of cmd_NAME.def.
 */
#define X(name, function, arguments, help)   \
	int function(int argc, char **argv); \
	extern const struct options name##_options;
#include "commands.def"
#undef X

/* A row of commands.def. */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const struct options *options;
	const char *arguments;
	const char *help;
};

/* All of them, in the order of help; a row without a name is the end. */
extern const struct command commands[];

/* Print an error as "lostsyn: text" and return its exit status. */
int command_fail(const struct error *e);

/* Say how the command is used, on standard error; returns EXIT_USAGE. */
int command_usage(const struct options *o);

/* Standard output was written completely, or status 3 and a message. */
int command_done(int status);

#endif
