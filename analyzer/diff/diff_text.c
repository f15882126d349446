/*
 * The comparison on a terminal: the conclusion first, then what it rests on.
 *
 * No bare probabilities: a change is shown or not shown, and how many attempts
 * would show it is said in attempts.
 */
#include "diff/diff.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/text_layout.h"
#include "render/words.h"

/* Services on the terminal; all of them are in --json. */
#define SERVICES_SHOWN 12

/* "412 of 3,180 (13.0 %)" */
static const char *
share_words(int64_t failed, int64_t attempts, char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	if (attempts == 0)
		snprintf(text, WORDS_MAX, "no attempt");
	else
		snprintf(text, WORDS_MAX, "%.40s of %.40s (%.1f %%)",
			words_number(failed, a), words_number(attempts, b),
			100 * (double)failed / (double)attempts);
	return text;
}

static const char *
outcome_share(const struct diff_outcome *o, int side, char text[WORDS_MAX])
{
	return share_words(
		o->side[side]->failed, o->side[side]->attempts, text);
}

/* "-14.2 to -11.7 percentage points" */
static const char *
interval_words(const struct share_change *c, char text[WORDS_MAX])
{
	snprintf(text, WORDS_MAX, "%+.1f to %+.1f percentage points",
		100 * c->low, 100 * c->high);
	return text;
}

static const char *
headline(enum share_word word)
{
	static const char *const words[] = {
		[SHARE_NOTHING_FAILED] = "Nothing failed, then or now",
		[SHARE_FEWER] = "Fewer attempts fail",
		[SHARE_MORE] = "More attempts fail",
		[SHARE_NOT_SHOWN] = "No change shown",
		[SHARE_TOO_FEW] = "Too few attempts to tell",
	};
	return words[word];
}

static enum text_style
style_of(const struct diff *d)
{
	return d->worse ? TEXT_BAD : d->proved ? TEXT_GOOD : TEXT_UNSURE;
}

/* What would have shown it. */
static void
write_needed(struct text *t, const struct diff_outcome *o)
{
	char number[WORDS_MAX];
	if (o->clean_needed == 0)
		return;
	text_add(t,
		"%s attempts in NEW without a single failure would show a fix.",
		words_number(o->clean_needed, number));
	text_end(t, 0, TEXT_PLAIN);
}

/* None of 30 failed: what that says about the next 1,000. */
static void
write_bound(struct text *t, const struct report_file_outcome *o)
{
	char most[32];
	double low, high;
	if (o->failed > 0 || o->attempts == 0)
		return;
	share_interval((struct share){0, o->attempts}, &low, &high);
	snprintf(most, sizeof most, "%.1f", 100 * high);
	text_add(t,
		"No failure in NEW does not mean that none ever happens: "
		"up to %s %% of the attempts may still fail (95 %%).",
		most);
	text_end(t, 0, TEXT_PLAIN);
}

static void
write_conclusion(struct text *t, const struct diff *d)
{
	char then[WORDS_MAX], now[WORDS_MAX];
	const struct diff_outcome *o = &d->all;
	enum share_word word = o->failures.word;
	text_add(t, "%s: %s in OLD, %s in NEW.",
		o->rests_on_undecided ? "Fewer attempts are known to fail"
				      : headline(word),
		outcome_share(o, DIFF_OLD, then),
		outcome_share(o, DIFF_NEW, now));
	text_end(t, 0, style_of(d));
	if (word != SHARE_NOTHING_FAILED && o->side[DIFF_OLD]->attempts > 0 &&
		o->side[DIFF_NEW]->attempts > 0) {
		text_add(t, "Change of the share: %s (95 %% interval).",
			interval_words(&o->failures, then));
		text_end(t, 0, TEXT_PLAIN);
	}
	if (word == SHARE_TOO_FEW || word == SHARE_NOT_SHOWN)
		write_needed(t, o);
	write_bound(t, o->side[DIFF_NEW]);
	if (o->rests_on_undecided) {
		text_add(t,
			"It rests on %s undetermined attempts of NEW: if they "
			"failed, nothing is shown.",
			words_number(o->side[DIFF_NEW]->undecided, now));
		text_end(t, 0, TEXT_UNSURE);
	}
	if (d->worse && word != SHARE_MORE) {
		text_add(t,
			"But something fails in NEW that did not in OLD: "
			"what came is below.");
		text_end(t, 0, TEXT_BAD);
	}
}

static const char *
change_words(enum share_word word)
{
	static const char *const words[] = {
		[SHARE_NOTHING_FAILED] = "",
		[SHARE_FEWER] = "fewer",
		[SHARE_MORE] = "more",
		[SHARE_NOT_SHOWN] = "no change shown",
		[SHARE_TOO_FEW] = "too few to tell",
	};
	return words[word];
}

