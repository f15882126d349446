/*
 * Reading the `tests` list of a cause rule.
 *
 * A rule without a test that gets a finding and two that get none (or rule the
 * cause out) is refused: near misses keep it from accusing the innocent.
 */
#include "judge/cause.h"

#include <stdlib.h>
#include <string.h>

#include "judge/fields.h"

/* The keys of a test; sections of cause_rows.def after them. */
enum test_field {
	TEST_NAME,
	TEST_ATTEMPTS,
	TEST_EXPECT,
	TEST_INSTEAD,
	TEST_AGAINST,
	TEST_SOURCE,
	TEST_BESIDE,
	TEST_SECTIONS,
#define S(section, table) TEST_##section,
#define D(section, column, sql)
#define X(section, key, type, column)
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
	TEST_FIELDS
};

/* Sections follow in the order of cause_rows.def, so that a field's number less
 * TEST_SECTIONS and one is the section's. */
static const struct field test_fields[] = {
	[TEST_NAME] = {"name", FIELD_LINE, true},
	[TEST_ATTEMPTS] = {"attempts", FIELD_LIST, false},
	[TEST_EXPECT] = {"expect", FIELD_MAP, true},
	[TEST_INSTEAD] = {"instead", FIELD_LINE, false},
	[TEST_AGAINST] = {"against", FIELD_LIST, false},
	[TEST_SOURCE] = {"source", FIELD_LINE, false},
	[TEST_BESIDE] = {"beside", FIELD_LINE, false},
	/* A gap that no file can fill: the name is no key anyone types. */
	[TEST_SECTIONS] = {"", FIELD_TEXT, false},
#define S(section, table) [TEST_##section] = {#section, FIELD_LIST, false},
#define D(section, column, sql)
#define X(section, key, type, column)
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
};

/* The finding that the test expects, none being one of the answers. */
static bool
confidence_read(struct reading *r, const struct tree_node *n,
	enum finding_confidence *out)
{
	for (int f = FINDING_CONFIRMED; f <= FINDING_NONE; f++)
		if (strcmp(n->text, finding_word((enum finding_confidence)f)) ==
			0) {
			*out = (enum finding_confidence)f;
			return true;
		}
	return wrong(r, n,
		"a finding is confirmed, likely, possible, ruled-out or none");
}

/* Exactly this evidence is to have rows, and no other: a finding may be right
 * for a wrong reason. */
static bool
expected_evidence(
	struct reading *r, const struct tree_node *list, struct cause_test *t)
{
	bool ok = true;
	t->evidence_checked = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		int i = n->kind == TREE_TEXT ? evidence_find(r->cause, n->text)
					     : -1;
		if (i < 0)
			ok = wrong(r, n, "no evidence has this name");
		else
			t->evidence |= UINT32_C(1) << i;
	}
	return ok;
}

/* What the test wants to see. Without a number of attempts any number will do.
 * */
static bool
expect_read(
	struct reading *r, const struct tree_node *map, struct cause_test *t)
{
	static const struct field fields[] = {
		{"confidence", FIELD_WORD, true},
		{"attempts", FIELD_INT, false},
		{"host", FIELD_LINE, false},
		{"evidence", FIELD_SET, false},
	};
	const struct tree_node *v[4];
	if (!fields_read(r->tree, map, "'expect'", fields, 4, v, r->problems))
		return false;
	t->expected_attempts = -1;
	if (v[1] != NULL)
		t->expected_attempts = strtol(v[1]->text, NULL, 10);
	t->host = v[2] != NULL ? v[2]->text : NULL;
	return confidence_read(r, v[0], &t->confidence) &&
		(v[3] == NULL || expected_evidence(r, v[3], t));
}

