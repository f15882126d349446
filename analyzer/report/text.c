/*
 * The terminal summary: understood in ten seconds, 80 columns, forty lines for
 * a common incident.
 *
 * The conclusion first, then in the order in which a person asks: which service,
 * where, why, what now, what would help, where is the rest. What it rests on
 * (examples, inputs, clocks) is there when asked for, what is wrong with that
 * always. What is longer than a screen is written again with less of it
 * (enum text_tight), until it fits. ASCII but for names. Verdict words say everything that colours say.
 */
#include "report/text_sections.h"

#include <stdlib.h>

#include "base/clock.h"
#include "report/service_words.h"
#include "model/verdict.h"

/* Worked examples; more kinds than this are named in the table only. */
#define TEXT_EXAMPLES_MAX 4

/* What logs tell beside the packets: a line each, however many there are. */
static void
write_reported(struct text *t, struct report *r)
{
	char words[WORDS_MAX];
	for (int i = 0; sentence_told(r, i, words)[0]; i++) {
		text_add(t, "%s", words);
		text_end(t, 0, TEXT_PLAIN);
	}
}

/* Where and why, of a case whose services need no table. */
static void
write_prose(struct text *t, struct report *r)
{
	char words[WORDS_MAX];
	sentence_main_verdict(r, words);
	if (words[0]) {
		text_prose(t, words);
		text_end(t, 0, TEXT_PLAIN);
	}
	write_reported(t, r);
	sentence_cause(r, words);
	if (words[0]) {
		text_add(t, "%s", words);
		text_end(t, 0, TEXT_PLAIN);
	}
}

/* What happened, before anything else, at any length of the rest. */
static void
write_top(struct text *t, struct report *r)
{
	char words[WORDS_MAX];
	text_add(t, "lostsyn: %s", r->case_name ? r->case_name : "analysis");
	text_end(t, 2, TEXT_FAINT);
	text_gap(t);
	text_add(t, "%s", sentence_conclusion(r, words));
	text_end(t, 0,
		r->failed + r->reported > 0 ? TEXT_BAD
			: r->undetermined > 0 || r->attempts == 0 ||
				r->services.slow > 0 || r->reset_in_answer > 0
			? TEXT_UNSURE
			: TEXT_GOOD);
	if (services_have_table(r))
		write_reported(t, r);
	else
		write_prose(t, r);
	sentence_overlap(r, words);
	bool apart = r->overlap_first_ns == CLOCK_UNKNOWN_NS;
	if (words[0] && (r->options.verbose || apart)) {
		text_add(t, "%s", words);
		text_end(t, 0, apart ? TEXT_UNSURE : TEXT_PLAIN);
	}
}

/* Files named on the first screen. */
#define NOT_UNDERSTOOD_MAX 3

/* What may hold the answer and could not be read. */
static void
write_not_understood(struct text *t, struct report *r)
{
	struct report_item item;
	int named = 0;
	report_begin(r, QUERY_NOT_UNDERSTOOD);
	while (report_not_understood_next(r, &item) &&
		named < NOT_UNDERSTOOD_MAX)
		text_add(t, "%s%s",
			named++ ? ", "
				: "Not understood, though it names addresses "
				  "of the failures: ",
			item.id);
	if (named == 0)
		return;
	text_add(t, ".");
	text_end(t, 0, TEXT_UNSURE);
}

/* A line of the table of verdicts. */
static void
write_verdict(struct text *t, const struct report_verdict *v)
{
	char where[WORDS_MAX], sure[WORDS_MAX], number[WORDS_MAX];
	text_number(t, 9, v->count);
	text_add(t, "  %s", v->verdict);
	text_pad(t, 40);
	sentence_where(v->segment, v->place, where);
	sentence_sureness(v, sure);
	text_add(t, "%s%s%s", where, where[0] && sure[0] ? "; " : "", sure);
	if (v->failed == 0 && v->retried > 0)
		text_add(t, "; %s after SYN retransmits",
			words_number(v->retried, number));
	text_end(t, 40,
		v->failed > 0 ? TEXT_BAD
			: strcmp(v->verdict, VERDICT_UNDETERMINED)
			? TEXT_PLAIN
			: TEXT_UNSURE);
}

/* In the model's order: failures first. Nothing where no attempt was seen. */
static void
write_verdicts(struct text *t, struct report *r)
{
	if (r->verdict_count == 0)
		return;
	text_heading(t, "Verdicts");
	for (size_t i = 0; i < r->verdict_count; i++)
		write_verdict(t, &r->verdicts[i]);
}

/* Things that would decide; the page has all of them. */
#define TEXT_MISSING_MAX 4

