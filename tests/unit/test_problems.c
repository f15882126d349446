/*
 * What a misspelt word was meant to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/problems.h"

static const char *const words[] = {"syn-dropped-by-server",
	"syn-lost-in-network", "refused-by-server", "list", "test", "slow",
	"failed"};

static const char *
word_at(const void *context, size_t i)
{
	(void)context;
	return words[i];
}

static const char *
nearest(const char *word)
{
	return word_nearest(word, sizeof words / sizeof *words, word_at, NULL);
}

static void
slips_of_the_pen_are_known(void **state)
{
	(void)state;
	assert_string_equal(nearest("lst"), "list");
	assert_string_equal(nearest("tset"), "test");
	assert_string_equal(nearest("slwo"), "slow");
	assert_string_equal(nearest("syn-lost-netwrk"), "syn-lost-in-network");
	assert_null(nearest(""));
	assert_null(nearest("xyzzyxyzzy"));
}

static void
beginnings_are_known(void **state)
{
	(void)state;
	assert_string_equal(nearest("syn-droped"), "syn-dropped-by-server");
	assert_string_equal(nearest("syn-dropped"), "syn-dropped-by-server");
	assert_string_equal(nearest("refu"), "refused-by-server");
	/* Three letters begin too many words, and so do wrong ones. */
	assert_null(nearest("ref"));
	assert_null(nearest("syx-drxp"));
}

/* As near as a whole word, a beginning comes second. */
static void
whole_words_come_first(void **state)
{
	(void)state;
	assert_string_equal(nearest("faild"), "failed");
	assert_string_equal(nearest("lists"), "list");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_of_the_pen_are_known),
		cmocka_unit_test(beginnings_are_known),
		cmocka_unit_test(whole_words_come_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
