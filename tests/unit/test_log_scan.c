/*
 * The scan: the same events as reading every record, whatever the windows;
 * repeats, times from above, lines beyond every bound, and the sum of lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "log_windows.h"
#include "test_log_blocks.h"
#include "test_log_text.h"

static struct pattern_set *set;

static int
set_make(void **state)
{
	(void)state;
	struct problems problems = {.out = stderr};
	set = pattern_set_new();
	if (!pattern_set_add_embedded(set, &problems))
		return 1;
	pattern_set_seal(set);
	return 0;
}

static int
set_free(void **state)
{
	(void)state;
	pattern_set_free(set);
	return 0;
}

/* "LINE EVENT xCOUNT | reading" */
static void
event_print(void *out, const struct log_event *e)
{
	char text[RECORD_TEXT_MAX];
	fprintf(out, "%llu@%llu %s x%llu | %s\n",
		(unsigned long long)e->record->line,
		(unsigned long long)e->record->offset, e->pattern->event,
		(unsigned long long)e->count, record_text(e->record, text));
}

/* Events of a file, in windows that grow by step. */
static char *
events_of(struct view file, size_t step, struct log_scan_summary *summary)
{
	return log_windows(set, file, step, event_print, summary);
}

#define DROP "nf_conntrack: table full, dropping packet"

static const char mixed[] =
	"boot log of a host\n"
	"Nov 20 18:39:43 vm kernel: " DROP "\n"
	"Nov 20 18:39:44 vm kernel: last message repeated 27 times\n"
	"Nov 20 18:39:45 vm kernel: message repeated 3 times: [ " DROP "]\r\n"
	"Nov 20 18:39:46 vm sshd[7]: nothing of interest\n"
	"Nov 20 18:39:46 vm kernel: last message repeated 5 times\n"
	"Nov 20 18:39:47 vm java[8]: request failed\n"
	"java.net.ConnectException: Connection timed out\n"
	"\tat java.net.Socket.connect(Socket.java:589)\n"
	"\n"
	"Caused by: java.net.SocketTimeoutException: connect timed out\n"
	"Nov 20 18:39:48 vm nginx: 2026/11/20 18:39:48 [error] 7#7: *3 "
	"connect()"
	" failed (111: Connection refused) while connecting to upstream, "
	"client:"
	" 127.0.0.1, server: a, request: \"GET / HTTP/1.1\", upstream: "
	"\"http://10.2.0.2:81/\", host: \"a\"\n"
	"{\"__REALTIME_TIMESTAMP\":\"1795218292501242\",\"MESSAGE\":\"" DROP
	"\",\"_TRANSPORT\":\"kernel\"}\n"
	"[ 12.345678] " DROP "\n"
	"conntrack: table full\n"
	"Nov 20 18:39:49 vm kernel: net_ratelimit: 9 callbacks suppressed\n"
	"Nov 20 18:39:49 vm kernel: " DROP;

