/*
 * The summary part of the model, read once; and the three figures that decide
 * the exit status.
 *
 * Costs one pass over attempt (to count the clean ones) and one over verdict.
 * Memory: one struct for each pair of verdict and place, one for each vantage.
 */
#include "report/report_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/outfile.h"
#include "model/verdict.h"
#include "report/overview.h"

/* The value of a key of meta, kept; NULL where there is none. */
static const char *
meta_read(struct report *r, const char *key)
{
	report_begin_text(r, QUERY_META, key);
	struct report_text row = {0};
	report_text_read(r, QUERY_META, &row);
	const char *value = report_keep(r, row.text);
	report_begin(r, QUERY_META);
	return value;
}

/* Room for one more verdict, without any attempt yet. */
static struct report_verdict *
verdict_append(struct report *r)
{
	r->verdicts = memory_grow(
		r->verdicts, r->verdict_count + 1, sizeof *r->verdicts);
	struct report_verdict *v = &r->verdicts[r->verdict_count++];
	*v = (struct report_verdict){.row = -1,
		.first_ns = CLOCK_UNKNOWN_NS,
		.last_ns = CLOCK_UNKNOWN_NS};
	return v;
}

/* The row of a verdict that has neither segment nor place. */
static struct report_verdict *
verdict_placeless(struct report *r, const char *verdict)
{
	struct report_verdict *v = NULL;
	for (size_t i = 0; i < r->verdict_count && !v; i++)
		if (strcmp(r->verdicts[i].verdict, verdict) == 0 &&
			!r->verdicts[i].place && !r->verdicts[i].segment)
			v = &r->verdicts[i];
	if (!v) {
		v = verdict_append(r);
		v->verdict = verdict;
	}
	return v;
}

/* Attempts that have no verdict row: the clean ones share one verdict, and
 * what no rule has judged is undetermined. */
static void
verdicts_complete(struct report *r, const char *clean_verdict)
{
	int64_t judged = 0;
	for (size_t i = 0; i < r->verdict_count; i++)
		judged += r->verdicts[i].count;
	/* Only in a database that the judge did not finish, or that was made by
	 * hand. */
	int64_t unjudged = r->attempts - r->clean - judged;
	if (unjudged > 0) {
		struct report_verdict *v =
			verdict_placeless(r, VERDICT_UNDETERMINED);
		v->count += unjudged;
		v->possible += unjudged;
	}
	if (r->clean > 0) {
		struct report_verdict *v = verdict_placeless(r, clean_verdict);
		v->count += r->clean;
		v->clean += r->clean;
		v->certain += r->clean;
	}
}

/* What the rules say of their verdicts, as stored with the case: a report made
 * later speaks as the judge did. */
static void
words_read(struct report *r)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		struct report_verdict *v = &r->verdicts[i];
		struct report_words words;
		report_begin_text(r, QUERY_WORDS, v->verdict);
		if (!report_words_read(r, QUERY_WORDS, &words))
			continue;
		v->story = report_keep(r, words.story);
		v->look = report_keep(r, words.look);
		report_begin(r, QUERY_WORDS);
	}
}

/* How many attempts nothing could decide. */
static void
undetermined_count(struct report *r)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (strcmp(v->verdict, VERDICT_UNDETERMINED) != 0)
			continue;
		r->undetermined += v->count;
		r->undetermined_failed += v->failed;
	}
}

/* The vantages in path order. Texts are kept: SQLite's own are gone with the
 * row. */
static void
vantages_read(struct report *r)
{
	struct report_vantage row;
	report_begin(r, QUERY_VANTAGES);
	while (report_vantage_read(r, QUERY_VANTAGES, &row)) {
		row.name = report_keep(r, row.name);
		row.reference = report_keep(r, row.reference);
		row.method = report_keep(r, row.method);
		row.file = report_keep(r, row.file);
		row.compression = report_keep(r, row.compression);
		r->vantages = memory_grow(
			r->vantages, r->vantage_count + 1, sizeof *r->vantages);
		r->vantages[r->vantage_count++] = row;
	}
}

/* The moments at which clocks were set. */
static void
steps_read(struct report *r)
{
	struct report_step row;
	report_begin(r, QUERY_CLOCK_STEPS);
	while (report_step_read(r, QUERY_CLOCK_STEPS, &row)) {
		r->steps = memory_grow(
			r->steps, r->step_count + 1, sizeof *r->steps);
		r->steps[r->step_count++] = row;
	}
}

