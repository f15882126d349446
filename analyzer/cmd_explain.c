/*
 * lostsyn explain: a word of the report in plain sentences.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/problems.h"
#include "base/sandbox.h"
#include "command.h"
#include "explain_formats.h"
#include "judge/judge.h"
#include "model/case_anomaly.h"
#include "parsers/anomaly.h"
#include "parsers/host/counter_words.h"
#include "parsers/packet/packet.h"
#include "parsers/patterns/pattern.h"
#include "render/text_layout.h"

struct explaining {
	bool list;
	struct option_list rules;
	enum sandbox_wanted sandbox;
};

/* The rules of a user may be anybody's. */
static bool
enter_sandbox(const struct explaining *x, struct error *e)
{
	struct sandbox s;
	if (x->rules.count == 0)
		return true;
	sandbox_begin(&s);
	for (size_t i = 0; i < x->rules.count; i++)
		sandbox_read(&s, x->rules.at[i]);
	return sandbox_enter_as_wanted(&s, x->sandbox, e) != NULL;
}

#define OPTIONS_INTO struct explaining
static const struct option_row rows[] = {
#include "cmd_explain.def"
};
const struct options explain_options = OPTIONS("explain", rows);

/* What is written so far about the word; each meaning is a part of its own. */
static struct text page;

static void
print_title(const char *word, const char *kind)
{
	text_add(&page, "%s (%s)", word, kind);
	text_end(&page, 0, TEXT_PLAIN);
	text_gap(&page);
}

/* A paragraph from a clause of ours. */
static void
print_clause(const char *lead, const char *text)
{
	size_t len = strlen(text);
	bool ends = len > 0 && text[len - 1] == '.';
	text_add(&page, "%s", lead);
	text_prose(&page, text);
	text_add(&page, "%s", ends ? "" : ".");
	text_end(&page, 0, TEXT_PLAIN);
	text_gap(&page);
}

static bool
explain_anomaly(const char *word)
{
	for (int i = 0; i < ANOMALY_COUNT; i++) {
		if (strcmp(anomaly_id((enum anomaly)i), word) != 0)
			continue;
		print_title(word, "anomaly");
		print_clause("What is wrong with the evidence: ",
			anomaly_meaning((enum anomaly)i));
		return true;
	}
	for (enum case_anomaly i = 0; i < CASE_ANOMALY_COUNT; i++) {
		if (strcmp(case_anomaly_id(i), word) != 0)
			continue;
		print_title(word, "anomaly");
		print_clause("What is wrong with the evidence: ",
			case_anomaly_meaning(i));
		return true;
	}
	return false;
}

/* What becomes of packets that are not decoded for the handshake. */
static bool
explain_packet_kind(const char *word)
{
	for (enum packet_kind k = 0; k < PACKET_KIND_COUNT; k++) {
		if (strcmp(packet_kind_id(k), word) != 0)
			continue;
		print_title(word, "packet");
		print_clause(
			"Packets counted under it: ", packet_kind_meaning(k));
		return true;
	}
	return false;
}

/* What a recognised log line means, and what it does not prove. */
static bool
explain_event(const struct pattern_set *patterns, const char *word)
{
	const struct pattern_facts *f = pattern_facts_find(patterns, word);
	if (f == NULL)
		return false;
	print_title(word, "event");
	print_clause("A log line says: ", f->meaning);
	if (f->caution[0] != '\0')
		print_clause("Caution: ", f->caution);
	print_clause("Source: ", f->cite);
	return true;
}

/* What holds for every counter; a level says of itself that it is one. */
static const char counter_caution[] = "Counters rise from the boot on and "
				      "belong to one network namespace: only "
				      "the difference of two snapshots around "
				      "the failure says something, and a "
				      "container has numbers of its own";

/* Rows of the kernel name a file of it. */
static bool
is_of_linux(const char *cite)
{
	return strncmp(cite, "net/", 4) == 0 ||
		strncmp(cite, "drivers/", 8) == 0 ||
		strncmp(cite, "include/", 8) == 0;
}

