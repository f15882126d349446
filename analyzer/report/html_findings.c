/*
 * Causes: each with its evidence for and against, what to do, what to check.
 * What was ruled out is folded, with what rules it out.
 */
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/evidence.h"
#include "report/steps.h"

/* Pieces of one finding that stand open; the others are folded, and all of it,
 * line by line, is in report.json. */
#define EVIDENCE_OPEN 3

/* One piece of evidence: how it weighs, its first line, where it stands, and
 * when. */
static void
write_group(struct page *page, const struct evidence_group *g)
{
	char words[WORDS_MAX], at[CLOCK_TEXT_MAX];
	html_add(page->html, "<li>");
	html_badge(page->html, g->weighs);
	if (g->count > 1 && g->source_count > 0)
		html_add(page->html, " %s lines like",
			words_number(g->count, words));
	html_add(page->html,
		" <code class=\"line\">%s</code> <span class=\"faint\">",
		g->text);
	evidence_place(g, words);
	if (words[0])
		html_add(page->html, "<bdi>%s</bdi>", words);
	if (g->first_ns != CLOCK_UNKNOWN_NS)
		html_add(page->html, "%s<time>%s</time>",
			words[0] ? ", " : "at ",
			clock_format(g->first_ns, 3, at));
	if (g->last_ns != g->first_ns)
		html_add(page->html, " to <time>%s</time>",
			clock_format(g->last_ns, 3, at));
	html_add(page->html, "</span></li>\n");
}

/* For, or against; one pass over the evidence each. */
static void
write_evidence(
	struct page *page, int64_t finding, const char *title, bool against)
{
	struct evidence *e = memory_take(1, sizeof *e);
	char number[WORDS_MAX];
	int n = 0;
	evidence_read(page->r, finding, e);
	for (int i = 0; i < e->count; i++) {
		if ((strcmp(e->groups[i].weighs, "contradicts") == 0) !=
			against)
			continue;
		if (n == 0)
			html_add(page->html,
				"<details class=\"wide\" open><summary>%s"
				"</summary>\n<ul class=\"evidence\">\n",
				title);
		if (n == EVIDENCE_OPEN)
			html_add(page->html,
				"</ul>\n<details><summary>More of it"
				"</summary>\n<ul class=\"evidence\">\n");
		write_group(page, &e->groups[i]);
		n++;
	}
	if (n > 0 && e->more > 0)
		html_add(page->html, "<li>%s more in report.json</li>\n",
			words_number(e->more, number));
	if (n > 0)
		html_add(page->html, "</ul>\n</details>\n");
	if (n > EVIDENCE_OPEN)
		html_add(page->html, "</details>\n");
	free(e);
}

/* How much it explains, in attempts and in what is only reported. */
static void
write_explains(
	struct page *page, int64_t attempts, int64_t reported, const char *verb)
{
	char words[WORDS_MAX];
	html_add(page->html, "%s%s", verb,
		sentence_explains(attempts, reported, words));
}

/* What it is called, how sure it is, and how much it explains in all places. */
static void
write_head(struct page *page, const struct report_finding *f)
{
	bool ruled_out = report_finding_is_out(f);
	html_add(page->html, "<article class=\"card\">\n<h3>%s</h3>\n<p>",
		f->title);
	html_badge(page->html, f->confidence);
	html_add(page->html, " <code>%s</code> <span class=\"faint\">",
		f->cause);
	bool one = f->places == 1;
	int64_t attempts = one
		? f->attempts
		: report_cause_attempts(page->r, f->confidence, f->rule);
	int64_t reported = one
		? f->reported
		: report_cause_reported(page->r, f->confidence, f->rule);
	if (!ruled_out && attempts + reported > 0)
		write_explains(page, attempts, reported, "explains ");
	if (f->places > 1)
		html_add(page->html, " in %jd places", (intmax_t)f->places);
	else if (f->host)
		html_add(page->html, " at <bdi>%s</bdi>", f->host);
	html_add(page->html, "</span></p>\n");
}

/* One row is enough to know; the query is begun anew by whoever reads it. */
static bool
has_evidence(struct page *page, int64_t finding)
{
	struct report_evidence v;
	report_begin_id(page->r, QUERY_EVIDENCE, finding);
	return report_evidence_next(page->r, &v);
}

/* One place of several, folded but for the first; what gathers further places
 * has no evidence of its own to unfold. */
static void
write_place(struct page *page, const struct report_finding *f)
{
	bool folds = has_evidence(page, f->id);
	if (folds)
		html_add(page->html, "<details%s><summary>",
			f->place == 1 ? " open" : "");
	else
		html_add(page->html, "<p>");
	html_add(page->html, "<bdi>%s</bdi>", f->host ? f->host : "everywhere");
	if (!report_finding_is_out(f)) {
		html_add(page->html, " <span class=\"faint\">");
		write_explains(page, f->attempts, f->reported, "");
		html_add(page->html, "</span>");
	}
	if (!folds) {
		html_add(page->html, "</p>\n");
		return;
	}
	html_add(page->html, "</summary>\n");
	write_evidence(page, f->id, "What speaks for it", false);
	write_evidence(page, f->id, "What speaks against it", true);
	html_add(page->html, "</details>\n");
}

/* A card for each rule and confidence: places that share the advice share the
 * card, so that the advice stands there once. */
static void
write_finding(struct page *page, const struct report_finding *f)
{
	if (f->place == 1)
		write_head(page, f);
	if (f->places > 1) {
		write_place(page, f);
	} else {
		write_evidence(page, f->id, "What speaks for it", false);
		write_evidence(page, f->id, "What speaks against it", true);
	}
	/* The advice stands below the last place of the card. */
	if (f->place < f->places)
		return;
	html_add(page->html,
		"<details class=\"wide\" open><summary>What to do</summary>\n");
	html_list(page, f->id, NULL, f->fix);
	html_add(page->html,
		"</details>\n<details><summary>Afterwards, and next "
		"time</summary>\n");
	html_list(page, 0, "How to see that it helped", f->verify);
	html_list(page, 0, "What makes it worse", f->worse);
	html_list(page, 0, "What to collect next time", f->collect);
	html_add(page->html, "</details>\n");
	html_add(page->html, "</article>\n");
}

/* Those that were ruled out, or the others; how many. */
static int
write_findings(struct page *page, bool ruled_out)
{
	struct report_finding f;
	int n = 0;
	report_begin(page->r, QUERY_FINDINGS);
	while (report_finding_next(page->r, &f)) {
		if (report_finding_is_out(&f) != ruled_out)
			continue;
		if (n++ == 0 && ruled_out)
			html_add(page->html,
				"<details>\n<summary>Examined and ruled out"
				"</summary>\n");
		write_finding(page, &f);
	}
	if (n > 0 && ruled_out)
		html_add(page->html, "</details>\n");
	return n;
}

/* What was examined and ruled out is told as well, folded: a reader who
 * suspects it sees that somebody looked. */
void
html_findings(struct page *page)
{
	if (write_findings(page, false) == 0)
		html_add(page->html, "<p>%s</p>\n",
			page->r->failed == 0 && page->r->undetermined == 0
				? "None: no attempt failed."
				: "No cause was found in this evidence: the "
				  "verdicts say where the attempts ended, not "
				  "why.");
	write_findings(page, true);
}
