/*
 * The ticket: what fits a comment. The sentence, the services, the verdicts, the
 * causes of weight, one ladder in a block of code, the inputs.
 *
 * Each system has a markup of its own, a row of ticket_forms.def; texts from
 * evidence are escaped for it (ticket_escape.h), so that they can neither begin
 * markup, mention anybody, link, nor leave their table's cell.
 */
#include "report/ticket_markup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/evidence.h"
#include "report/sentences.h"
#include "report/service_words.h"
#include "report/steps.h"
#include "report/who.h"

/* Rows and entries of each part. A comment is read in a window of a ticket, and
 * some systems cut a long one; what is beyond
 * is counted, with where it is. */
#define TICKET_STEPS_MAX 5
#define TICKET_EVIDENCE_MAX 6
#define TICKET_SERVICES_MAX 10
#define TICKET_CAUSES_MAX 8
#define TICKET_INPUTS_MAX 20
#define TICKET_HOSTS_MAX 10

/* The conclusion in bold, then the sentences: what a reader of a ticket's list
 * sees of it. */
static void
write_top(struct ticket *m)
{
	char words[WORDS_MAX];
	struct report *r = m->r;
	ticket_mark(m, m->form->heading);
	ticket_text(m, "lostsyn: %s", r->case_name ? r->case_name : "analysis");
	ticket_mark(m, m->form->heading_end);
	ticket_mark(m, m->form->bold);
	ticket_text(m, "%s", sentence_conclusion(r, words));
	ticket_mark(m, m->form->bold_end);
	ticket_mark(m, m->form->para_end);
	for (int i = 0; sentence_told(r, i, words)[0]; i++)
		ticket_para(m, words);
	if (services_have_table(r))
		return;
	ticket_para(m, sentence_cause(r, words));
	ticket_para(m, sentence_main_verdict(r, words));
}

/* A service's row, or its paragraph where the system has no tables. */
static void
write_service(struct ticket *m, const struct report_group *g)
{
	char a[WORDS_MAX], b[WORDS_MAX], at[CLOCK_TEXT_MAX];
	struct report *r = m->r;
	ticket_row(m);
	ticket_cell(m, "", services_name(r, g, a));
	ticket_cell(m, "from ", services_from(r, g, a));
	ticket_cell(m, "failed ", services_failed(g, a));
	ticket_cell(m, "", services_share(g, a));
	ticket_cell(m, "slow ", words_number(g->slow, a));
	ticket_cell(m, "", services_where(r, g, a));
	ticket_cell(m, "", services_why(r, g, a));
	services_evidence(r, &r->services.list[g->first], a, b);
	if (b[0] && a[0])
		words_append(b, ": ");
	words_append(b, "%s", a);
	ticket_cell(m, "", b);
	ticket_cell(m, "since ",
		g->first_ns == CLOCK_UNKNOWN_NS
			? ""
			: clock_format(g->first_ns, 0, at));
	ticket_row_end(m);
}

/* Only where services have a table; one alone is told in the sentences above.
 * */
static void
write_services(struct ticket *m)
{
	const struct report_services *x = &m->r->services;
	char words[WORDS_MAX];
	if (!services_have_table(m->r))
		return;
	static const char *const heads[] = {"Service", "From", "Failed",
		"Share", "Slow", "Where", "Why", "What decides", "Since"};
	ticket_table(m, heads, "llrrrllll");
	for (int i = 0; i < x->group_count && i < TICKET_SERVICES_MAX; i++)
		write_service(m, &x->groups[i]);
	ticket_mark(m, m->form->table_end);
	if (x->group_count > TICKET_SERVICES_MAX) {
		ticket_text(m, "%d more with trouble are in report.html.",
			x->group_count - TICKET_SERVICES_MAX);
		ticket_mark(m, m->form->para_end);
	}
	services_others(m->r, words);
	if (words[0])
		words_append(words, ".");
	ticket_para(m, words);
}

