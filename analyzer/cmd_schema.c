/*
 * lostsyn schema: the tables and views of evidence.sqlite, with their comments.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "store/store.h"

static const char usage[] = "usage: lostsyn schema\n"
			    "\n"
			    "Prints the documented schema of evidence.sqlite.\n"
			    "\n"
			    "Example: lostsyn schema | less\n";

const char *
schema_usage(void)
{
	return usage;
}

int
cmd_schema(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") != 0)
		return command_usage(usage);
	if (argc > 1) {
		fputs(usage, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	char *facts = store_facts_sql();
	printf("%s\n%s;\n\n%s", store_schema_sql(), facts, store_former_sql());
	sqlite3_free(facts);
	return command_done(EXIT_ALL_WELL);
}
