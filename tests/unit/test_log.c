/*
 * Log envelopes: every documented line and its relatives, cut anywhere, in
 * windows of any size; times against the calendar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "parsers/log/log_time.h"
#include "test_log_blocks.h"
#include "test_log_text.h"

static const struct {
	const char *line;
	const char *reading;
} rows[] = {
#include "test_log_rows.def"
#include "test_log_rows_more.def"
};

#define ROWS (sizeof rows / sizeof *rows)

static void
lines_are_read(void **state)
{
	(void)state;
	struct log_reader *r = log_new(LOG_PLAIN);
	for (size_t i = 0; i < ROWS; i++) {
		struct log_record record;
		char text[RECORD_TEXT_MAX];
		log_parse_line(r, view_str(rows[i].line), &record);
		assert_string_equal(
			record_text(&record, text), rows[i].reading);
	}
	log_free(r);
}

/* The example of every row of log_parsers.def is read as that row. */
static void
examples_are_read(void **state)
{
	(void)state;
	struct log_reader *r = log_new(LOG_PLAIN);
	for (int f = 0; f < LOG_FAMILY_COUNT; f++) {
		const char *example = log_family_example((enum log_family)f);
		struct log_record record;
		/* Those of several lines have tests of their own. */
		if (f >= LOG_JSON_DOCUMENT || f == LOG_JOURNAL_MONOTONIC)
			continue;
		log_parse_line(r, view_str(example), &record);
		assert_string_equal(
			log_family_id((enum log_family)record.family),
			log_family_id((enum log_family)f));
	}
	log_free(r);
}

/* So is the example of every row of log_times.def, to its end or the level that
   tells the order of its numbers. */
static void
times_are_read(void **state)
{
	(void)state;
	static const char *const examples[] = {
#define X(template, example, who) example,
#include "parsers/log/log_times.def"
#undef X
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct cursor c = cursor_of(view_str(examples[i]));
		struct log_time t;
		char text[128];
		assert_true(time_any(&c, &t));
		time_text(&t, text);
		if (view_is(cursor_rest(&c), " INFO "))
			c.p = c.end;
		if (cursor_left(&c) > 0 || strstr(text, "-11-20T") == NULL)
			fail_msg("%s: %s", examples[i], text);
	}
}

/* What stands before a time, and what is no time: lines as programs write them. */
static void
fronts_are_passed(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *when; /* "none": no time is read */
	} cases[] = {
		{"%3|1795218082.501|FAIL|rdkafka#p-1| text",
			"utc 2026-11-20T23:41:22.501Z"},
		{"type=AVC msg=audit(1795218082.501:4711): avc: denied",
			"utc 2026-11-20T23:41:22.501Z"},
		{"INFO   | jvm 1    | 2026/11/20 23:41:22 | text",
			"local 2026-11-20T23:41:22Z"},
		{"[I 261120 23:41:22 web:2239] text",
			"local 2026-11-20T23:41:22Z"},
		{"W 2026-11-20 23:41:22.5 text",
			"local 2026-11-20T23:41:22.5Z"},
		{"[11/20/26 23:41:22:123 UTC] 00000001 a E text",
			"utc 2026-11-20T23:41:22.123Z"},
		{"2026-11-20 23:41:22:123 ERROR text",
			"local 2026-11-20T23:41:22.123Z"},
		{"I 5 times said so at 12:00:00", "none"},
		{"%3|17952180|FAIL| text", "none"},
		{"@40000000 is no label of 12:00:00", "none"},
	};
	struct log_reader *r = log_new(LOG_STAMPED);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct log_record record;
		char text[128];
		log_parse_line(r, view_str(cases[i].line), &record);
		time_text(&record.time, text);
		if (strncmp(text, cases[i].when, strlen(cases[i].when) - 1) !=
			0)
			fail_msg("%s: %s", cases[i].line, text);
	}
	log_free(r);
}

/* A date that could be two days is one only when the file shows which. */
static void
dates_need_an_order(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *first; /* reading of the first line's time */
	} cases[] = {
		{"03/04/2026 10:00:00 a\n", "none"},
		{"03/04/2026 10:00:00 a\n03/14/2026 10:00:00 b\n",
			"local 2026-03-04T10:00:00Z"},
		{"03/04/2026 10:00:00 a\n14/03/2026 10:00:00 b\n",
			"local 2026-04-03T10:00:00Z"},
		{"03/04/2026 10:00:00 a\n14/03/2026 10:00:00 b\n"
		 "03/14/2026 10:00:00 c\n",
			"none"},
		{"04/04/2026 10:00:00 a\n", "local 2026-04-04T10:00:00Z"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct view line = view_str(cases[i].file);
		struct log_guess guess = log_recognise(line);
		struct log_reader *r = log_new_for(&guess);
		struct log_record record;
		char text[128];
		line.len = strcspn(cases[i].file, "\n");
		log_parse_line(r, line, &record);
		time_text(&record.time, text);
		assert_string_equal(text, cases[i].first);
		assert_int_equal(record.unread.len > 0,
			record.time.kind == LOG_TIME_NONE);
		log_free(r);
	}
}

