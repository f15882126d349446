/*
 * Reading the `tests` list of a rule.
 *
 * A rule without a test that it must win and two that it must not is refused:
 * near misses are what keeps a rule from accusing the innocent.
 */
#include "judge/rule.h"

#include <stdlib.h>
#include <string.h>

#include "judge/expression.h"
#include "judge/fields.h"
#include "model/facts.h"

/* Whole and not negative, of as many digits as 64 bits hold with room to spare:
 * no fact is a larger count. */
static bool
is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && digits <= 15 && text[digits] == '\0';
}

/* One fact of a test: it must exist, and be a number where facts count. */
static bool
fact_read(struct reading *r, const struct tree_node *n, struct test_fact *fact)
{
	const char *name = n->key->text;
	fact->column = fact_find(name);
	fact->at = n->at;
	if (fact->column < 0) {
		const char *near = fact_nearest(name);
		problem_add(r->problems, r->tree->file, n->key->at,
			"no fact '%.60s'%s%s%s", name,
			near != NULL ? "; did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
		return false;
	}
	if (n->kind != TREE_TEXT)
		return wrong(r, n, "a fact must be one value");
	fact->value = n->text;
	if (n->style == TREE_PLAIN && strcmp(n->text, "null") == 0)
		fact->value = NULL;
	else if (fact_columns[fact->column].type == FACT_INT &&
		!is_number(n->text))
		return wrong(r, n, "this fact is a count: a number or null");
	return true;
}

/* What a test sets beside its preset. */
static bool
facts_read(struct reading *r, const struct tree_node *map, struct rule_test *t)
{
	if (map == NULL)
		return true;
	if (map->children > RULE_FACTS_MAX)
		return wrong(r, map, "too many facts");
	t->facts = arena_take(r->arena, (map->children + 1) * sizeof *t->facts);
	bool ok = true;
	for (const struct tree_node *n = map->child; n != NULL; n = n->next)
		ok &= fact_read(r, n, &t->facts[t->facts_count++]);
	return ok;
}

/* The candidates that the test expects, in the order of their ranks. */
static bool
candidates_read(
	struct reading *r, const struct tree_node *list, struct rule_test *t)
{
	if (list == NULL)
		return true;
	if (list->children > RULE_CANDIDATES_MAX)
		return wrong(r, list, "too many candidates");
	t->candidates = arena_take(
		r->arena, (list->children + 1) * sizeof *t->candidates);
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		if (n->kind != TREE_TEXT)
			return wrong(r, n, "a candidate is a verdict's id");
		t->candidates[t->candidates_count++] = n->text;
	}
	return true;
}

/* What the test wants to see; only the verdict must be said. */
static bool
expect_read(struct reading *r, const struct tree_node *map, struct rule_test *t)
{
	static const struct field fields[] = {
		{"verdict", FIELD_WORD, true},
		{"confidence", FIELD_WORD, false},
		{"failed", FIELD_BOOL, false},
		{"why", FIELD_LINE, false},
		{"candidates", FIELD_LIST, false},
	};
	const struct tree_node *v[5];
	bool ok = fields_read(
		r->tree, map, "'expect'", fields, 5, v, r->problems);
	t->verdict = v[0] != NULL ? v[0]->text : "";
	if (v[1] != NULL) {
		t->confidence = v[1]->text;
		if (confidence_parse(t->confidence) == CONFIDENCE_NONE)
			ok = wrong(r, v[1],
				"a confidence is certain, likely or possible");
	}
	t->failed = -1;
	if (v[2] != NULL)
		t->failed = strcmp(v[2]->text, "true") == 0;
	t->why = v[3] != NULL ? v[3]->text : NULL;
	return candidates_read(r, v[4], t) && ok;
}

/* Is it one of the presets, which say what was captured? */
static bool
given_is_known(const char *given)
{
	static const char *const presets[] = {
#define X(preset, column, value) preset,
#include "judge/test_given.def"
#undef X
	};
	for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
		if (strcmp(presets[i], given) == 0)
			return true;
	return false;
}

/* One test of a verdict: a preset, the facts that matter, and what is to come
 * out. */
static bool
test_read(struct reading *r, const struct tree_node *n, struct rule_test *t)
{
	static const struct field fields[] = {
		{"name", FIELD_LINE, true},
		{"given", FIELD_WORD, true},
		{"facts", FIELD_MAP, false},
		{"expect", FIELD_MAP, true},
	};
	const struct tree_node *v[4];
	bool ok = fields_read(r->tree, n, "a test", fields, 4, v, r->problems);
	t->at = n->at;
	t->name = v[0] != NULL ? v[0]->text : "";
	t->given = v[1] != NULL ? v[1]->text : "any";
	if (v[1] != NULL && !given_is_known(t->given))
		ok = wrong(r, v[1],
			"'given' is two-ends, client-only, server-only or any");
	ok &= facts_read(r, v[2], t);
	if (v[3] != NULL)
		ok &= expect_read(r, v[3], t);
	return ok;
}

bool
rule_tests_read(struct rule *rule, const struct tree *tree,
	const struct tree_node *list, struct arena *a, struct problems *p)
{
	struct reading r = {tree, a, NULL, p, NULL, NULL};
	if (list->children > RULE_TESTS_MAX)
		return wrong(&r, list, "too many tests");
	rule->tests = arena_take(a, list->children * sizeof *rule->tests);
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next)
		ok &= test_read(&r, n, &rule->tests[rule->tests_count++]);
	if (!ok || rule->verdict == NULL)
		return false;
	size_t positive = 0;
	for (size_t i = 0; i < rule->tests_count; i++)
		positive += strcmp(rule->tests[i].verdict, rule->verdict) == 0;
	if (positive < 1 || rule->tests_count - positive < 2)
		return wrong(&r, list,
			"a rule needs a test that gets its verdict and two "
			"near misses that get another");
	return true;
}
