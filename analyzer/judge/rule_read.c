/*
 * A rule file's tree becomes a struct rule, every problem reported.
 *
 * Only shapes and single expressions are judged here; whether the rule says
 * what it means is for its own tests (rule_test.c).
 */
#include "judge/rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/tree_flat.h"
#include "judge/cause.h"
#include "judge/expression.h"
#include "judge/fields.h"
#include "judge/reported.h"
#include "judge/template.h"

/* NULL where the file does not have the key. */
static const char *
text_of(const struct tree_node *n)
{
	return n != NULL ? n->text : NULL;
}

/* The SQL in n, checked; fallback when n is NULL; NULL when it is wrong. */
static const char *
sql_of(struct reading *r, const struct tree_node *n, const char *fallback)
{
	if (n == NULL)
		return fallback;
	if (r->checker != NULL &&
		!expression_check(r->checker, r->tree, n, r->problems))
		return NULL;
	return n->text;
}

/* The coverage columns that an absence may rest on. */
static bool
is_coverage(const char *column)
{
	static const char *const columns[] = {
		"c_sends", "c_receives", "s_receives", "s_sends"};
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (strcmp(column, columns[i]) == 0)
			return true;
	return false;
}

/* The coverage that a proof needs: what was not captured is not absent. */
static bool
rests_read(struct reading *r, const struct tree_node *list, struct way *way)
{
	if (list == NULL)
		return true;
	if (list->children > RULE_RESTS_MAX)
		return wrong(r, list, "too many columns");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		if (n->kind != TREE_TEXT || !is_coverage(n->text))
			ok = wrong(r, n,
				"rests_on takes c_sends, c_receives, "
				"s_receives and s_sends");
		else
			way->rests[way->rests_count++] = n->text;
	}
	return ok;
}

/* A sentence without its full stop: the program ends it. */
static const char *
sentence_read(struct reading *r, const struct tree_node *n)
{
	size_t len = strlen(n->text);
	while (len > 0 && strchr(" \n", n->text[len - 1]) != NULL)
		len--;
	if (len > 0 && n->text[len - 1] == '.') {
		wrong(r, n, "leave out the full stop; the program adds it");
		return NULL;
	}
	return template_compile(r->tree, n, r->arena, r->problems);
}

/* One {certain|likely|possible: expression}, and perhaps "because". */
static bool
limit_read(struct reading *r, const struct tree_node *n, struct limit *out)
{
	if (n->kind != TREE_MAP || n->children < 1 || n->children > 2)
		return wrong(r, n,
			"write one 'certain: SQL', 'likely: SQL' "
			"or 'possible: SQL' per line");
	const struct tree_node *value = n->child;
	const struct tree_node *because = value->next;
	out->at_most = confidence_parse(value->key->text);
	if (out->at_most == CONFIDENCE_NONE)
		return wrong(r, value->key,
			"a confidence is certain, likely or possible");
	if (value->kind != TREE_TEXT)
		return wrong(r, value, "a confidence must be SQL");
	out->sql = sql_of(r, value, NULL);
	if (because == NULL)
		return out->sql != NULL;
	if (strcmp(because->key->text, "because") != 0 ||
		because->kind != TREE_TEXT ||
		out->at_most != CONFIDENCE_POSSIBLE)
		return wrong(r, because->key,
			"beside 'possible' stands 'because', the words for "
			"what speaks against it");
	out->because = sentence_read(r, because);
	return out->sql != NULL && out->because != NULL;
}

/* What lowers the confidence of a way, each with its condition. */
static bool
limits_read(struct reading *r, const struct tree_node *list, struct way *way)
{
	if (list == NULL)
		return true;
	if (list->children > RULE_LIMITS_MAX)
		return wrong(r, list, "too many confidences");
	bool ok = true;
	for (const struct tree_node *n = list->child; n != NULL; n = n->next)
		ok &= limit_read(r, n, &way->limits[way->limits_count++]);
	return ok;
}

/* What vanished: a segment of the handshake, or what comes behind it. */
static bool
segment_read(struct reading *r, const struct tree_node *n, const char **segment)
{
	static const char *const words[] = {
		"SYN", "SYN-ACK", "ACK", "request", "answer"};
	*segment = text_of(n);
	if (n == NULL)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(*segment, words[i]) == 0)
			return true;
	return wrong(r, n, "not a segment: SYN, SYN-ACK, answer");
}

