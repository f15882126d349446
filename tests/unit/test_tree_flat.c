/*
 * What the build has read of rules and patterns is what reading them now gives.
 */
#include "base/tree_flat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "judge/rule.h"
#include "parsers/patterns/embedded.h"

static void
node_same(const struct tree_node *a, const struct tree_node *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->style, b->style);
	assert_int_equal(a->at.line, b->at.line);
	assert_int_equal(a->at.column, b->at.column);
	assert_int_equal(a->children, b->children);
	assert_int_equal(a->text == NULL, b->text == NULL);
	if (a->text != NULL)
		assert_string_equal(a->text, b->text);
	assert_int_equal(a->key == NULL, b->key == NULL);
}

/* Compare in the order of the file; returns how many nodes there were. */
static size_t
tree_same(const struct tree_node *a, const struct tree_node *b)
{
	const struct tree_node *above[2][TREE_DEPTH_MAX + 1];
	size_t depth = 0;
	size_t count = 0;
	while (a != NULL && b != NULL) {
		count++;
		node_same(a, b);
		if (a->key != NULL)
			node_same(a->key, b->key);
		if (a->child != NULL) {
			above[0][depth] = a;
			above[1][depth++] = b;
			a = a->child;
			b = b->child;
			continue;
		}
		assert_null(b->child);
		while (depth > 0 && a->next == NULL) {
			assert_null(b->next);
			a = above[0][--depth];
			b = above[1][depth];
		}
		a = a->next;
		b = b->next;
	}
	assert_null(a);
	assert_null(b);
	return count;
}

static void
set_is_as_read(const struct embedded *set, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena = {0};
		struct problems problems = {0};
		struct tree read;
		struct tree carried;
		struct view text = view_of(set[i].text, set[i].len);
		struct digest digest;
		char sha256[DIGEST_TEXT_MAX];
		assert_true(
			tree_read(&read, set[i].name, text, &arena, &problems));
		tree_unflatten(
			&carried, set[i].name, text, set[i].tree, NULL, &arena);
		assert_true(tree_same(read.root, carried.root) > 10);
		assert_false(carried.trimmed);
		digest_init(&digest);
		digest_add(&digest, text);
		digest_finish(&digest, sha256);
		assert_string_equal(sha256, set[i].sha256);
		arena_release(&arena);
	}
}

static void
ours_are_carried_as_read(void **state)
{
	(void)state;
	set_is_as_read(embedded_rules, embedded_rules_count);
	set_is_as_read(embedded_patterns, embedded_patterns_count);
}

/* Reads text, flattens and unflattens it without the keys. */
static struct tree
round_trip(const char *text, const char *const *without, struct arena *arena,
	struct tree_flat *flat)
{
	struct problems problems = {0};
	struct tree read;
	struct tree carried;
	assert_true(tree_read(&read, "f", view_str(text), arena, &problems));
	tree_flatten(flat, read.root);
	tree_unflatten(
		&carried, "f", view_str(text), flat->bytes, without, arena);
	return carried;
}

static void
keys_are_left_out(void **state)
{
	(void)state;
	static const char *const without[] = {"tests", NULL};
	struct arena arena = {0};
	struct tree_flat flat = {0};
	struct tree t =
		round_trip("a: [1, {tests: [x, [y, {z: 1}]], b: 2}, 3]\n"
			   "tests: {tests: 1}\n"
			   "c: tests\n",
			without, &arena, &flat);
	assert_true(t.trimmed);
	assert_int_equal(t.root->children, 2);
	assert_null(tree_get(t.root, "tests"));
	assert_string_equal(tree_get(t.root, "c")->text, "tests");
	const struct tree_node *list = tree_get(t.root, "a");
	assert_int_equal(list->children, 3);
	assert_int_equal(list->child->next->children, 1);
	assert_string_equal(list->child->next->child->text, "2");
	assert_string_equal(list->child->next->next->text, "3");
	free(flat.bytes);
	arena_release(&arena);
}

static void
edges_come_through(void **state)
{
	(void)state;
	static const char *const texts[] = {"x", "[]", "{}", "[[[]], {}]",
		"{a: [], b: {}, c: ''}", "- |\n  two\n  lines\n- 'q'\n"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct arena arena = {0};
		struct tree_flat flat = {0};
		struct problems problems = {0};
		struct tree read;
		struct tree t = round_trip(texts[i], NULL, &arena, &flat);
		assert_true(tree_read(
			&read, "f", view_str(texts[i]), &arena, &problems));
		tree_same(read.root, t.root);
		free(flat.bytes);
		arena_release(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_are_carried_as_read),
		cmocka_unit_test(keys_are_left_out),
		cmocka_unit_test(edges_come_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
