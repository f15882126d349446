/*
 * Inputs with their trust, clocks, and what is wrong with the evidence.
 *
 * What is wrong is always told, the list of inputs only when it was asked for (-v):
 * a reader must not have to know that there is something to ask for.
 */
#include "report/text_sections.h"

#include "base/clock.h"

/* Names of inputs that were not used; why each was not is on the page. */
#define UNUSED_NAMES_MAX 12

static enum text_style
trust_style(const char *trust)
{
	if (!trust || strcmp(trust, "good") == 0)
		return TEXT_PLAIN;
	return strcmp(trust, "weak") == 0 ? TEXT_UNSURE : TEXT_BAD;
}

/* A file: its grade, what it is, and what speaks against it. */
static void
write_input(struct text *t, struct report *r, const struct report_source *s)
{
	char volume[WORDS_MAX], at[CLOCK_TEXT_MAX];
	struct report_item reason;
	/* 12 is behind the longest grade, "unusable". */
	text_add(t, "  %s", s->trust ? s->trust : "read");
	text_pad(t, 12);
	text_add(t, "%s (%s", s->name, s->kind);
	sentence_volume(s, volume);
	if (volume[0])
		text_add(t, ", %s", volume);
	if (s->first_ns != CLOCK_UNKNOWN_NS)
		text_add(t, ", from %s", clock_format(s->first_ns, 3, at));
	if (s->last_ns != CLOCK_UNKNOWN_NS)
		text_add(t, " to %s", clock_format(s->last_ns, 3, at));
	text_add(t, ")");
	text_end(t, 12, trust_style(s->trust));
	if (s->note) {
		text_add(t, "            %s", s->note);
		text_end(t, 12, TEXT_PLAIN);
	}
	report_begin_id(r, QUERY_REASONS, s->id);
	while (report_reason_next(r, &reason)) {
		text_add(t, "            %s: %s", reason.id, reason.detail);
		text_end(t, 14, TEXT_PLAIN);
	}
}

/* What was not used, after the rest: names only, as many as help. */
static void
write_unused(struct text *t, struct report *r)
{
	struct report_source s;
	int named = 0, more = 0;
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &s)) {
		if (!report_source_unused(&s))
			continue;
		if (named == UNUSED_NAMES_MAX) {
			more++;
			continue;
		}
		text_add(t, "%s%s", named++ ? ", " : "  unused    ", s.name);
	}
	if (more > 0)
		text_add(t, " and %d more", more);
	text_end(t, 12, TEXT_FAINT);
}

void
text_inputs(struct text *t, struct report *r)
{
	struct report_source source;
	text_heading(t, "Inputs and how far they can be trusted");
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source))
		if (!report_source_unused(&source))
			write_input(t, r, &source);
	write_unused(t, r);
}

/* Inputs that cannot be trusted as far as one would like, and those that could
 * not be used though they are no notes: the rest goes without saying. */
void
text_weak_inputs(struct text *t, struct report *r)
{
	struct report_source s;
	bool any = false;
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &s)) {
		if (!s.trust || strcmp(s.trust, "good") == 0)
			continue;
		if (!any)
			text_heading(t, "Inputs to trust with care");
		any = true;
		write_input(t, r, &s);
	}
}

void
text_clocks(struct text *t, struct report *r)
{
	char words[WORDS_MAX];
	if (r->vantage_count == 0)
		return;
	text_heading(t, "Clocks");
	for (size_t i = 0; i < r->vantage_count; i++) {
		text_add(t, "  %s", r->vantages[i].name);
		text_pad(t, 12);
		text_add(t, "%s", sentence_clock(r, &r->vantages[i], words));
		text_end(t, 12, TEXT_PLAIN);
	}
}

/* What is wrong with the evidence, under one heading that is written by the
 * first; any says whether it stands already. */
static bool
write_anomalies(struct text *t, struct report *r, const char *name, bool any)
{
	struct report_item item;
	while (report_anomaly_next(r, &item)) {
		if (!any)
			text_heading(t, "What is wrong with the evidence");
		any = true;
		text_number(t, 9, item.count);
		text_add(t, "  %s: %s", item.id, item.detail);
		if (name)
			text_add(t, " (%s", name);
		if (item.at >= 0)
			text_add(t, "%sbyte %jd", name ? ", " : " (",
				(intmax_t)item.at);
		if (name || item.at >= 0)
			text_add(t, ")");
		text_end(t, 11, TEXT_UNSURE);
	}
	return any;
}

/* Packets or lines that the accounting does not explain. */
static bool
write_unexplained(struct text *t, struct report *r,
	const struct report_source *s, bool any)
{
	struct report_item item;
	int64_t explained = 0;
	int64_t read = s->packets >= 0 ? s->packets : s->lines;
	bool rows = false;
	report_begin_id(r, QUERY_ACCOUNTING, s->id);
	while (report_accounting_next(r, &item)) {
		explained += item.count;
		rows = true;
	}
	if (!rows || read < 0 || read == explained)
		return any;
	if (!any)
		text_heading(t, "What is wrong with the evidence");
	text_add(t,
		"  accounting does not add up: %jd read, %jd explained "
		"(%s)",
		(intmax_t)read, (intmax_t)explained, s->name);
	text_end(t, 4, TEXT_BAD);
	return true;
}

void
text_warnings(struct text *t, struct report *r)
{
	struct report_source source;
	bool any = false;
	report_begin(r, QUERY_ANOMALIES);
	any = write_anomalies(t, r, NULL, any);
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source)) {
		report_begin_id(r, QUERY_ANOMALIES, source.id);
		any = write_anomalies(t, r, source.name, any);
		any = write_unexplained(t, r, &source, any);
	}
}