/* One way to prove the verdict: the proof, what it rests on, how sure it is,
 * and the sentence that says it. */
static bool
way_read(struct reading *r, const struct tree_node *n, struct way *way)
{
	static const struct field fields[] = {
		{"name", FIELD_WORD, true},
		{"proof", FIELD_SQL, true},
		{"rests_on", FIELD_LIST, false},
		{"confidence", FIELD_LIST, false},
		{"why", FIELD_TEXT, true},
		{"segment", FIELD_LINE, false},
		{"place", FIELD_LINE, false},
	};
	const struct tree_node *v[7];
	bool ok = fields_read(
		r->tree, n, "a way to prove it", fields, 7, v, r->problems);
	way->name = text_of(v[0]);
	if (v[1] != NULL)
		ok &= (way->proof = sql_of(r, v[1], NULL)) != NULL;
	ok &= rests_read(r, v[2], way);
	ok &= limits_read(r, v[3], way);
	if (v[4] != NULL)
		ok &= (way->why = sentence_read(r, v[4])) != NULL;
	ok &= segment_read(r, v[5], &way->segment);
	if (v[6] != NULL)
		ok &= (way->place = sentence_read(r, v[6])) != NULL;
	return ok;
}

/* The ways in the order in which they are tried; the first that holds speaks.
 * */
static bool
ways_read(struct reading *r, const struct tree_node *list, struct rule *rule)
{
	if (list == NULL)
		return false;
	if (list->children > RULE_WAYS_MAX)
		return wrong(r, list, "too many ways in 'when'");
	bool ok = true;
	rule->ways = arena_take(r->arena, list->children * sizeof *rule->ways);
	for (const struct tree_node *n = list->child; n != NULL; n = n->next)
		ok &= way_read(r, n, &rule->ways[rule->ways_count++]);
	return ok;
}

/* What is named as missing when the verdict stays one of several: a condition
 * on the facts, and what to bring. */
static bool
missing_read(struct reading *r, const struct tree_node *list, struct rule *rule)
{
	static const struct field fields[] = {
		{"when", FIELD_SQL, true},
		{"text", FIELD_TEXT, true},
	};
	if (list == NULL)
		return true;
	if (list->children > RULE_MISSING_MAX)
		return wrong(r, list, "too many entries in 'missing'");
	bool ok = true;
	rule->missing =
		arena_take(r->arena, list->children * sizeof *rule->missing);
	for (const struct tree_node *n = list->child; n != NULL; n = n->next) {
		struct missing *m = &rule->missing[rule->missing_count++];
		const struct tree_node *v[2];
		ok &= fields_read(r->tree, n, "an entry of 'missing'", fields,
			2, v, r->problems);
		if (v[0] != NULL)
			ok &= (m->when = sql_of(r, v[0], NULL)) != NULL;
		if (v[1] != NULL)
			ok &= (m->text = sentence_read(r, v[1])) != NULL;
	}
	return ok;
}

/* As what an attempt with this verdict may be reported. */
static bool
reports_read(struct reading *r, const struct tree_node *map, struct rule *rule)
{
	if (map == NULL)
		return true;
	bool ok = true;
	rule->reports = arena_take(
		r->arena, (map->children + 1) * sizeof *rule->reports);
	for (const struct tree_node *n = map->child; n != NULL; n = n->next) {
		char *end = NULL;
		long place =
			n->kind == TREE_TEXT ? strtol(n->text, &end, 10) : 0;
		if (!reported_is_known(n->key->text))
			ok = wrong(r, n->key,
				"nothing is reported in this way: no-answer, "
				"refused, reset, no-route, no-local-port, "
				"dropped, not-told, " REPORTED_BY_SERVER
				", " REPORTED_ON_THE_WAY
				", " REPORTED_ON_THE_WAY_BACK
				", " REPORTED_NEVER_SENT);
		else if (place < 1 || place > RULES_MAX || *end != '\0')
			ok = wrong(r, n,
				"the place among the verdicts that it may have "
				"been is a number from 1");
		rule->reports[rule->reports_count++] =
			(struct rule_report){n->key->text, (int)place};
	}
	return ok;
}

enum rule_field {
#define X(key, type, required, meaning) RULE_FIELD_##key,
#include "judge/rule_fields.def"
#undef X
	RULE_FIELDS
};

static const struct field rule_fields[] = {
#define X(key, type, required, meaning) {#key, FIELD_##type, required},
#include "judge/rule_fields.def"
#undef X
};