/* A time of day has a date only from the file's name. */
static void
days_come_from_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *time;
	} cases[] = {
		{"app.log", "none"},
		{"app-20261120.log", "none"},
		{"logs/app.2026-11-20.log", "local 2026-11-20T10:14:03.500Z"},
		{"app.2026-13-20.log", "none"},
	};
	struct view line = view_str("10:14:03.500 [main] ERROR text");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct log_guess guess = log_recognise(line);
		struct log_record record;
		char text[128];
		log_guess_name(&guess, cases[i].name);
		struct log_reader *r = log_new_for(&guess);
		log_parse_line(r, line, &record);
		time_text(&record.time, text);
		assert_string_equal(text, cases[i].time);
		log_free(r);
	}
}

/* Whose time may a line take? */
static void
continuations_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool continues;
	} cases[] = {
		{"\tat java.net.Socket.connect(Socket.java:5)", true},
		{"java.net.ConnectException: Connection timed out", true},
		{"TimeoutError: [Errno 110] Connection timed out", true},
		{"Caused by: x", true},
		{"AggregateError [ECONNREFUSED]: ", true},
		{"AggregateError [not a code]: ", false},
		{"SEVERE: text", true},
		{"", true},
		{"connect to 10.0.0.1 failed", false},
		{"nf_conntrack: table full, dropping packet", false},
		{"app: Connection timed out", false},
	};
	struct log_reader *r = log_new(LOG_PLAIN);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct log_record record;
		log_parse_line(r, view_str(cases[i].line), &record);
		if (log_continues(&record) != cases[i].continues)
			fail_msg("%s", cases[i].line);
	}
	log_free(r);
}

/* A date that is shown and cannot be read is said, and nobody else's is taken
   for it, by this line or by those below. */
static void
unread_dates_are_said(void **state)
{
	(void)state;
	struct log_reader *r = log_new(LOG_SYSLOG_BSD);
	struct view window = view_str("Nov 20 18:39:43 vm a: b\n"
				      "  20-11-26 18:50:00 c\n"
				      "  d\n"
				      "Nov 20 18:51:43 vm a: e\n"
				      "  f\n");
	static const bool known[] = {true, false, false, true, true};
	struct log_record record;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(
			log_next(r, &window, true, &record), LOG_RECORD);
		assert_int_equal(record.time.kind != LOG_TIME_NONE, known[i]);
		assert_int_equal(record.unread.len > 0, i == 1);
	}
	assert_true(record.time.inherited);
	log_free(r);
}

/* Whatever the file's family, a line is read the same unless its family is
   the one that only a whole file can show. */
static void
families_change_nothing(void **state)
{
	(void)state;
	for (int f = 0; f < LOG_FAMILY_COUNT; f++) {
		if (f == LOG_JOURNAL_MONOTONIC)
			continue;
		struct log_reader *r = log_new((enum log_family)f);
		for (size_t i = 0; i < ROWS; i++) {
			struct log_record record;
			char text[RECORD_TEXT_MAX];
			log_parse_line(r, view_str(rows[i].line), &record);
			/* "2026-.. host a: b" is a stamped line as well. */
			if (record.family == f)
				continue;
			assert_string_equal(
				record_text(&record, text), rows[i].reading);
		}
		log_free(r);
	}
}

/* Every prefix, in memory that ends where the prefix does. */
static void
prefixes_do_no_harm(void **state)
{
	(void)state;
	struct log_reader *r = log_new(LOG_PLAIN);
	for (size_t i = 0; i < ROWS; i++) {
		size_t len = strlen(rows[i].line);
		for (size_t n = 0; n <= len; n++) {
			uint8_t *exact = malloc(n + (n == 0));
			struct log_record record;
			assert_non_null(exact);
			memcpy(exact, rows[i].line, n);
			log_parse_line(r, view_of(exact, n), &record);
			assert_true(record.family < LOG_FAMILY_COUNT);
			assert_true(record.message.len <= LOG_TEXT_MAX);
			free(exact);
		}
	}
	log_free(r);
}

