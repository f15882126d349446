/*
 * The first sentences of every report: what happened, to how many, and why.
 *
 * Every format has them, word for word. They claim no more than the verdicts do: what
 * is undecided is called so, a cause is named with how sure it is, and a case without
 * a failure says that first. Costs nothing but what the model holds already.
 */
#include "report/sentences.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "model/case_anomaly.h"
#include "model/verdict.h"

/* words_number's form, with its thousands set apart. */
static void
add_number(char text[WORDS_MAX], int64_t n)
{
	char number[WORDS_MAX];
	words_append(text, "%s", words_number(n, number));
}

/* A failure of which it is known where it happened. */
static bool
is_decided(const struct report_verdict *v)
{
	return v->failed > 0 && strcmp(v->verdict, VERDICT_UNDETERMINED) != 0;
}

/* What a place adds to a verdict's own words: "client->server". */
static const char *
place_detail(const char *place)
{
	const char *comma = place ? strstr(place, ", ") : NULL;
	return comma ? comma + 2 : NULL;
}

/* Row k with all later rows of its verdict, whatever their place, added. place
 * stays only where all of them share it: a sentence about all must not name the
 * place of some. */
static struct report_verdict
verdict_sum(const struct report *r, size_t k)
{
	struct report_verdict sum = r->verdicts[k];
	for (size_t i = k + 1; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (strcmp(v->verdict, sum.verdict) != 0)
			continue;
		sum.count += v->count;
		sum.failed += v->failed;
		sum.certain += v->certain;
		sum.likely += v->likely;
		sum.possible += v->possible;
		if (!sum.place || !v->place || strcmp(sum.place, v->place) != 0)
			sum.place = NULL;
	}
	return sum;
}

/* The commonest decided failure; failed is 0 when there is none. */
static struct report_verdict
verdict_most(const struct report *r, int64_t *decided)
{
	struct report_verdict most = {0};
	*decided = 0;
	for (size_t i = 0; i < r->verdict_count; i++) {
		if (!is_decided(&r->verdicts[i]))
			continue;
		*decided += r->verdicts[i].failed;
		struct report_verdict sum = verdict_sum(r, i);
		if (sum.failed > most.failed)
			most = sum;
	}
	return most;
}

/* "198.51.100.20:8080", "198.51.100.20, several ports". */
static void
target_name(const struct report *r, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (r->target_port < 0)
		words_append(text, "%s (several ports)", r->target_ip);
	else
		words_endpoint(r->target_ip, r->target_port, text);
}

/*
 * How many failed, of how many, and where to: all of them to one service is the
 * common case and is said shortest.
 *
 * "4 of 20 connection attempts to 198.51.100.20:80 failed" where all failures
 * were to one service; "6 of 40 connection attempts failed, 5 of them to
 * 198.51.100.20:80" where most were; without the last part where none stands
 * out.
 */
static void
add_failed(const struct report *r, char text[WORDS_MAX])
{
	char target[WORDS_MAX] = "";
	/* Then the sentence is about that service alone, and so is the number
	 * of attempts that it is of. */
	bool one = r->target_ip && r->target_failed == r->failed &&
		r->target_attempts >= r->failed;
	int64_t of = one ? r->target_attempts : r->attempts;
	if (r->target_ip)
		target_name(r, target);
	if (of == 1) {
		words_append(text, "The only connection attempt");
	} else if (of == r->failed) {
		words_append(text, "%s", of == 2 ? "Both" : "All ");
		if (of != 2)
			add_number(text, of);
		words_append(text, " connection attempts");
	} else {
		add_number(text, r->failed);
		words_append(text, " of ");
		add_number(text, of);
		words_append(text, " connection attempts");
	}
	words_append(text, "%s%s failed", one ? " to " : "", one ? target : "");
	/* Of several targets one is worth a word only with most of them. */
	if (!one && r->target_ip && 2 * r->target_failed > r->failed) {
		words_append(text, ", ");
		add_number(text, r->target_failed);
		words_append(text, " of them to %s", target);
	}
}

