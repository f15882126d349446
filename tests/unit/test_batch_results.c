/*
 * The folder of results: whole results only, one batch at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch_folder.h"

#include "batch/results.h"

static bool
there(const char *name)
{
	struct stat st;
	return stat(scratch_path(name), &st) == 0;
}

static void
make(const char *folder, const char *name)
{
	char text[512];
	snprintf(text, sizeof text, "%s/%s", folder, name);
	FILE *f = fopen(text, "w");
	assert_non_null(f);
	fclose(f);
}

/* One case that ended so, with some outputs. */
static void
publish(struct results *r, enum outcome outcome)
{
	struct error e = {0};
	struct batch_state s = {.outcome = outcome};
	const char *work = results_work(r, "a", &e);
	assert_non_null(work);
	make(work, "report.html");
	make(work, "evidence.sqlite.growing-abc");
	make(work, "stderr.txt");
	assert_true(results_publish(r, "a", &s, &e));
}

static void
test_half_made(void **state)
{
	struct results r;
	struct error e = {0};
	(void)state;
	assert_true(results_open(&r, scratch, false, &e));
	publish(&r, OUTCOME_TIMEOUT);
	assert_true(there("cases/a/stderr.txt"));
	assert_true(there("cases/a/case.state"));
	assert_false(there("cases/a/report.html"));
	assert_false(there("cases/a/evidence.sqlite.growing-abc"));
	results_close(&r);
}

/* A new result takes the place of the earlier one, which is gone. */
static void
test_replaced(void **state)
{
	struct results r;
	struct error e = {0};
	(void)state;
	assert_true(results_open(&r, scratch, false, &e));
	publish(&r, OUTCOME_DONE);
	assert_true(there("cases/a/report.html"));
	publish(&r, OUTCOME_SIGNAL);
	assert_false(there("cases/a/report.html"));
	results_close(&r);
	assert_false(there("unfinished"));
}

static void
test_refused_without_resume(void **state)
{
	struct results r;
	struct error e = {0};
	(void)state;
	assert_true(results_open(&r, scratch, false, &e));
	publish(&r, OUTCOME_DONE);
	results_close(&r);
	assert_false(results_open(&r, scratch, false, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	results_close(&r);
	e = (struct error){0};
	/* What a killed batch left is cleared away, results are kept. */
	mkdir(scratch_path("unfinished"), 0755);
	mkdir(scratch_path("unfinished/b"), 0755);
	make(scratch_path("unfinished/b"), "report.html");
	assert_true(results_open(&r, scratch, true, &e));
	assert_false(there("unfinished/b"));
	assert_true(there("cases/a/report.html"));
	results_close(&r);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

/* A batch that died between two renames, where they cannot be exchanged: the
 * earlier result comes back, unless its successor got there. */
static void
test_brought_back(void **state)
{
	struct results r;
	struct error e = {0};
	(void)state;
	assert_true(results_open(&r, scratch, false, &e));
	publish(&r, OUTCOME_DONE);
	results_close(&r);
	char from[256];
	snprintf(from, sizeof from, "%s", scratch_path("cases/a"));
	assert_int_equal(mkdir(scratch_path("unfinished"), 0777), 0);
	assert_int_equal(rename(from, scratch_path("unfinished/a.old")), 0);
	assert_true(results_open(&r, scratch, true, &e));
	assert_true(there("cases/a/report.html"));
	assert_false(there("unfinished/a.old"));
	/* Now the successor is there; the old one is only in the way. */
	assert_int_equal(mkdir(scratch_path("unfinished/a.old"), 0777), 0);
	make(scratch_path("unfinished/a.old"), "report.json");
	results_close(&r);
	assert_true(results_open(&r, scratch, true, &e));
	assert_true(there("cases/a/report.html"));
	assert_false(there("cases/a/report.json"));
	assert_false(there("unfinished/a.old"));
	results_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_half_made),
		TEST(test_replaced),
		TEST(test_brought_back),
		TEST(test_refused_without_resume),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
