/*
 * lostsyn export: a report's attempts in the words of other tools.
 *
 * The database comes from a ticket as often as from our own hands; it is read
 * behind the sandbox's walls.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/outfile.h"
#include "base/sandbox.h"
#include "command.h"
#include "report/export.h"

struct export_command {
	const char *report;
	const char *out;
	enum export_format format; /* EXPORT_FORMATS: not said */
	bool all;
	enum sandbox_wanted sandbox;
	bool help;
};

static const char format_words[] =
#define X(name, word, function, meaning) " " word
#include "report/export_formats.def"
#undef X
	;

#define OPTIONS_INTO struct export_command
static const struct option_row rows[] = {
#include "cmd_export.def"
};
const struct options export_options = OPTIONS("export", rows);

static bool
read_arguments(struct export_command *c, int argc, char **argv, struct error *e)
{
	if (!options_read(&export_options, c, argc, argv, &c->help, e))
		return false;
	if (c->help)
		return true;
	if (argc - optind != 1)
		return error_set(e, ERROR_USAGE,
			"name one report: lostsyn export case.lostsyn/ "
			"--format csv");
	if (c->format == EXPORT_FORMATS)
		return error_set(e, ERROR_USAGE,
			"say which --format; --help lists them");
	c->report = argv[optind];
	return true;
}

/* The folder that a file is in. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	return slash == path ? "/"
			     : arena_copy(a, path, (size_t)(slash - path));
}

static bool
enter_sandbox(const struct export_command *c, struct arena *a, struct error *e)
{
	struct sandbox s;
	sandbox_begin(&s);
	sandbox_read(&s, c->report);
	if (strcmp(c->out, "-") != 0)
		sandbox_write(&s, folder_of(a, c->out));
	return sandbox_enter_as_wanted(&s, c->sandbox, e) != NULL;
}

static bool
export_to(const struct export_command *c, struct store *s, struct error *e)
{
	const struct report_options options = {.all_attempts = c->all};
	struct outfile out = {0};
	struct report *r = report_new(s, &options, e);
	bool ok = r != NULL && outfile_open(&out, c->out, e) &&
		report_export(r, out.stream, c->format, c->all, e) &&
		outfile_publish(&out, e);
	outfile_abandon(&out);
	report_free(r);
	return ok;
}

static bool
run(const struct export_command *c, struct error *e)
{
	struct arena a = {0};
	struct stat st;
	if (!enter_sandbox(c, &a, e)) {
		arena_release(&a);
		return false;
	}
	const char *path = stat(c->report, &st) == 0 && S_ISDIR(st.st_mode)
		? arena_format(&a, "%s/evidence.sqlite", c->report)
		: c->report;
	struct store *s = store_open(path, e);
	bool ok = s != NULL && export_to(c, s, e);
	store_free(s);
	arena_release(&a);
	return ok;
}

int
cmd_export(int argc, char **argv)
{
	struct export_command c = {.out = "-", .format = EXPORT_FORMATS};
	struct error e = {0};
	if (!read_arguments(&c, argc, argv, &e))
		return command_done(command_fail(&e));
	if (c.help) {
		options_print(&export_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (!run(&c, &e))
		return command_done(command_fail(&e));
	return command_done(EXIT_ALL_WELL);
}
