/*
 * lostsyn explain: a word of the report in plain sentences.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "judge/judge.h"
#include "model/case_anomaly.h"
#include "parsers/anomaly.h"
#include "parsers/patterns/pattern.h"

static const char usage[] = "usage: lostsyn explain WORD\n"
			    "\n"
			    "WORD is a verdict, a cause, an event or an\n"
			    "anomaly of a report.\n"
			    "\n"
			    "Example: lostsyn explain syn-lost-in-network\n";

static bool
explain_anomaly(const char *word)
{
	for (int i = 0; i < ANOMALY_COUNT; i++) {
		if (strcmp(anomaly_id((enum anomaly)i), word) != 0)
			continue;
		printf("%s (anomaly)\n\n%s.\n", word,
			anomaly_meaning((enum anomaly)i));
		return true;
	}
	for (enum case_anomaly i = 0; i < CASE_ANOMALY_COUNT; i++) {
		if (strcmp(case_anomaly_id(i), word) != 0)
			continue;
		printf("%s (anomaly)\n\n%s.\n", word, case_anomaly_meaning(i));
		return true;
	}
	return false;
}

/* What a recognised log line means, and what it does not prove. */
static bool
explain_event(const char *word)
{
	struct problems problems = {0};
	struct pattern_set *patterns = pattern_set_new();
	pattern_set_add_embedded(patterns, &problems);
	pattern_set_seal(patterns);
	const struct pattern_facts *f = pattern_facts_find(patterns, word);
	if (f != NULL) {
		printf("%s (event)\n\n%s\n", word, f->meaning);
		if (f->caution[0] != '\0')
			printf("\nCaution: %s\n", f->caution);
		printf("\nSource: %s\n", f->cite);
	}
	pattern_set_free(patterns);
	return f != NULL;
}

int
cmd_explain(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (argc != 2)
		return command_usage(usage);
	struct error e = {0};
	if (explain_anomaly(argv[1]) || explain_event(argv[1]))
		return command_done(EXIT_ALL_WELL);
	struct rule_set *r = rules_load(NULL, 0, stderr, &e);
	if (r == NULL)
		return command_fail(&e);
	bool known = rules_explain(r, argv[1], stdout);
	rules_free(r);
	return command_done(known ? EXIT_ALL_WELL : EXIT_USAGE);
}
