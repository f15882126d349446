/*
 * The report for pipelines: each service a test of JUnit's, each cause a result
 * of SARIF's; a failure without a cause is a result by its verdict.
 *
 *	JUnit  198.51.100.20:80 failed: "4 of 20 failed; SYN dropped by server,
 *	       certain; confirmed: connection tracking table full; ..."
 *	SARIF  rule conntrack-table-full, level error, at server/dmesg.txt:1
 */
#include "report/report_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"
#include "render/junit.h"
#include "render/sarif.h"
#include "report/evidence.h"
#include "report/sentences.h"
#include "report/service_words.h"

/* Services as tests, the worst first; more are one test that says how many. */
#define PIPELINE_SERVICES_MAX 1000
/* Results; a report has fewer causes than that. */
#define PIPELINE_RESULTS_MAX 200

/* A service that fails only in what logs tell fails here too; one of which
 * nothing can be judged is skipped, not passed. */
static enum junit_outcome
outcome_of(const struct service_sum *x)
{
	return x->failed + x->reported > 0 ? JUNIT_FAILED
		: x->undecided > 0         ? JUNIT_SKIPPED
					   : JUNIT_PASSED;
}

/* Worst first, so that what is left out is what is well. */
static int
services_shown(const struct report *r)
{
	return r->services.count < PIPELINE_SERVICES_MAX
		? r->services.count
		: PIPELINE_SERVICES_MAX;
}

/* A group of one service, whose words are those of the table. */
static struct report_group
alone(const struct service_sum *x, int at)
{
	return (struct report_group){
		.first = at,
		.services = 1,
		.hosts = 1,
		.clients = x->clients,
		.attempts = x->attempts,
		.failed = x->failed,
		.undecided = x->undecided,
		.slow = x->slow,
		.reported = x->reported,
		.explained = x->explained,
		.first_ns = x->first_ns,
	};
}

/* "5 of 20 failed; SYN dropped by server, certain; confirmed: ...; dmesg:1: ..." */
static const char *
story_of(struct report *r, int at, char text[WORDS_MAX])
{
	char a[WORDS_MAX], place[WORDS_MAX];
	const struct service_sum *x = &r->services.list[at];
	struct report_group g = alone(x, at);
	text[0] = '\0';
	words_append(text, "%.200s failed", services_failed(&g, a));
	services_where(r, &g, a);
	words_append(text, "%s%s", a[0] ? "; " : "", a);
	services_why(r, &g, a);
	words_append(text, "%s%s", a[0] ? "; " : "", a);
	services_evidence(r, x, a, place);
	if (a[0])
		words_append(text, "; %s%s%s", place, place[0] ? ": " : "", a);
	return text;
}

/* The counts stand in the head of the file, so the services are gone through
 * twice. */
bool
report_write_junit(struct report *r, FILE *out, struct error *e)
{
	char name[WORDS_MAX], text[WORDS_MAX], a[WORDS_MAX];
	char at[CLOCK_TEXT_MAX];
	int64_t count[3] = {0};
	int n = services_shown(r);
	for (int i = 0; i < n; i++)
		count[outcome_of(&r->services.list[i])]++;
	struct html *h =
		junit_begin(out, r->case_name ? r->case_name : "analysis",
			r->overlap_first_ns == CLOCK_UNKNOWN_NS
				? NULL
				: clock_format(r->overlap_first_ns, 0, at),
			n, count[JUNIT_FAILED], count[JUNIT_SKIPPED]);
	for (int i = 0; i < n; i++) {
		const struct service_sum *x = &r->services.list[i];
		struct report_group g = alone(x, i);
		enum junit_outcome outcome = outcome_of(x);
		a[0] = text[0] = '\0';
		if (outcome == JUNIT_FAILED) {
			services_where(r, &g, a);
			story_of(r, i, text);
		}
		junit_case(h, services_name(r, &g, name), outcome,
			a[0] ? a : text, text);
	}
	junit_end(h);
	return report_settled(r, out, e);
}

/* SARIF names its rules before its results, so both are gathered first. */
struct pipeline {
	struct sarif_rule rules[PIPELINE_RESULTS_MAX];
	struct sarif_result results[PIPELINE_RESULTS_MAX];
	size_t rule_count, result_count;
};

/* The index of a rule, added when it is new. There is always room: a result
 * adds one rule at most. */
