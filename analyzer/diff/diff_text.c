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

static enum text_style
style_of(const struct diff *d)
{
	return d->worse ? TEXT_BAD : d->proved ? TEXT_GOOD : TEXT_UNSURE;
}

static bool
counts_attempts(const struct diff *d)
{
	return d->side[DIFF_OLD]->all.attempts +
		d->side[DIFF_NEW]->all.attempts >
		0;
}

static int64_t
reported(const struct diff *d, int side)
{
	int64_t sum = 0;
	for (size_t i = 0; i < d->service_count; i++)
		sum += d->services[i].reported[side];
	return sum;
}

static void
write_conclusion(struct text *t, const struct diff *d)
{
	char text[WORDS_MAX], then[WORDS_MAX], now[WORDS_MAX];
	text_prose(t, diff_conclusion(d, text));
	text_end(t, 0, style_of(d));
	if (counts_attempts(d))
		text_add(t, "Failed of all attempts: %s in OLD, %s in NEW.",
			diff_share_words(d, &d->all, DIFF_OLD, then),
			diff_share_words(d, &d->all, DIFF_NEW, now));
	else
		text_add(t,
			"No capture counts attempts. Failures that logs tell "
			"of: %s in OLD, %s in NEW.",
			words_number(reported(d, DIFF_OLD), then),
			words_number(reported(d, DIFF_NEW), now));
	text_end(t, 0, TEXT_PLAIN);
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

/* Beside a report that counts no attempts nothing came and nothing went. */
static void
write_verdicts(struct text *t, const struct diff_outcome *o, int indent)
{
	bool both = o->side[DIFF_OLD]->attempts > 0 &&
		o->side[DIFF_NEW]->attempts > 0;
	for (size_t i = 0; i < o->verdict_count; i++) {
		const struct diff_verdict *v = &o->verdicts[i];
		text_pad(t, indent);
		text_add(t, "%s", both ? diff_fate_id(v->fate) : "");
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
	if (d->all.verdict_count == 0)
		return;
	text_gap(t);
	text_add(t, "Verdicts");
	text_pad(t, 43);
	text_add(t, "OLD");
	text_pad(t, 52);
	text_add(t, "NEW  share");
	text_end(t, 0, TEXT_HEADING);
	write_verdicts(t, &d->all, 2);
}

/* "confirmed, 4 attempts"; "confirmed, 312 reported failures" */
static void
add_cause(struct text *t, const struct report_file_cause *c)
{
	char number[WORDS_MAX], told[WORDS_MAX];
	if (c == NULL)
		text_add(t, "not found");
	else if (strcmp(c->confidence, "ruled-out") == 0)
		text_add(t, "ruled out");
	else if (c->attempts > 0 || c->reported == 0)
		text_add(t, "%s, %s attempt%s%s%s", c->confidence,
			words_number(c->attempts, number),
			words_plural(c->attempts),
			c->reported > 0 ? ", reported failures: " : "",
			c->reported > 0 ? words_number(c->reported, told) : "");
	else
		text_add(t, "%s, %s reported failure%s", c->confidence,
			words_number(c->reported, number),
			words_plural(c->reported));
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

/* Where a state and the name of its service stand. */
enum { STATE_AT = 2, NAME_AT = 19 };

static void
write_line(struct text *t, const char *text, enum text_style style)
{
	if (!text[0])
		return;
	text_pad(t, NAME_AT);
	text_prose(t, text);
	text_end(t, NAME_AT + 2, style);
}

static enum text_style
style_of_service(const struct diff_service *s)
{
	return diff_is_open(s)
		? s->lack == DIFF_LACK_NONE ? TEXT_BAD : TEXT_UNSURE
		: s->failed_before ? TEXT_GOOD
				   : TEXT_PLAIN;
}

static void
write_figures(
	struct text *t, const struct diff *d, const struct diff_service *s)
{
	char text[WORDS_MAX];
	write_line(t, diff_failed_words(d, &s->outcome, text), TEXT_PLAIN);
	text[0] = '\0';
	if (s->clients_both > 0 && s->state != DIFF_STATE_WELL)
		words_append(text,
			"change %+.1f to %+.1f percentage points (95 %%), %s",
			100 * s->same_clients.low, 100 * s->same_clients.high,
			s->clients_both == 1 ? "of the client that tried both "
					       "times"
					     : "each client with itself");
	write_line(t, text, TEXT_FAINT);
}

static void
write_beside(struct text *t, const struct diff_service *s)
{
	char text[WORDS_MAX], a[WORDS_MAX], b[WORDS_MAX];
	text[0] = '\0';
	if (s->old_ip && s->same_by)
		words_append(text, "the same as %s in OLD, by its name %s",
			s->old_ip, s->same_by);
	else if (s->old_ip)
		words_append(text, "the same as %s in OLD, as --same says",
			s->old_ip);
	write_line(t, text, TEXT_FAINT);
	text[0] = '\0';
	if (s->slow[DIFF_OLD] + s->slow[DIFF_NEW] > 0)
		words_append(text, "slow: %s, now %s",
			words_number(s->slow[DIFF_OLD], a),
			words_number(s->slow[DIFF_NEW], b));
	if (s->reported[DIFF_OLD] + s->reported[DIFF_NEW] > 0)
		words_append(text, "%sreported by logs: %s, now %s",
			text[0] ? "; " : "",
			words_number(s->reported[DIFF_OLD], a),
			words_number(s->reported[DIFF_NEW], b));
	write_line(t, text, TEXT_FAINT);
}

static void
write_service(
	struct text *t, const struct diff *d, const struct diff_service *s)
{
	char text[WORDS_MAX];
	text_pad(t, STATE_AT);
	text_add(t, "%s", diff_state_words(s->state));
	text_pad(t, NAME_AT);
	text_add(t, "%s", words_endpoint(s->ip, s->port, text));
	text_end(t, NAME_AT + 2, style_of_service(s));
	write_figures(t, d, s);
	write_beside(t, s);
	write_line(t, diff_lack_words(d, s, text), TEXT_UNSURE);
}

/* Services of which there is nothing to say. */
static bool
is_quiet(const struct diff_service *s)
{
	return s->state == DIFF_STATE_WELL || s->state == DIFF_STATE_LEFT ||
		s->state == DIFF_STATE_NEW;
}

static void
write_services(struct text *t, const struct diff *d)
{
	char number[WORDS_MAX];
	size_t shown = 0, quiet = 0, more = 0;
	if (d->service_count == 0)
		return;
	text_gap(t);
	text_add(t, "Services");
	text_end(t, 0, TEXT_HEADING);
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *s = &d->services[i];
		if (is_quiet(s))
			quiet++;
		else if (shown++ < SERVICES_SHOWN)
			write_service(t, d, s);
		else
			more++;
	}
	if (more > 0) {
		text_add(t, "  %s more with --json",
			words_number((int64_t)more, number));
		text_end(t, 2, TEXT_FAINT);
	}
	if (quiet > 0) {
		text_add(t, "  %s %sservice%s: no failure, then or now",
			words_number((int64_t)quiet, number),
			shown > 0 ? "other " : "",
			words_plural((int64_t)quiet));
		text_end(t, 2, TEXT_PLAIN);
	}
}

/* How attempts were compared is said where both reports have some. */
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
	if (d->side[DIFF_OLD]->all.attempts == 0 ||
		d->side[DIFF_NEW]->all.attempts == 0)
		return;
	text_add(t,
		"  - Each client is compared with itself, by an exact test "
		"and an interval that have to agree; 5 %% for all services "
		"together.");
	text_end(t, 4, TEXT_FAINT);
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
	write_services(&t, d);
	write_table(&t, d);
	write_causes(&t, d);
	write_cautions(&t, d);
	text_release(&t);
}
