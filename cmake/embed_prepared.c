/*
 * embed_prepared OUT: what the program would work out of its own texts at every
 * start, as one C source (judge/prepared.h, store/image.h). The build runs it; it is
 * made of the same rules and the same schema as the program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "judge/cause.h"
#include "judge/judge.h"
#include "judge/prepared.h"
#include "store/image.h"
#include "store/store.h"

/* Words are names of events and counters, and pieces of firewalls' rules. */
static void
text_print(FILE *out, const char *text, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '"' || text[i] == '\\')
			fprintf(out, "\\%c", text[i]);
		else
			fputc(text[i], out);
	fputc('"', out);
}

static void
words_print(FILE *out, size_t rule, size_t number, const struct evidence *e)
{
	if (e->words_count == 0)
		return;
	fprintf(out, "static const struct needed_word words_%zu_%zu[] = {\n",
		rule, number);
	for (size_t i = 0; i < e->words_count; i++) {
		const struct needed_word *w = &e->words[i];
		fputs("\t{.at = ", out);
		text_print(out, w->at, w->len);
		fprintf(out,
			", .len = %zu, .group = %d, .within = %d, "
			".state = %d},\n",
			w->len, w->group, w->within, (int)w->state);
	}
	fputs("};\n", out);
}

static void
evidence_print(FILE *out, size_t rule, const struct cause *c)
{
	for (size_t i = 0; i < c->evidence_count; i++)
		words_print(out, rule, i, &c->evidence[i]);
	fprintf(out, "static const struct prepared_evidence evidence_%zu[] = {",
		rule);
	for (size_t i = 0; i < c->evidence_count; i++) {
		const struct evidence *e = &c->evidence[i];
		fprintf(out, "\n\t{%u, ", e->needs);
		if (e->words_count > 0)
			fprintf(out, "words_%zu_%zu", rule, i);
		else
			fputs("NULL", out);
		fprintf(out, ", %zu},", e->words_count);
	}
	fputs("\n\t{0}};\n", out);
}

/* The cause that the file gives, or NULL. */
static const struct cause *
cause_of(const struct rule_set *r, const struct embedded *file)
{
	for (size_t i = 0; i < r->causes_count; i++)
		if (r->causes[i]->ours == file)
			return r->causes[i]->cause;
	return NULL;
}

static void
rules_print(FILE *out, const struct rule_set *r)
{
	for (size_t i = 0; i < embedded_rules_count; i++)
		if (cause_of(r, &embedded_rules[i]) != NULL)
			evidence_print(out, i, cause_of(r, &embedded_rules[i]));
	fputs("const struct prepared_rule prepared_rules[] = {\n", out);
	for (size_t i = 0; i < embedded_rules_count; i++) {
		const struct cause *c = cause_of(r, &embedded_rules[i]);
		if (c == NULL)
			fputs("\t{0},\n", out);
		else
			fprintf(out, "\t{evidence_%zu, %zu, %u},\n", i,
				c->evidence_count, c->attempts_need);
	}
	fputs("\t{0}};\n", out);
}

static bool
image_print(FILE *out, struct error *e)
{
	struct store *s = store_create_small(NULL, e);
	if (s == NULL || !store_settle(s, e))
		return false;
	sqlite3_int64 len = 0;
	unsigned char *bytes = sqlite3_serialize(store_db(s), "main", &len, 0);
	fputs("static const unsigned char image[] = {", out);
	for (sqlite3_int64 i = 0; bytes != NULL && i < len; i++)
		fprintf(out, "%s%u,", i % 20 == 0 ? "\n\t" : "", bytes[i]);
	fprintf(out,
		"0};\nconst struct store_image prepared_image = {image, "
		"%lld};\n",
		bytes != NULL ? (long long)len : 0);
	sqlite3_free(bytes);
	store_free(s);
	return bytes != NULL;
}

static bool
print(FILE *out, struct error *e)
{
	fputs("/* Made by cmake/embed_prepared.c. */\n"
	      "#include \"judge/prepared.h\"\n"
	      "#include \"store/image.h\"\n\n",
		out);
	struct rule_set *rules = rules_load_to_judge(NULL, 0, stderr, e);
	if (rules == NULL)
		return false;
	rules_print(out, rules);
	rules_free(rules);
	return image_print(out, e);
}

int
main(int argc, char **argv)
{
	struct error e = {0};
	if (argc != 2) {
		fputs("usage: embed_prepared OUT\n", stderr);
		return 2;
	}
	FILE *out = fopen(argv[1], "w");
	if (out == NULL) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		return 3;
	}
	bool ok = print(out, &e);
	ok = fclose(out) == 0 && ok;
	if (!ok) {
		fprintf(stderr, "embed_prepared: %s\n", e.text);
		remove(argv[1]);
	}
	return ok ? 0 : 3;
}
