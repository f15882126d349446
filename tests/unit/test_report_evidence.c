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
static const char logs[] =
	"INSERT INTO source(id, name, role, kind, bytes) VALUES"
	" (1, 'dmesg.txt', 'server', 'dmesg', 1),"
	" (2, 'syslog', 'server', 'syslog', 1),"
	" (3, 'nstat.txt', 'server', 'nstat', 1),"
	" (4, 'sysctl.txt', 'server', 'sysctl', 1);"
	"INSERT INTO setting(source, role, kind, scope, name, value,"
	" line) VALUES (4, 'server', 'sysctl', '',"
	" 'net.core.somaxconn', '128', 7);"
	"INSERT INTO counter(source, role, kind, scope, name, gauge,"
	" after, line) VALUES (4, 'server', 'sysctl', '',"
	" 'net.ipv4.tcp_syncookies', 1, 0, 8);"
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
	"'confirms');";

static struct store *
store_of_logs(const char *more)
{
	char *sql = sqlite3_mprintf("%s%s", logs, more);
	struct store *s = store_with(sql);
	sqlite3_free(sql);
	return s;
}

static void
like_evidence_is_one(void **state)
{
	(void)state;
	char place[WORDS_MAX];
	struct store *s = store_of_logs("");
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
	struct store *s = store_of_logs("");
	struct report *r = report_of(s, false);
	assert_string_equal(
		step_words(
			r, 1, "Raise net.core.somaxconn, and restart.", words),
		"Raise net.core.somaxconn, and restart. Today: "
		"net.core.somaxconn 128 "
		"(sysctl.txt:7); sysctl -w net.core.somaxconn=256.");
	assert_string_equal(
		step_words(r, 1, "Set net.core.somaxconn to 4096.", words),
		"Set net.core.somaxconn to 4096. Today: net.core.somaxconn "
		"128 (sysctl.txt:7); sysctl -w net.core.somaxconn=4096.");
	assert_string_equal(
		step_words(
			r, 1, "Raise net.core.unknown, e.g. by much.", words),
		"Raise net.core.unknown, e.g. by much.");
	assert_string_equal(
		step_words(r, 1, "Set net.core.somaxconn to 1 2, or", words),
		"Set net.core.somaxconn to 1 2, or Today: net.core.somaxconn "
		"128 (sysctl.txt:7); sysctl -w net.core.somaxconn='1 2'.");
	/* A number that a snapshot counts as a gauge is a setting, too. */
	assert_string_equal(
		step_words(r, 1, "Set net.ipv4.tcp_syncookies=1.", words),
		"Set net.ipv4.tcp_syncookies=1. Today: net.ipv4.tcp_syncookies "
		"0 (sysctl.txt:8); sysctl -w net.ipv4.tcp_syncookies=1.");
	report_free(r);
	store_free(s);
}

/* Several numbers of one setting are told once, without their tabs; none of
 * them is doubled. */
static void
settings_of_several_numbers(void **state)
{
	(void)state;
	char words[WORDS_MAX];
	struct store *s = store_of_logs(
		"INSERT INTO setting(source, kind, scope, name, value,"
		" line) VALUES (3, 'sysctl', '', "
		"'net.ipv4.ip_local_port_range',"
		" '32768\t60999', 9);"
		"INSERT INTO counter(source, kind, scope, name, gauge, after,"
		" line) VALUES (3, 'sysctl', '1',"
		" 'net.ipv4.ip_local_port_range', 1, 32768, 9), (3, 'sysctl',"
		" '2', 'net.ipv4.ip_local_port_range', 1, 60999, 9);");
	struct report *r = report_of(s, false);
	assert_string_equal(
		step_words(r, 1, "Raise net.ipv4.ip_local_port_range.", words),
		"Raise net.ipv4.ip_local_port_range. Today: "
		"net.ipv4.ip_local_port_range 32768 60999 (nstat.txt:9).");
	report_free(r);
	store_free(s);
}

/* A step and what it becomes when this rule counted 6 of finding 1. */
static void
rule_is(const char *kind, const char *scope, const char *step,
	const char *wanted)
{
	char words[WORDS_MAX];
	char *sql = sqlite3_mprintf(
		"INSERT INTO counter(source, kind, scope, name, gauge, before,"
		" after, delta, line) VALUES (3, %Q, %Q, 'drop_packets', 0, 1,"
		" 7, 6, 5)",
		kind, scope);
	struct store *s = store_of_logs(sql);
	sqlite3_free(sql);
	struct report *r = report_of(s, false);
	assert_string_equal(step_words(r, 1, step, words), wanted);
	report_free(r);
	store_free(s);
}

