/*
 * The command line of analyze.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "analyze_options.h"
#include "base/clock.h"
#include "command.h"
#include "ingest/track.h"

static struct analyze_options o;
static struct case_config config;
static struct case_files files;
static struct error error;

/* Read a command line of words separated by blanks. */
static bool
read_line(const char *line)
{
	static char text[512];
	static char *argv[64];
	int argc = 0;
	case_files_release(&files);
	case_files_init(&files);
	error = (struct error){0};
	snprintf(text, sizeof text, "analyze %s", line);
	for (char *p = text, *word; (word = strsep(&p, " ")) != NULL;)
		if (*word != '\0')
			argv[argc++] = word;
	argv[argc] = NULL;
	return analyze_options_read(&o, &files, &config, argc, argv, &error);
}

static int
end(void **state)
{
	(void)state;
	case_files_release(&files);
	return 0;
}

static void
defaults(void **state)
{
	(void)state;
	assert_true(read_line("case"));
	assert_int_equal(o.paths_count, 1);
	assert_string_equal(o.paths[0], "case");
	assert_int_equal(o.from_ns, INT64_MIN);
	assert_int_equal(o.to_ns, INT64_MAX);
	assert_int_equal(o.limit, TRACK_LIMIT);
	assert_int_equal(o.progress, PROGRESS_AUTO);
	assert_null(o.out);
	assert_false(o.quiet || o.help || o.all_attempts);
	assert_int_equal(files.count, 0);
}

static void
captures_with_roles(void **state)
{
	(void)state;
	assert_true(read_line("--client a --server b --vantage lb=c=d "
			      "--evidence e --evidence client=f"));
	static const char *const wanted[][2] = {{"a", "client"},
		{"b", "server"}, {"c=d", "lb"}, {"e", NULL}, {"f", "client"}};
	assert_int_equal(files.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(files.list[i].path, wanted[i][0]);
		assert_true(files.list[i].named);
		if (wanted[i][1] == NULL)
			assert_null(files.list[i].role);
		else
			assert_string_equal(files.list[i].role, wanted[i][1]);
	}
	assert_int_equal(o.paths_count, 0);
}

static void
outputs_and_switches(void **state)
{
	(void)state;
	assert_true(read_line("case -o d --json - --html h --db b -q "
			      "--all-attempts --rules r1 --rules r2 "
			      "--filter tcp --progress never "
			      "--max-attempts 7"));
	assert_string_equal(o.out, "d");
	assert_string_equal(o.json, "-");
	assert_string_equal(o.html, "h");
	assert_string_equal(o.db, "b");
	assert_string_equal(o.filter, "tcp");
	assert_int_equal(o.rules.count, 2);
	assert_string_equal(o.rules.at[1], "r2");
	assert_int_equal(o.progress, PROGRESS_NEVER);
	assert_int_equal(o.limit, 7);
	assert_true(o.quiet && o.all_attempts);
}

#define T0 INT64_C(1795166104)

static void
times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{"2026-11-20T09:15:04Z", T0 * NS_PER_S},
		{"2026-11-20T09:15:04", T0 * NS_PER_S},
		{"2026-11-20T09:15:04.25Z", T0 * NS_PER_S + 250000000},
		{"2026-11-20T09:15:04.123456789Z", T0 * NS_PER_S + 123456789},
		{"2026-11-20T09:15:04.1234567891234Z",
			T0 * NS_PER_S + 123456789},
		{"2026-11-20T10:15:04+01:00", T0 * NS_PER_S},
		{"2026-11-20T03:45:04.5-05:30", T0 * NS_PER_S + 500000000},
		{"1795166104", T0 * NS_PER_S},
		{"0", 0},
		{"-1", -NS_PER_S},
		{"1969-12-31T23:59:59Z", -NS_PER_S},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char line[128];
		snprintf(line, sizeof line, "case --from %s --to %s",
			cases[i].text, cases[i].text);
		assert_true(read_line(line));
		assert_int_equal(o.from_ns, cases[i].ns);
		assert_int_equal(o.to_ns, cases[i].ns);
	}
}

static void
what_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", /* no evidence */
		"--nonsense case", "--client", "--vantage f", "--vantage =f",
		"--evidence =f",
		"--vantage aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee=f",
		"case --progress often", "case --max-attempts 0",
		"case --max-attempts -1", "case --max-attempts 5x",
		"case --max-attempts 99999999999999999999",
		"case --from yesterday", "case --from 2026-11-20",
		"case --from 2026-11-20T09:15:04X",
		"case --from 2026-11-20T09:15:04+01:00x",
		"case --from 2026-11-20T09:15:04.5e300Z",
		"case --from 2026-11-20T09:15:04.Z", "case --from nan",
		"case --from inf", "case --from 1e300",
		"case --from 9999-01-01T00:00:00Z",
		"case --from 0001-01-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (read_line(bad[i]))
			fail_msg("was taken: %s", bad[i]);
		assert_int_equal(error.kind, ERROR_USAGE);
		assert_int_not_equal(error.text[0], '\0');
	}
}

static void
too_many_rule_folders(void **state)
{
	(void)state;
	char line[512] = "case";
	for (int i = 0; i < OPTION_LIST_MAX; i++)
		snprintf(line + strlen(line), sizeof line - strlen(line),
			" --rules r");
	assert_true(read_line(line));
	snprintf(line + strlen(line), sizeof line - strlen(line), " --rules r");
	assert_false(read_line(line));
}

/* Help wants no evidence. */
static void
help(void **state)
{
	(void)state;
	assert_true(read_line("--help"));
	assert_true(o.help);
	char text[8192] = "";
	FILE *f = fmemopen(text, sizeof text, "w");
	options_print(&analyze_options, f);
	fclose(f);
	assert_non_null(strstr(text, "--max-attempts"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(captures_with_roles),
		cmocka_unit_test(outputs_and_switches),
		cmocka_unit_test(times),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(too_many_rule_folders),
		cmocka_unit_test(help),
	};
	opterr = 0; /* what getopt says of the bad ones is not this test's */
	return cmocka_run_group_tests(tests, NULL, end);
}