/* The files of rotated captures, by which frame numbers are a file's own. */
static void
pieces_read(struct report *r)
{
	struct report_piece row;
	report_begin(r, QUERY_PIECES);
	while (report_piece_read(r, QUERY_PIECES, &row)) {
		row.name = report_keep(r, row.name);
		r->pieces = memory_grow(
			r->pieces, r->piece_count + 1, sizeof *r->pieces);
		r->pieces[r->piece_count++] = row;
	}
}

/* The time in which all vantages captured; unknown when there is none. */
static void
overlap_read(struct report *r)
{
	struct report_overlap row = {0};
	r->overlap_first_ns = r->overlap_last_ns = CLOCK_UNKNOWN_NS;
	report_begin(r, QUERY_OVERLAP);
	if (!report_overlap_read(r, QUERY_OVERLAP, &row))
		return;
	if (row.all && row.first_ns != CLOCK_UNKNOWN_NS &&
		row.first_ns <= row.last_ns) {
		r->overlap_first_ns = row.first_ns;
		r->overlap_last_ns = row.last_ns;
	}
	report_begin(r, QUERY_OVERLAP);
}

/*
 * stitch writes one row of facts for each attempt that is not clean; when the
 * judge has judged all of those, the clean ones need not be counted one by one.
 */
static void
totals_read(struct report *r)
{
	struct report_totals row;
	report_begin(r, QUERY_TOTALS);
	if (!report_totals_read(r, QUERY_TOTALS, &row))
		return;
	report_begin(r, QUERY_TOTALS);
	r->attempts = row.attempts + row.alike;
	r->clean = row.attempts - row.judged;
	/* Else each attempt that is not clean has facts and a verdict, and the
	 * rest is clean without being counted. */
	if (row.judged == 0 || row.facts != row.judged) {
		struct report_number clean;
		report_begin(r, QUERY_CLEAN);
		if (!report_number_read(r, QUERY_CLEAN, &clean))
			return;
		r->clean = clean.number;
		report_begin(r, QUERY_CLEAN);
	}
	/* Then every query over attempts may go through the verdicts alone. */
	r->all_judged = row.judged == row.attempts - r->clean;
}

/* Connections that were made, and did not last. */
static void
resets_read(struct report *r)
{
	struct report_tally row;
	report_begin(r, QUERY_RESETS);
	while (report_tally_read(r, QUERY_RESETS, &row))
		*(row.key ? &r->reset_in_answer : &r->reset_after_silence) =
			row.count;
	report_begin(r, QUERY_RESETS);
}

/* When the lines and packets that confirm the cause were seen. */
static void
cause_seen_read(struct report *r)
{
	struct report_cause_seen row;
	report_begin_texts(
		r, QUERY_CAUSE_SEEN, r->cause.confidence, r->cause.rule);
	if (report_cause_seen_read(r, QUERY_CAUSE_SEEN, &row)) {
		r->cause.timed = row.from_ns != CLOCK_UNKNOWN_NS;
		r->cause.from_ns = r->cause.timed ? row.from_ns : 0;
		r->cause.to_ns = row.to_ns;
		r->cause.seen_on = report_keep(r, row.role);
	}
	report_begin(r, QUERY_CAUSE_SEEN);
}

/* Which of the failed attempts it explains. */
static void
cause_verdict_read(struct report *r)
{
	struct report_cause_verdict row;
	report_begin_texts(
		r, QUERY_CAUSE_VERDICT, r->cause.confidence, r->cause.rule);
	if (report_cause_verdict_read(r, QUERY_CAUSE_VERDICT, &row)) {
		r->cause.verdict = report_keep(r, row.verdict);
		r->cause.verdict_count = row.count;
	}
	report_begin(r, QUERY_CAUSE_VERDICT);
}

/* What the headline says of those that nobody can place: what is said of one is
 * said of most, or of none. */
static void
open_reason_read(struct report *r)
{
	struct report_open_reason row;
	if (r->undetermined_failed == 0)
		return;
	report_begin(r, QUERY_OPEN_REASON);
	if (report_open_reason_read(r, QUERY_OPEN_REASON, &row) &&
		2 * row.count > r->undetermined_failed) {
		r->open.candidates = report_keep(r, row.candidates);
		r->open.note = report_keep(r, row.note);
	}
	report_begin(r, QUERY_OPEN_REASON);
}

/* The cause for the headline: the first finding, when it is at least likely.
 * The same cause at several places is one, and counts all their attempts. */
