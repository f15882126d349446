/*
 * lostsyn schema: the tables and views of evidence.sqlite, with their comments.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "store/store.h"

static const struct option_row rows[] = {
#include "cmd_schema.def"
};
const struct options schema_options = OPTIONS("schema", rows);

int
cmd_schema(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") != 0)
		return command_usage(&schema_options);
	if (argc > 1) {
		options_print(&schema_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	char *schema = store_schema_sql();
	char *former = store_former_sql();
	printf("%s\n%s", schema, former);
	sqlite3_free(schema);
	sqlite3_free(former);
	return command_done(EXIT_ALL_WELL);
}