static size_t
rule_of(struct pipeline *p, const char *id, const char *words)
{
	for (size_t i = 0; i < p->rule_count; i++)
		if (strcmp(p->rules[i].id, id) == 0)
			return i;
	p->rules[p->rule_count] = (struct sarif_rule){id, words};
	return p->rule_count++;
}

/* How sure a cause is, in SARIF's words. */
static const char *
level_of(const char *confidence)
{
	return strcmp(confidence, "confirmed") == 0 ? "error"
		: strcmp(confidence, "likely") == 0 ? "warning"
						    : "note";
}

/* The best piece of a finding's evidence: what it says and where it stands. */
static void
result_locate(
	struct report *r, struct sarif_result *to, int64_t finding, char *text)
{
	struct evidence *e = memory_take(1, sizeof *e);
	evidence_read(r, finding, e);
	if (e->count > 0) {
		words_append(text, " %s", e->groups[0].text);
		if (e->groups[0].source_count > 0 &&
			!e->groups[0].sources[0].is_capture) {
			to->path = e->groups[0].sources[0].name;
			to->line = e->groups[0].sources[0].line;
		} else if (e->groups[0].source_count > 0)
			to->path = e->groups[0].sources[0].name;
	}
	free(e);
}

/* The causes that are not ruled out, as results of SARIF. Where each has a line
 * of evidence it is located after the loop: the queries share a statement. */
static void
causes_add(struct pipeline *p, struct report *r)
{
	char text[WORDS_MAX], number[WORDS_MAX];
	struct report_finding f;
	int64_t ids[PIPELINE_RESULTS_MAX];
	size_t first = p->result_count;
	report_begin(r, QUERY_FINDINGS);
	while (p->result_count < PIPELINE_RESULTS_MAX &&
		report_finding_next(r, &f)) {
		if (report_finding_is_out(&f))
			continue;
		struct sarif_result *to = &p->results[p->result_count];
		text[0] = '\0';
		words_append(text, "%s, %s, explains %s.", f.title,
			f.confidence,
			sentence_explains(f.attempts, f.reported, number));
		*to = (struct sarif_result){
			.rule = rule_of(p, report_keep(r, f.cause),
				report_keep(r, f.title)),
			.level = level_of(f.confidence),
			.message = report_keep(r, text),
			.subject = report_keep(r, f.host ? f.host : f.cause),
			.line = -1,
		};
		ids[p->result_count++] = f.id;
	}
	report_begin(r, QUERY_FINDINGS);
	for (size_t i = first; i < p->result_count; i++) {
		text[0] = '\0';
		words_append(text, "%s", p->results[i].message);
		result_locate(r, &p->results[i], ids[i], text);
		p->results[i].message = report_keep(r, text);
	}
}

/* Services whose failures no cause explains. */
static void
verdicts_add(struct pipeline *p, struct report *r)
{
	char text[WORDS_MAX], name[WORDS_MAX];
	const struct report_services *x = &r->services;
	for (int i = 0; i < x->group_count; i++) {
		const struct report_group *g = &x->groups[i];
		const struct service_sum *s = &x->list[g->first];
		if (p->result_count == PIPELINE_RESULTS_MAX)
			return;
		/* What a cause explains is a result already; what is only slow
		 * or open is none. */
		if (s->finding >= 0 || s->verdict < 0 || g->failed == 0)
			continue;
		const char *verdict = r->verdicts[s->verdict].verdict;
		p->results[p->result_count++] = (struct sarif_result){
			.rule = rule_of(p, verdict,
				report_keep(
					r, sentence_verdict(verdict, text))),
			.level = "warning",
			.message = report_keep(r, story_of(r, g->first, text)),
			.subject = report_keep(r, services_name(r, g, name)),
			.line = -1,
		};
	}
}

/* Causes first, best first; then services whose failures have none, worst
 * first. */
bool
report_write_sarif(struct report *r, FILE *out, struct error *e)
{
	struct pipeline *p = memory_take(1, sizeof *p);
	struct json_writer *w = memory_take(1, sizeof *w);
	p->rule_count = p->result_count = 0;
	causes_add(p, r);
	verdicts_add(p, r);
	sarif_begin(w, out, r->tool_version, p->rules, p->rule_count);
	for (size_t i = 0; i < p->result_count; i++)
		sarif_result(w, p->rules, &p->results[i]);
	sarif_end(w);
	free(w);
	free(p);
	return report_settled(r, out, e);
}
