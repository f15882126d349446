/*
 * Change points: the words for one history of a server port, and the table that
 * the cases of an index give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "batch/change_point.h"
#include "batch/index.h"
#include "batch/index_db.h"

/* The words of a history of days, "." for none. */
static void
expect(const char *words, const struct share *days, int count)
{
	struct change_history h = {0};
	char text[128] = "";
	for (int i = 0; i < count; i++) {
		struct share before;
		double p;
		enum change c = change_next(&h, days[i], count, &before, &p);
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n, "%s%s", i > 0 ? " " : "",
			c == CHANGE_NONE ? "." : change_id(c));
	}
	assert_string_equal(text, words);
}

#define EXPECT(words, ...)                                       \
	do {                                                     \
		const struct share days[] = {__VA_ARGS__};       \
		expect(words, days, sizeof days / sizeof *days); \
	} while (0)

static void
days_get_their_words(void **state)
{
	(void)state;
	EXPECT(". . new", {0, 40}, {0, 35}, {20, 40});
	EXPECT(". new gone back", {0, 40}, {20, 40}, {0, 60}, {30, 50});
	EXPECT(". more fewer", {10, 100}, {60, 100}, {12, 100});
	/* The days since a change are taken together. */
	EXPECT(". . . . new", {0, 4}, {0, 4}, {0, 4}, {0, 4}, {4, 4});
	/* It stays bad: one change, not one a day. */
	EXPECT(". new . .", {0, 40}, {20, 40}, {22, 40}, {18, 40});
}

static void
chance_gets_none(void **state)
{
	(void)state;
	EXPECT(". .", {0, 2}, {2, 2});
	EXPECT(". . .", {10, 100}, {13, 100}, {8, 100});
	EXPECT(". .", {0, 0}, {5, 5});
	EXPECT(".", {5, 5});
	EXPECT(". . .", {0, 40}, {0, 0}, {0, 40});
}

static sqlite3 *
index_of(const char *rows)
{
	sqlite3 *db;
	struct error e;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_true(index_exec(db, index_schema_sql(), &e));
	assert_true(index_exec(db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 9) INSERT INTO case_result (id, key, name, kind,"
		" folder, outcome, status, signal, reason, tool_version,"
		" rules_sha256, inputs_sha256, attempts, failed, undetermined)"
		" SELECT i, i, i, 'folder', '', 'done', 0, 0, '', '', '', '', "
		"0,"
		" 0, 0 FROM n",
		&e));
	assert_true(index_exec(db, rows, &e));
	assert_true(change_points_write(db, &e));
	return db;
}

/* All rows of a query, values by "|", rows by "\n". */
static void
expect_rows(sqlite3 *db, const char *sql, const char *wanted)
{
	char text[1024] = "";
	sqlite3_stmt *stmt;
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n, "%s\n",
			(const char *)sqlite3_column_text(stmt, 0));
	}
	sqlite3_finalize(stmt);
	assert_string_equal(text, wanted);
	sqlite3_close(db);
}

#define POINTS                                                              \
	"SELECT concat FROM (SELECT server_ip || ':' || server_port || ' '" \
	" || coalesce(cause, '*') || ' ' || day || ' ' || change || ' ' ||" \
	" failed_before || '/' || attempts_before || ' ' || failed || '/'"  \
	" || attempts AS concat FROM "
#define IN_ORDER " ORDER BY server_ip, server_port, cause, day)"

static void
cases_give_points_by_service_and_cause(void **state)
{
	(void)state;
	sqlite3 *db =
		index_of("INSERT INTO day_service VALUES"
			 " (1, 10, '192.0.2.1', 80, 50, 0), (2, 12, "
			 "'192.0.2.1', 80, 50, 25),"
			 " (3, 12, '192.0.2.1', 80, 10, 5), (4, 14, "
			 "'192.0.2.1', 80, 60, 0),"
			 " (1, 10, '192.0.2.2', 80, 50, 5), (2, 12, "
			 "'192.0.2.2', 80, 50, 6);"
			 "INSERT INTO day_failure VALUES"
			 " (2, 12, 'accept-queue-full', '192.0.2.1', 80, 25),"
			 " (3, 12, '', '192.0.2.1', 80, 5)");
	expect_rows(db, POINTS "change_point" IN_ORDER,
		"192.0.2.1:80 * 12 new 0/50 30/60\n"
		"192.0.2.1:80 * 14 gone 30/60 0/60\n"
		"192.0.2.1:80 accept-queue-full 12 new 0/50 25/60\n"
		"192.0.2.1:80 accept-queue-full 14 gone 25/60 0/60\n");
}

static void
what_got_better_is_not_worse_now(void **state)
{
	(void)state;
	sqlite3 *db = index_of("INSERT INTO day_service VALUES"
			       " (1, 10, '192.0.2.1', 80, 50, 0), (2, 12, "
			       "'192.0.2.1', 80, 50, 25),"
			       " (4, 14, '192.0.2.1', 80, 60, 0),"
			       " (1, 10, '2001:db8::1', 80, 50, 0), (2, 12, "
			       "'2001:db8::1', 80, 50, 30)");
	expect_rows(db, POINTS "worse_now" IN_ORDER,
		"2001:db8::1:80 * 12 new 0/50 30/50\n");
}

/* The same evidence sent in twice is not twice as much of it. */
static void
duplicates_count_once(void **state)
{
	(void)state;
	sqlite3 *db =
		index_of("UPDATE case_result SET duplicate_of = 2 WHERE id = 3;"
			 "INSERT INTO day_service VALUES"
			 " (1, 10, '192.0.2.1', 80, 50, 0), (2, 12, "
			 "'192.0.2.1', 80, 50, 25),"
			 " (3, 12, '192.0.2.1', 80, 50, 25)");
	expect_rows(db, POINTS "change_point" IN_ORDER,
		"192.0.2.1:80 * 12 new 0/50 25/50\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_get_their_words),
		cmocka_unit_test(chance_gets_none),
		cmocka_unit_test(cases_give_points_by_service_and_cause),
		cmocka_unit_test(what_got_better_is_not_worse_now),
		cmocka_unit_test(duplicates_count_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
