/*
 * What looks like a date or a time and is none that is read; and which lines take
 * the time of another one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "parsers/log/log.h"

/* Days and times that are less than a date, or in other digits; and what only looks
   like one. */
static void
parts_of_dates_are_seen(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *shown;
	} rows[] = {
		{"Friday the 20th of November 2026 x", "20th of November"},
		{"20. November 23:41 x", "20. November"},
		{"Nov 20 refused", "Nov 20"},
		{"23h41m22 x", "23h41"},
		{"[20-11 23:41] x", "23:41"},
		{"11/20 11:41PM x", "11:41PM"},
		{"20261120 x", "20261120"},
		{"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-x",
			"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6"},
		{"retry, last sent 0 ms ago", ""},
		{"worker 12 may have died", ""},
		{"Marked 5 hosts down", ""},
		{"    at Object.<anonymous> (/app/x.js:41:22)", ""},
		{"dial tcp 192.0.2.9:5432: connection refused", ""},
		{"20269920 x", ""},
		{"connect to port 20261120", ""},
		{"connect to (10.20.30.40 : 1433) failed", ""},
		{"connect to 110.20.30.40 failed", ""},
		{"from 1.10.20.30 refused", ""},
		{"driver v12.10.21 refused", ""},
		{"proxy/12.10.2021 refused", ""},
		{"build 10.20.1234.5 refused", ""},
		{"am 20.11.26 refused", "20.11.26"},
		{"Stand 20.11.2026. refused", "20.11.2026"},
	};
	struct log_reader *r = log_new(LOG_PLAIN);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct log_record record;
		log_parse_line(r, view_str(rows[i].line), &record);
		if (!view_is(record.unread, rows[i].shown))
			fail_msg("%s: %.*s", rows[i].line,
				(int)record.unread.len,
				(const char *)record.unread.data);
	}
	log_free(r);
}

#define KERNEL "Nov 20 23:41:22 db-02 kernel: nf_conntrack: table full\n"
#define APPLICATION "2026-11-20 23:41:22,501 ERROR pool: failed\n"
#define LOGGING "Nov 20, 2026 11:41:22 PM com.example.Pool open\n"
#define PROXY "192.0.2.7 - - [20/Nov/2026:23:41:20 +0000] \"GET /\" 500 5\n"

/* Whose time may the line below have? A trace is an application's. */
static void
lines_take_no_strangers_time(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool inherited; /* by the last line */
	} rows[] = {
		{APPLICATION "java.net.ConnectException: refused\n", true},
		{KERNEL "java.net.ConnectException: refused\n", false},
		{PROXY "Error: connect ECONNREFUSED 192.0.2.9:443\n", false},
		{KERNEL "  indented\n", true},
		{LOGGING "WARNING: refused\n", true},
		{APPLICATION "WARNING: connect to 192.0.2.9 failed\n", false},
		{LOGGING "SEVERE: one\nWARNING: two\n", false},
		{APPLICATION "} connect ECONNREFUSED 192.0.2.9:443\n", false},
		{APPLICATION "}\n", true},
		{APPLICATION "], [\n", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct view window = view_str(rows[i].text);
		struct log_reader *r = log_new(LOG_PLAIN);
		struct log_record record;
		while (log_next(r, &window, true, &record) == LOG_RECORD)
			;
		if (record.time.inherited != rows[i].inherited)
			fail_msg("%s", rows[i].text);
		log_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_dates_are_seen),
		cmocka_unit_test(lines_take_no_strangers_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
