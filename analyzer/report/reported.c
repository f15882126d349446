/*
 * What logs, flow logs and tracers tell of failed connections, in sentences.
 *
 * They are told apart from attempts, which packets show: a report of a failure says
 * who says so, how often and when, and its verdict with all its candidates where
 * nothing decides. Numbers are sums over what was read, never estimates.
 */
#include <string.h>

#include "base/clock.h"
#include "model/failure.h"
#include "model/verdict.h"
#include "report/sentences.h"

/* Programs whose events begin with their names. */
static const char *const programs[] = {
	"nginx", "haproxy", "envoy", "apache", "alb", "gunicorn"};

/* The one number that the query gives; 0 where there is none. */
static int64_t
number_of(struct report *r, enum report_query q)
{
	struct report_number n = {0};
	int64_t number = report_number_read(r, q, &n) ? n.number : 0;
	report_begin(r, q);
	return number == CLOCK_UNKNOWN_NS ? 0 : number;
}

/* Sums, not rows: a line that says "17 times" counts 17. */
void
report_reported_count(struct report *r)
{
	report_begin(r, QUERY_REPORTED_SUM);
	r->reported = number_of(r, QUERY_REPORTED_SUM);
}

int64_t
report_reported(const struct report *r)
{
	return r->reported;
}

/* As report_cause_attempts: each reported failure counts once. */
int64_t
report_cause_reported(
	struct report *r, const char *confidence, const char *rule)
{
	report_begin_texts(r, QUERY_CAUSE_REPORTED, confidence, rule);
	return number_of(r, QUERY_CAUSE_REPORTED);
}

/* One of the two numbers may be left out; both of them 0 is "0 attempts". */
const char *
sentence_explains(int64_t attempts, int64_t reported, char text[WORDS_MAX])
{
	char number[WORDS_MAX];
	text[0] = '\0';
	if (attempts + reported == 0)
		words_append(text, "none of the failures");
	if (attempts > 0)
		words_append(text, "%s attempt%s",
			words_number(attempts, number), words_plural(attempts));
	if (reported > 0)
		words_append(text, "%s%s reported failure%s",
			attempts > 0 ? " and " : "",
			words_number(reported, number), words_plural(reported));
	return text;
}

/* "nginx on web-01", "web-01/app.log". */
static void
add_teller(const struct report_teller *t, char text[WORDS_MAX])
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		size_t n = strlen(programs[i]);
		if (t->event == NULL || strncmp(t->event, programs[i], n) != 0)
			continue;
		words_append(text, "%s%s%s", programs[i],
			t->place != NULL ? " on " : "",
			t->place != NULL ? t->place : "");
		return;
	}
	words_append(text, "%s", t->file);
}

/* "09:14:58 to 09:29:10"; with days where they differ. */
static void
add_span(const struct report_teller *t, char text[WORDS_MAX])
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	if (t->from_ns == CLOCK_UNKNOWN_NS)
		return;
	clock_format(t->from_ns, 0, from);
	clock_format(t->to_ns, 0, to);
	from[strcspn(from, "Z")] = to[strcspn(to, "Z")] = '\0';
	const char *day = strchr(from, 'T');
	size_t date = day != NULL ? (size_t)(day + 1 - from) : 0;
	bool same_day = strncmp(from, to, date) == 0;
	words_append(text, ", %s", from + (same_day ? date : 0));
	if (strcmp(from, to) != 0)
		words_append(text, " to %s", to + (same_day ? date : 0));
}

/* What one program told: how many connects, where to, how they ended, and when.
 * */
static void
add_told(const struct report_teller *t, char text[WORDS_MAX])
{
	char words[WORDS_MAX];
	enum failure_how how = failure_of_id(t->how);
	if (how == FAILURE_COUNT)
		return;
	add_teller(t, text);
	words_append(text, " reports %s connection attempt%s to ",
		words_number(t->count, words), words_plural(t->count));
	words_append(text, "%s that %s",
		t->server_port > 0
			? words_endpoint(t->server_ip, t->server_port, words)
			: t->server_ip,
		t->count == 1 ? failure_words_one(how) : failure_words(how));
	add_span(t, text);
}

/* Tellers come by how many failures they tell, most first. */
const char *
sentence_reported(struct report *r, int rank, char text[WORDS_MAX])
{
	struct report_teller t;
	text[0] = '\0';
	report_begin(r, QUERY_TELLERS);
	while (report_teller_read(r, QUERY_TELLERS, &t))
		if (rank-- == 0) {
			add_told(&t, text);
			break;
		}
	report_begin(r, QUERY_TELLERS);
	if (text[0] != '\0')
		words_append(text, ".");
	return text;
}

/* "SYN lost in network, SYN dropped by server". */
static void
add_candidates(struct report *r, const char *list, char text[WORDS_MAX])
{
	const char *one;
	char words[WORDS_MAX];
	const char *comma = "";
	report_list_begin(r, list);
	while (report_list_next(r, &one)) {
		words_append(text, "%s%s", comma, sentence_verdict(one, words));
		comma = ", ";
	}
}

/* What happened to what was told, as far as logs alone can say. */
static const char *
verdict_sentence(struct report *r, char text[WORDS_MAX])
{
	struct report_told_verdict v;
	char words[WORDS_MAX];
	report_begin(r, QUERY_REPORTED_VERDICTS);
	if (!report_told_verdict_read(r, QUERY_REPORTED_VERDICTS, &v))
		return text;
	bool open = strcmp(v.verdict, VERDICT_UNDETERMINED) == 0;
	if (v.count < r->reported)
		words_append(text, "%s of the reported failures: ",
			words_number(v.count, words));
	else
		words_append(text, "Where it failed%s ", open ? "" : ":");
	if (open) {
		words_append(text, "cannot be told; possible: ");
		add_candidates(r, v.candidates, text);
	} else
		words_append(text, "%s, %s", sentence_verdict(v.verdict, words),
			v.confidence);
	words_append(text, ".");
	report_begin(r, QUERY_REPORTED_VERDICTS);
	return text;
}

/* Tellers that get a sentence; the others are in the reports. */
#define TELLERS_MAX 4

/* Asked with i from 0 up until it gives "": first the tellers, then one
 * sentence of what became of it all. */
const char *
sentence_told(struct report *r, int i, char text[WORDS_MAX])
{
	char told[WORDS_MAX];
	text[0] = '\0';
	if (r->reported == 0)
		return text;
	/* Without attempts the first of them is the conclusion. */
	int rank = r->attempts == 0 ? i + 1 : i;
	int tellers = 0;
	while (tellers < TELLERS_MAX &&
		sentence_reported(r, tellers, told)[0] != '\0')
		tellers++;
	if (rank < tellers)
		words_append(text, "%s%s",
			rank > 0                ? ""
				: r->failed > 0 ? "Besides, "
						: "But ",
			sentence_reported(r, rank, told));
	else if (rank == tellers)
		verdict_sentence(r, text);
	return text;
}
