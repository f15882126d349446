/*
 * The ticket: what fits a comment. The sentence, the services, the verdicts, the
 * causes of weight, one ladder in a block of code, the inputs.
 *
 * Each system has a markup of its own, a row of ticket_forms.def; texts from
 * evidence are escaped for it (ticket_escape.h), so that they can neither begin
 * markup, mention anybody, link, nor leave their table's cell.
 */
#include "report/report_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/safe_format.h"
#include "base/utf8.h"
#include "report/ladder.h"
#include "report/evidence.h"
#include "report/sentences.h"
#include "report/service_words.h"
#include "report/steps.h"
#include "report/ticket_escape.h"
#include "report/who.h"

/* One text in a comment. */
#define TICKET_TEXT_MAX 500

#define TICKET_STEPS_MAX 5
#define TICKET_EVIDENCE_MAX 6
#define TICKET_SERVICES_MAX 10
#define TICKET_CAUSES_MAX 8
#define TICKET_INPUTS_MAX 20
#define TICKET_HOSTS_MAX 10

struct ticket_form {
	const char *id;
	ticket_escape *escape;
	bool inputs; /* there is room for them */
	const char *begin, *end;
	const char *heading, *sub, *heading_end;
	const char *bold, *bold_end, *para_end;
	const char *item, *item_end, *list_end;
	const char *code, *code_end, *line_end; /* a block, and a line of it */
	const char *table, *head, *head_between, *head_end;
	const char *row, *between, *row_end, *table_end;
};

static const struct ticket_form forms[] = {
#define X(name, ...) [REPORT_TICKET_##name] = {__VA_ARGS__},
#include "report/ticket_forms.def"
#undef X
};

struct ticket {
	struct ticket_sink sink; /* first: what the escapes get */
	struct report *r;
	const struct ticket_form *form;
	int cells; /* of the row that is being written */
};

static void
put_raw(void *context, const char *data, size_t len)
{
	struct ticket *m = context;
	fwrite_unlocked(data, 1, len, m->sink.out);
	m->sink.previous = ' ';
}

static void
put_code(void *context, uint32_t code)
{
	struct ticket *m = context;
	m->form->escape(&m->sink, code);
	m->sink.run = code == m->sink.previous ? m->sink.run + 1 : 1;
	m->sink.previous = code;
}