/* What happened, when it happened to at least half of them: ": in 5 of the 6
 * the SYN reached the server host, which never answered". The words are the
 * verdict's rule's (its `story`), else the verdict's name. */
static void
add_story(const struct report *r, char text[WORDS_MAX])
{
	int64_t decided;
	struct report_verdict most = verdict_most(r, &decided);
	if (most.failed == 0 || 2 * most.failed < r->failed)
		return;
	char words[WORDS_MAX];
	words_append(text, ": ");
	if (most.failed < r->failed) {
		words_append(text, "in ");
		add_number(text, most.failed);
		words_append(text, " of the ");
		add_number(text, r->failed);
		words_append(text, " ");
	}
	words_append(text, "%s",
		most.story ? most.story
			   : sentence_verdict(most.verdict, words));
}

/* No attempt was captured: what logs tell. The first teller's sentence is the
 * conclusion then, and the others follow it (sentence_told begins with the
 * second). */
static const char *
conclude_without(struct report *r, char text[WORDS_MAX])
{
	char told[WORDS_MAX];
	if (r->reported > 0)
		words_append(text, "%s%s",
			r->vantage_count == 0 ? "No capture. "
					      : "No attempt was captured. ",
			sentence_reported(r, 0, told));
	else
		words_append(text,
			"No TCP connection attempt was found in the "
			"evidence%s.",
			r->vantage_count == 0
				? ", and nothing in it tells of a failed one"
				: "");
	return text;
}

/* "19 of 40 connection attempts took more than 1 s". */
static void
add_slow(const struct report *r, char text[WORDS_MAX])
{
	add_number(text, r->services.slow);
	words_append(text, " of ");
	add_number(text, r->attempts);
	words_append(text, "%s took more than %g s",
		r->failed > 0 ? "" : " connection attempts",
		(double)r->slow_us / 1e6);
}

/* That the evidence holds more than was looked at. What is missing of names, hardware
 * addresses and datagrams takes nothing from a verdict: rules say less by it. */
static void
add_left_out(struct report *r, char text[WORDS_MAX])
{
	static const struct {
		const char *id;
		const char *words;
	} rows[] = {
		{"attempts-beyond-memory",
			"There are more attempts than --max-attempts let in."},
		{"log-events-beyond-memory",
			"There are more log lines than are kept."},
		{"counters-beyond-memory",
			"There are more counters than are kept."},
		{"archive-not-whole", "Not all of an archive was read."},
		{CAUSES_UNEXAMINED_ID,
			"Not every cause was weighed to its end."},
		{"reading-timed-out",
			"Reading was stopped by --timeout: the evidence holds "
			"more."},
	};
	struct report_item item;
	report_begin(r, QUERY_LEFT_OUT);
	while (report_item_read(r, QUERY_LEFT_OUT, &item))
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (strcmp(rows[i].id, item.id) == 0)
				words_append(text, " %s", rows[i].words);
}

/* Of those that can be judged; of_more: there are others. */
static void
add_none(char text[WORDS_MAX], int64_t attempts, bool of_more)
{
	if (attempts == 1 && !of_more) {
		words_append(text, "The only connection attempt did not fail");
		return;
	}
	words_append(text, "None of %s", of_more ? "" : "the ");
	add_number(text, attempts);
	words_append(
		text, " connection attempt%s failed", words_plural(attempts));
}

/* Connections of which nobody may think that all was well: "3 were made and
 * then reset in answer to the client's data". */
static void
add_reset(int64_t count, const char *how, char text[WORDS_MAX])
{
	if (count == 0)
		return;
	words_append(text, "; ");
	add_number(text, count);
	words_append(text, " %s made and then reset %s",
		count == 1 ? "was" : "were", how);
}

/* The parts of the sentence, each only where it has something to say: failures
 * and what happened to them, slow ones, and what cannot be judged. Attempts
 * that are undetermined and failed all the same are among the failures, not
 * among the open ones. */