/* All records of a file, given to the reader `step` bytes at a time. */
static char *
records_of(struct view file, enum log_family family, size_t step)
{
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	struct log_reader *r = log_new(family);
	size_t start = 0;
	size_t have = step < file.len ? step : file.len;
	for (;;) {
		/* Exact memory, so that reading behind the window shows. */
		size_t n = have - start;
		uint8_t *exact = malloc(n + (n == 0));
		assert_non_null(exact);
		memcpy(exact, file.data + start, n);
		struct view window = view_of(exact, n);
		struct log_record record;
		char line[RECORD_TEXT_MAX];
		enum log_status s =
			log_next(r, &window, have == file.len, &record);
		if (s == LOG_RECORD)
			fprintf(out, "%llu+%llu %s\n",
				(unsigned long long)record.line,
				(unsigned long long)record.lines,
				record_text(&record, line));
		start += n - window.len;
		free(exact);
		if (s == LOG_END)
			break;
		if (s == LOG_MORE) {
			assert_true(have < file.len);
			have = have + step < file.len ? have + step : file.len;
		}
	}
	const struct log_summary *sum = log_summary(r);
	assert_int_equal(sum->bytes, file.len);
	assert_int_equal(sum->lines, sum->recognised + sum->other);
	size_t newlines = lines_count(file);
	assert_int_equal(sum->lines,
		newlines + (file.len > 0 && file.data[file.len - 1] != '\n'));
	log_free(r);
	fclose(out);
	return text;
}

static void
blocks_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < BLOCK_FILES; i++) {
		struct view file =
			view_of(block_files[i].bytes, block_files[i].len);
		struct log_guess guess = log_recognise(file);
		assert_string_equal(
			log_family_id(guess.family), block_files[i].family);
		for (size_t step = 1; step <= file.len; step += step) {
			char *text = records_of(file, guess.family, step);
			assert_string_equal(text, block_files[i].records);
			free(text);
		}
	}
}

/* Any family may be claimed for any bytes, cut anywhere. */
static void
wrong_families_do_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < BLOCK_FILES; i++)
		for (int f = 0; f < LOG_FAMILY_COUNT; f++)
			for (size_t cut = 0; cut <= block_files[i].len;
				cut += 1 + cut / 16)
				free(records_of(
					view_of(block_files[i].bytes, cut),
					(enum log_family)f, 64));
}

static void
long_lines_are_cut(void **state)
{
	(void)state;
	size_t len = 3 * LOG_LINE_MAX + 7;
	char *bytes = malloc(len);
	assert_non_null(bytes);
	memset(bytes, 'x', len);
	memcpy(bytes, "Nov 20 18:39:43 vm a: ", 22);
	memcpy(bytes + len - 6, "\nlast\n", 6);
	struct log_reader *r = log_new(LOG_SYSLOG_BSD);
	struct view window = view_of(bytes, len);
	struct log_record record;
	assert_int_equal(log_next(r, &window, true, &record), LOG_RECORD);
	assert_true(record.cut);
	assert_int_equal(record.raw.len, LOG_LINE_MAX);
	assert_int_equal(record.family, LOG_SYSLOG_BSD);
	assert_int_equal(log_next(r, &window, true, &record), LOG_RECORD);
	assert_int_equal(record.line, 2);
	assert_int_equal(record.offset, len - 5);
	assert_true(view_is(record.raw, "last"));
	assert_int_equal(log_next(r, &window, true, &record), LOG_END);
	assert_int_equal(log_summary(r)->lines, 2);
	assert_int_equal(log_summary(r)->bytes, len);
	assert_int_equal(log_summary(r)->cut, 1);
	log_free(r);
	free(bytes);
}

/* A line that is its own takes no time, and what is indented below it none
   either; the cause of an exception does, whatever its message held. */
static void
times_stop_at_other_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool inherited;
	} lines[] = {
		{"2026-11-20 23:41:22 ERROR pool: failed", false},
		{"java.sql.SQLException: link failure", true},
		{"The last packet was sent 0 ms ago.", false},
		{"\tat com.example.Pool.open(Pool.java:7)", true},
		{"Caused by: java.net.ConnectException: refused", true},
		{"mount.nfs: Connection timed out", false},
		{"  Warning  Unhealthy  2m  kubelet  probe failed", false},
		{"db.example.com: Name or service not known", false},
	};
	char text[512] = "";
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
			"%s\n", lines[i].line);
	struct log_reader *r = log_new(LOG_STAMPED);
	struct view window = view_str(text);
	struct log_record record;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_int_equal(
			log_next(r, &window, true, &record), LOG_RECORD);
		assert_int_equal(record.time.inherited, lines[i].inherited);
	}
	log_free(r);
}

