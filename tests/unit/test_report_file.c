/*
 * report.json from a stranger: the attempts are cut out, what is left is
 * believed only within its bounds, and damage is told, never followed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/report/report_file.h"
#include "test_report_support.h"

static const char good[] =
	"{\"format\":\"lostsyn-report\",\"version\":1,"
	"\"tool\":{\"version\":\"9\",\"rules_sha256\":null},"
	"\"inputs\":[{\"role\":\"client\",\"packets\":3,\"sha256\":\"aa\","
	"\"trust\":{\"grade\":\"good\"}},{\"role\":\"client\",\"packets\":1,"
	"\"sha256\":\"bb\",\"trust\":{\"grade\":\"weak\"}},{\"lines\":3}],"
	"\"summary\":{\"attempts\":5,\"failed\":2,\"by_verdict\":"
	"{\"established\":2,\"syn-lost-in-network\":2,\"undetermined\":1},"
	"\"services\":[{\"server\":{\"ip\":\"192.0.2.1\",\"port\":80},"
	"\"attempts\":5,\"failed\":2,\"undecided\":1,\"by_verdict\":"
	"{\"established\":2,\"syn-lost-in-network\":2,\"undetermined\":1}}],"
	"\"services_left_out\":0,\"overlap\":null},"
	"\"attempts\":[{\"a\":\"]}\\\"\"},[[1]]],"
	"\"findings\":[{\"cause\":\"c\",\"title\":\"t\",\"confidence\":"
	"\"likely\",\"host\":null,\"attempts\":2}]}";

/* Read text, which is copied to its exact size: a sanitizer sees a step too
 * far. */
static bool
reads(const char *text, struct report_file *file, struct arena *a,
	struct error *e)
{
	size_t len = strlen(text);
	char *copy = memory_take(len ? len : 1, 1);
	memcpy(copy, text, len);
	bool ok = report_file_read(file, copy, len, a, e);
	free(copy);
	return ok;
}

static void
figures_are_taken(void **state)
{
	(void)state;
	struct report_file f;
	struct arena a = {0};
	struct error e = {0};
	if (!reads(good, &f, &a, &e))
		fail_msg("%s", e.text);
	assert_int_equal(f.all.attempts, 5);
	assert_int_equal(f.all.failed, 2);
	assert_int_equal(f.all.undecided, 1);
	assert_int_equal(f.all.verdict_count, 3);
	assert_int_equal(f.service_count, 1);
	assert_string_equal(f.services[0].ip, "192.0.2.1");
	assert_int_equal(f.services[0].outcome.verdict_count, 3);
	assert_int_equal(f.cause_count, 1);
	assert_string_equal(f.causes[0].confidence, "likely");
	assert_null(f.causes[0].host);
	/* One weak piece makes the vantage weak. */
	assert_int_equal(f.vantage_count, 1);
	assert_true(f.vantages[0].weak);
	assert_int_equal(f.capture_count, 2);
	arena_release(&a);
}

/* Whatever stands in the place of `what`. */
static char *
with(const char *what, const char *instead)
{
	const char *at = strstr(good, what);
	assert_non_null(at);
	size_t room = sizeof good + strlen(instead);
	char *text = memory_take(room, 1);
	snprintf(text, room, "%.*s%s%s", (int)(at - good), good, instead,
		at + strlen(what));
	return text;
}

static void
what_contradicts_is_refused(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{"lostsyn-report", "other", "no report.json"},
		{"\"version\":1", "\"version\":2", "another version"},
		{"\"version\":1", "\"version\":\"1\"", "another version"},
		{"\"attempts\":5", "\"attempts\":6", "add up"},
		{"\"failed\":2", "\"failed\":9", "add up"},
		{"\"failed\":2", "\"failed\":-1", "no number from 0"},
		{"\"failed\":2", "\"failed\":2.5", "no number from 0"},
		{"\"failed\":2", "\"failed\":1e99", "no number from 0"},
		{"\"port\":80", "\"port\":65536", "no number from 0"},
		{"\"undecided\":1", "\"undecided\":4", "add up"},
		{"\"tool\":{", "\"tool\":[],\"x\":{", "\"version\" is missing"},
		{"\"summary\":{", "\"summary\":7,\"x\":{", "no summary"},
		{"\"findings\":[", "\"findings\":7,\"x\":[", "no list"},
		{"\"inputs\":[", "\"inputs\":7,\"x\":[", "no list of inputs"},
		{"\"cause\":\"c\"", "\"cause\":3", "\"cause\" is missing"},
		{"\"by_verdict\":{", "\"by_verdict\":[],\"x\":{",
			"\"by_verdict\" is missing"},
		{"\"version\":1", "\"version\":1,\"version\":1", "no JSON"},
		{"\"title\":\"t\"", "\"title\":\"\\u0000\"", "no JSON"},
		{"\"title\":\"t\"", "\"title\":\"\xff\"", "no JSON"},
		{"[[1]]]", "[[1]]", "do not match"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report_file f;
		struct arena a = {0};
		struct error e = {0};
		char *text = with(rows[i][0], rows[i][1]);
		if (reads(text, &f, &a, &e))
			fail_msg("%s was taken", rows[i][1]);
		if (!strstr(e.text, rows[i][2]))
			fail_msg("%s: %s", rows[i][1], e.text);
		assert_int_equal(e.kind, ERROR_USAGE);
		arena_release(&a);
		free(text);
	}
}

