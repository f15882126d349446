/*
 * The sentences of a comparison, for all its formats.
 */
#include "diff/diff.h"

#include <stdio.h>
#include <string.h>

const char *
diff_share_words(const struct diff *d, const struct diff_outcome *o, int side,
	char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	int64_t attempts = o->side[side]->attempts;
	int64_t failed = o->side[side]->failed;
	text[0] = '\0';
	if (attempts == 0)
		words_append(text,
			diff_is_captured(d, side) ? "no attempt"
						  : "no capture");
	else
		words_append(text, "%s of %s (%.*f %%)",
			words_number(failed, a), words_number(attempts, b),
			failed == 0 || failed == attempts ? 0 : 1,
			100 * (double)failed / (double)attempts);
	return text;
}

const char *
diff_failed_words(const struct diff *d, const struct diff_outcome *o,
	char text[WORDS_MAX])
{
	char then[WORDS_MAX], now[WORDS_MAX];
	text[0] = '\0';
	if (o->side[DIFF_OLD]->attempts + o->side[DIFF_NEW]->attempts > 0)
		words_append(text, "failed: %.100s in OLD, %.100s in NEW",
			diff_share_words(d, o, DIFF_OLD, then),
			diff_share_words(d, o, DIFF_NEW, now));
	return text;
}

static const struct diff_service *
first_of(const struct diff *d, enum diff_state state, int64_t *count)
{
	const struct diff_service *first = NULL;
	*count = 0;
	for (size_t i = 0; i < d->service_count; i++)
		if (d->services[i].state == state) {
			first = first ? first : &d->services[i];
			++*count;
		}
	return first;
}

/* "198.51.100.20:443 fails more often than in OLD", for one or several. */
static bool
say_state(const struct diff *d, enum diff_state state, const char *one,
	const char *several, char text[WORDS_MAX])
{
	char name[WORDS_MAX], number[WORDS_MAX];
	int64_t count;
	const struct diff_service *s = first_of(d, state, &count);
	if (s == NULL)
		return false;
	words_endpoint(s->ip, s->port, name);
	if (count == 1)
		words_append(text, "Worse: %s %s.", name, one);
	else
		words_append(text, "Worse: %s and %s other service%s %s.", name,
			words_number(count - 1, number),
			words_plural(count - 1), several);
	return true;
}

static void
say_worse(const struct diff *d, char text[WORDS_MAX])
{
	if (say_state(d, DIFF_STATE_WORSE, "fails more often than in OLD",
		    "fail more often than in OLD", text) ||
		say_state(d, DIFF_STATE_NEW_FAILS, "is new, and fails",
			"are new, and fail", text))
		return;
	for (size_t i = 0; i < d->cause_count; i++)
		if (d->causes[i].fate == DIFF_CAME &&
			diff_is_named(d->causes[i].side[DIFF_NEW])) {
			words_append(text,
				"Worse: a cause came that OLD does not have, "
				"%s.",
				d->causes[i].cause);
			return;
		}
	words_append(text, "Worse: more attempts fail.");
}

static void
say_open(const struct diff *d, char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	int64_t open = d->failed_before - d->better;
	if (d->failed_before == 1)
		words_append(text,
			"%she service that failed in OLD is not shown to be "
			"better.",
			text[0] ? " T" : "Not proved: t");
	else
		words_append(text,
			"%s%s of the %s services that failed in OLD %s not "
			"shown to be better.",
			text[0] ? " " : "Not proved: ", words_number(open, a),
			words_number(d->failed_before, b),
			open == 1 ? "is" : "are");
}