static const char *
conclude(struct report *r, char text[WORDS_MAX])
{
	text[0] = '\0';
	int64_t open = r->undetermined - r->undetermined_failed;
	if (r->attempts == 0)
		return conclude_without(r, text);
	if (r->failed > 0) {
		add_failed(r, text);
		add_story(r, text);
	} else if (r->services.slow > 0) {
		add_slow(r, text);
		words_append(text, "; none failed");
	} else if (open < r->attempts) {
		add_none(text, r->attempts - open, open > 0);
	}
	if (r->failed > 0 && r->services.slow > 0) {
		words_append(text, "; ");
		add_slow(r, text);
	}
	add_reset(r->reset_in_answer, "in answer to the client's data", text);
	add_reset(r->reset_after_silence, "after a long silence", text);
	if (open > 0) {
		words_append(text, "%s", text[0] ? "; " : "");
		add_number(text, open);
		words_append(text,
			" attempt%s cannot be judged from this evidence",
			words_plural(open));
	}
	words_append(text, ".");
	return text;
}

/* What was left out is told behind the sentence in every format: a headline
 * over a part of the evidence must say so. */
const char *
sentence_conclusion(struct report *r, char text[WORDS_MAX])
{
	conclude(r, text);
	add_left_out(r, text);
	return text;
}

/* What happened to most of them, and how sure that is: "4 of them: SYN dropped
 * by server (client->server), certain." */
static void
add_most(const struct report *r, const struct report_verdict *most,
	char text[WORDS_MAX])
{
	char words[WORDS_MAX];
	if (most->failed < r->failed) {
		add_number(text, most->failed);
		words_append(text, " of them");
	} else {
		words_append(text, "%s",
			r->failed == 1 ? "What happened" : "All of them");
	}
	words_append(text, ": %s", sentence_verdict(most->verdict, words));
	if (place_detail(most->place) &&
		strncmp(place_detail(most->place), "or ", 3) == 0)
		words_append(text, " (%s)", most->place);
	else if (place_detail(most->place))
		words_append(text, " (%s)", place_detail(most->place));
	words_append(text, ", %s.", sentence_sureness(most, words));
}

/* So many candidates are worth a word; more are no answer. */
#define CANDIDATES_TOLD 4

/* ": SYN dropped by server or SYN-ACK lost in network" */
void
sentence_candidates(
	struct report *r, const char *candidates, char text[WORDS_MAX])
{
	char list[WORDS_MAX] = "";
	char words[WORDS_MAX];
	const char *one;
	int n = 0;
	report_list_begin(r, candidates);
	while (report_list_next(r, &one))
		words_append(list, "%s%s", n++ == 0 ? ": " : " or ",
			sentence_verdict(one, words));
	if (n <= CANDIDATES_TOLD)
		words_append(text, "%s", list);
}

/* Failures whose place is open: what they can be, and what in the captures keeps it
 * open. Where a cause is confirmed it is the packets that do not tell. */
static void
add_open(struct report *r, char text[WORDS_MAX])
{
	bool told = r->cause.title != NULL &&
		strcmp(r->cause.confidence, "confirmed") == 0 &&
		r->cause.attempts >= r->undetermined_failed;
	words_append(text, "%sFor ", text[0] ? " " : "");
	add_number(text, r->undetermined_failed);
	words_append(text,
		told ? " the packets alone do not say where"
		     : " the evidence does not say where");
	if (r->open.candidates != NULL)
		sentence_candidates(r, r->open.candidates, text);
	words_append(text, ".");
	if (r->open.note != NULL)
		words_append(text, " Why not: %s.", r->open.note);
}

/* Sums over places; what does not belong to the commonest verdict is counted in
 * a word, never dropped. */
const char *
sentence_main_verdict(struct report *r, char text[WORDS_MAX])
{
	text[0] = '\0';
	int64_t decided;
	struct report_verdict most = verdict_most(r, &decided);
	if (most.failed > 0)
		add_most(r, &most, text);
	if (decided > most.failed) {
		words_append(text, " ");
		add_number(text, decided - most.failed);
		words_append(text, " failed in other ways.");
	}
	if (r->undetermined_failed > 0)
		add_open(r, text);
	return text;
}

