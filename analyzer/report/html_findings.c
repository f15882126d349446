/*
 * Causes: each with its evidence for and against, what to do, what to check.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"

static void
write_evidence(struct html *h, int64_t finding)
{
	struct report_evidence v;
	char at[CLOCK_TEXT_MAX];
	bool any = false;
	report_begin_id(h->r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(h->r, &v)) {
		if (!any)
			html_add(h, "<h4>Evidence</h4>\n<ul>\n");
		any = true;
		html_add(h, "<li>");
		html_badge(h, v.weighs);
		html_add(h, " %s <span class=\"faint\">", v.text);
		if (v.source_name)
			html_add(h, "<bdi>%s</bdi>", v.source_name);
		if (v.line >= 0)
			html_add(h, ", %s %jd", v.is_capture ? "frame" : "line",
				(intmax_t)v.line);
		if (v.at_ns != CLOCK_UNKNOWN_NS)
			html_add(h, ", <time>%s</time>",
				clock_format(v.at_ns, 3, at));
		html_add(h, "</span></li>\n");
	}
	if (any)
		html_add(h, "</ul>\n");
}

static void
write_finding(struct html *h, const struct report_finding *f)
{
	html_add(h, "<article class=\"card\">\n<h3>%s</h3>\n<p>", f->title);
	html_badge(h, f->confidence);
	html_add(h,
		" <code>%s</code> <span class=\"faint\">explains %jd "
		"attempt%s",
		f->cause, (intmax_t)f->attempts, f->attempts == 1 ? "" : "s");
	if (f->host)
		html_add(h, " on <bdi>%s</bdi>", f->host);
	html_add(h, "</span></p>\n");
	write_evidence(h, f->id);
	html_list(h, "What to do", f->fix);
	html_list(h, "How to see that it helped", f->verify);
	html_list(h, "What to collect next time", f->collect);
	html_add(h, "</article>\n");
}

void
html_findings(struct html *h)
{
	struct report_finding f;
	bool any = false;
	report_begin(h->r, QUERY_FINDINGS);
	while (report_finding_next(h->r, &f)) {
		any = true;
		write_finding(h, &f);
	}
	if (!any)
		html_add(h,
			"<p>No cause was found in this evidence: the "
			"verdicts say where the attempts ended, not "
			"why.</p>\n");
}