/* The rows of all sections, in the file's order within each. */
static bool
rows_read(struct reading *r, const struct tree_node **v, struct cause_test *t)
{
	size_t count = 0;
	for (int s = TEST_SECTIONS + 1; s < TEST_FIELDS; s++)
		count += v[s] != NULL ? v[s]->children : 0;
	if (count > CAUSE_ROWS_MAX)
		return wrong(r, v[TEST_NAME], "the test has too many rows");
	/* One more than there are, for a test without any row. */
	t->rows = arena_take(r->arena, (count + 1) * sizeof *t->rows);
	bool ok = true;
	for (int s = TEST_SECTIONS + 1; s < TEST_FIELDS; s++) {
		const struct tree_node *n = v[s] != NULL ? v[s]->child : NULL;
		for (; n != NULL; n = n->next) {
			if (n->kind != TREE_MAP)
				ok = wrong(r, n, "a row must be a map");
			t->rows[t->rows_count++] =
				(struct cause_row){n, s - TEST_SECTIONS - 1};
		}
	}
	return ok;
}

/* The mechanism of `instead`: with `against` the evidence that must not confirm
 * by it, with `source` where it can be read up. A rule that confirms there is
 * refused when it is loaded. */
static bool
instead_read(struct reading *r, const struct tree_node *const *v,
	struct cause_test *t)
{
	const struct tree_node *n = v[TEST_INSTEAD];
	const struct tree_node *names = v[TEST_AGAINST];
	if (n == NULL)
		return (names == NULL && v[TEST_SOURCE] == NULL) ||
			wrong(r, v[TEST_NAME],
				"'against' and 'source' speak of an 'instead'");
	t->instead = n->text;
	if (v[TEST_SOURCE] != NULL)
		t->source = v[TEST_SOURCE]->text;
	if (t->confidence == FINDING_CONFIRMED)
		return wrong(r, n,
			"evidence that another mechanism brings about "
			"confirms nothing");
	if (names == NULL)
		t->against = UINT32_MAX;
	bool ok = true;
	for (n = names != NULL ? names->child : NULL; n != NULL; n = n->next) {
		int i = n->kind == TREE_TEXT ? evidence_find(r->cause, n->text)
					     : -1;
		if (i < 0)
			ok = wrong(r, n, "no evidence has this name");
		else
			t->against |= UINT32_C(1) << i;
	}
	return ok;
}

/* One test. */
static bool
test_read(struct reading *r, const struct tree_node *n, struct cause_test *t)
{
	const struct tree_node *v[TEST_FIELDS];
	if (!fields_read(r->tree, n, "a test", test_fields, TEST_FIELDS, v,
		    r->problems))
		return false;
	t->at = n->at;
	t->name = v[TEST_NAME]->text;
	t->attempts = v[TEST_ATTEMPTS];
	for (const struct tree_node *a =
			t->attempts != NULL ? t->attempts->child : NULL;
		a != NULL; a = a->next)
		if (a->kind != TREE_MAP)
			return wrong(r, a, "an attempt must be a map");
	if (v[TEST_BESIDE] != NULL)
		t->beside = v[TEST_BESIDE]->text;
	return rows_read(r, v, t) && expect_read(r, v[TEST_EXPECT], t) &&
		instead_read(r, v, t);
}

bool
cause_tests_read(struct cause *cause, const struct tree *tree,
	const struct tree_node *list, struct arena *a, struct problems *p)
{
	struct reading r = {tree, a, NULL, p, cause, NULL};
	if (list->children > RULE_TESTS_MAX)
		return wrong(&r, list, "too many tests");
	cause->tests = arena_take(a, list->children * sizeof *cause->tests);
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next)
		ok &= test_read(&r, n, &cause->tests[cause->tests_count++]);
	if (!ok)
		return false;
	/* Confirmed, likely and possible are findings; the two near misses are
	 * ruled out or find nothing. */
	size_t positive = 0;
	for (size_t i = 0; i < cause->tests_count; i++)
		positive += cause->tests[i].confidence <= FINDING_POSSIBLE;
	if (positive < 1 || cause->tests_count - positive < 2)
		return wrong(&r, list,
			"a cause needs a test that finds it and two that find "
			"nothing or rule it out");
	return true;
}
