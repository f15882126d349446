/*
 * Causes on the terminal: each with the evidence that it rests on and what to
 * do about it.
 *
 *	  confirmed: connection tracking table full (4 attempts at 198.51.100.20)
 *	    server/dmesg.txt:1: 10 lines like: nf_conntrack: table full ...
 *	    server/sysctl.txt:10: sysctl: net.netfilter.nf_conntrack_count = ...
 *	    - Raise net.netfilter.nf_conntrack_max on the host whose table ...
 */
#include "report/text_sections.h"

#include <limits.h>
#include <stdlib.h>

#include "report/evidence.h"
#include "report/service_words.h"
#include "report/steps.h"

/* Of each cause; the page has more. */
#define TEXT_PLACES_MAX 3
#define TEXT_EVIDENCE_MAX 3
#define TEXT_STEPS_MAX 3
/* The same where several causes share the screen. */
#define TEXT_SHARED_MAX 2
/* ... and several services as well. */
#define TEXT_CROWDED_MAX 1
#define TEXT_CROWD 3
/* Causes that are told in full, and lines for the others. */
#define TEXT_CAUSES_MAX 3
#define TEXT_OTHERS_MAX 4

/* How much of a cause is told: all of it when asked for, else what leaves room
 * for the other sure ones. */
static int
room_of(const struct report *r, int alone)
{
	const struct report_services *x = &r->services;
	bool shared = false;
	if (r->options.verbose)
		return INT_MAX;
	if (r->tight >= TIGHT_CROWDED)
		return TEXT_CROWDED_MAX;
	for (int i = 1; i < x->finding_count; i++)
		shared |= strcmp(x->findings[i].confidence, "possible") != 0 &&
			strcmp(x->findings[i].rule, x->findings[0].rule) != 0;
	if (!shared && r->tight < TIGHT_SHARED)
		return alone;
	return x->group_count >= TEXT_CROWD ? TEXT_CROWDED_MAX
					    : TEXT_SHARED_MAX;
}

/* Of one place its own number; of several, what they explain together: an
 * attempt counts once, whatever the places. */
static int64_t
attempts_of(struct report *r, const struct report_finding *f)
{
	return f->places == 1
		? f->attempts
		: report_cause_attempts(r, f->confidence, f->rule);
}

/* "confirmed: title (4 attempts at 198.51.100.20:80)". */
static void
write_head(struct text *t, struct report *r, const struct report_finding *f,
	enum text_style style)
{
	char number[WORDS_MAX];
	int64_t attempts = attempts_of(r, f);
	int64_t reported = f->places == 1
		? f->reported
		: report_cause_reported(r, f->confidence, f->rule);
	bool counted = attempts + reported > 0;
	text_add(t, "  %s: %s", f->confidence, f->title);
	if (counted)
		text_add(t, " (%s",
			sentence_explains(attempts, reported, number));
	if (f->places > 1)
		text_add(t, "%sin %jd places", counted ? " " : " (",
			(intmax_t)f->places);
	else if (f->host)
		text_add(t, "%sat %s", counted ? " " : " (", f->host);
	if (counted || f->places > 1 || f->host)
		text_add(t, ")");
	text_end(t, 4, style);
}

/* A piece of evidence in one line, with its place in front, as grep writes it.
 * */
static void
write_group(struct text *t, const struct evidence_group *g)
{
	char place[WORDS_MAX], number[WORDS_MAX];
	bool against = strcmp(g->weighs, "contradicts") == 0;
	evidence_place(g, place);
	text_add(t, "    %s", against ? "against it: " : "");
	if (place[0])
		text_add(t, "%s: ", place);
	if (g->count > 1 && g->source_count > 0)
		text_add(t, "%s lines like: ", words_number(g->count, number));
	text_line(t, g->text);
	text_end(t, 6, TEXT_FAINT);
}

/* The strongest evidence first. What the table of services shows already is not
 * shown again. */
static void
write_evidence(struct text *t, struct report *r, int64_t finding)
{
	struct evidence *e = memory_take(1, sizeof *e);
	int most = room_of(r, TEXT_EVIDENCE_MAX);
	char place[WORDS_MAX];
	/* The table above has the first piece of it already. */
	bool shown = services_show(r, finding) && !r->options.verbose;
	evidence_read(r, finding, e);
	for (int i = shown ? 1 : 0; i < e->count && i < most; i++) {
		/* Beside what the table shows, only what can be looked up. */
		if (!shown || evidence_place(&e->groups[i], place)[0])
			write_group(t, &e->groups[i]);
	}
	free(e);
}

