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

#include "parsers/log/log_lines.h"
#include "parsers/log/log_time.h"
#include "test_log_blocks.h"
#include "test_log_text.h"

static const struct {
	const char *line;
	const char *reading;
} rows[] = {
#include "test_log_rows.def"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(families_change_nothing),
		cmocka_unit_test(prefixes_do_no_harm),
		cmocka_unit_test(blocks_are_read),
		cmocka_unit_test(wrong_families_do_no_harm),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(times_are_inherited_so_far),
		cmocka_unit_test(years_are_applied),
		cmocka_unit_test(lines_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
