/*
 * Causes: each with its evidence for and against, what to do, what to check.
 * What was ruled out is folded, with what rules it out.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"

/* Evidence of one finding on the page; all of it is in report.json. */
#define EVIDENCE_MAX 40

static void
write_item(struct html *h, const struct report_evidence *v)
{
	char at[CLOCK_TEXT_MAX];
	html_add(h, "<li>");
	html_badge(h, v->weighs);
	html_add(h, " <code class=\"line\">%s</code> <span class=\"faint\">",
		v->text);
	if (v->source_name)
		html_add(h, "<bdi>%s</bdi>", v->source_name);
	if (v->line >= 0)
		html_add(h, "%s %jd", v->is_capture ? ", frame" : ", line",
			(intmax_t)v->line);
	if (v->at_ns != CLOCK_UNKNOWN_NS)
		html_add(h, "%s<time>%s</time>",
			v->source_name ? ", " : "the last one at ",
			clock_format(v->at_ns, 3, at));
	html_add(h, "</span></li>\n");
}

/* For, or against; one pass over the evidence each. */
static void
write_evidence(struct html *h, int64_t finding, const char *title, bool against)
{
	struct report_evidence v;
	int n = 0;
	report_begin_id(h->r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(h->r, &v)) {
		if ((strcmp(v.weighs, "contradicts") == 0) != against)
			continue;
		if (n == 0)
			html_add(h, "<h4>%s</h4>\n<ul class=\"evidence\">\n",
				title);
		if (n++ < EVIDENCE_MAX)
			write_item(h, &v);
	}
	if (n > EVIDENCE_MAX)
		html_add(h, "<li>%d more in report.json</li>\n",
			n - EVIDENCE_MAX);
	if (n > 0)
		html_add(h, "</ul>\n");
}

static void
write_explains(struct html *h, int64_t attempts, const char *verb)
{
	char number[WORDS_MAX];
	html_add(h, "%s%s attempt%s", verb, words_number(attempts, number),
		attempts == 1 ? "" : "s");
}

/* What it is called, how sure it is, and how much it explains in all places. */
static void
write_head(struct html *h, const struct report_finding *f)
{
	bool ruled_out = strcmp(f->confidence, "ruled-out") == 0;
	html_add(h, "<article class=\"card\">\n<h3>%s</h3>\n<p>", f->title);
	html_badge(h, f->confidence);
	html_add(h, " <code>%s</code> <span class=\"faint\">", f->cause);
	if (!ruled_out)
		write_explains(h,
			f->places == 1 ? f->attempts
				       : report_cause_attempts(
						 h->r, f->confidence, f->rule),
			"explains ");
	if (f->places > 1)
		html_add(h, " in %jd places", (intmax_t)f->places);
	else if (f->host)
		html_add(h, " at <bdi>%s</bdi>", f->host);
	html_add(h, "</span></p>\n");
}

static bool
has_evidence(struct html *h, int64_t finding)
{
	struct report_evidence v;
	report_begin_id(h->r, QUERY_EVIDENCE, finding);
	return report_evidence_next(h->r, &v);
}

/* One place of several, folded but for the first; what gathers further places
 * has no evidence of its own to unfold. */
static void
write_place(struct html *h, const struct report_finding *f)
{
	bool folds = has_evidence(h, f->id);
	if (folds)
		html_add(h, "<details%s><summary>",
			f->place == 1 ? " open" : "");
	else
		html_add(h, "<p>");
	html_add(h, "<bdi>%s</bdi>", f->host ? f->host : "everywhere");
	if (strcmp(f->confidence, "ruled-out") != 0) {
		html_add(h, " <span class=\"faint\">");
		write_explains(h, f->attempts, "");
		html_add(h, "</span>");
	}
	if (!folds) {
		html_add(h, "</p>\n");
		return;
	}
	html_add(h, "</summary>\n");
	write_evidence(h, f->id, "What speaks for it", false);
	write_evidence(h, f->id, "What speaks against it", true);
	html_add(h, "</details>\n");
}

/* A card for each rule and confidence: places that share the advice share the
 * card, so that the advice stands there once. */
static void
write_finding(struct html *h, const struct report_finding *f)
{
	if (f->place == 1)
		write_head(h, f);
	if (f->places > 1) {
		write_place(h, f);
	} else {
		write_evidence(h, f->id, "What speaks for it", false);
		write_evidence(h, f->id, "What speaks against it", true);
	}
	if (f->place < f->places)
		return;
	html_list(h, "What to do", f->fix);
	html_list(h, "How to see that it helped", f->verify);
	html_list(h, "What makes it worse", f->worse);
	html_list(h, "What to collect next time", f->collect);
	html_add(h, "</article>\n");
}

/* Those that were ruled out, or the others; how many. */
static int
write_findings(struct html *h, bool ruled_out)
{
	struct report_finding f;
	int n = 0;
	report_begin(h->r, QUERY_FINDINGS);
	while (report_finding_next(h->r, &f)) {
		if ((strcmp(f.confidence, "ruled-out") == 0) != ruled_out)
			continue;
		if (n++ == 0 && ruled_out)
			html_add(h,
				"<details>\n<summary>Examined and ruled out"
				"</summary>\n");
		write_finding(h, &f);
	}
	if (n > 0 && ruled_out)
		html_add(h, "</details>\n");
	return n;
}

void
html_findings(struct html *h)
{
	if (write_findings(h, false) == 0)
		html_add(h, "<p>%s</p>\n",
			h->r->failed == 0 && h->r->undetermined == 0
				? "None: no attempt failed."
				: "No cause was found in this evidence: the "
				  "verdicts say where the attempts ended, not "
				  "why.");
	write_findings(h, true);
}