/* Cut at every byte: told, never followed. */
static void
cut_anywhere_is_told(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof good - 1; len++) {
		struct report_file f;
		struct arena a = {0};
		struct error e = {0};
		char *text = memory_take(len + 1, 1);
		memcpy(text, good, len);
		text[len] = '\0';
		assert_false(reads(text, &f, &a, &e));
		assert_true(e.text[0] != '\0');
		arena_release(&a);
		free(text);
	}
}

static void
attempts_are_cut_out(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"{\"attempts\":[1,2]}", "{\"attempts\":[]}"},
		{"{ \"attempts\" : [ \"]\" ] }", "{ \"attempts\" : [] }"},
		{"{\"a\":{\"attempts\":[1]}}", "{\"a\":{\"attempts\":[1]}}"},
		{"{\"attempts\":7}", "{\"attempts\":7}"},
		{"{\"a\":\"attempts\",\"b\":[1]}",
			"{\"a\":\"attempts\",\"b\":[1]}"},
		{"{\"a\\\"attempts\":[1]}", "{\"a\\\"attempts\":[1]}"},
		{"{\"attempts\":[1],\"attempts\":[2]}",
			"{\"attempts\":[],\"attempts\":[]}"},
		{"]", NULL},
		{"[[", NULL},
		{"{\"attempts\":[{]", NULL},
		{"{\"attempts", NULL},
		{"{\"attempts\\", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strlen(rows[i][0]);
		char *text = memory_take(len, 1);
		memcpy(text, rows[i][0], len);
		bool ok = report_file_cut(text, &len);
		assert_int_equal(ok, rows[i][1] != NULL);
		if (ok) {
			assert_int_equal(len, strlen(rows[i][1]));
			assert_memory_equal(text, rows[i][1], len);
		}
		free(text);
	}
}

/* Towers of brackets, closed as they should be, inside the attempts and
 * outside. */
static void
depth_has_an_end(void **state)
{
	(void)state;
	static const char *const ends[][2] = {
		{"", ""}, {"{\"attempts\":", "}"}};
	for (int s = 0; s < 2; s++) {
		size_t before = strlen(ends[s][0]), half = 100000;
		size_t room = before + 2 * half + strlen(ends[s][1]);
		char *text = memory_take(room, 1);
		memcpy(text, ends[s][0], before);
		memset(text + before, '[', half);
		memset(text + before + half, ']', half);
		memcpy(text + before + 2 * half, ends[s][1],
			strlen(ends[s][1]));
		assert_false(report_file_cut(text, &room));
		free(text);
	}
}

/* What the writer writes, the reader takes. */
static void
reports_of_ours_are_read(void **state)
{
	(void)state;
	struct store *s = store_fixture();
	struct report *r = report_of(s, true);
	char *text = written(r, FORMAT_JSON, 0, false);
	struct report_file f;
	struct arena a = {0};
	struct error e = {0};
	if (!reads(text, &f, &a, &e))
		fail_msg("%s", e.text);
	assert_int_equal(f.all.attempts, r->attempts);
	assert_int_equal(f.all.failed, report_failed(r));
	assert_true(f.services_known);
	int64_t attempts = 0, failed = 0;
	for (size_t i = 0; i < f.service_count; i++) {
		attempts += f.services[i].outcome.attempts;
		failed += f.services[i].outcome.failed;
	}
	assert_int_equal(attempts, f.all.attempts);
	assert_int_equal(failed, f.all.failed);
	assert_true(f.cause_count > 0);
	arena_release(&a);
	free(text);
	report_free(r);
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_taken),
		cmocka_unit_test(what_contradicts_is_refused),
		cmocka_unit_test(cut_anywhere_is_told),
		cmocka_unit_test(attempts_are_cut_out),
		cmocka_unit_test(depth_has_an_end),
		cmocka_unit_test(reports_of_ours_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