/* Where it is, when the sentence before has not named that. */
static void
add_cause_host(const struct report *r, char text[WORDS_MAX])
{
	const char *host = r->cause.host;
	char target[WORDS_MAX] = "";
	if (r->target_ip)
		target_name(r, target);
	if (host && strcmp(host, target) != 0 &&
		(!r->target_ip || strcmp(host, r->target_ip) != 0))
		words_append(text, " (%s)", host);
}

/* ", seen on server from 2026-11-21T00:37:25Z to 00:37:27Z": as exact as the
 * span needs, the second day only when it is another one. */
static void
add_cause_times(const struct report *r, char text[WORDS_MAX])
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	if (r->cause.seen_on || r->cause.timed)
		words_append(text, ", seen");
	if (r->cause.seen_on)
		words_append(text, " on %s", r->cause.seen_on);
	if (!r->cause.timed)
		return;
	uint64_t span = (uint64_t)r->cause.to_ns - (uint64_t)r->cause.from_ns;
	int decimals = span < (uint64_t)(10 * NS_PER_S) ? 3 : 0;
	clock_format(r->cause.from_ns, decimals, from);
	clock_format(r->cause.to_ns, decimals, to);
	const char *day = strchr(from, 'T');
	size_t date = day ? (size_t)(day + 1 - from) : 0;
	if (strcmp(from, to) == 0)
		words_append(text, " at %s", from);
	else
		words_append(text, " from %s to %s", from,
			strncmp(from, to, date) == 0 ? to + date : to);
}

/* Which ones: "It explains 6 of them: ACK lost in network." Only where it does
 * not explain all failures; of several verdicts among those it explains the
 * commonest is named. */
static void
add_explained(const struct report *r, char text[WORDS_MAX])
{
	char words[WORDS_MAX];
	if (r->cause.attempts == 0) {
		words_append(text, " It explains none of the failed attempts.");
		return;
	}
	words_append(text, " It explains ");
	add_number(text, r->cause.attempts);
	words_append(text, " of them");
	if (r->cause.verdict) {
		words_append(text, ": ");
		if (r->cause.verdict_count < r->cause.attempts) {
			words_append(text, "most are ");
		}
		words_append(
			text, "%s", sentence_verdict(r->cause.verdict, words));
	}
	words_append(text, ".");
}

/* A title may end with a full stop; the sentence sets its own. */
const char *
sentence_cause(const struct report *r, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (!r->cause.title)
		return text;
	size_t len = strlen(r->cause.title);
	bool stops = len > 0 && r->cause.title[len - 1] == '.';
	/* Where nothing failed there is nothing to be the cause of. */
	bool of_these = r->failed > 0 || r->cause.reported > 0 ||
		(r->services.slow > 0 && r->cause.attempts > 0);
	words_append(text, "%s, %s: %.*s", of_these ? "Cause" : "Also found",
		r->cause.confidence, (int)(stops ? len - 1 : len),
		r->cause.title);
	add_cause_host(r, text);
	add_cause_times(r, text);
	words_append(text, ".");
	if (r->cause.attempts < r->failed)
		add_explained(r, text);
	return text;
}

/* Verdicts are asked in the model's order, each once whatever its places. */
const char *
sentence_look_next(const struct report *r, int rank, char text[WORDS_MAX])
{
	text[0] = '\0';
	char words[WORDS_MAX];
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		bool before = false;
		for (size_t k = 0; k < i; k++)
			before |=
				strcmp(r->verdicts[k].verdict, v->verdict) == 0;
		if (!is_decided(v) || before || rank-- > 0)
			continue;
		struct report_verdict sum = verdict_sum(r, i);
		if (!v->look)
			return text;
		if (sum.failed < r->failed)
			words_append(text, "For the %s (%" PRId64 "): ",
				sentence_verdict(v->verdict, words),
				sum.failed);
		words_append(text, "%s", v->look);
		return text;
	}
	return text;
}
