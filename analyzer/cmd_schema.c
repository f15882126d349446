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
	char *schema = store_schema_sql();
	char *former = store_former_sql();
	printf("%s\n%s", schema, former);
	sqlite3_free(schema);
	sqlite3_free(former);
	return command_done(EXIT_ALL_WELL);
}
