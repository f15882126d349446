/*
 * lostsyn: argv -> a row of commands.def.
 */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "base/outfile.h"
#include "base/problems.h"
#include "command.h"
#include "judge/judge.h"
#include "store/memory.h"

const struct command commands[] = {
#define X(name, function, arguments, help) \
	{#name, function, &name##_options, arguments, help},
#include "commands.def"
#undef X
	{0},
};

static void
print_help(FILE *out)
{
	fputs("lostsyn " LOSTSYN_VERSION
	      " - which segment of a TCP handshake vanished, where and why\n\n"
	      "usage: lostsyn COMMAND [arguments]\n\n",
		out);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->help);
	fputs("\nlostsyn COMMAND --help tells more. Example:\n\n"
	      "  lostsyn analyze incident-4711/\n\n"
	      "Exit status: 0 no attempt failed, 1 failed attempts found,\n"
	      "2 usage, broken rule or no usable evidence, 3 disk or memory.\n",
		out);
}

int
command_fail(const struct error *e)
{
	message("%s", e->text);
	return error_exit_status(e);
}

int
command_usage(const struct options *o)
{
	options_print(o, stderr);
	return EXIT_USAGE;
}

int
command_done(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	/* "| head" has seen what it wanted. */
	if (outfile_unread(stdout))
		return status;
	message("standard output cannot be written");
	return EXIT_ENVIRONMENT;
}

/* What a report was made with can be told by these. */
static int
print_version(void)
{
	struct error e = {0};
	puts("lostsyn " LOSTSYN_VERSION "\nbuild " LOSTSYN_BUILD);
	struct rule_set *r = rules_load(NULL, 0, stderr, &e);
	if (r == NULL)
		return command_fail(&e);
	printf("rules %s\n", rules_digest(r));
	rules_free(r);
	return command_done(EXIT_ALL_WELL);
}

static const char *
command_name(const void *context, size_t i)
{
	(void)context;
	return commands[i].name;
}

int
main(int argc, char **argv)
{
	/* A closed pipe is an error to report, not a reason to die. */
	signal(SIGPIPE, SIG_IGN);
	/* SQLite's statistics of its memory cost a lock at each allocation; this
	 * must come before its first connection. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	store_memory();
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
		strcmp(name, "help") == 0) {
		print_help(stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (strcmp(name, "--version") == 0) {
		return print_version();
	}
	/* What getopt_long says of options begins with argv[0]. */
	static char program[] = "lostsyn";
	argv[1] = program;
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c->run(argc - 1, argv + 1);
	size_t count = 0;
	while (commands[count].name != NULL)
		count++;
	const char *near = word_nearest(name, count, command_name, NULL);
	if (near != NULL)
		message("'%s' is no command; did you mean '%s'?", name, near);
	else
		message("'%s' is no command; 'lostsyn --help' lists them",
			name);
	return EXIT_USAGE;
}