static bool
explain_counter(const char *word)
{
	const struct counter_words *w = counter_words_find(word);
	if (w == NULL)
		return false;
	print_title(w->name, "counter");
	print_clause("It counts: ", w->meaning);
	if (w->caution[0] != '\0')
		print_clause("Caution: ", w->caution);
	print_clause("", counter_caution);
	print_clause(is_of_linux(w->cite) ? "Source: Linux 6.12 " : "Source: ",
		w->cite);
	return true;
}

/* Every word, one a line, as completion wants it. */
static void
print_words(const struct pattern_set *patterns, const struct rule_set *r)
{
	const struct counter_words *w;
	rules_words(r, stdout);
	for (size_t i = 0; (w = counter_words_at(i)) != NULL; i++)
		puts(w->name);
	for (size_t i = 0; i < pattern_set_count(patterns); i++) {
		const char *event = pattern_facts_at(patterns, i)->event;
		/* An event of several patterns, at its first one; some are
		 * causes as well. */
		if (pattern_facts_find(patterns, event) ==
				pattern_facts_at(patterns, i) &&
			!rules_know(r, event))
			puts(event);
	}
	for (int i = 0; i < ANOMALY_COUNT; i++)
		puts(anomaly_id((enum anomaly)i));
	for (enum case_anomaly i = 0; i < CASE_ANOMALY_COUNT; i++)
		puts(case_anomaly_id(i));
}

static const char *
counter_name(const void *context, size_t i)
{
	(void)context;
	return counter_words_at(i)->name;
}

static const char *
event_name(const void *context, size_t i)
{
	return pattern_facts_at(context, i)->event;
}

/* A counter or an event that was meant; of rules rules_explain says it. */
static void
print_nearest(const struct pattern_set *patterns, const char *word)
{
	size_t counters = 0;
	while (counter_words_at(counters) != NULL)
		counters++;
	const char *near = word_nearest(word, counters, counter_name, NULL);
	if (near == NULL)
		near = word_nearest(word, pattern_set_count(patterns),
			event_name, patterns);
	if (near != NULL)
		message("did you mean '%s'?", near);
}

/* A word may mean several things; all of them are told. */
static bool
explain(const struct pattern_set *patterns, const struct rule_set *r,
	const char *word)
{
	text_init(&page, stdout, 0, false);
	bool known = explain_anomaly(word);
	known |= explain_packet_kind(word);
	known |= explain_event(patterns, word);
	known |= explain_counter(word);
	text_release(&page);
	if (rules_know(r, word))
		return rules_explain(r, word, stdout);
	if (known)
		return true;
	rules_explain(r, word, stderr);
	print_nearest(patterns, word);
	return false;
}

int
cmd_explain(int argc, char **argv)
{
	struct explaining x = {0};
	struct error e = {0};
	bool help;
	if (!options_read(&explain_options, &x, argc, argv, &help, &e))
		return command_fail(&e);
	if (help) {
		options_print(&explain_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (argc == 2 && strcmp(argv[1], "formats") == 0) {
		explain_formats();
		return command_done(EXIT_ALL_WELL);
	}
	if (optind == argc && !x.list)
		return command_usage(&explain_options);
	struct rule_set *r = enter_sandbox(&x, &e)
		? rules_load(x.rules.at, x.rules.count, stderr, &e)
		: NULL;
	if (r == NULL)
		return command_fail(&e);
	struct pattern_set *patterns = pattern_set_ours();
	bool known = true;
	if (x.list)
		print_words(patterns, r);
	else
		for (int i = optind; i < argc; i++)
			known &= explain(patterns, r, argv[i]);
	pattern_set_free(patterns);
	rules_free(r);
	return command_done(known ? EXIT_ALL_WELL : EXIT_USAGE);
}
