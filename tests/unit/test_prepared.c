/*
 * What the build has prepared is what the program would make: a small database's
 * image is the file that the schema gives, and rules need the same evidence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "judge/judge.h"
#include "judge/prepared.h"
#include "store/image.h"
#include "store/store.h"

static void
image(void **state)
{
	(void)state;
	struct error e = {0};
	struct store *s = store_create_small(NULL, &e);
	assert_non_null(s);
	assert_true(store_settle(s, &e));
	sqlite3_int64 len = 0;
	unsigned char *bytes = sqlite3_serialize(store_db(s), "main", &len, 0);
	assert_non_null(bytes);
	assert_true(&prepared_image != NULL);
	assert_int_equal(len, prepared_image.len);
	assert_memory_equal(bytes, prepared_image.bytes, (size_t)len);
	sqlite3_free(bytes);
	store_free(s);
}

/* A small file begins as the image and can be written at once. */
static void
file(void **state)
{
	(void)state;
	char folder[] = "/tmp/prepared-XXXXXX";
	char path[64];
	struct error e = {0};
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/evidence.sqlite", folder);
	struct store *s = store_create_small(path, &e);
	assert_non_null(s);
	store_stage(s, STORE_INGEST);
	assert_true(store_meta(s, "key", "value", &e));
	assert_true(store_publish(s, &e));
	store_free(s);
	s = store_open(path, &e);
	assert_non_null(s);
	assert_true(store_meta_is(s, "key", "value"));
	store_free(s);
	unlink(path);
	rmdir(folder);
}

static void
same_words(const struct evidence *made, const struct prepared_evidence *told)
{
	assert_int_equal(made->words_count, told->words_count);
	for (size_t i = 0; i < made->words_count; i++) {
		const struct needed_word *a = &made->words[i];
		const struct needed_word *b = &told->words[i];
		assert_int_equal(a->len, b->len);
		assert_memory_equal(a->at, b->at, a->len);
		assert_int_equal(a->group, b->group);
		assert_int_equal(a->within, b->within);
		assert_int_equal(a->state, b->state);
	}
}

/* Somebody's copy of a file is read as if nothing were prepared. */
static void
rules(void **state)
{
	(void)state;
	struct arena arena = {0};
	size_t evidence = 0;
	assert_true(prepared_rules != NULL);
	for (size_t i = 0; i < embedded_rules_count; i++) {
		struct tree tree;
		struct problems problems = {.out = stderr};
		struct rule rule = {.path = embedded_rules[i].name};
		const struct prepared_rule *told = &prepared_rules[i];
		assert_true(tree_read(&tree, rule.path,
			view_of(embedded_rules[i].text, embedded_rules[i].len),
			&arena, &problems));
		if (tree_get(tree.root, "cause") == NULL) {
			assert_null(told->evidence);
			continue;
		}
		assert_true(cause_read(&rule, &tree, &arena, NULL, &problems));
		const struct cause *c = rule.cause;
		assert_int_equal(c->evidence_count, told->evidence_count);
		assert_int_equal(c->attempts_need, told->attempts_need);
		for (size_t k = 0; k < c->evidence_count; k++, evidence++) {
			assert_int_equal(
				c->evidence[k].needs, told->evidence[k].needs);
			same_words(&c->evidence[k], &told->evidence[k]);
		}
	}
	assert_true(evidence > 200);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image),
		cmocka_unit_test(file),
		cmocka_unit_test(rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