/* A time reaches LOG_INHERIT_LINES down, and no further. */
static void
times_are_inherited_so_far(void **state)
{
	(void)state;
	char bytes[1024] = "Nov 20 18:39:43 vm a: b\n";
	size_t len = strlen(bytes);
	for (int i = 0; i <= LOG_INHERIT_LINES; i++)
		bytes[len++] = '\n';
	struct log_reader *r = log_new(LOG_SYSLOG_BSD);
	struct view window = view_of(bytes, len);
	struct log_record record;
	while (log_next(r, &window, true, &record) == LOG_RECORD)
		assert_int_equal(record.time.kind == LOG_TIME_NONE,
			record.line > 1 + LOG_INHERIT_LINES);
	assert_int_equal(record.line, 2 + LOG_INHERIT_LINES);
	log_free(r);
}

static void
years_are_applied(void **state)
{
	(void)state;
	static const struct {
		const char *written;
		int year;
		const char *when; /* NULL: no such day */
	} cases[] = {
		{"Feb 29 00:00:00", 2024, "2024-02-29T00:00:00Z"},
		{"Feb 29 00:00:00", 2026, NULL},
		{"Feb 29 00:00:00", 2100, NULL},
		{"Mar  1 00:00:00", 2026, "2026-03-01T00:00:00Z"},
		{"Mar  1 00:00:00", 2024, "2024-03-01T00:00:00Z"},
		{"Dec 31 23:59:59", 2026, "2026-12-31T23:59:59Z"},
		{"Dec 31 23:59:60", 2026, "2027-01-01T00:00:00Z"},
		{"Jan  1 00:00:00", 1970, "1970-01-01T00:00:00Z"},
		{"Jan  1 00:00:00", 1969, NULL},
		{"Jan  1 00:00:00", 2262, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cursor c = cursor_of(view_str(cases[i].written));
		struct log_time t;
		int64_t ns;
		char text[CLOCK_TEXT_MAX];
		assert_true(time_bsd(&c, &t));
		bool real = log_time_in_year(&t, cases[i].year, &ns);
		assert_int_equal(real, cases[i].when != NULL);
		if (real)
			assert_string_equal(
				clock_format(ns, 0, text), cases[i].when);
	}
}

static void
lines_are_counted(void **state)
{
	(void)state;
	uint8_t bytes[5000];
	size_t expected = 0;
	for (size_t n = 0; n < sizeof bytes; n++) {
		if (n % 977 == 0)
			assert_int_equal(
				lines_count(view_of(bytes, n)), expected);
		bytes[n] = n % 3 == 0 || n > 100 ? '\n' : 'a';
		expected += bytes[n] == '\n';
	}
	assert_int_equal(lines_count(view_of(bytes, sizeof bytes)), expected);
}

/* Records that begin on each line and never end cost no square; what ends before
 * them is read, and none of their lines is lost. */
static void
ends_are_not_looked_for_for_ever(void **state)
{
	(void)state;
	static const struct {
		enum log_family family;
		const char *front;
		const char *line;
	} cases[] = {
		{LOG_JSON_DOCUMENT, "[{\"message\": \"a\"},\n", "[{\"a\":\n"},
		{LOG_JSON_DOCUMENT, "[{\"message\": \"a\"},\n", "1\n"},
		{LOG_JOURNAL_EXPORT,
			"__CURSOR=a\n__REALTIME_TIMESTAMP="
			"1795218082000000\nMESSAGE=a\n\n",
			"__CURSOR=a\n"},
	};
	const size_t size = 2 * LOG_LINE_MAX;
	char *text = malloc(size);
	assert_non_null(text);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = strlen(cases[i].front);
		size_t step = strlen(cases[i].line);
		memcpy(text, cases[i].front, len);
		for (; len + step < size - 1; len += step)
			memcpy(text + len, cases[i].line, step);
		text[len++] = '?';
		struct log_reader *r = log_new(cases[i].family);
		struct log_record record;
		struct view w = view_of(text, len);
		while (log_next(r, &w, true, &record) == LOG_RECORD)
			;
		assert_int_equal(log_summary(r)->lines,
			lines_count(view_of(text, len)) + 1);
		assert_int_equal(log_summary(r)->bytes, len);
		assert_true(log_summary(r)->recognised > 0);
		log_free(r);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(examples_are_read),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(fronts_are_passed),
		cmocka_unit_test(dates_need_an_order),
		cmocka_unit_test(days_come_from_names),
		cmocka_unit_test(continuations_are_told),
		cmocka_unit_test(unread_dates_are_said),
		cmocka_unit_test(families_change_nothing),
		cmocka_unit_test(prefixes_do_no_harm),
		cmocka_unit_test(blocks_are_read),
		cmocka_unit_test(wrong_families_do_no_harm),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(times_stop_at_other_lines),
		cmocka_unit_test(times_are_inherited_so_far),
		cmocka_unit_test(years_are_applied),
		cmocka_unit_test(lines_are_counted),
		cmocka_unit_test(ends_are_not_looked_for_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