/* The words are the rules' own; only places may hold names of the evidence. */
static void
write_verdicts(struct ticket *m)
{
	char number[WORDS_MAX], sure[WORDS_MAX];
	static const char *const heads[] = {
		"Attempts", "Verdict", "Segment", "Place", "How sure"};
	ticket_table(m, heads, "rllll");
	for (size_t i = 0; i < m->r->verdict_count; i++) {
		const struct report_verdict *v = &m->r->verdicts[i];
		ticket_row(m);
		ticket_cell(m, "", words_number(v->count, number));
		ticket_cell(m, "", v->verdict);
		ticket_cell(m, "", v->segment ? v->segment : "");
		ticket_cell(m, "", v->place ? v->place : "");
		ticket_cell(m, "", sentence_sureness(v, sure));
		ticket_row_end(m);
	}
	ticket_mark(m, m->form->table_end);
}

/* A titled list of a rule's sentences, with the things that they speak of
 * named; nothing where it has none. */
static void
write_list(
	struct ticket *m, int64_t finding, const char *title, const char *list)
{
	const char *text;
	char words[WORDS_MAX];
	int n = 0;
	report_list_begin(m->r, list);
	while (report_list_next(m->r, &text)) {
		if (n == 0) {
			ticket_text(m, "%s:", title);
			ticket_mark(m, m->form->para_end);
		}
		if (n++ >= TICKET_STEPS_MAX)
			continue;
		ticket_mark(m, m->form->item);
		ticket_text(m, "%s", step_words(m->r, finding, text, words));
		ticket_mark(m, m->form->item_end);
	}
	if (n > 0)
		ticket_mark(m, m->form->list_end);
}

/* Of each finding the strongest pieces, each with where it stands. */
static void
write_evidence(struct ticket *m, int64_t finding)
{
	struct evidence *e = memory_take(1, sizeof *e);
	char words[WORDS_MAX];
	evidence_read(m->r, finding, e);
	for (int i = 0; i < e->count && i < TICKET_EVIDENCE_MAX; i++) {
		const struct evidence_group *g = &e->groups[i];
		ticket_mark(m, m->form->item);
		ticket_text(m, "%s: ", g->weighs);
		if (g->count > 1 && g->source_count > 0)
			ticket_text(m, "%s lines like: ",
				words_number(g->count, words));
		ticket_text(m, "%s", g->text);
		evidence_place(g, words);
		if (words[0])
			ticket_text(m, " (%s)", words);
		ticket_mark(m, m->form->item_end);
	}
	if (e->count > 0)
		ticket_mark(m, m->form->list_end);
	free(e);
}

/* The sure causes, the first of them in full; else the best guess. */
static void
write_findings(struct ticket *m)
{
	struct report_finding f;
	char words[WORDS_MAX];
	int n = 0;
	report_begin(m->r, QUERY_FINDINGS);
	while (n < TICKET_CAUSES_MAX && report_finding_next(m->r, &f)) {
		if (report_finding_is_out(&f) ||
			(n > 0 && !report_finding_is_sure(&f)))
			break;
		/* Further places of the same cause share its advice; the first
		 * one stands for them. */
		if (f.place > 1)
			continue;
		n++;
		ticket_mark(m, m->form->sub);
		ticket_text(m, "%s", f.title);
		ticket_mark(m, m->form->heading_end);
		ticket_text(m, "%s, explains %s%s%s.", f.confidence,
			sentence_explains(f.attempts, f.reported, words),
			f.host ? " at " : "", f.host ? f.host : "");
		ticket_mark(m, m->form->para_end);
		write_evidence(m, f.id);
		write_list(m, f.id, "What to do", f.fix);
		write_list(m, 0, "How to see that it helped", f.verify);
	}
	report_begin(m->r, QUERY_FINDINGS);
}

/* The first attempt of the commonest verdict that is no success. */
static void
write_example(struct ticket *m)
{
	struct report_attempt a;
	struct report_view v;
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	char filter[REPORT_FILTER_MAX];
	/* The model's first verdict is the commonest failure, where there is
	 * one. */
	if (m->r->verdict_count == 0 ||
		!sentence_needs_example(&m->r->verdicts[0]))
		return;
	report_begin_id(
		m->r, QUERY_ATTEMPT_ONE, m->r->verdicts[0].first_attempt);
	if (!report_attempt_next(m->r, QUERY_ATTEMPT_ONE, &a))
		return;
	ticket_text(m, "Attempt %jd, %s to %s, first SYN %s: %s",
		(intmax_t)a.id,
		words_endpoint(a.client_ip, a.client_port, from),
		words_endpoint(a.server_ip, a.server_port, to),
		clock_format(a.first_ns, 6, at), a.why ? a.why : a.verdict);
	ticket_mark(m, m->form->para_end);
	ticket_ladder(m, &a);
	report_views_begin(m->r, a.id);
	ticket_code_begin(m);
	while (report_view_next(m->r, &v)) {
		ticket_text(m, "%s: %s", v.name, report_filter(&a, &v, filter));
		ticket_mark(m, m->form->line_end);
	}
	ticket_code_end(m);
}