static void
cause_read(struct report *r)
{
	int64_t places = 0;
	struct report_finding f;
	report_begin(r, QUERY_FINDINGS);
	if (report_finding_next(r, &f)) {
		if (report_finding_is_sure(&f)) {
			r->cause.id = f.id;
			r->cause.title = report_keep(r, f.title);
			r->cause.confidence = report_keep(r, f.confidence);
			r->cause.rule = report_keep(r, f.rule);
			r->cause.attempts = f.attempts;
			r->cause.reported = f.reported;
			places = f.places;
		}
		/* At several places no host is named in the headline: the
		 * findings below do. */
		if (places == 1)
			r->cause.host = report_keep(r, f.host);
	}
	report_begin(r, QUERY_FINDINGS);
	if (places > 1) {
		r->cause.attempts = report_cause_attempts(
			r, r->cause.confidence, r->cause.rule);
		r->cause.reported = report_cause_reported(
			r, r->cause.confidence, r->cause.rule);
	}
	if (places == 0)
		return;
	cause_seen_read(r);
	if (r->cause.attempts < r->failed)
		cause_verdict_read(r);
}

/* All that the first screen needs, read once. Services are counted in the same
 * pass as verdicts, and ended when the findings are known. */
static void
summary_read(struct report *r)
{
	r->case_name = meta_read(r, "case_name");
	const char *sandbox = meta_read(r, "sandbox");
	r->sandbox_off = sandbox != NULL && strcmp(sandbox, "off") == 0;
	r->redacted = meta_read(r, "redacted") != NULL;
	r->tool_version = meta_read(r, "tool_version");
	if (!r->tool_version)
		r->tool_version = LOSTSYN_VERSION;
	r->rules_sha256 = meta_read(r, "rules_sha256");
	r->clean_verdict = meta_read(r, "clean_verdict");
	if (!r->clean_verdict)
		r->clean_verdict = VERDICT_CLEAN;
	/* The bound that the analysis was given, so that a report made later
	 * counts the same ones. */
	const char *slow = meta_read(r, "slow_us");
	r->slow_us = slow ? strtoll(slow, NULL, 10) : REPORT_SLOW_US;
	struct services_pass *services = report_judged_all(r);
	report_reported_count(r);
	totals_read(r);
	verdicts_complete(r, r->clean_verdict);
	words_read(r);
	undetermined_count(r);
	resets_read(r);
	open_reason_read(r);
	vantages_read(r);
	steps_read(r);
	pieces_read(r);
	overlap_read(r);
	cause_read(r);
	services_end(services, r);
}

/* Whatever goes wrong in between, the model is given back whole or not at all.
 * */
struct report *
report_new(
	struct store *s, const struct report_options *options, struct error *e)
{
	struct report *r = memory_take(1, sizeof *r);
	*r = (struct report){.store = s, .options = *options};
	r->view_query = QUERY_VIEWS;
	arena_init(&r->arena);
	summary_read(r);
	if (r->trouble.kind != ERROR_NONE) {
		error_set(e, r->trouble.kind, "%s", r->trouble.text);
		report_free(r);
		return NULL;
	}
	return r;
}

/* What the summary holds is read by both and changed by neither, but for the
 * pictures' figures, which the page alone completes. */
struct report *
report_beside(const struct report *first, struct store *s)
{
	struct report *r = memory_take(1, sizeof *r);
	*r = *first;
	r->store = s;
	r->lent = true;
	memset(r->query, 0, sizeof r->query);
	r->view_query = QUERY_VIEWS;
	r->view_row = r->view_used = false;
	arena_init(&r->arena);
	return r;
}

/* NULL is fine, and so is a report that was never filled. */
void
report_free(struct report *r)
{
	if (!r)
		return;
	for (int i = 0; i < QUERY_COUNT; i++)
		sqlite3_finalize(r->query[i]);
	arena_release(&r->arena);
	if (r->lent) {
		free(r);
		return;
	}
	services_release(&r->services);
	overview_free(r->overview);
	free(r->verdicts);
	free(r->vantages);
	free(r->steps);
	free(r->pieces);
	free(r);
}

/* By packets; what logs alone tell is report_reported's. */
int64_t
report_failed(const struct report *r)
{
	return r->failed;
}

int64_t
report_undetermined(const struct report *r)
{
	return r->undetermined;
}

int64_t
report_slow(const struct report *r)
{
	return r->services.slow;
}

/* out is flushed, so that a full disk is found here and not by the next
 * program. */
bool
report_settled(struct report *r, FILE *out, struct error *e)
{
	if (r->trouble.kind != ERROR_NONE)
		return error_set(e, r->trouble.kind, "%s", r->trouble.text);
	/* "| head" has seen what it wanted. */
	if ((fflush(out) != 0 || ferror(out)) && !outfile_unread(out))
		return error_set(e, ERROR_ENVIRONMENT,
			"the report could not be written: %m");
	return true;
}
