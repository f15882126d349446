/*
 * Rules for people: list, show, explain. At most 80 columns wide.
 */
#include "judge/rule.h"

#include <string.h>

static const char *
verdict_word(const void *context, size_t i)
{
	const struct rule_set *r = context;
	return r->rules[i]->verdict;
}

void
rules_list(const struct rule_set *r, FILE *out)
{
	int widest = 0;
	for (size_t i = 0; i < r->count; i++) {
		int len = (int)strlen(r->rules[i]->verdict);
		widest = len > widest ? len : widest;
	}
	fprintf(out, "%-*s  %-7s  %s\n", widest, "VERDICT", "SEGMENT", "TITLE");
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *rule = r->rules[i];
		fprintf(out, "%-*s  %-7s  %.*s\n", widest, rule->verdict,
			rule->segment != NULL ? rule->segment : "-",
			widest < 60 ? 80 - widest - 11 : 20, rule->title);
	}
}

static bool
not_found(const struct rule_set *r, const char *word, FILE *out)
{
	const char *near = word_nearest(word, r->count, verdict_word, r);
	fprintf(out, "no rule or verdict '%.60s'", word);
	if (near != NULL)
		fprintf(out, "; did you mean '%s'?", near);
	fprintf(out, "\nThere are:");
	int column = 80;
	for (size_t i = 0; i < r->count; i++) {
		int len = (int)strlen(r->rules[i]->verdict) + 1;
		if (column + len > 80) {
			fprintf(out, "\n ");
			column = 1;
		}
		column += fprintf(out, " %s", r->rules[i]->verdict);
	}
	fprintf(out, "\n");
	return false;
}

/* By file name first, then by verdict. */
static const struct rule *
find_either(const struct rule_set *r, const char *word)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->rules[i]->name, word) == 0)
			return r->rules[i];
	return rule_find(r, word);
}

bool
rules_show(const struct rule_set *r, const char *name, FILE *out)
{
	const struct rule *rule = find_either(r, name);
	if (rule == NULL)
		return not_found(r, name, out);
	fwrite(rule->text.data, 1, rule->text.len, out);
	return true;
}

bool
rules_explain(const struct rule_set *r, const char *word, FILE *out)
{
	const struct rule *rule = find_either(r, word);
	if (rule == NULL)
		return not_found(r, word, out);
	fprintf(out, "%s: %s\n", rule->verdict, rule->title);
	if (rule->segment != NULL)
		fprintf(out, "segment: %s\n", rule->segment);
	if (rule->place != NULL)
		fprintf(out, "place: %s\n", rule->place);
	fprintf(out, "\n%s", rule->explain);
	if (rule->explain[strlen(rule->explain) - 1] != '\n')
		fprintf(out, "\n");
	fprintf(out, "\nThe rule itself: lostsyn rules show %s\n", rule->name);
	return true;
}