static void
write_verdicts(struct text *t, const struct diff_outcome *o, int indent)
{
	bool both = o->side[DIFF_OLD]->attempts > 0 &&
		o->side[DIFF_NEW]->attempts > 0;
	for (size_t i = 0; i < o->verdict_count; i++) {
		const struct diff_verdict *v = &o->verdicts[i];
		text_pad(t, indent);
		text_add(t, "%s", diff_fate_id(v->fate));
		text_pad(t, indent + 8);
		text_add(t, "%s", v->verdict);
		text_number(t, 46, v->count[DIFF_OLD]);
		text_add(t, " ");
		text_number(t, 55, v->count[DIFF_NEW]);
		if (both)
			text_add(t, "  %s", change_words(v->change.word));
		text_end(t, indent + 8, TEXT_PLAIN);
	}
}

static void
write_table(struct text *t, const struct diff *d)
{
	text_gap(t);
	text_add(t, "Verdicts");
	text_pad(t, 43);
	text_add(t, "OLD");
	text_pad(t, 52);
	text_add(t, "NEW  share");
	text_end(t, 0, TEXT_HEADING);
	write_verdicts(t, &d->all, 2);
}

/* "confirmed, 4 attempts" */
static void
add_cause(struct text *t, const struct report_file_cause *c)
{
	char number[WORDS_MAX];
	if (c == NULL)
		text_add(t, "not found");
	else if (strcmp(c->confidence, "ruled-out") == 0)
		text_add(t, "ruled out");
	else
		text_add(t, "%s, %s attempt%s", c->confidence,
			words_number(c->attempts, number),
			c->attempts == 1 ? "" : "s");
}

static void
write_causes(struct text *t, const struct diff *d)
{
	if (d->cause_count == 0)
		return;
	text_gap(t);
	text_add(t, "Causes");
	text_end(t, 0, TEXT_HEADING);
	for (size_t i = 0; i < d->cause_count; i++) {
		const struct diff_cause *c = &d->causes[i];
		text_add(t, "  %s", diff_fate_id(c->fate));
		text_pad(t, 10);
		text_add(t, "%s%s%s", c->cause, c->host ? ", host " : "",
			c->host ? c->host : "");
		text_end(t, 10, TEXT_PLAIN);
		text_pad(t, 10);
		text_add(t, "OLD: ");
		add_cause(t, c->side[DIFF_OLD]);
		text_add(t, "; NEW: ");
		add_cause(t, c->side[DIFF_NEW]);
		text_end(t, 10, TEXT_FAINT);
	}
}

static void
write_service(struct text *t, const struct diff_service *s)
{
	char end[WORDS_MAX], then[WORDS_MAX], now[WORDS_MAX];
	text_add(t, "  %s", words_endpoint(s->ip, s->port, end));
	text_end(t, 4, TEXT_PLAIN);
	text_add(t, "    %s: %s in OLD, %s in NEW",
		s->fate == DIFF_CAME ? "only in NEW"
			: s->fate == DIFF_WENT
			? "only in OLD"
			: headline(s->outcome.failures.word),
		outcome_share(&s->outcome, DIFF_OLD, then),
		outcome_share(&s->outcome, DIFF_NEW, now));
	text_end(t, 6, TEXT_PLAIN);
	write_verdicts(t, &s->outcome, 4);
}

static void
write_services(struct text *t, const struct diff *d)
{
	size_t shown = 0;
	/* One service is what the figures above are about. */
	if (d->service_count < 2)
		return;
	text_gap(t);
	text_add(t, "Services");
	text_end(t, 0, TEXT_HEADING);
	for (; shown < d->service_count && shown < SERVICES_SHOWN; shown++)
		write_service(t, &d->services[shown]);
	if (shown < d->service_count) {
		text_add(t, "  %jd more with --json",
			(intmax_t)(d->service_count - shown));
		text_end(t, 2, TEXT_FAINT);
	}
}

static void
write_cautions(struct text *t, const struct diff *d)
{
	text_gap(t);
	text_add(t, "Read it with care");
	text_end(t, 0, TEXT_HEADING);
	for (int i = 0; i < DIFF_CAUTION_COUNT; i++)
		if (d->caution[i]) {
			text_add(t, "  - %s",
				diff_caution_words((enum diff_caution)i));
			text_end(t, 4, TEXT_UNSURE);
		}
	text_add(t,
		"  - Attempts are counted as if they were independent. "
		"Failures come in bursts: a second pair of captures, "
		"at another hour, says more than these figures.");
	text_end(t, 4, TEXT_FAINT);
}

void
diff_write_text(const struct diff *d, FILE *out, int columns, bool colour)
{
	struct text t;
	text_init(&t, out, columns, colour);
	text_add(&t, "lostsyn diff: OLD is %s, NEW is %s", d->name[DIFF_OLD],
		d->name[DIFF_NEW]);
	text_end(&t, 2, TEXT_FAINT);
	text_gap(&t);
	write_conclusion(&t, d);
	write_table(&t, d);
	write_causes(&t, d);
	write_services(&t, d);
	write_cautions(&t, d);
	text_release(&t);
}
