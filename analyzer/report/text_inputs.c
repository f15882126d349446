/*
 * Inputs with their trust, clocks, and what is wrong with the evidence.
 *
 * What is wrong is always told, the list of inputs only when it was asked for (-v):
 * a reader must not have to know that there is something to ask for.
 *
 *	  good      server/capture.pcap (pcap, 176 packets, from ... to ...)
 *	  read      server/dmesg.txt (dmesg, 10 lines)
 *	            lines: 10 gave events
 *	  unused    README.md, expected.json
 */
#include "report/text_sections.h"

#include "base/clock.h"

/* Names of inputs that were not used; why each was not is on the page. */
#define UNUSED_NAMES_MAX 12

/* Inputs to trust with care that are told; the page has all. */
#define WEAK_MAX 4

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

/* In the order of the case, what was not used at the end. */
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

/* What was written of what is wrong, and what there is only a name's room for:
 * no trouble goes unnamed but where there is a page full of it. */
struct warnings {
	int shown, left;
	char also[WORDS_MAX];
};

/* Names of what has no line of its own. */
#define ALSO_MAX 8

static void
also_add(struct warnings *w, const char *id, const char *name)
{
	if (w->left++ < ALSO_MAX)
		words_append(w->also, "%s%.60s%s%.60s%s",
			w->left > 1 ? ", " : "", id, name ? " (" : "",
			name ? name : "", name ? ")" : "");
}

static void
also_write(struct text *t, struct warnings *w)
{
	if (w->left == 0)
		return;
	text_add(t, "  also: ");
	text_prose(t, w->also);
	if (w->left > ALSO_MAX)
		text_add(t, " and %d more", w->left - ALSO_MAX);
	text_add(t, "; see the page");
	text_end(t, 4, TEXT_UNSURE);
}

/* Inputs that cannot be trusted as far as one would like, and those that could
 * not be used though they are no notes: the rest goes without saying. */
void
text_weak_inputs(struct text *t, struct report *r)
{
	struct report_source s;
	struct warnings w = {0};
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &s)) {
		if (!s.trust || strcmp(s.trust, "good") == 0)
			continue;
		if (w.shown == text_most(r, WEAK_MAX, 2, 1)) {
			also_add(&w, s.name, s.trust);
			continue;
		}
		if (w.shown++ == 0)
			text_heading(t, "Inputs to trust with care");
		write_input(t, r, &s);
	}
	also_write(t, &w);
}

/* Each against the reference, and in how far that is known. */
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

/* Kinds of trouble that have a line each; the page has all. */
#define WARNINGS_MAX 8

/* Is there room for one more? The heading stands above the first. */
static bool
warning_begin(struct text *t, const struct report *r, struct warnings *w,
	const char *id, const char *name)
{
	if (!r->options.verbose &&
		w->shown == text_most(r, WARNINGS_MAX, 3, 1)) {
		also_add(w, id, name);
		return false;
	}
	if (w->shown++ == 0)
		text_heading(t, "What is wrong with the evidence");
	return true;
}

/* Does the grade of the source, which stands above, say it already? */
static bool
is_reason(struct report *r, const struct report_source *s, const char *anomaly)
{
	struct report_item item;
	bool found = false;
	if (!s->trust || (!r->options.verbose && strcmp(s->trust, "good") == 0))
		return false;
	report_begin_id(r, QUERY_REASONS, s->id);
	while (report_reason_next(r, &item))
		found = found || strcmp(item.id, anomaly) == 0;
	return found;
}

/* The anomalies of a source, or of the case (NULL). */
static void
write_anomalies(struct text *t, struct report *r, const struct report_source *s,
	struct warnings *w)
{
	struct report_item item;
	const char *name = s ? s->name : NULL;
	while (report_anomaly_next(r, &item)) {
		if ((s && is_reason(r, s, item.id)) ||
			!warning_begin(t, r, w, item.id, name))
			continue;
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
}

/* Packets or lines that the accounting does not explain. */
static void
write_unexplained(struct text *t, struct report *r,
	const struct report_source *s, struct warnings *w)
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
	if (!rows || read < 0 || read == explained ||
		!warning_begin(t, r, w, "accounting", s->name))
		return;
	text_add(t,
		"  accounting does not add up: %jd read, %jd explained "
		"(%s)",
		(intmax_t)read, (intmax_t)explained, s->name);
	text_end(t, 4, TEXT_BAD);
}

/* Always written, whatever was asked for: bad evidence must not look good by
 * silence. */
void
text_warnings(struct text *t, struct report *r)
{
	struct report_source source;
	struct warnings w = {0};
	report_begin(r, QUERY_ANOMALIES);
	write_anomalies(t, r, NULL, &w);
	report_begin(r, QUERY_SOURCES);
	while (report_source_next(r, &source)) {
		report_begin_id(r, QUERY_ANOMALIES, source.id);
		write_anomalies(t, r, &source, &w);
		write_unexplained(t, r, &source, &w);
	}
	also_write(t, &w);
}
