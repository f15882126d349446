/*
 * The first screen: the verdict in a sentence, how sure it is, what to do now
 * and what to collect.
 */
#include "report/html.h"

#include <string.h>

#include "report/service_words.h"
#include "report/steps.h"

/* Steps of one list on the first screen; all of them stand further down. */
#define STEPS_MAX 4

/* Verdicts for which the first screen says where to look. */
#define LOOK_MAX 3

/* A sentence whose times are not broken at their hyphens. */
static void
write_sentence(struct page *page, const char *class, const char *sentence)
{
	char word[WORDS_MAX];
	html_add(page->html, "<p class=\"%s\">", class);
	while (*sentence != '\0') {
		size_t len = strcspn(sentence, " ");
		memcpy(word, sentence, len);
		word[len] = '\0';
		/* "2026-11-21T00:37:25.191Z" or "00:37:27.536Z": what <time> is
		 * for, and what a browser would break at its hyphens. */
		bool time = word[0] >= '0' && word[0] <= '9' &&
			strchr(word, 'Z') && strchr(word, ':');
		html_add(page->html, time ? "<time>%s</time>" : "%s", word);
		sentence += len;
		if (*sentence == ' ') {
			html_add(page->html, " ");
			sentence++;
		}
	}
	html_add(page->html, "</p>\n");
}

/* Where and why, of a case whose services need no table. */
static void
write_prose(struct page *page)
{
	char words[WORDS_MAX];
	sentence_cause(page->r, words);
	if (words[0])
		write_sentence(page, "lead", words);
	sentence_main_verdict(page->r, words);
	if (words[0])
		html_add(page->html, "<p>%s</p>\n", words);
	if (page->r->services.troubled != 1)
		return;
	char place[WORDS_MAX];
	services_evidence(page->r, &page->r->services.list[0], words, place);
	if (words[0])
		html_add(page->html,
			"<p><code class=\"line\">%s</code> <span "
			"class=\"faint\">%s</span></p>\n",
			words, place);
}

/* Files named on the first screen. */
#define NOT_UNDERSTOOD_MAX 3

/* What may hold the answer and could not be read. */
static void
write_not_understood(struct page *page)
{
	struct report_item item;
	int named = 0;
	report_begin(page->r, QUERY_NOT_UNDERSTOOD);
	while (report_not_understood_next(page->r, &item) &&
		named < NOT_UNDERSTOOD_MAX) {
		html_add(page->html,
			named++ ? ", "
				: "<p>Not understood, though it names "
				  "addresses of the failures: ");
		html_add(page->html, "<bdi>%s</bdi>", item.id);
	}
	if (named > 0)
		html_add(page->html, ".</p>\n");
}

/* Sentences, before any figure or picture: who reads no further has the answer.
 * */
void
html_top(struct page *page)
{
	char words[WORDS_MAX];
	struct report *r = page->r;
	html_add(page->html, "<header>\n<p class=\"case\"><bdi>%s</bdi></p>\n",
		r->case_name ? r->case_name : "analysis");
	html_add(page->html, "<h1>%s</h1>\n", sentence_conclusion(r, words));
	for (int i = 0; sentence_told(r, i, words)[0]; i++)
		html_add(page->html, "<p>%s</p>\n", words);
	if (!services_have_table(r))
		write_prose(page);
	sentence_overlap(r, words);
	if (words[0])
		write_sentence(page, "faint", words);
	write_not_understood(page);
	html_add(page->html, "</header>\n");
}

/* Further causes of which the first screen tells the first step. */
#define OTHER_CAUSES_MAX 3

/* The first finding of the next cause that has some confidence; its texts live
 * until the next call. False when there is none. */
static bool
cause_next(struct page *page, struct report_finding *f)
{
	while (report_finding_next(page->r, f)) {
		if (!report_finding_is_sure(f))
			return false;
		if (f->place == 1)
			return true;
	}
	return false;
}

/* True when nothing could make the report surer: the cause explains every
 * failure and is confirmed, and every verdict is certain. */
static bool
is_settled(const struct report *r)
{
	if (!r->cause.title || strcmp(r->cause.confidence, "confirmed") != 0 ||
		r->cause.attempts < r->failed || r->undetermined > 0 ||
		r->reported > 0)
		return false;
	for (size_t i = 0; i < r->verdict_count; i++)
		if (r->verdicts[i].failed > r->verdicts[i].certain)
			return false;
	return true;
}