static void md(struct ticket *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Ours is written as it is, theirs escaped. */
static void
md(struct ticket *m, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.context = m,
		.text_max = TICKET_TEXT_MAX,
	};
	va_list arguments;
	m->sink.previous = ' ';
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

/* Markup of the form. */
static void
mark(struct ticket *m, const char *markup)
{
	fputs(markup, m->sink.out);
}

/* A paragraph of one text. */
static void
para(struct ticket *m, const char *text)
{
	if (!text[0])
		return;
	md(m, "%s", text);
	mark(m, m->form->para_end);
}

static void
code_begin(struct ticket *m)
{
	mark(m, m->form->code);
	m->sink.verbatim = true;
}

static void
code_end(struct ticket *m)
{
	m->sink.verbatim = false;
	mark(m, m->form->code_end);
}

/* The head of a table, of our own words; Markdown's line below it says which
 * columns are numbers ('r'). */
static void
table_begin(struct ticket *m, const char *const *heads, const char *align)
{
	const struct ticket_form *f = m->form;
	mark(m, f->table);
	if (f->head == NULL)
		return;
	for (size_t i = 0; align[i] != '\0'; i++) {
		mark(m, i == 0 ? f->head : f->head_between);
		mark(m, heads[i]);
	}
	mark(m, f->head_end);
	if (f->escape != escape_markdown)
		return;
	for (size_t i = 0; align[i] != '\0'; i++)
		mark(m, align[i] == 'r' ? "| ---: " : "| --- ");
	mark(m, "|\n");
}

static void
row_begin(struct ticket *m)
{
	mark(m, m->form->row);
	m->cells = 0;
}

/* label is said where there is no head over the column. */
static void
cell(struct ticket *m, const char *label, const char *text)
{
	if (m->form->between != NULL) {
		mark(m, m->cells++ > 0 ? m->form->between : "");
		md(m, "%s", text);
	} else if (text[0]) {
		mark(m, m->cells++ > 0 ? "; " : "");
		mark(m, label);
		md(m, "%s", text);
	}
}

static void
row_end(struct ticket *m)
{
	mark(m, m->form->row_end);
}

static void
write_top(struct ticket *m)
{
	char words[WORDS_MAX];
	struct report *r = m->r;
	mark(m, m->form->heading);
	md(m, "lostsyn: %s", r->case_name ? r->case_name : "analysis");
	mark(m, m->form->heading_end);
	mark(m, m->form->bold);
	md(m, "%s", sentence_conclusion(r, words));
	mark(m, m->form->bold_end);
	mark(m, m->form->para_end);
	for (int i = 0; sentence_told(r, i, words)[0]; i++)
		para(m, words);
	if (services_have_table(r))
		return;
	para(m, sentence_cause(r, words));
	para(m, sentence_main_verdict(r, words));
}

static void
write_service(struct ticket *m, const struct report_group *g)
{
	char a[WORDS_MAX], b[WORDS_MAX], at[CLOCK_TEXT_MAX];
	struct report *r = m->r;
	row_begin(m);
	cell(m, "", services_name(r, g, a));
	cell(m, "from ", services_from(r, g, a));
	cell(m, "failed ", services_failed(g, a));
	cell(m, "", services_share(g, a));
	cell(m, "slow ", words_number(g->slow, a));
	cell(m, "", services_where(r, g, a));
	cell(m, "", services_why(r, g, a));
	services_evidence(r, &r->services.list[g->first], a, b);
	if (b[0] && a[0])
		words_append(b, ": ");
	words_append(b, "%s", a);
	cell(m, "", b);
	cell(m, "since ",
		g->first_ns == CLOCK_UNKNOWN_NS
			? ""
			: clock_format(g->first_ns, 0, at));
	row_end(m);
}

static void
write_services(struct ticket *m)
{
	const struct report_services *x = &m->r->services;
	char words[WORDS_MAX];
	if (!services_have_table(m->r))
		return;
	static const char *const heads[] = {"Service", "From", "Failed",
		"Share", "Slow", "Where", "Why", "What decides", "Since"};
	table_begin(m, heads, "llrrrllll");
	for (int i = 0; i < x->group_count && i < TICKET_SERVICES_MAX; i++)
		write_service(m, &x->groups[i]);
	mark(m, m->form->table_end);
	if (x->group_count > TICKET_SERVICES_MAX) {
		md(m, "%d more with trouble are in report.html.",
			x->group_count - TICKET_SERVICES_MAX);
		mark(m, m->form->para_end);
	}
	services_others(m->r, words);
	if (words[0])
		words_append(words, ".");
	para(m, words);
}

static void
write_verdicts(struct ticket *m)
{
	char number[WORDS_MAX], sure[WORDS_MAX];
	static const char *const heads[] = {
		"Attempts", "Verdict", "Segment", "Place", "How sure"};
	table_begin(m, heads, "rllll");
	for (size_t i = 0; i < m->r->verdict_count; i++) {
		const struct report_verdict *v = &m->r->verdicts[i];
		row_begin(m);
		cell(m, "", words_number(v->count, number));
		cell(m, "", v->verdict);
		cell(m, "", v->segment ? v->segment : "");
		cell(m, "", v->place ? v->place : "");
		cell(m, "", sentence_sureness(v, sure));
		row_end(m);
	}
	mark(m, m->form->table_end);
}

static void
write_list(struct ticket *m, const char *title, const char *list)
{
	const char *text;
	char words[WORDS_MAX];
	int n = 0;
	report_list_begin(m->r, list);
	while (report_list_next(m->r, &text)) {
		if (n == 0) {
			md(m, "%s:", title);
			mark(m, m->form->para_end);
		}
		if (n++ >= TICKET_STEPS_MAX)
			continue;
		mark(m, m->form->item);
		md(m, "%s", step_words(m->r, text, words));
		mark(m, m->form->item_end);
	}
	if (n > 0)
		mark(m, m->form->list_end);
}

static void
write_evidence(struct ticket *m, int64_t finding)
{
	struct evidence *e = memory_take(1, sizeof *e);
	char words[WORDS_MAX];
	evidence_read(m->r, finding, e);
	for (int i = 0; i < e->count && i < TICKET_EVIDENCE_MAX; i++) {
		const struct evidence_group *g = &e->groups[i];
		mark(m, m->form->item);
		md(m, "%s: ", g->weighs);
		if (g->count > 1 && g->source_count > 0)
			md(m, "%s lines like: ", words_number(g->count, words));
		md(m, "%s", g->text);
		evidence_place(g, words);
		if (words[0])
			md(m, " (%s)", words);
		mark(m, m->form->item_end);
	}
	if (e->count > 0)
		mark(m, m->form->list_end);
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
		bool sure = strcmp(f.confidence, "confirmed") == 0 ||
			strcmp(f.confidence, "likely") == 0;
		if (strcmp(f.confidence, "ruled-out") == 0 || (n > 0 && !sure))
			break;
		if (f.place > 1)
			continue;
		n++;
		mark(m, m->form->sub);
		md(m, "%s", f.title);
		mark(m, m->form->heading_end);
		md(m, "%s, explains %s%s%s.", f.confidence,
			sentence_explains(f.attempts, f.reported, words),
			f.host ? " at " : "", f.host ? f.host : "");
		mark(m, m->form->para_end);
		write_evidence(m, f.id);
		write_list(m, "What to do", f.fix);
		write_list(m, "How to see that it helped", f.verify);
	}
	report_begin(m->r, QUERY_FINDINGS);
}

