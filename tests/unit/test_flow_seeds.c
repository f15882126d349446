/*
 * The seeds of fuzz_flow are the texts of flow_samples.h, byte for byte; with
 * LOSTSYN_WRITE_SEEDS set this writes them instead of comparing:
 *
 *	LOSTSYN_WRITE_SEEDS=1 build/tests/unit/test_flow_seeds
 */
#include "flow_read.h"

#include <stdio.h>

#define SEEDS SOURCE_DIR "/tests/fuzz/seeds/fuzz_flow/"

static void
write_seed(const char *path, struct view text)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text.data, 1, text.len, f), text.len);
	assert_int_equal(fclose(f), 0);
}

static void
compare_seed(const char *path, struct view text)
{
	static uint8_t found[8192];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(found, 1, sizeof found, f), text.len);
	fclose(f);
	assert_memory_equal(found, text.data, text.len);
}

static void
test_seeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < FLOW_SAMPLES; i++) {
		char path[512];
		snprintf(path, sizeof path, SEEDS "%s", flow_samples[i].name);
		if (getenv("LOSTSYN_WRITE_SEEDS") != NULL)
			write_seed(path, view_str(flow_samples[i].text));
		else
			compare_seed(path, view_str(flow_samples[i].text));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