const char *
diff_conclusion(const struct diff *d, char text[WORDS_MAX])
{
	char number[WORDS_MAX];
	text[0] = '\0';
	if (d->worse)
		say_worse(d, text);
	if (d->failed_before > d->better) {
		say_open(d, text);
		return text;
	}
	if (d->worse)
		return text;
	if (!d->services_known)
		words_append(text,
			"Nothing can be proved: a report does not count by "
			"service. Analyse both again.");
	else if (d->failed_before == 0)
		words_append(text, "Nothing to prove: nothing failed in OLD.");
	else if (d->caution[DIFF_CAUTION_SAME_EVIDENCE])
		words_append(text,
			"Not proved: both reports rest on the same capture.");
	else if (!d->proved)
		words_append(text,
			"Not proved: other services failed, which a report "
			"does not list.");
	else if (d->failed_before == 1)
		words_append(text,
			"Proved: the service that failed in OLD is better, "
			"and none is worse.");
	else
		words_append(text,
			"Proved: the %s services that failed in OLD are "
			"better, and none is worse.",
			words_number(d->failed_before, number));
	return text;
}

/* "26 attempts without a failure would show that it is better." */
static void
say_needed(const struct diff_service *s, char text[WORDS_MAX])
{
	char number[WORDS_MAX];
	if (s->needed == 0)
		words_append(text,
			" It failed so seldom that no practical number of "
			"attempts would show it.");
	else
		words_append(text,
			" %s attempt%s of the clients that failed, none of "
			"them failing, would show it.",
			words_number(s->needed, number),
			words_plural(s->needed));
}

/* The one service of NEW that could be this one under another address. */
static void
say_candidate(const struct diff *d, const struct diff_service *s,
	char text[WORDS_MAX])
{
	const struct diff_service *found = NULL;
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *x = &d->services[i];
		if (x->fate != DIFF_CAME || x->port != s->port)
			continue;
		if (found != NULL)
			return;
		found = x;
	}
	if (found != NULL)
		words_append(text,
			" If %s is the same service now, say --same %s=%s.",
			found->ip, s->ip, found->ip);
}

const char *
diff_lack_words(const struct diff *d, const struct diff_service *s,
	char text[WORDS_MAX])
{
	char a[WORDS_MAX], b[WORDS_MAX];
	text[0] = '\0';
	switch (s->lack) {
	case DIFF_LACK_NO_ATTEMPT:
		words_append(text, "Nobody tried it in NEW.");
		say_needed(s, text);
		say_candidate(d, s, text);
		break;
	case DIFF_LACK_OTHER_CLIENTS:
		words_append(text, "Of %s client%s that failed, %s tried again",
			words_number(s->clients_failed, a),
			words_plural(s->clients_failed),
			s->clients_again == 0
				? "none"
				: words_number(s->clients_again, b));
		if (s->client_missing)
			words_append(text, " (not %s)", s->client_missing);
		words_append(text, ".");
		say_needed(s, text);
		break;
	case DIFF_LACK_ATTEMPTS:
		words_append(text, "The clients that failed tried %s time%s.",
			words_number(s->attempts_again, a),
			words_plural(s->attempts_again));
		say_needed(s, text);
		break;
	case DIFF_LACK_NO_CHANGE:
		words_append(text, "No change shows.");
		break;
	case DIFF_LACK_NEWCOMERS:
		words_append(text,
			"The clients that failed fare better, but clients "
			"that OLD does not have fail as often.");
		break;
	case DIFF_LACK_UNDECIDED:
		words_append(text,
			"It rests on %s undetermined attempts: if they "
			"failed, nothing is shown.",
			words_number(s->outcome.side[DIFF_NEW]->undecided, a));
		break;
	case DIFF_LACK_LOGS_TELL:
		words_append(text,
			"Logs of NEW tell of %s failures beside these "
			"attempts.",
			words_number(s->reported[DIFF_NEW], a));
		break;
	case DIFF_LACK_ONLY_LOGS:
		words_append(text,
			"Only logs tell of its failures in OLD, not of how "
			"many attempts: there is nothing to compare with.");
		break;
	case DIFF_LACK_NO_CAPTURE_THEN:
		words_append(text,
			"OLD has no capture: whether it failed then is not "
			"known.");
		break;
	case DIFF_LACK_NO_CAPTURE_NOW:
		words_append(text,
			"NEW has no capture: that logs tell of no failure does "
			"not show that it was tried.");
		say_needed(s, text);
		break;
	case DIFF_LACK_CLIENTS_UNKNOWN:
		words_append(text,
			"A report does not count by client: analyse both "
			"again.");
		break;
	default:
		break;
	}
	return text;
}