/* Columns of the ladder in characters. */
enum { TIME_WIDTH = 13, COLUMN_WIDTH = 38 };

static void
fill(char *line, size_t at, const char *text)
{
	if (at >= WORDS_MAX || strlen(text) >= WORDS_MAX - at)
		return;
	for (; *text != '\0'; text++)
		line[at++] = *text;
}

/* One rung as a line of characters: "|--SYN--------x lost   |". */
static void
write_rung(
	struct ticket *m, const struct ladder *l, const struct ladder_rung *g)
{
	char line[WORDS_MAX], word[64];
	size_t width =
		TIME_WIDTH + (size_t)(l->column_count - 1) * COLUMN_WIDTH;
	memset(line, ' ', sizeof line);
	int64_t us = g->after_ns / 1000;
	snprintf(word, sizeof word, "%+" PRId64 ".%03d s", us / 1000000,
		(int)(us < 0 ? -us : us) % 1000000 / 1000);
	fill(line, 0, word);
	int end = g->fate == LADDER_ARRIVED ? g->last : ladder_towards(l, g);
	size_t begin = TIME_WIDTH + (size_t)g->start * COLUMN_WIDTH;
	size_t stop = TIME_WIDTH + (size_t)end * COLUMN_WIDTH;
	/* What nobody saw leave begins on the way. */
	if (g->stray)
		begin += g->to_server ? -COLUMN_WIDTH / 2 : COLUMN_WIDTH / 2;
	size_t from = begin < stop ? begin : stop;
	size_t to = begin < stop ? stop : begin;
	memset(line + from, '-', to - from);
	for (int c = 0; c < l->column_count; c++)
		line[TIME_WIDTH + c * COLUMN_WIDTH] = '|';
	snprintf(word, sizeof word, g->repeat > 0 ? " %s, repeat %d " : " %s ",
		g->word, g->repeat);
	fill(line, g->to_server ? from + 3 : to - 3 - strlen(word), word);
	if (g->stray)
		line[begin] = 'o';
	if (g->fate == LADDER_ARRIVED)
		line[g->to_server ? to - 1 : from + 1] =
			g->to_server ? '>' : '<';
	else
		fill(line, g->to_server ? to - 10 : from + 2,
			g->fate == LADDER_LOST ? " X lost " : " ? ");
	line[width + 1] = '\0';
	md(m, "%s", line);
	for (int c = 0; c < l->column_count; c++) {
		int64_t frame = g->dots[c].frame;
		if (frame > 0) {
			report_frame_file(m->r, l->columns[c].vantage, &frame);
			md(m, "  %s #%jd", l->columns[c].name, (intmax_t)frame);
		}
	}
	md(m, g->dropped ? "  dropped here" : "");
	mark(m, m->form->line_end);
}

static void
write_ladder(struct ticket *m, const struct report_attempt *a)
{
	struct ladder l;
	char names[WORDS_MAX];
	ladder_read(m->r, a, &l);
	if (l.column_count == 0)
		return;
	code_begin(m);
	memset(names, ' ', sizeof names);
	for (int c = 0; c < l.column_count; c++) {
		char name[COLUMN_WIDTH];
		snprintf(name, sizeof name, "%s", l.columns[c].name);
		fill(names, TIME_WIDTH + (size_t)c * COLUMN_WIDTH, name);
	}
	names[TIME_WIDTH + l.column_count * COLUMN_WIDTH] = '\0';
	md(m, "%s", names);
	mark(m, m->form->line_end);
	for (int i = 0; i < l.rung_count; i++)
		write_rung(m, &l, &l.rungs[i]);
	code_end(m);
}

