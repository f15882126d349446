/*
 * The writers over the fixture, byte for byte.
 *
 * After a change that is meant, look at it and keep it:
 *   UPDATE_GOLDEN=1 build/tests/unit/test_report_golden && git diff tests/golden
 */
#include "test_report_support.h"

#define GOLDEN SOURCE_DIR "/tests/golden/report/"

static void
golden_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
golden_check(const char *path, bool all, enum format format, bool colour)
{
	struct store *s = store_fixture();
	struct report *r = report_of(s, all);
	char *once = written(r, format, 80, colour);
	char *again = written(r, format, 80, colour);
	assert_string_equal(once, again);
	if (getenv("UPDATE_GOLDEN"))
		golden_write(path, once);
	char *golden = file_read(path);
	assert_string_equal(once, golden);
	free(golden);
	free(again);
	free(once);
	report_free(r);
	store_free(s);
}

static void
json_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "report.json", false, FORMAT_JSON, false);
}

static void
json_of_all_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "report_all.json", true, FORMAT_JSON, false);
}

static void
html_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "report.html", false, FORMAT_HTML, false);
}

static void
text_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "summary.txt", false, FORMAT_TEXT, false);
}

static void
text_in_colour_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "summary_colour.txt", false, FORMAT_TEXT, true);
}

static void
markdown_is_golden(void **state)
{
	(void)state;
	golden_check(GOLDEN "report.md", false, FORMAT_MARKDOWN, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_golden),
		cmocka_unit_test(json_of_all_is_golden),
		cmocka_unit_test(html_is_golden),
		cmocka_unit_test(text_is_golden),
		cmocka_unit_test(markdown_is_golden),
		cmocka_unit_test(text_in_colour_is_golden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
