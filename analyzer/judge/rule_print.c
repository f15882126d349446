/*
 * Rules for people: list, show, explain. At most 80 columns wide.
 *
 * A word that no rule has is told on the stream that was given, with the one that
 * was probably meant; whether there is such a rule is asked with rules_know first.
 */
#include <string.h>

#include "base/safe_format.h"
#include "judge/cause.h"

/* The id that a rule gives: verdicts first, then causes. */
static const char *
rule_word(const void *context, size_t i)
{
	const struct rule_set *r = context;
	return i < r->count ? r->rules[i]->verdict
			    : r->causes[i - r->count]->cause->id;
}

static size_t
words_count(const struct rule_set *r)
{
	return r->count + r->causes_count;
}

/* The width of the first column. */
static int
widest_word(const struct rule_set *r)
{
	int widest = 0;
	for (size_t i = 0; i < words_count(r); i++) {
		int len = (int)strlen(rule_word(r, i));
		widest = len > widest ? len : widest;
	}
	return widest;
}

void
rules_list(const struct rule_set *r, FILE *out)
{
	int widest = widest_word(r);
	/* What is left of 80 columns behind the word, the segment (7) and the
	 * blanks between (2 and 2); 20 where a rule's word is very long. */
	int title = widest < 60 ? 80 - widest - 11 : 20;
	fprintf(out, "%-*s  %-7s  %s\n", widest, "VERDICT", "SEGMENT", "TITLE");
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *rule = r->rules[i];
		fprintf(out, "%-*s  %-7s  %.*s\n", widest, rule->verdict,
			rule->segment != NULL ? rule->segment : "-", title,
			rule->title);
	}
	if (r->causes_count == 0)
		return;
	fprintf(out, "\n%-*s  TITLE\n", widest, "CAUSE");
	for (size_t i = 0; i < r->causes_count; i++)
		fprintf(out, "%-*s  %.*s\n", widest, r->causes[i]->cause->id,
			title + 9, r->causes[i]->title);
}

/* A way to say words: the i-th of them. */
typedef const char *words(const void *context, size_t i);

/* Several files may give one cause. */
static bool
is_said_already(words *word, const void *context, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(word(context, j), word(context, i)) == 0)
			return true;
	return false;
}

/* Words in lines of at most 80 columns, indented by two. */
static void
words_print(FILE *out, size_t count, words *word, const void *context)
{
	int column = 80;
	for (size_t i = 0; i < count; i++) {
		if (is_said_already(word, context, i))
			continue;
		int len = (int)strlen(word(context, i)) + 1;
		if (column + len > 80) {
			fprintf(out, "\n ");
			column = 1;
		}
		column += fprintf(out, " %s", word(context, i));
	}
	fprintf(out, "\n");
}

/* A word that no rule has: the nearest one, and all there are. */
static bool
not_found(const struct rule_set *r, const char *word, FILE *out)
{
	const char *near = word_nearest(word, words_count(r), rule_word, r);
	safe_print(out, "no rule, verdict or cause '%s'", word);
	if (near != NULL)
		fprintf(out, "; did you mean '%s'?", near);
	fprintf(out, "\nThere are:");
	words_print(out, words_count(r), rule_word, r);
	return false;
}

/* By file name first, then by verdict or cause. */
static const struct rule *
find_either(const struct rule_set *r, const char *word)
{
	for (size_t i = 0; i < r->files_count; i++)
		if (strcmp(r->files[i]->name, word) == 0)
			return r->files[i];
	for (size_t i = 0; i < r->causes_count; i++)
		if (strcmp(r->causes[i]->cause->id, word) == 0)
			return r->causes[i];
	return rule_find(r, word);
}

bool
rules_know(const struct rule_set *r, const char *word)
{
	return find_either(r, word) != NULL;
}

void
rules_words(const struct rule_set *r, FILE *out)
{
	for (size_t i = 0; i < words_count(r); i++)
		if (!is_said_already(rule_word, r, i))
			fprintf(out, "%s\n", rule_word(r, i));
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

/* A sentence as a list entry, broken at blanks to fit 80 columns. */
static void
sentence_print(FILE *out, const char *text)
{
	int column = 80;
	const char *lead = "\n  -";
	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		if (column + 1 + (int)len > 80) {
			fputs(lead, out);
			lead = "\n   ";
			column = 3;
		}
		column += fprintf(out, " %.*s", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

/* A titled list; nothing at all where the rule has no such sentence. */
static void
sentences_print(FILE *out, const char *title, const struct sentences *s)
{
	if (s->count == 0)
		return;
	fprintf(out, "\n%s:", title);
	for (size_t i = 0; i < s->count; i++)
		sentence_print(out, s->text[i]);
	fprintf(out, "\n");
}

/* For words_print: the i-th verdict that a cause explains. */
static const char *
explains_word(const void *context, size_t i)
{
	const struct cause *c = context;
	return c->explains[i];
}

/* What a reader of a report asks for: what it explains, what to do, and how to
 * see that it helped. */
static void
cause_details(const struct cause *c, FILE *out)
{
	fprintf(out, "\nExplains:");
	words_print(out, c->explains_count, explains_word, c);
	sentences_print(out, "What to do", &c->fix);
	sentences_print(out, "What makes it worse", &c->worse);
	sentences_print(out, "How to verify", &c->verify);
	sentences_print(out, "What would decide", &c->collect);
}

bool
rules_explain(const struct rule_set *r, const char *word, FILE *out)
{
	const struct rule *rule = find_either(r, word);
	if (rule == NULL)
		return not_found(r, word, out);
	const struct cause *cause = rule->cause;
	fprintf(out, "%s: %s\n", cause != NULL ? cause->id : rule->verdict,
		rule->title);
	if (rule->segment != NULL)
		fprintf(out, "segment: %s\n", rule->segment);
	if (rule->place != NULL)
		fprintf(out, "place: %s\n", rule->place);
	fprintf(out, "\n%s", rule->explain);
	if (rule->explain[strlen(rule->explain) - 1] != '\n')
		fprintf(out, "\n");
	if (cause != NULL)
		cause_details(cause, out);
	fprintf(out, "\nThe rule itself: lostsyn rules show %s\n", rule->name);
	return true;
}