/* The first attempt of the commonest verdict that is no success. */
static void
write_example(struct ticket *m)
{
	struct report_attempt a;
	struct report_view v;
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	char filter[REPORT_FILTER_MAX];
	if (m->r->verdict_count == 0 ||
		!sentence_needs_example(&m->r->verdicts[0]))
		return;
	report_begin_id(
		m->r, QUERY_ATTEMPT_ONE, m->r->verdicts[0].first_attempt);
	if (!report_attempt_next(m->r, QUERY_ATTEMPT_ONE, &a))
		return;
	md(m, "Attempt %jd, %s to %s, first SYN %s: %s", (intmax_t)a.id,
		words_endpoint(a.client_ip, a.client_port, from),
		words_endpoint(a.server_ip, a.server_port, to),
		clock_format(a.first_ns, 6, at), a.why ? a.why : a.verdict);
	mark(m, m->form->para_end);
	write_ladder(m, &a);
	report_views_begin(m->r, a.id);
	code_begin(m);
	while (report_view_next(m->r, &v)) {
		md(m, "%s: %s", v.name, report_filter(&a, &v, filter));
		mark(m, m->form->line_end);
	}
	code_end(m);
}

static void
write_hosts(struct ticket *m)
{
	struct report_machine h;
	char what[WORDS_MAX], where[WORDS_MAX];
	int n = 0;
	report_begin(m->r, QUERY_MACHINES);
	while (report_machine_read(m->r, QUERY_MACHINES, &h)) {
		if (n++ == 0)
			para(m, "Who is who:");
		if (n > TICKET_HOSTS_MAX)
			continue;
		mark(m, m->form->item);
		md(m, "%s: %s; %s; %s.", h.name, who_roles(m->r, &h, what),
			who_sure(&h), who_known(m->r, &h, where));
		if (h.say[0] != '\0')
			md(m, " If not so, say: %s", h.say);
		mark(m, m->form->item_end);
	}
	if (n > TICKET_HOSTS_MAX) {
		mark(m, m->form->item);
		md(m, "%d more are in report.json", n - TICKET_HOSTS_MAX);
		mark(m, m->form->item_end);
	}
	if (n > 0)
		mark(m, m->form->list_end);
}

static void
write_inputs(struct ticket *m)
{
	struct report_source s;
	char volume[WORDS_MAX];
	int n = 0;
	static const char *const heads[] = {
		"Input", "Kind", "Size", "Trust", "SHA-256"};
	table_begin(m, heads, "lllll");
	report_begin(m->r, QUERY_SOURCES);
	while (report_source_next(m->r, &s)) {
		if (n++ >= TICKET_INPUTS_MAX)
			continue;
		row_begin(m);
		cell(m, "", s.name);
		cell(m, "", s.kind);
		cell(m, "", sentence_volume(&s, volume));
		cell(m, "", s.trust ? s.trust : "");
		cell(m, "", s.sha256 ? s.sha256 : "");
		row_end(m);
	}
	mark(m, m->form->table_end);
	if (n > TICKET_INPUTS_MAX) {
		md(m, "%d more inputs are in report.json.",
			n - TICKET_INPUTS_MAX);
		mark(m, m->form->para_end);
	}
}

static void
write_end(struct ticket *m)
{
	md(m, "Made by lostsyn %s; the whole of it is in report.html.%s",
		m->r->tool_version,
		m->r->redacted ? " Redacted: addresses, host names and paths "
				 "are pseudonyms."
			       : "");
	mark(m, m->form->line_end);
	mark(m, m->form->end);
}

const char *
report_ticket_id(enum report_ticket form)
{
	return forms[form].id;
}

bool
report_write_ticket(
	struct report *r, FILE *out, enum report_ticket form, struct error *e)
{
	struct ticket m = {.sink.out = out, .r = r, .form = &forms[form]};
	mark(&m, m.form->begin);
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

bool
report_write_markdown(struct report *r, FILE *out, struct error *e)
{
	return report_write_ticket(r, out, REPORT_TICKET_GITHUB, e);
}
