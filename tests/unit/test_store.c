/*
 * The store: bulk rows, one writer per table, whole or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/stranger.h"
#include "store/tables.h"

struct hosts {
	const char *const *names;
	struct store_host row;
};

static void
host_fill(void *context, int64_t number)
{
	struct hosts *h = context;
	h->row.id = number;
	h->row.ip = h->names[number];
}

static int64_t
query_int(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, NULL);
	assert_non_null(stmt);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static void
test_bulk_rows(void **state)
{
	(void)state;
	struct error e = {0};
	const char *names[] = {"10.0.0.1", "10.0.0.2", "fd00::1"};
	struct store *s = store_create(NULL, &e);
	assert_non_null(s);
	store_stage(s, STORE_STITCH);
	struct hosts h = {.names = names};
	assert_true(store_append_host(s, 3, &h.row, host_fill, &h, &e));
	assert_int_equal(query_int(s, "SELECT count(*) FROM host"), 3);
	assert_int_equal(
		query_int(s, "SELECT id FROM host WHERE ip = 'fd00::1'"), 2);
	store_free(s);
}

static void
test_one_writer_per_table(void **state)
{
	(void)state;
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	store_stage(s, STORE_JUDGE);
	assert_false(store_exec(s, "INSERT INTO host VALUES (1, 'x')", &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
	assert_non_null(strstr(e.text, "not authorized"));
	e = (struct error){0};
	store_stage(s, STORE_STITCH);
	assert_true(store_exec(s, "INSERT INTO host VALUES (1, 'x')", &e));
	store_stage(s, STORE_REPORT);
	assert_false(store_exec(s, "DELETE FROM host", &e));
	store_free(s);
}

static void
test_bulk_is_unreachable_from_sql(void **state)
{
	(void)state;
	struct error e = {0};
	struct store *s = store_create(NULL, &e);
	assert_int_equal(
		query_int(s, "SELECT count(*) FROM bulk WHERE source = 12345"),
		0);
	store_free(s);
}

static void
test_published_or_absent(void **state)
{
	(void)state;
	char dir[] = "/tmp/lostsyn-store-XXXXXX";
	char path[64];
	struct error e = {0};
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/evidence.sqlite", dir);

	struct store *s = store_create(path, &e);
	assert_non_null(s);
	assert_int_not_equal(access(path, F_OK), 0);
	store_free(s); /* given up: nothing stays behind */
	assert_int_equal(rmdir(dir), 0);

	assert_int_equal(mkdir(dir, 0700), 0);
	s = store_create(path, &e);
	assert_true(store_meta(s, "case_name", "x", &e));
	assert_true(store_publish(s, &e));
	store_free(s);
	s = store_open(path, &e);
	assert_non_null(s);
	assert_int_equal(query_int(s, "SELECT count(*) FROM meta"), 1);
	/* In memory: the sandbox lets nobody write temporary files. */
	assert_int_equal(query_int(s, "PRAGMA temp_store"), 2);
	store_free(s);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static void
test_refuses_other_files(void **state)
{
	(void)state;
	struct error e = {0};
	assert_null(store_open("/dev/null", &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	e = (struct error){0};
	assert_null(store_create("/nonexistent/evidence.sqlite", &e));
	assert_int_equal(e.kind, ERROR_ENVIRONMENT);
}

/* What a stranger's database is told from ours by: the meaning of the statements
 * in its schema. NULL: nothing of it is refused. */
static const char *
refused(const char *sql)
{
	static const char ours[] =
		"-- a case's; tables\nCREATE TABLE a (x TEXT, -- it's; one\n"
		" y INTEGER) STRICT;\nCREATE VIEW v AS SELECT 'b;' || x AS z "
		"FROM a;CREATE INDEX i ON a (x);CREATE TABLE b (x TEXT)";
	static struct error e;
	sqlite3 *db;
	e = (struct error){0};
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	bool ok = stranger_check_schema(db, ours, "x.sqlite", &e);
	sqlite3_close(db);
	return ok ? NULL : e.text;
}

static void
test_schemas_of_strangers(void **state)
{
	(void)state;
	assert_null(refused(""));
	assert_null(refused("CREATE TABLE a (x TEXT, y INTEGER) STRICT"));
	assert_null(refused("CREATE TABLE a(x TEXT,y INTEGER)STRICT;"
			    "CREATE VIEW v AS -- another; comment's\n"
			    "SELECT 'b;' || x AS z FROM a"));
	assert_null(
		refused("CREATE TABLE b (x TEXT); CREATE INDEX o ON b (x)"));
	assert_null(refused("CREATE TABLE b (x TEXT);ANALYZE"));
	/* Another, one more, one column more or less, another kind. */
	assert_non_null(strstr(
		refused("CREATE TABLE c (x TEXT)"), "its table c is not as"));
	assert_non_null(refused("CREATE TABLE a (x TEXT, y INTEGER)"));
	assert_non_null(refused("CREATE TABLE b (x TEXT, z)"));
	assert_non_null(refused("CREATE TABLE b (x)"));
	assert_non_null(refused("CREATE VIEW b AS SELECT 1 AS x"));
	assert_non_null(refused("CREATE TABLE a (x TEXT, y INTEGER) STRICT;"
				"CREATE VIEW v AS SELECT 'c;' || x AS z "
				"FROM a"));
	assert_non_null(refused("CREATE TABLE b (x TEXT);CREATE TRIGGER b "
				"AFTER INSERT ON b BEGIN SELECT 1; END"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bulk_rows),
		cmocka_unit_test(test_one_writer_per_table),
		cmocka_unit_test(test_bulk_is_unreachable_from_sql),
		cmocka_unit_test(test_published_or_absent),
		cmocka_unit_test(test_refuses_other_files),
		cmocka_unit_test(test_schemas_of_strangers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
