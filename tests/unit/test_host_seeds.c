/*
 * The seeds of tests/fuzz/fuzz_host.c are the samples of host_samples.h, each
 * with its kind's number before it. With LOSTSYN_WRITE_SEEDS=1 this writes them;
 * otherwise it checks that they are there and the same (a new kind shifts the
 * numbers: write them anew).
 */
#include <sys/stat.h>

#include "host_samples.h"
#include "host_seen.h"

#define FOLDER SOURCE_DIR "/tests/fuzz/seeds/fuzz_host"

static void
path_of(size_t i, char path[4096])
{
	unsigned same = 0;
	for (size_t k = 0; k < i; k++)
		same += samples[k].kind == samples[i].kind;
	snprintf(path, 4096, FOLDER "/%s-%u", host_kind_id(samples[i].kind),
		same);
}

static void
seed_write(const char *path, const struct sample *s)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputc((int)s->kind, f);
	fputs(s->text, f);
	assert_int_equal(fclose(f), 0);
}

static void
seed_check(const char *path, const struct sample *s)
{
	static char data[65536];
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s: missing", path);
	size_t len = fread(data, 1, sizeof data, f);
	fclose(f);
	assert_int_equal(len, strlen(s->text) + 1);
	assert_int_equal(data[0], (char)s->kind);
	assert_memory_equal(data + 1, s->text, len - 1);
}

static void
test_seeds(void **state)
{
	(void)state;
	bool write = getenv("LOSTSYN_WRITE_SEEDS") != NULL;
	if (write)
		mkdir(FOLDER, 0777);
	for (size_t i = 0; i < SAMPLES; i++) {
		char path[4096];
		path_of(i, path);
		if (write)
			seed_write(path, &samples[i]);
		else
			seed_check(path, &samples[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_seeds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
