/*
 * case.state: written and read, cut anywhere, and the decision of --resume.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "batch/inputs.h"
#include "batch/state.h"

static struct batch_state
sample(void)
{
	return (struct batch_state){
		.name = "a/b%20c",
		.kind = "folder",
		.tool = "0.1.0",
		.rules = "aa",
		.former = "-",
		.inputs = "bb",
		.quick = "cc",
		.timeout_s = 600,
		.memory_mb = 4096,
		.output_mb = 8192,
		.outcome = OUTCOME_DONE,
		.status = 1,
	};
}

static char *
as_text(const struct batch_state *s, size_t *len)
{
	char *text;
	FILE *f = open_memstream(&text, len);
	state_write(s, f);
	fclose(f);
	return text;
}

static void
put(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

/* A file that was cut anywhere is no state: what it said was not on disk. */
static void
test_round_trip(void **state)
{
	char path[] = "/tmp/lostsyn-state-XXXXXX";
	struct batch_state before = sample();
	struct batch_state after;
	size_t len;
	(void)state;
	snprintf(before.reason, sizeof before.reason, "no capture: a, b");
	close(mkstemp(path));
	char *text = as_text(&before, &len);
	for (size_t cut = 0; cut < len; cut++) {
		put(path, text, cut);
		assert_false(batch_state_read(&after, AT_FDCWD, path));
	}
	put(path, text, len);
	assert_true(batch_state_read(&after, AT_FDCWD, path));
	size_t again_len;
	char *again = as_text(&after, &again_len);
	assert_string_equal(again, text);
	free(text);
	free(again);
	unlink(path);
	assert_false(batch_state_read(&after, AT_FDCWD, path));
}

static void
test_kept(void **state)
{
	(void)state;
	struct batch_state old = sample();
	struct batch_state now = sample();
	assert_true(state_keeps(&old, &now, false));
	old.outcome = OUTCOME_UNUSABLE;
	assert_true(state_keeps(&old, &now, false));
	/* Copied to another disk: other times, the same content. */
	snprintf(now.quick, sizeof now.quick, "dd");
	assert_true(state_keeps(&old, &now, false));
	assert_false(state_keeps(&old, &now, true));
}

#define CHANGED(field)                                          \
	do {                                                    \
		struct batch_state now = sample();              \
		snprintf(now.field, sizeof now.field, "other"); \
		assert_false(state_keeps(&old, &now, false));   \
	} while (0)

static void
test_changed(void **state)
{
	(void)state;
	struct batch_state old = sample();
	CHANGED(name);
	CHANGED(kind);
	CHANGED(tool);
	CHANGED(rules);
	CHANGED(inputs);
	/* What was never read cannot be the same. */
	struct batch_state now = sample();
	snprintf(now.inputs, sizeof now.inputs, "-");
	snprintf(old.inputs, sizeof old.inputs, "-");
	assert_false(state_keeps(&old, &now, false));
}

static void
test_machine_troubles(void **state)
{
	(void)state;
	struct batch_state old = sample();
	struct batch_state now = sample();
	old.outcome = OUTCOME_ERROR;
	assert_false(state_keeps(&old, &now, false));
	old.outcome = OUTCOME_SIGNAL;
	assert_false(state_keeps(&old, &now, false));
	old.outcome = OUTCOME_TIMEOUT;
	assert_true(state_keeps(&old, &now, false));
	now.timeout_s = 1200;
	assert_false(state_keeps(&old, &now, false));
}

static void
test_escape(void **state)
{
	struct arena a = {0};
	char name[] = "a b/\xff%41\n~";
	(void)state;
	char *escaped = inputs_escape(&a, name);
	assert_string_equal(escaped, "a%20b/%FF%2541%0A~");
	inputs_unescape(escaped);
	assert_string_equal(escaped, name);
	char odd[] = "%4%zz%";
	inputs_unescape(odd);
	assert_string_equal(odd, "%4%zz%");
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_machine_troubles),
		cmocka_unit_test(test_escape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