/* At most STEPS_MAX texts as list items; how many there were. */
static int
write_steps(struct page *page, int64_t finding, const char *list)
{
	const char *text;
	char words[WORDS_MAX];
	int n = 0;
	report_list_begin(page->r, list);
	while (report_list_next(page->r, &text))
		if (n++ < STEPS_MAX) {
			html_add(page->html, "<li>");
			html_prose(page,
				step_words(page->r, finding, text, words));
			html_add(page->html, "</li>\n");
		}
	return n;
}

/* Causes of those that the first one does not explain: a step each. */
static void
write_other_causes(struct page *page)
{
	struct report_finding f;
	const char *step;
	char number[WORDS_MAX], words[WORDS_MAX];
	for (int k = 0; k < OTHER_CAUSES_MAX && cause_next(page, &f); k++) {
		int64_t attempts =
			report_cause_attempts(page->r, f.confidence, f.rule);
		report_list_begin(page->r, f.fix);
		if (!report_list_next(page->r, &step))
			continue;
		html_add(page->html, "<li>For %s attempt%s (%s: %s): ",
			words_number(attempts, number), words_plural(attempts),
			f.confidence, f.title);
		html_prose(page, step_words(page->r, f.id, step, words));
		html_add(page->html, "</li>\n");
	}
}

/* What the best cause asks for; how many steps. */
static int
write_fixes(struct page *page)
{
	struct report_finding f;
	int n = 0;
	report_begin(page->r, QUERY_FINDINGS);
	if (cause_next(page, &f))
		n = write_steps(page, f.id, f.fix);
	if (n > 0 &&
		page->r->cause.attempts <
			page->r->failed + page->r->services.slow)
		write_other_causes(page);
	report_begin(page->r, QUERY_FINDINGS);
	return n;
}

/* What to do now: the cause's own steps, else what the verdict says to look at.
 * */
static void
write_do(struct page *page)
{
	char words[WORDS_MAX];
	html_add(page->html, "<div>\n<h2>Do now</h2>\n<ul>\n");
	int n = write_fixes(page), most = page->r->cause.title ? 1 : LOOK_MAX;
	for (int k = 0, fixes = n; k < most && fixes == 0; k++) {
		sentence_look_next(page->r, k, words);
		if (!words[0])
			break;
		html_add(page->html, "<li>%s</li>\n", words);
		n++;
	}
	if (n == 0)
		html_add(page->html,
			page->r->failed + page->r->reported > 0
				? "<li>Look at the evidence below.</li>\n"
				: "<li>Nothing: no attempt failed.</li>\n");
	html_add(page->html, "</ul>\n</div>\n");
}

/* What would make the best cause surer; how many texts. */
static int
write_cause_collect(struct page *page)
{
	struct report_finding f;
	int n = 0;
	report_begin(page->r, QUERY_FINDINGS);
	if (cause_next(page, &f))
		n = write_steps(page, 0, f.collect);
	report_begin(page->r, QUERY_FINDINGS);
	return n;
}

/* What would make it surer. Nothing is asked for when all is explained. */
static void
write_collect(struct page *page)
{
	struct report_missing item;
	char words[WORDS_MAX], before[WORDS_MAX] = "";
	int n = 0;
	html_add(page->html, "<div>\n<h2>Collect, to be surer</h2>\n<ul>\n");
	report_begin(page->r, QUERY_MISSING);
	while (n < STEPS_MAX && report_missing_next(page->r, &item)) {
		html_add(page->html, "<li>");
		html_prose(page, sentence_missing(&item, words));
		sentence_about(page->r, &item, words);
		html_add(page->html,
			" <span class=\"faint\">(%s)</span></li>\n",
			strcmp(words, before) == 0 ? "for the same" : words);
		memcpy(before, words, sizeof before);
		n++;
	}
	if (page->r->cause.title && !is_settled(page->r))
		n += write_cause_collect(page);
	else if (!page->r->cause.title && page->r->failed > 0 &&
		n < STEPS_MAX) {
		html_add(page->html,
			"<li>Logs, and counters before and after (nstat, "
			"conntrack -S, ss -ltn, dmesg), of the place above, "
			"into the case folder: they say why.</li>\n");
		n++;
	}
	if (n == 0)
		html_add(page->html,
			is_settled(page->r)
				? "<li>Nothing: every failure is explained, "
				  "and the cause is confirmed.</li>\n"
				: "<li>Nothing is missing.</li>\n");
	html_add(page->html, "</ul>\n</div>\n");
}

/* Beside each other: what to do with what is known, and what to fetch to know
 * more. */
void
html_next_steps(struct page *page)
{
	html_add(page->html, "<div class=\"next\">\n");
	write_do(page);
	write_collect(page);
	html_add(page->html, "</div>\n");
}