static void
steps_name_the_rule_that_drops(void **state)
{
	(void)state;
	static const char allow[] = "Allow it before the rule.";
	rule_is("nft", "inet lab input 2: tcp dport 443 drop", allow,
		"Allow it before the rule. Here: inet lab input 2 "
		"(nstat.txt:5), 6 packets; nft insert rule inet lab input "
		"index 1 tcp dport 443 accept.");
	rule_is("iptables-L", "INPUT 3: DROP 6 tcp dpt:22", allow,
		"Allow it before the rule. Here: INPUT 3 (nstat.txt:5), 6 "
		"packets; iptables -I INPUT 3 -p tcp --dport 22 -j ACCEPT.");
	rule_is("iptables-save", "raw OUTPUT 1: -p tcp --sport 80 -j DROP",
		allow,
		"Allow it before the rule. Here: raw OUTPUT 1 (nstat.txt:5), 6 "
		"packets; iptables -t raw -I OUTPUT 1 -p tcp --sport 80 -j "
		"ACCEPT.");
	/* Not asked to accept; no port; a name or port that a shell would
	   read as more. */
	rule_is("nft", "inet lab input 2: tcp dport 443 drop",
		"Narrow the rule.",
		"Narrow the rule. Here: inet lab input 2 (nstat.txt:5), 6 "
		"packets.");
	rule_is("nft", "inet lab input 2: drop", allow,
		"Allow it before the rule. Here: inet lab input 2 "
		"(nstat.txt:5), 6 packets.");
	rule_is("iptables-L", "$(reboot) 3: DROP tcp dpt:22", allow,
		"Allow it before the rule. Here: $(reboot) 3 (nstat.txt:5), 6 "
		"packets.");
	rule_is("iptables-L", "INPUT 3: DROP tcp dpt:22;reboot", allow,
		"Allow it before the rule. Here: INPUT 3 (nstat.txt:5), 6 "
		"packets.");
	rule_is("nft", "inet lab input 2: tcp dport 443 drop", "Raise it.",
		"Raise it.");
}

static void
steps_name_the_listener(void **state)
{
	(void)state;
	char words[WORDS_MAX];
	struct store *s = store_of_logs(
		"INSERT INTO host(id, ip) VALUES (1, '198.51.100.20');"
		"INSERT INTO reported_failure(id, source, line, server,"
		" server_port, how, count) VALUES (1, 2, 1, 1, 80,"
		" 'timed-out', 1);"
		"INSERT INTO finding_reported VALUES (1, 1);"
		"INSERT INTO socket(source, role, state, recv_q, send_q, local,"
		" local_port, line) VALUES"
		" (3, 'server', 'LISTEN', 0, 128, '0.0.0.0', 80, 4),"
		" (3, 'server', 'LISTEN', 0, 5, '0.0.0.0', 22, 5),"
		" (3, 'client', 'LISTEN', 0, 1, '0.0.0.0', 80, 6);");
	struct report *r = report_of(s, false);
	assert_string_equal(step_words(r, 1, "Raise the backlog.", words),
		"Raise the backlog. Here: 0.0.0.0:80 listens with a backlog of "
		"128 (nstat.txt:4).");
	report_free(r);
	store_free(s);
}

static void
parts_of_transcripts_are_lines_of_their_file(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		int64_t line;
		const char *place;
	} rows[] = {
		{"ticket.txt: ss -ltn (line 7)", 8, "ticket.txt:8 (ss -ltn)"},
		{"a: b (line 7)", -1, "a: b (line 7)"},
		{"dmesg.txt", 3, "dmesg.txt:3"},
		{"x (line 7)", 3, "x (line 7):3"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char place[WORDS_MAX] = "";
		evidence_stands(rows[i].source, rows[i].line, false, place);
		assert_string_equal(place, rows[i].place);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_are_not_words),
		cmocka_unit_test(like_evidence_is_one),
		cmocka_unit_test(steps_name_the_setting_of_today),
		cmocka_unit_test(settings_of_several_numbers),
		cmocka_unit_test(steps_name_the_rule_that_drops),
		cmocka_unit_test(steps_name_the_listener),
		cmocka_unit_test(parts_of_transcripts_are_lines_of_their_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