/* kubectl counts an event that came again; a text of its own form does not. */
static void
events_of_kubectl_count(void **state)
{
	static const char drop[] = " kubelet  Readiness probe failed: dial tcp "
				   "10.244.1.7:9376: connect: connection "
				   "refused\n";
	static const struct {
		const char *columns;
		const char *counts;
	} lines[] = {
		{"  Warning  Unhealthy  59s (x23 over 5m) ", "23"},
		{"  Warning  Unhealthy  2m59s (x7 over 3d4h) ", "7"},
		{"shop  59s (x12 over 5m)  Warning  Unhealthy  Pod/web ", "12"},
		{"  Warning  Unhealthy  59s ", "1"},
		{"  Warning  Unhealthy  59s (x0 over 5m) ", "1"},
		{"  Warning  Unhealthy  59s (x23 times) ", "1"},
		{"  retried for 59s (x23 over 5m) ", "1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char text[256];
		char count[16];
		struct log_scan_summary summary;
		snprintf(text, sizeof text, "%s%s", lines[i].columns, drop);
		snprintf(count, sizeof count, " x%s |", lines[i].counts);
		char *told = events_of(view_str(text), strlen(text), &summary);
		assert_int_equal(summary.events, 1);
		assert_non_null(strstr(told, count));
		free(told);
	}
}

/* kubectl get events -o wide has the count behind the text. */
static void
wide_events_of_kubectl_count(void **state)
{
	static const char text[] =
		"3m  Warning  Unhealthy  pod/a  Readiness probe failed: dial "
		"tcp "
		"10.2.0.2:80: connect: connection refused   12m   23   a.17a1\n"
		"3m  Strange  Unhealthy  pod/a  Readiness probe failed: dial "
		"tcp "
		"10.2.0.2:81: connect: connection refused   12m   24   a.17a1\n"
		"3m  Warning  Unhealthy  pod/a  Readiness probe failed: dial "
		"tcp "
		"10.2.0.2:82: connect: connection refused   soon   25   "
		"a.17a1\n";
	struct log_scan_summary summary;
	(void)state;
	char *told = events_of(view_str(text), strlen(text), &summary);
	assert_int_equal(summary.events, 3);
	assert_non_null(strstr(told, " x23 |"));
	assert_null(strstr(told, " x24 |"));
	assert_null(strstr(told, " x25 |"));
	free(told);
}

static void
windows_make_no_difference(void **state)
{
	(void)state;
	struct view file = view_of(mixed, sizeof mixed - 1);
	struct log_scan_summary whole;
	char *expected = events_of(file, file.len, &whole);
	assert_int_equal(whole.events, 10);
	assert_int_equal(whole.lines, 17);
	for (size_t step = 1; step < file.len; step++) {
		struct log_scan_summary summary;
		char *text = events_of(file, step, &summary);
		assert_string_equal(text, expected);
		assert_int_equal(summary.lines, whole.lines);
		assert_int_equal(summary.candidates, whole.candidates);
		free(text);
	}
	free(expected);
}

static void
mixed_events_are_these(void **state)
{
	(void)state;
	struct log_scan_summary summary;
	char *text = events_of(view_of(mixed, sizeof mixed - 1), 64, &summary);
	static const char *const expected[] = {
		"2@19 conntrack-table-full x1 | syslog, no-year "
		"2028-11-20T18:39:43Z,",
		"3@88 conntrack-table-full x27 | syslog, no-year "
		"2028-11-20T18:39:44Z,",
		" conntrack-table-full x3 | syslog, no-year "
		"2028-11-20T18:39:45Z,",
		"8@",
		" connect-timeout x1 | plain, no-year 2028-11-20T18:39:47Z "
		"inherited,",
		"11@",
		"nginx-connect-refused x1 | syslog+nginx-error, ",
		"conntrack-table-full x1 | journal-json, utc "
		"2026-11-20T23:44:52.501242Z,",
		"conntrack-table-full x1 | dmesg, boot 12.345678,",
		"messages-suppressed x9 | syslog",
		"17@",
	};
	const char *at = text;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		at = strstr(at, expected[i]);
		if (at == NULL)
			print_message("%s\nlacks: %s\n", text, expected[i]);
		assert_non_null(at);
	}
	free(text);
}

/* Every record through pattern_match gives what the scan finds by words. */
static void
scan_misses_nothing(void **state)
{
	(void)state;
	struct view file = view_of(mixed, sizeof mixed - 1);
	struct log_scan_summary summary;
	free(events_of(file, file.len, &summary));
	struct log_reader *r = log_new(LOG_SYSLOG_BSD);
	struct pattern_matcher *m = pattern_matcher_new(set);
	struct log_record record;
	struct log_event event;
	uint64_t events = 0;
	while (log_next(r, &file, true, &record) == LOG_RECORD)
		events += pattern_match(m, &record, &event);
	/* One line repeats an event; only the scan looks back. */
	assert_int_equal(events + 1, summary.events);
	pattern_matcher_free(m);
	log_free(r);
}

/* A record of several lines is one, whoever reads it: its event needs them all. */
static void
records_of_lines_give_events(void **state)
{
	(void)state;
	static const char blocked[] =
		"Id           : 5152\n"
		"TimeCreated  : 2026-11-20T23:41:22.4431120Z\n"
		"ProviderName : Microsoft-Windows-Security-Auditing\n"
		"Message      : The Windows Filtering Platform has blocked a "
		"packet.\n"
		"               Network Information:\n"
		"                   Direction:\t\tOutbound\n"
		"                   Source Address:\t\t10.1.0.2\n"
		"                   Source Port:\t\t50122\n"
		"                   Destination Address:\t10.2.0.2\n"
		"                   Destination Port:\t\t1433\n"
		"                   Protocol:\t\t6\n";
	struct log_scan_summary summary;
	char *told = events_of(view_str(blocked), sizeof blocked, &summary);
	assert_int_equal(summary.events, 1);
	assert_non_null(strstr(told, " firewall-log-drop x1 | windows-event"));
	free(told);
}

