/*
 * report.md: what fits a comment on a ticket. The sentence, the verdicts, the
 * first finding, one ladder in a code block, the inputs.
 *
 * CommonMark with tables as GitHub and Jira's importer take them. Texts from
 * evidence are escaped: they can neither begin markup nor an HTML tag, mention
 * anybody, nor leave their table cell.
 *
 * spec: CommonMark 0.30, 2.4 (backslash escapes: any ASCII punctuation).
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
#include "report/who.h"

/* One text in a comment. */
#define MARKDOWN_TEXT_MAX 500

#define MARKDOWN_STEPS_MAX 5
#define MARKDOWN_EVIDENCE_MAX 6
#define MARKDOWN_SERVICES_MAX 10
#define MARKDOWN_CAUSES_MAX 3
#define MARKDOWN_INPUTS_MAX 20
#define MARKDOWN_HOSTS_MAX 10

struct markdown {
	FILE *out; /* borrowed */
	struct report *r;
	bool verbatim; /* inside a code block: nothing is escaped there, and
	                  nothing can end the block */
};

static void
put_raw(void *context, const char *data, size_t len)
{
	struct markdown *m = context;
	fwrite_unlocked(data, 1, len, m->out);
}

static void
put_code(void *context, uint32_t code)
{
	struct markdown *m = context;
	char bytes[4];
	/* A mention needs its letter next to the sign; GitHub ignores the
	 * backslash before @, so the sign is written as a reference. */
	if (!m->verbatim && code == '@') {
		fputs("&#64;", m->out);
		return;
	}
	if (!m->verbatim && code < 0x80 &&
		strchr("\\`*_{}[]<>()#+!|~&$^", (int)code))
		putc_unlocked('\\', m->out);
	/* Three of these would end the block. */
	if (m->verbatim && code == '`')
		code = '\'';
	fwrite_unlocked(bytes, 1, utf8_put(code, bytes), m->out);
}

