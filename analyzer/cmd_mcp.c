/*
 * lostsyn mcp: a report's answers to a model, over standard input and output.
 *
 * The database is a stranger's and so is what the model asks; the walls of the
 * sandbox stand before the first byte of either is read, and nothing is written
 * but the answers.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/sandbox.h"
#include "batch/index.h"
#include "command.h"
#include "mcp/serve.h"
#include "mcp/sql.h"
#include "store/stranger.h"

/* The index of a batch; it comes from a stranger as well. */
static sqlite3 *
open_index(const char *path, struct error *e)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		error_set(e, ERROR_ENVIRONMENT, "%s: cannot be opened: %s",
			path, sqlite3_errmsg(db));
	else {
		stranger_limit(db);
		if (stranger_check_schema(db, index_schema_sql(), path, e))
			return db;
	}
	sqlite3_close(db);
	return NULL;
}

static bool
exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

/* What REPORT means: the file, and whether it is an index. */
static const char *
find(struct arena *a, const char *report, bool *is_index)
{
	const char *index = arena_format(a, "%s/index.sqlite", report);
	const char *evidence = arena_format(a, "%s/evidence.sqlite", report);
	const char *slash = strrchr(report, '/');
	const char *base = slash == NULL ? report : slash + 1;
	*is_index = strcmp(base, "index.sqlite") == 0;
	if (exists(evidence))
		return evidence;
	*is_index |= exists(index);
	return exists(index) ? index : report;
}

static bool
run(const char *report, enum sandbox_wanted wanted, struct error *e)
{
	const struct report_options options = {.all_attempts = false};
	struct mcp_subject x = {0};
	struct arena a = {0};
	struct sandbox box;
	bool is_index;
	sandbox_begin(&box);
	sandbox_read(&box, report);
	if (sandbox_enter_as_wanted(&box, wanted, e) == NULL)
		return false;
	const char *path = find(&a, report, &is_index);
	sqlite3 *index = NULL;
	bool ok;
	if (is_index) {
		x.db = index = open_index(path, e);
		ok = index != NULL && mcp_sql_begin(index, e);
	} else {
		x.store = store_open(path, e);
		ok = x.store != NULL;
		x.db = ok ? store_db(x.store) : NULL;
		ok = ok && mcp_sql_begin(x.db, e);
		x.report = ok ? report_new(x.store, &options, e) : NULL;
		ok = x.report != NULL;
	}
	if (ok)
		mcp_serve(&x);
	report_free(x.report);
	store_free(x.store);
	sqlite3_close(index);
	arena_release(&a);
	return ok;
}

struct mcp_command {
	enum sandbox_wanted sandbox;
	bool help;
};

#define OPTIONS_INTO struct mcp_command
static const struct option_row rows[] = {
#include "cmd_mcp.def"
};
const struct options mcp_options = OPTIONS("mcp", rows);

int
cmd_mcp(int argc, char **argv)
{
	struct mcp_command c = {0};
	struct error e = {0};
	/* main leaves out the bookkeeping on which the bound of memory rests;
	 * until the first connection that can be said anew. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1);
	bool ok = options_read(&mcp_options, &c, argc, argv, &c.help, &e);
	if (ok && c.help) {
		options_print(&mcp_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (ok && argc - optind != 1)
		ok = error_set(&e, ERROR_USAGE,
			"name one report: lostsyn mcp case.lostsyn/");
	if (!ok || !run(argv[optind], c.sandbox, &e))
		return command_done(command_fail(&e));
	return command_done(EXIT_ALL_WELL);
}
