/*
 * Evidence put together, and steps with the settings that they name.
 */
#include "test_report_support.h"

#include "report/evidence.h"
#include "report/steps.h"

static void
stamps_are_not_words(void **state)
{
	(void)state;
	static const struct {
		const char *line, *words;
	} rows[] = {
		{"2026-11-21T00:37:25,191569+00:00 nf_conntrack: full",
			"nf_conntrack: full"},
		{"Nov 21 00:37:25 web-1 kernel: [ 12.5] TCP: drop",
			"TCP: drop"},
		{"[12345.678901] TCP: drop", "TCP: drop"},
		{"nstat: TcpExtListenDrops 0 -> 6 (+6)",
			"nstat: TcpExtListenDrops 0 -> 6 (+6)"},
		{"Nov", "Nov"},
		{"[", "["},
		{"2026-11-21T00:37:25", "2026-11-21T00:37:25"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(
			evidence_words(rows[i].line), rows[i].words);
}

/* Two logs with the same two messages, a counter, a line that says less of
 * what a stronger one said. */
static struct store *
store_of_logs(void)
{
	return store_with(
		"INSERT INTO source(id, name, role, kind, bytes) VALUES"
		" (1, 'dmesg.txt', 'server', 'dmesg', 1),"
		" (2, 'syslog', 'server', 'syslog', 1),"
		" (3, 'nstat.txt', 'server', 'nstat', 1),"
		" (4, 'sysctl.txt', 'server', 'sysctl', 1);"
		"INSERT INTO setting(source, role, kind, scope, name, value,"
		" line) VALUES (4, 'server', 'sysctl', '',"
		" 'net.core.somaxconn', '128', 7);"
		"INSERT INTO finding VALUES (1, 'r', 'r', 'full', 'confirmed',"
		" NULL, 1, '[]', '[]', '[]', '[]', '[]');"
		"INSERT INTO finding_evidence VALUES"
		" (1, 1, 3, 1000000000, '[1.0] drop 17', 'confirms'),"
		" (1, 1, 4, 2000000000, '[2.0] drop 18', 'confirms'),"
		" (1, 2, 9, 1000000000, 'Nov 21 00:00:01 a kernel: [1.0] drop"
		" 17', 'confirms'),"
		" (1, 2, 10, 2000000000, 'Nov 21 00:00:02 a kernel: [2.0] drop"
		" 18', 'confirms'),"
		" (1, 3, 5, NULL, 'Drops 0 -> 2 (+2); 2 lost', 'confirms'),"
		" (1, 3, 5, NULL, 'Drops 0 -> 2 (+2)', 'supports'),"
		" (1, NULL, NULL, NULL, 'and 12 more like these', "
		"'confirms');");
}

static void
like_evidence_is_one(void **state)
{
	(void)state;
	char place[WORDS_MAX];
	struct store *s = store_of_logs();
	struct report *r = report_of(s, false);
	struct evidence *e = memory_take(1, sizeof *e);
	evidence_read(r, 1, e);
	assert_int_equal(e->count, 2);
	assert_int_equal(e->more, 12);
	/* What says how many comes first. */
	assert_string_equal(e->groups[0].text, "Drops 0 -> 2 (+2); 2 lost");
	assert_string_equal(e->groups[1].text, "drop 17");
	assert_int_equal(e->groups[1].count, 2);
	assert_string_equal(
		evidence_place(&e->groups[1], place), "dmesg.txt:3, syslog:9");
	free(e);
	report_free(r);
	store_free(s);
}

static void
steps_name_the_setting_of_today(void **state)
{
	(void)state;
	char words[WORDS_MAX];
	struct store *s = store_of_logs();
	struct report *r = report_of(s, false);
	assert_string_equal(
		step_words(r, "Raise net.core.somaxconn, and restart.", words),
		"Raise net.core.somaxconn, and restart. Today: 128 "
		"(sysctl.txt:7); sysctl -w net.core.somaxconn=256.");
	assert_string_equal(
		step_words(r, "Set net.core.somaxconn to 4096.", words),
		"Set net.core.somaxconn to 4096. Today: 128 (sysctl.txt:7); "
		"sysctl -w net.core.somaxconn=4096.");
	assert_string_equal(
		step_words(r, "Raise net.core.unknown, e.g. by much.", words),
		"Raise net.core.unknown, e.g. by much.");
	report_free(r);
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_are_not_words),
		cmocka_unit_test(like_evidence_is_one),
		cmocka_unit_test(steps_name_the_setting_of_today),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
