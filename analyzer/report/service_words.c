/*
 * The cells of the table of services; see service_words.h.
 *
 * One function for each column, for page, terminal and Markdown alike: what they show
 * can differ in room, not in what it says.
 */
#include "report/service_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"
#include "report/sentences.h"

/* One service in trouble among several is worth it: that the others are well is
 * half of the answer. */
bool
services_have_table(const struct report *r)
{
	return r->services.count > 1 && r->services.group_count > 0;
}

/* Rows below the first SERVICES_DECIDED_MAX come without their evidence. */
bool
services_show(const struct report *r, int64_t finding)
{
	const struct report_services *x = &r->services;
	if (!services_have_table(r))
		return false;
	for (int i = 0; i < x->group_count && i < SERVICES_DECIDED_MAX; i++) {
		int f = x->list[x->groups[i].first].finding;
		if (f >= 0 && x->findings[f].id == finding)
			return true;
	}
	return false;
}

bool
services_group_of(const struct report *r, const char *rule)
{
	const struct report_services *x = &r->services;
	for (int i = 0; services_have_table(r) && i < x->group_count; i++) {
		int f = x->list[x->groups[i].first].finding;
		if (x->groups[i].services > 1 && f >= 0 &&
			strcmp(x->findings[f].rule, rule) == 0)
			return true;
	}
	return false;
}

/* A host's many ports are one name; of several hosts only how many there are is
 * told, as no row has room for their names. */
const char *
services_name(const struct report *r, const struct report_group *g,
	char text[WORDS_MAX])
{
	char number[WORDS_MAX];
	const struct service_sum *x = &r->services.list[g->first];
	if (g->services == 1)
		return words_endpoint(x->ip, x->port, text);
	text[0] = '\0';
	words_number(g->services, number);
	if (g->one_host)
		words_append(text, "%s, %s ports", x->ip, number);
	else if (g->hosts <= SERVICES_HOSTS_MAX)
		words_append(
			text, "%s services at %d addresses", number, g->hosts);
	else
		words_append(text, "%s services", number);
	return text;
}

/* A group of several services names a client only where it is the only one of
 * each. */
const char *
services_from(
	struct report *r, const struct report_group *g, char text[WORDS_MAX])
{
	const struct service_sum *x = &r->services.list[g->first];
	char number[WORDS_MAX];
	text[0] = '\0';
	if (g->clients == 1) {
		const char *ip = report_host_name(r, x->client);
		words_append(text, "%s", ip ? ip : "1 client");
	} else if (g->clients > 1) {
		words_append(
			text, "%s clients", words_number(g->clients, number));
	} else if (g->clients < 0) {
		words_append(text, "several clients");
	}
	return text;
}

/* What is undecided or only reported stands beside, never within: the first
 * number is what packets prove. */
const char *
services_failed(const struct report_group *g, char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	text[0] = '\0';
	/* Without packets there is nothing to count them of. */
	if (g->attempts > 0 || g->reported == 0)
		words_append(text, "%s of %s", words_number(g->failed, a),
			words_number(g->attempts, b));
	if (g->undecided > 0)
		words_append(
			text, ", %s undecided", words_number(g->undecided, a));
	if (g->reported > 0)
		words_append(text, "%s%s reported", text[0] ? ", " : "",
			words_number(g->reported, a));
	return text;
}

/* "<0.1 %" is not nothing, ">99.9 %" not everything: both are said apart, as a
 * rounded figure would deny the rest. */
const char *
services_share(const struct report_group *g, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (g->attempts == 0)
		return text;
	double share = 100.0 * (double)g->failed / (double)g->attempts;
	if (share > 0 && share < 0.1)
		words_append(text, "<0.1 %%");
	else if (share > 99.9 && g->failed < g->attempts)
		words_append(text, ">99.9 %%");
	else
		words_append(text, "%.*f %%", share > 0 && share < 10 ? 1 : 0,
			share);
	return text;
}

/* Rows beyond so many are a list for machines: each costs a pass over what is
 * undetermined. */
#define OPEN_REASONS_MAX 64

/* What the evidence leaves open at a service whose commonest end is undetermined,
 * and what keeps it open, as long as that is so of most of them: ": SYN lost in
 * network or SYN dropped by server (why not: ...)". */
static void
add_open_reason(
	struct report *r, const struct service_sum *x, char text[WORDS_MAX])
{
	struct report_open_reason row;
	report_begin_ids(r, QUERY_OPEN_REASON_AT, x->server, x->port);
	if (!report_open_reason_read(r, QUERY_OPEN_REASON_AT, &row) ||
		2 * row.count <= x->verdict_count)
		return;
	if (row.candidates != NULL)
		sentence_candidates(r, row.candidates, text);
	if (row.note != NULL)
		words_append(text, " (why not: %s)", row.note);
}