static void md(struct markdown *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
md(struct markdown *m, const char *format, ...)
{
	const struct safe_sink sink = {
		.raw = put_raw,
		.code = put_code,
		.context = m,
		.text_max = MARKDOWN_TEXT_MAX,
	};
	va_list arguments;
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

static void
write_top(struct markdown *m)
{
	char words[WORDS_MAX];
	struct report *r = m->r;
	md(m, "### lostsyn: %s\n\n", r->case_name ? r->case_name : "analysis");
	md(m, "**%s**\n\n", sentence_conclusion(r, words));
	for (int i = 0; sentence_told(r, i, words)[0]; i++)
		md(m, "%s\n\n", words);
	if (services_have_table(r))
		return;
	sentence_cause(r, words);
	if (words[0])
		md(m, "%s\n\n", words);
	sentence_main_verdict(r, words);
	if (words[0])
		md(m, "%s\n\n", words);
}

static void
write_service(struct markdown *m, const struct report_group *g)
{
	char a[WORDS_MAX], b[WORDS_MAX], at[CLOCK_TEXT_MAX];
	struct report *r = m->r;
	md(m, "| %s", services_name(r, g, a));
	md(m, " | %s", services_from(r, g, a));
	md(m, " | %s", services_failed(g, a));
	md(m, " | %s", services_share(g, a));
	md(m, " | %s", words_number(g->slow, a));
	md(m, " | %s", services_where(r, g, a));
	md(m, " | %s", services_why(r, g, a));
	services_evidence(r, &r->services.list[g->first], a, b);
	md(m, " | %s%s%s", b, b[0] ? ": " : "", a);
	md(m, " | %s |\n",
		g->first_ns == CLOCK_UNKNOWN_NS
			? ""
			: clock_format(g->first_ns, 0, at));
}

static void
write_services(struct markdown *m)
{
	const struct report_services *x = &m->r->services;
	char words[WORDS_MAX];
	if (!services_have_table(m->r))
		return;
	md(m,
		"| Service | From | Failed | Share | Slow | Where | Why | "
		"What decides | Since |\n"
		"| --- | --- | ---: | ---: | ---: | --- | --- | --- | --- |\n");
	for (int i = 0; i < x->group_count && i < MARKDOWN_SERVICES_MAX; i++)
		write_service(m, &x->groups[i]);
	md(m, "\n");
	if (x->group_count > MARKDOWN_SERVICES_MAX)
		md(m, "%d more with trouble are in report.html.\n\n",
			x->group_count - MARKDOWN_SERVICES_MAX);
	services_others(m->r, words);
	if (words[0])
		md(m, "%s.\n\n", words);
}

static void
write_verdicts(struct markdown *m)
{
	char number[WORDS_MAX], sure[WORDS_MAX];
	md(m,
		"| Attempts | Verdict | Segment | Place | How sure |\n"
		"| ---: | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < m->r->verdict_count; i++) {
		const struct report_verdict *v = &m->r->verdicts[i];
		md(m, "| %s | %s | %s | %s | %s |\n",
			words_number(v->count, number), v->verdict,
			v->segment ? v->segment : "", v->place ? v->place : "",
			sentence_sureness(v, sure));
	}
	md(m, "\n");
}

static void
write_list(struct markdown *m, const char *title, const char *list)
{
	const char *text;
	char words[WORDS_MAX];
	int n = 0;
	report_list_begin(m->r, list);
	while (report_list_next(m->r, &text)) {
		if (n == 0)
			md(m, "%s:\n\n", title);
		if (n++ < MARKDOWN_STEPS_MAX)
			md(m, "- %s\n", step_words(m->r, text, words));
	}
	if (n > 0)
		md(m, "\n");
}

static void
write_evidence(struct markdown *m, int64_t finding)
{
	struct evidence *e = memory_take(1, sizeof *e);
	char words[WORDS_MAX];
	evidence_read(m->r, finding, e);
	for (int i = 0; i < e->count && i < MARKDOWN_EVIDENCE_MAX; i++) {
		const struct evidence_group *g = &e->groups[i];
		md(m, "- %s: ", g->weighs);
		if (g->count > 1 && g->source_count > 0)
			md(m, "%s lines like: ", words_number(g->count, words));
		md(m, "%s", g->text);
		evidence_place(g, words);
		if (words[0])
			md(m, " (%s)", words);
		md(m, "\n");
	}
	if (e->count > 0)
		md(m, "\n");
	free(e);
}

/* The sure causes, the first of them in full; else the best guess. */
static void
write_findings(struct markdown *m)
{
	struct report_finding f;
	char words[WORDS_MAX];
	int n = 0;
	report_begin(m->r, QUERY_FINDINGS);
	while (n < MARKDOWN_CAUSES_MAX && report_finding_next(m->r, &f)) {
		bool sure = strcmp(f.confidence, "confirmed") == 0 ||
			strcmp(f.confidence, "likely") == 0;
		if (strcmp(f.confidence, "ruled-out") == 0 || (n > 0 && !sure))
			break;
		if (f.place > 1)
			continue;
		n++;
		md(m, "#### %s\n\n%s, explains %s%s%s.\n\n", f.title,
			f.confidence,
			sentence_explains(f.attempts, f.reported, words),
			f.host ? " at " : "", f.host ? f.host : "");
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
	struct markdown *m, const struct ladder *l, const struct ladder_rung *g)
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
	md(m, g->dropped ? "  dropped here\n" : "\n");
}

static void
write_ladder(struct markdown *m, const struct report_attempt *a)
{
	struct ladder l;
	char names[WORDS_MAX];
	ladder_read(m->r, a, &l);
	if (l.column_count == 0)
		return;
	md(m, "```\n");
	m->verbatim = true;
	memset(names, ' ', sizeof names);
	for (int c = 0; c < l.column_count; c++) {
		char name[COLUMN_WIDTH];
		snprintf(name, sizeof name, "%s", l.columns[c].name);
		fill(names, TIME_WIDTH + (size_t)c * COLUMN_WIDTH, name);
	}
	names[TIME_WIDTH + l.column_count * COLUMN_WIDTH] = '\0';
	md(m, "%s\n", names);
	for (int i = 0; i < l.rung_count; i++)
		write_rung(m, &l, &l.rungs[i]);
	m->verbatim = false;
	md(m, "```\n\n");
}

/* The first attempt of the commonest verdict that is no success. */
static void
write_example(struct markdown *m)
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
	md(m, "Attempt %jd, %s to %s, first SYN %s: %s\n\n", (intmax_t)a.id,
		words_endpoint(a.client_ip, a.client_port, from),
		words_endpoint(a.server_ip, a.server_port, to),
		clock_format(a.first_ns, 6, at), a.why ? a.why : a.verdict);
	write_ladder(m, &a);
	report_views_begin(m->r, a.id);
	md(m, "```\n");
	m->verbatim = true;
	while (report_view_next(m->r, &v))
		md(m, "%s: %s\n", v.name, report_filter(&a, &v, filter));
	m->verbatim = false;
	md(m, "```\n\n");
}

static void
write_hosts(struct markdown *m)
{
	struct report_machine h;
	char what[WORDS_MAX], where[WORDS_MAX];
	int n = 0;
	report_begin(m->r, QUERY_MACHINES);
	while (report_machine_read(m->r, QUERY_MACHINES, &h)) {
		if (n++ == 0)
			md(m, "Who is who:\n\n");
		if (n > MARKDOWN_HOSTS_MAX)
			continue;
		md(m, "- %s: %s; %s; %s.", h.name, who_roles(m->r, &h, what),
			who_sure(&h), who_known(m->r, &h, where));
		m->verbatim = true;
		if (h.say[0] != '\0')
			md(m, " If not so, say `%s`", h.say);
		m->verbatim = false;
		md(m, "\n");
	}
	if (n > MARKDOWN_HOSTS_MAX)
		md(m, "- %d more are in report.json\n", n - MARKDOWN_HOSTS_MAX);
	if (n > 0)
		md(m, "\n");
}

static void
write_inputs(struct markdown *m)
{
	struct report_source s;
	char volume[WORDS_MAX];
	int n = 0;
	md(m,
		"| Input | Kind | Size | Trust | SHA-256 |\n"
		"| --- | --- | --- | --- | --- |\n");
	report_begin(m->r, QUERY_SOURCES);
	while (report_source_next(m->r, &s)) {
		if (n++ >= MARKDOWN_INPUTS_MAX)
			continue;
		sentence_volume(&s, volume);
		md(m, "| %s | %s | %s | %s | %s |\n", s.name, s.kind, volume,
			s.trust ? s.trust : "", s.sha256);
	}
	if (n > MARKDOWN_INPUTS_MAX)
		md(m, "\n%d more inputs are in report.json.\n",
			n - MARKDOWN_INPUTS_MAX);
	md(m, "\nMade by lostsyn %s; the whole of it is in report.html.%s\n",
		m->r->tool_version,
		m->r->redacted ? " Redacted: addresses, host names and paths "
				 "are pseudonyms."
			       : "");
}

bool
report_write_markdown(struct report *r, FILE *out, struct error *e)
{
	struct markdown m = {.out = out, .r = r};
	write_top(&m);
	write_services(&m);
	write_verdicts(&m);
	write_findings(&m);
	write_example(&m);
	write_hosts(&m);
	write_inputs(&m);
	return report_settled(r, out, e);
}