/* The words that stand alone, and the flags. */
static bool
words_read(struct reading *r, const struct tree_node **v, struct rule *rule)
{
	rule->verdict = text_of(v[RULE_FIELD_verdict]);
	rule->title = text_of(v[RULE_FIELD_title]);
	rule->place = text_of(v[RULE_FIELD_place]);
	rule->story = text_of(v[RULE_FIELD_story]);
	rule->look = text_of(v[RULE_FIELD_look]);
	rule->explain = text_of(v[RULE_FIELD_explain]);
	if (v[RULE_FIELD_rank] != NULL)
		rule->rank = (int)strtol(v[RULE_FIELD_rank]->text, NULL, 10);
	const struct tree_node *clean = v[RULE_FIELD_clean];
	/* fields_read let pass "true" and "false" alone. */
	rule->clean = clean != NULL && strcmp(clean->text, "true") == 0;
	const struct tree_node *fallback = v[RULE_FIELD_fallback];
	rule->fallback =
		fallback != NULL && strcmp(fallback->text, "true") == 0;
	return segment_read(r, v[RULE_FIELD_segment], &rule->segment);
}

/* The fallback's `possible` and `failed` follow from the other rules. */
static bool
conditions_read(
	struct reading *r, const struct tree_node **v, struct rule *rule)
{
	const struct tree_node *possible = v[RULE_FIELD_possible];
	const struct tree_node *failed = v[RULE_FIELD_failed];
	if (rule->fallback && (possible != NULL || failed != NULL))
		return wrong(r, possible != NULL ? possible : failed,
			"the fallback has neither 'possible' nor 'failed': "
			"they follow from its candidates");
	if (rule->fallback)
		return true;
	if (possible == NULL)
		return wrong(r, r->tree->root, "the rule lacks 'possible'");
	rule->possible = sql_of(r, possible, NULL);
	rule->failed = sql_of(r, failed, "1");
	return rule->possible != NULL && rule->failed != NULL;
}

/* Contract section 3: what is only possible names what speaks against it. A
 * coverage does so by itself; a bound of the rule's own must have the words. */
static bool
doubts_have_words(struct reading *r, const struct rule *rule)
{
	if (rule->fallback)
		return true;
	for (size_t w = 0; w < rule->ways_count; w++)
		for (size_t i = 0; i < rule->ways[w].limits_count; i++)
			if (rule->ways[w].limits[i].at_most ==
					CONFIDENCE_POSSIBLE &&
				rule->ways[w].limits[i].because == NULL)
				return wrong(r, r->tree->root,
					"a 'possible' in 'confidence' lacks "
					"'because': what speaks against it");
	return true;
}

/* The whole file. It is read to the end whatever is wrong in it, so that an
 * author sees all problems at once. */
static bool
root_read(struct reading *r, struct rule *rule)
{
	const struct tree_node *v[RULE_FIELDS];
	bool ok = fields_read(r->tree, r->tree->root, "the rule", rule_fields,
		RULE_FIELDS, v, r->problems);
	if (r->tree->root->kind != TREE_MAP)
		return false;
	ok &= words_read(r, v, rule);
	ok &= conditions_read(r, v, rule);
	ok &= ways_read(r, v[RULE_FIELD_when], rule);
	ok &= doubts_have_words(r, rule);
	ok &= reports_read(r, v[RULE_FIELD_reported], rule);
	ok &= missing_read(r, v[RULE_FIELD_missing], rule);
	const struct tree_node *tests = v[RULE_FIELD_tests];
	if (tests != NULL)
		ok &= rule_tests_read(
			rule, r->tree, tests, r->arena, r->problems);
	return ok;
}

bool
rule_read(struct rule *rule, struct arena *a, struct checker *c,
	struct problems *p)
{
	static const char *const without[] = {"tests", NULL};
	/* In the arena: tests keep pointing at the tree. */
	struct tree *tree = arena_take(a, sizeof *tree);
	struct reading r = {tree, a, c, p, NULL, NULL};
	if (c == NULL)
		tree_unflatten(tree, rule->path, rule->text, rule->ours->tree,
			without, a);
	else if (!tree_read(tree, rule->path, rule->text, a, p))
		return false;
	if (tree->root->kind != TREE_MAP ||
		tree_get(tree->root, "cause") == NULL)
		return root_read(&r, rule);
	return cause_read(rule, tree, a, c, p);
}