/* How many steps the n-th cause has: the first one more, each at least one. */
static int
steps_of(const struct report *r, int n)
{
	int room = room_of(r, n == 1 ? TEXT_STEPS_MAX : TEXT_SHARED_MAX);
	return n == 1 || room == 1 ? room : room - 1;
}

/* The first of the steps that the cause's rule gives. */
static void
write_steps(struct text *t, struct report *r, const struct report_finding *f,
	int most)
{
	const char *step;
	char words[WORDS_MAX];
	report_list_begin(r, f->fix);
	for (int n = 0; n < most && report_list_next(r, &step); n++) {
		text_add(t, "    - ");
		text_prose(t, step_words(r, f->id, step, words));
		text_end(t, 6, TEXT_PLAIN);
	}
}

/* One of the places at which the same cause was found. */
static void
write_place(struct text *t, const struct report_finding *f)
{
	char number[WORDS_MAX];
	if (f->place > TEXT_PLACES_MAX)
		return;
	text_number(t, 9, f->attempts + f->reported);
	text_add(t, "  %s", f->host ? f->host : "everywhere");
	if (f->place == TEXT_PLACES_MAX && f->places > TEXT_PLACES_MAX)
		text_add(t, ", and %s more on the page",
			words_number(f->places - f->place, number));
	text_end(t, 11, TEXT_FAINT);
}

/* In full: head, places, evidence of the first place (whose id is kept in
 * first), steps. */
static void
write_finding(struct text *t, struct report *r, const struct report_finding *f,
	int64_t *first, int most)
{
	if (f->place == 1)
		*first = f->id;
	if (f->place == 1)
		write_head(t, r, f, TEXT_PLAIN);
	/* A row of the table stands for all of its places. */
	if (f->places > 1 &&
		(r->options.verbose || !services_group_of(r, f->rule)))
		write_place(t, f);
	if (f->place < f->places)
		return;
	write_evidence(t, r, *first);
	write_steps(t, r, f, most);
}

/* What is told in full: what is sure; when nothing is, the best guess. */
static bool
is_told(const struct report *r, const struct report_finding *f, int causes)
{
	if (r->options.verbose)
		return true;
	return causes <= (report_finding_is_sure(f)
					 ? text_most(r, TEXT_CAUSES_MAX,
						   TEXT_CAUSES_MAX, 1)
					 : 1);
}

/* Causes beside those that are told in full. */
struct others {
	int sure, possible; /* so many, with a line or without */
	int ruled_out;
};

/* How many of those that are only possible have a line: they give way first. */
static int
possible_most(const struct report *r, const struct others *x)
{
	int room = TEXT_OTHERS_MAX - x->sure;
	return r->tight >= TIGHT_ASIDE || room < 0 ? 0 : room;
}

static bool
other_is_named(const struct report *r, const struct report_finding *f,
	struct others *x)
{
	if (report_finding_is_sure(f))
		return x->sure++ < TEXT_OTHERS_MAX;
	return x->possible++ < possible_most(r, x);
}

/* How many had no line, and how many were ruled out: both are on the page. */
static void
write_others(struct text *t, const struct report *r, const struct others *x)
{
	int sure = x->sure - TEXT_OTHERS_MAX;
	int possible = x->possible - possible_most(r, x);
	const char *gap = "  ";
	if (sure > 0) {
		text_add(t, "%s%d more cause%s on the page", gap, sure,
			words_plural(sure));
		gap = "; ";
	}
	if (possible > 0) {
		text_add(t, "%s%d more possible cause%s on the page", gap,
			possible, words_plural(possible));
		gap = "; ";
	}
	if (x->ruled_out > 0)
		text_add(t, "%s%d cause%s examined and ruled out", gap,
			x->ruled_out, words_plural(x->ruled_out));
	text_end(t, 4, TEXT_FAINT);
}

/* What was ruled out is counted here and told on the page. */
void
text_findings(struct text *t, struct report *r)
{
	struct report_finding f;
	struct others others = {0};
	int64_t first = 0;
	int causes = 0;
	report_begin(r, QUERY_FINDINGS);
	while (report_finding_next(r, &f)) {
		if (report_finding_is_out(&f)) {
			others.ruled_out++;
			continue;
		}
		causes += f.place == 1;
		if (causes == 1 && f.place == 1)
			text_heading(t, "Why, and what to do");
		if (is_told(r, &f, causes))
			write_finding(t, r, &f, &first, steps_of(r, causes));
		else if (f.place == 1 && other_is_named(r, &f, &others))
			write_head(t, r, &f, TEXT_FAINT);
	}
	if (causes == 0 && others.ruled_out > 0)
		text_heading(t, "Why, and what to do");
	write_others(t, r, &others);
}