/* Who is who, since the ticket's reader was not there when the files were put
 * together. */
static void
write_hosts(struct ticket *m)
{
	struct report_machine h;
	char what[WORDS_MAX], where[WORDS_MAX];
	int n = 0;
	report_begin(m->r, QUERY_MACHINES);
	while (report_machine_read(m->r, QUERY_MACHINES, &h)) {
		if (n++ == 0)
			ticket_para(m, "Who is who:");
		if (n > TICKET_HOSTS_MAX)
			continue;
		ticket_mark(m, m->form->item);
		ticket_text(m, "%s: %s; %s; %s.", h.name,
			who_roles(m->r, &h, what), who_sure(&h),
			who_known(m->r, &h, where));
		if (h.say[0] != '\0')
			ticket_text(
				m, " %s, say: %s", who_otherwise(&h), h.say);
		ticket_mark(m, m->form->item_end);
	}
	if (n > TICKET_HOSTS_MAX) {
		ticket_mark(m, m->form->item);
		ticket_text(
			m, "%d more are in report.json", n - TICKET_HOSTS_MAX);
		ticket_mark(m, m->form->item_end);
	}
	if (n > 0)
		ticket_mark(m, m->form->list_end);
}

/* With their hashes: the ticket says which files were looked at, long after
 * they were moved. */
static void
write_inputs(struct ticket *m)
{
	struct report_source s;
	char volume[WORDS_MAX];
	int n = 0;
	static const char *const heads[] = {
		"Input", "Kind", "Size", "Trust", "SHA-256"};
	ticket_table(m, heads, "lllll");
	report_begin(m->r, QUERY_SOURCES);
	while (report_source_next(m->r, &s)) {
		if (n++ >= TICKET_INPUTS_MAX)
			continue;
		ticket_row(m);
		ticket_cell(m, "", s.name);
		ticket_cell(m, "", s.kind);
		ticket_cell(m, "", sentence_volume(&s, volume));
		ticket_cell(m, "", s.trust ? s.trust : "");
		ticket_cell(m, "", s.sha256 ? s.sha256 : "");
		ticket_row_end(m);
	}
	ticket_mark(m, m->form->table_end);
	if (n > TICKET_INPUTS_MAX) {
		ticket_text(m, "%d more inputs are in report.json.",
			n - TICKET_INPUTS_MAX);
		ticket_mark(m, m->form->para_end);
	}
}

/* Where the rest is; nothing about the hour or the machine. */
static void
write_end(struct ticket *m)
{
	ticket_text(m,
		"Made by lostsyn %s; the whole of it is in report.html.%s",
		m->r->tool_version,
		m->r->redacted ? " Redacted: addresses, host names and paths "
				 "are pseudonyms."
			       : "");
	ticket_mark(m, m->form->line_end);
	ticket_mark(m, m->form->end);
}

const char *
report_ticket_id(enum report_ticket form)
{
	return ticket_forms[form].id;
}

/* The mark of the form's end is written whatever happened before, so that a
 * comment that was cut by trouble still closes what it opened. */
bool
report_write_ticket(
	struct report *r, FILE *out, enum report_ticket form, struct error *e)
{
	struct ticket m = {
		.sink.out = out, .r = r, .form = &ticket_forms[form]};
	ticket_mark(&m, m.form->begin);
	write_top(&m);
	write_services(&m);
	write_verdicts(&m);
	write_findings(&m);
	write_example(&m);
	write_hosts(&m);
	if (m.form->inputs)
		write_inputs(&m);
	write_end(&m);
	return report_settled(r, out, e);
}

/* GitHub's form, which GitLab and most others read as well. */
bool
report_write_markdown(struct report *r, FILE *out, struct error *e)
{
	return report_write_ticket(r, out, REPORT_TICKET_GITHUB, e);
}