/* What would decide, each with the attempts that it would decide. */
static void
write_missing(struct text *t, struct report *r)
{
	struct report_missing item;
	char words[WORDS_MAX], before[WORDS_MAX] = "";
	int shown = 0, left = 0;
	report_begin(r, QUERY_MISSING);
	while (report_missing_next(r, &item)) {
		if (!r->options.verbose &&
			shown == text_most(r, TEXT_MISSING_MAX, 1, 1)) {
			left++;
			continue;
		}
		if (shown++ == 0)
			text_heading(t, "What would decide");
		text_add(t, "  - ");
		text_prose(t, sentence_missing(&item, words));
		sentence_about(r, &item, words);
		text_add(t, " (%s)",
			strcmp(words, before) == 0 ? "for the same" : words);
		memcpy(before, words, sizeof before);
		text_end(t, 4, TEXT_PLAIN);
	}
	if (left > 0) {
		text_add(t, "  %d more on the page", left);
		text_end(t, 4, TEXT_FAINT);
	}
}

/* How long the folder of a file's name is, the last '/' in it. */
static size_t
folder_of(const char *name)
{
	const char *end = strrchr(name, '/');
	return end ? (size_t)(end + 1 - name) : 0;
}

/* Where the files are, last, where a reader's eye ends: the folder once, when
 * they have one. */
static void
write_outputs(struct text *t, const char *const *outputs)
{
	if (!outputs || !outputs[0])
		return;
	size_t folder = folder_of(outputs[0]);
	bool together = folder > 1 && outputs[1];
	for (size_t i = 0; outputs[i]; i++)
		together = together && folder_of(outputs[i]) == folder &&
			memcmp(outputs[i], outputs[0], folder) == 0;
	text_gap(t);
	text_add(t, "Wrote");
	for (size_t i = 0; outputs[i]; i++)
		text_add(t, "%s %s", i > 0 ? "," : "",
			outputs[i] + (together ? folder : 0));
	if (together) {
		char *name = memory_copy(outputs[0]);
		name[folder - 1] = '\0';
		text_add(t, " in %s", name);
		free(name);
	}
	text_end(t, 6, TEXT_PLAIN);
}

/* One verdict at several places needs one example. */
static bool
is_shown_before(const struct report *r, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (strcmp(r->verdicts[i].verdict, r->verdicts[k].verdict) == 0)
			return true;
	return false;
}

/* One attempt of each kind in full. */
static void
write_examples(struct text *t, struct report *r)
{
	int shown = 0, left = 0;
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (!sentence_needs_example(v) || is_shown_before(r, i))
			continue;
		if (shown == TEXT_EXAMPLES_MAX) {
			left++;
			continue;
		}
		if (shown++ == 0)
			text_heading(t, "The first of each");
		else
			text_gap(t);
		text_example(t, r, v->first_attempt);
	}
	if (left > 0) {
		text_gap(t);
		text_add(t, "  %d more kind%s in the reports.", left,
			left == 1 ? "" : "s");
		text_end(t, 2, TEXT_PLAIN);
	}
}

/* Nobody can see it by the names themselves. */
static void
write_redacted(struct text *t)
{
	text_gap(t);
	text_add(t,
		"Redacted: addresses, host names and paths are "
		"pseudonyms, the same one for the same thing.");
	text_end(t, 0, TEXT_PLAIN);
}

/* Everything, in the order in which it is asked for. */
static void
write_all(struct text *t, struct report *r, const char *const *outputs)
{
	write_top(t, r);
	write_not_understood(t, r);
	text_services(t, r);
	if (r->options.verbose || !services_have_table(r))
		write_verdicts(t, r);
	text_findings(t, r);
	if (r->options.verbose)
		write_examples(t, r);
	write_missing(t, r);
	if (r->options.verbose)
		text_hosts(t, r);
	else
		text_unsure_hosts(t, r);
	if (r->options.verbose) {
		text_inputs(t, r);
		text_clocks(t, r);
	} else {
		text_weak_inputs(t, r);
	}
	text_warnings(t, r);
	if (r->redacted)
		write_redacted(t);
	write_outputs(t, outputs);
}

/* The lines that all of it takes at the usual width, so that what is left out
 * does not depend on whose terminal it is. -1: no memory for it. */
static int
lines_count(struct report *r, const char *const *outputs)
{
	char *screen = NULL;
	size_t len = 0;
	struct text t;
	FILE *out = open_memstream(&screen, &len);
	if (out == NULL)
		return -1;
	text_init(&t, out, TEXT_COLUMNS_DEFAULT, false);
	write_all(&t, r, outputs);
	text_release(&t);
	int lines = 0;
	bool whole = fclose(out) == 0;
	for (size_t i = 0; whole && i < len; i++)
		lines += screen[i] == '\n';
	free(screen);
	return whole ? lines : -1;
}

/* Written to memory until it fits one screen, each time with less of the lists
 * (report.tight), and then once to out. With -v nothing is left out. Costs a
 * few passes over what a screen shows, not over the attempts. */
bool
report_write_text(struct report *r, FILE *out, int columns, bool colour,
	const char *const *outputs, struct error *e)
{
	struct text t;
	r->tight = TIGHT_NOT;
	while (!r->options.verbose && r->tight < TIGHT_MOST &&
		lines_count(r, outputs) > TEXT_SCREEN_LINES)
		r->tight++;
	text_init(&t, out, columns, colour);
	write_all(&t, r, outputs);
	text_release(&t);
	return report_settled(r, out, e);
}