/* The first service of a group speaks for it: they are alike in this. */
const char *
services_where(
	struct report *r, const struct report_group *g, char text[WORDS_MAX])
{
	char words[WORDS_MAX];
	const struct service_sum *x = &r->services.list[g->first];
	text[0] = '\0';
	if (x->verdict < 0)
		return text;
	const struct report_verdict *v = &r->verdicts[x->verdict];
	if (strcmp(v->verdict, VERDICT_UNDETERMINED) == 0) {
		words_append(text, "the evidence cannot say where");
		/* Where the terminal is short of lines, of the worst alone. */
		if (g->first < (r->tight > 0 ? 1 : OPEN_REASONS_MAX))
			add_open_reason(r, x, text);
		return text;
	}
	words_append(text, "%s, %s", sentence_verdict(v->verdict, words),
		x->confidence);
	if (g->services == 1 && x->verdict_count < x->failed + x->undecided)
		words_append(text, " (%s of them)",
			words_number(x->verdict_count, words));
	return text;
}

/* How much the finding explains is told unless it is all. */
const char *
services_why(const struct report *r, const struct report_group *g,
	char text[WORDS_MAX])
{
	char number[WORDS_MAX];
	const struct service_sum *x = &r->services.list[g->first];
	text[0] = '\0';
	if (x->finding < 0) {
		if (g->failed + g->undecided > 0)
			words_append(text, "no cause found");
		return text;
	}
	const struct report_reason *f = &r->services.findings[x->finding];
	words_append(text, "%s: %s", f->confidence, f->title);
	/* Many services and one machine: the one that they all go through. */
	if (g->services > 1 && r->cause.seen_on && r->cause.rule &&
		strcmp(r->cause.rule, f->rule) == 0)
		words_append(text, ", seen on %s", r->cause.seen_on);
	if (g->explained < g->failed + g->undecided)
		words_append(text, " (explains %s)",
			words_number(g->explained, number));
	return text;
}

/* "client frames 117, 125; server nothing of it". */
static void
packets(struct report *r, int64_t attempt, char text[WORDS_MAX])
{
	char frames[WORDS_MAX];
	struct report_view v;
	int n = 0;
	report_views_begin(r, attempt);
	while (report_view_next(r, &v))
		words_append(text, "%s%s %s", n++ > 0 ? "; " : "", v.name,
			v.seen ? sentence_frames(r, &v, frames)
			       : "nothing of it");
}

/* The evidence of a service's finding, or NULL; the caller frees. */
static struct evidence *
evidence_of(struct report *r, const struct service_sum *s)
{
	if (s->finding < 0)
		return NULL;
	struct evidence *e = memory_take(1, sizeof *e);
	evidence_read(r, r->services.findings[s->finding].id, e);
	/* Groups come by strength, so when the first one contradicts, nothing
	 * speaks for it. */
	if (e->count > 0 && strcmp(e->groups[0].weighs, "contradicts") != 0)
		return e;
	free(e);
	return NULL;
}

/* The finding's strongest piece; where no finding is, the packets of the first
 * attempt, which show at least where it ended. */
const char *
services_evidence(struct report *r, const struct service_sum *s,
	char text[WORDS_MAX], char place[WORDS_MAX])
{
	char number[WORDS_MAX];
	struct evidence *e = evidence_of(r, s);
	text[0] = '\0';
	place[0] = '\0';
	if (e) {
		const struct evidence_group *g = &e->groups[0];
		if (g->count > 1 && g->source_count > 0)
			words_append(text,
				"%s times: ", words_number(g->count, number));
		words_append(text, "%s", g->text);
		evidence_place(g, place);
	} else if (s->example > 0) {
		packets(r, s->example, text);
	}
	free(e);
	return text;
}

/* Of the same piece that services_evidence shows. */
struct evidence_at
services_evidence_at(struct report *r, const struct service_sum *s)
{
	struct evidence_at at = {.source = -1, .line = -1};
	struct evidence *e = evidence_of(r, s);
	if (e && e->groups[0].source_count > 0) {
		at.source = e->groups[0].sources[0].id;
		at.line = e->groups[0].sources[0].line;
		at.is_capture = e->groups[0].sources[0].is_capture;
	}
	free(e);
	return at;
}

/* Their attempts tell how much went well meanwhile. */
const char *
services_others(const struct report *r, char text[WORDS_MAX])
{
	const struct report_services *x = &r->services;
	char a[WORDS_MAX], b[WORDS_MAX];
	int64_t attempts = 0;
	text[0] = '\0';
	for (int i = x->troubled; i < x->count; i++)
		attempts += x->list[i].attempts;
	int others = x->count - x->troubled;
	if (others == 0)
		return text;
	words_append(text, "%s other service%s: %s attempt%s, none failed",
		words_number(others, a), words_plural(others),
		words_number(attempts, b), words_plural(attempts));
	return text;
}