/* A log that was copied behind an event is none of its description. */
static void
a_log_behind_an_event_is_read(void **state)
{
	(void)state;
	static const char *const fronts[] = {
		"Event[0]\n"
		"  Date: 2026-11-20T23:41:22.5010000Z\n"
		"  Event ID: 4227\n"
		"  Description: \n"
		"TCP/IP failed to establish an outgoing connection\n"
		"Nov 20 is no log\n",
		"Log Name:      System\n"
		"Source:        Tcpip\n"
		"Date:          11/20/2026 23:41:22\n"
		"Event ID:      4227\n"
		"Task Category: None\n"
		"Level:         Warning\n"
		"Keywords:      Classic\n"
		"User:          N/A\n"
		"Computer:      web01\n"
		"Description:\n"
		"TCP/IP failed to establish an outgoing connection\n"};
	static const char *const logs[] = {"Nov 20 18:39:43 vm kernel: " DROP
					   "\n",
		"2026-11-20T18:39:43+00:00 vm kernel: " DROP "\r\n",
		"[ 12.345678] " DROP "\n"};
	for (size_t i = 0; i < 6; i++) {
		char text[2048];
		int n = snprintf(text, sizeof text, "%s%s%s%s", fronts[i / 3],
			logs[i % 3], logs[i % 3], logs[i % 3]);
		struct view file = view_of(text, (size_t)n);
		struct log_scan_summary summary;
		char *told = events_of(file, file.len, &summary);
		size_t drops = 0;
		for (const char *p = told;
			(p = strstr(p, " conntrack-table-full x1 |"));)
			drops += *p++ == ' ';
		if (drops != 3)
			fail_msg("%zu of 3:\n%s", drops, told);
		for (size_t step = 1; step < file.len; step++) {
			char *again = events_of(file, step, &summary);
			assert_string_equal(again, told);
			free(again);
		}
		free(told);
	}
}

static void
blocks_are_scanned(void **state)
{
	(void)state;
	for (size_t i = 0; i < BLOCK_FILES; i++) {
		struct view file =
			view_of(block_files[i].bytes, block_files[i].len);
		struct log_scan_summary whole;
		char *expected = events_of(file, file.len, &whole);
		for (size_t step = 1; step < file.len; step++) {
			struct log_scan_summary summary;
			char *text = events_of(file, step, &summary);
			assert_string_equal(text, expected);
			free(text);
		}
		free(expected);
	}
}

/* Everyday lines that hold the words of trouble make no event. */
static void
harmless_lines_are_inert(void **state)
{
	(void)state;
	static const char *const lines[] = {
#define X(line) line,
#include "harmless_lines.def"
#undef X
	};
	struct log_reader *r = log_new(LOG_SYSLOG_BSD);
	struct pattern_matcher *m = pattern_matcher_new(set);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct log_record record;
		struct log_event event;
		log_parse_line(r, view_str(lines[i]), &record);
		bool found = pattern_match(m, &record, &event);
		if (found)
			print_message(
				"%s: %s\n", event.pattern->event, lines[i]);
		assert_false(found);
	}
	pattern_matcher_free(m);
	log_free(r);
}

static void
long_lines_are_scanned(void **state)
{
	(void)state;
	size_t len = 3 * LOG_LINE_MAX;
	char *bytes = malloc(len);
	assert_non_null(bytes);
	memset(bytes, 'x', len);
	static const char head[] = "Nov 20 18:39:43 vm kernel: " DROP " ";
	static const char tail[] = "\nNov 20 18:39:44 vm kernel: " DROP "\n";
	memcpy(bytes, head, sizeof head - 1);
	memcpy(bytes + len - sizeof tail + 1, tail, sizeof tail - 1);
	struct log_scan_summary whole;
	char *expected = events_of(view_of(bytes, len), len, &whole);
	assert_int_equal(whole.events, 2);
	assert_int_equal(whole.lines, 2);
	for (size_t step = 300000; step < len; step += 400001) {
		struct log_scan_summary summary;
		char *text = events_of(view_of(bytes, len), step, &summary);
		assert_string_equal(text, expected);
		assert_int_equal(summary.lines, 2);
		free(text);
	}
	free(expected);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_kubectl_count),
		cmocka_unit_test(wide_events_of_kubectl_count),
		cmocka_unit_test(windows_make_no_difference),
		cmocka_unit_test(mixed_events_are_these),
		cmocka_unit_test(scan_misses_nothing),
		cmocka_unit_test(records_of_lines_give_events),
		cmocka_unit_test(a_log_behind_an_event_is_read),
		cmocka_unit_test(blocks_are_scanned),
		cmocka_unit_test(harmless_lines_are_inert),
		cmocka_unit_test(long_lines_are_scanned),
	};
	return cmocka_run_group_tests(tests, set_make, set_free);
}
