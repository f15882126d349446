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
#include "model/verdict.h"
#include "report/overview.h"

static const char *const query_sql[QUERY_COUNT] = {
#define X(name, sql) sql,
#include "report/queries.def"
#undef X
};

static bool
prepare_all(struct report *r, struct error *e)
{
	for (int i = 0; i < QUERY_COUNT; i++) {
		r->query[i] = store_prepare(r->store, query_sql[i], e);
		if (!r->query[i])
			return false;
	}
	return true;
}

/* A copy that lives as long as the report; NULL for NULL. */
static const char *
keep(struct report *r, enum report_query q, int column)
{
	const void *text = sqlite3_column_text(r->query[q], column);
	if (!text)
		return NULL;
	return arena_copy(&r->arena, text,
		(size_t)sqlite3_column_bytes(r->query[q], column));
}

static const char *
meta_read(struct report *r, const char *key)
{
	report_begin_text(r, QUERY_META, key);
	const char *value = NULL;
	if (report_next(r, QUERY_META))
		value = keep(r, QUERY_META, 0);
	report_begin(r, QUERY_META);
	return value;
}

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

static void
words_read(struct report *r)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		struct report_verdict *v = &r->verdicts[i];
		report_begin_text(r, QUERY_WORDS, v->verdict);
		if (!report_next(r, QUERY_WORDS))
			continue;
		v->story = keep(r, QUERY_WORDS, 0);
		v->look = keep(r, QUERY_WORDS, 1);
		report_begin(r, QUERY_WORDS);
	}
}

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

static int64_t
time_or(sqlite3_stmt *s, int column, int64_t otherwise)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL
		? otherwise
		: sqlite3_column_int64(s, column);
}

static void
vantages_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_VANTAGES];
	report_begin(r, QUERY_VANTAGES);
	while (report_next(r, QUERY_VANTAGES)) {
		r->vantages = memory_grow(
			r->vantages, r->vantage_count + 1, sizeof *r->vantages);
		r->vantages[r->vantage_count++] = (struct report_vantage){
			.id = sqlite3_column_int64(s, 0),
			.name = keep(r, QUERY_VANTAGES, 1),
			.swapped = sqlite3_column_int(s, 2) != 0,
			.clock_known = sqlite3_column_int(s, 3) != 0,
			.reference = keep(r, QUERY_VANTAGES, 4),
			.offset_known =
				sqlite3_column_type(s, 5) != SQLITE_NULL,
			.offset_ns = sqlite3_column_int64(s, 5),
			.uncertainty_known =
				sqlite3_column_type(s, 6) != SQLITE_NULL,
			.uncertainty_ns = sqlite3_column_int64(s, 6),
			.drift_known = sqlite3_column_type(s, 7) != SQLITE_NULL,
			.drift_ppm = sqlite3_column_double(s, 7),
			.pairs = sqlite3_column_int64(s, 8),
			.method = keep(r, QUERY_VANTAGES, 9),
			.file = keep(r, QUERY_VANTAGES, 10),
			.compression = keep(r, QUERY_VANTAGES, 11),
			.covers_from_ns = time_or(s, 12, INT64_MAX),
			.covers_to_ns = time_or(s, 13, INT64_MIN),
			.origin_ns = sqlite3_column_int64(s, 14),
			.stated = sqlite3_column_type(s, 15) != SQLITE_NULL,
			.stated_ns = sqlite3_column_int64(s, 15),
			.stated_uncertainty_ns = sqlite3_column_int64(s, 16),
			.contradicts = sqlite3_column_int(s, 17) != 0,
			.measured = sqlite3_column_type(s, 18) != SQLITE_NULL,
			.measured_from_ns = sqlite3_column_int64(s, 18),
			.measured_to_ns = sqlite3_column_int64(s, 19),
		};
	}
}

static void
steps_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_CLOCK_STEPS];
	report_begin(r, QUERY_CLOCK_STEPS);
	while (report_next(r, QUERY_CLOCK_STEPS)) {
		r->steps = memory_grow(
			r->steps, r->step_count + 1, sizeof *r->steps);
		r->steps[r->step_count++] = (struct report_step){
			.vantage = sqlite3_column_int64(s, 0),
			.at_ns = sqlite3_column_int64(s, 1),
			.by_ns = sqlite3_column_int64(s, 2),
			.offset_ns = sqlite3_column_int64(s, 3),
			.uncertainty_ns = sqlite3_column_int64(s, 4),
			.drift_known = sqlite3_column_type(s, 5) != SQLITE_NULL,
			.drift_ppm = sqlite3_column_double(s, 5),
			.origin_ns = sqlite3_column_int64(s, 6),
			.to_ns = sqlite3_column_int64(s, 7),
		};
	}
}

static void
pieces_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_PIECES];
	report_begin(r, QUERY_PIECES);
	while (report_next(r, QUERY_PIECES)) {
		r->pieces = memory_grow(
			r->pieces, r->piece_count + 1, sizeof *r->pieces);
		r->pieces[r->piece_count++] = (struct report_piece){
			.vantage = sqlite3_column_int64(s, 0),
			.first_frame = sqlite3_column_int64(s, 1),
			.name = keep(r, QUERY_PIECES, 2),
		};
	}
}

static void
overlap_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_OVERLAP];
	r->overlap_first_ns = r->overlap_last_ns = CLOCK_UNKNOWN_NS;
	report_begin(r, QUERY_OVERLAP);
	if (!report_next(r, QUERY_OVERLAP))
		return;
	int64_t first = sqlite3_column_int64(s, 0);
	int64_t last = sqlite3_column_int64(s, 1);
	bool all = sqlite3_column_int(s, 2) != 0;
	if (all && sqlite3_column_type(s, 0) != SQLITE_NULL && first <= last) {
		r->overlap_first_ns = first;
		r->overlap_last_ns = last;
	}
	sqlite3_reset(s);
}

/*
 * stitch writes one row of facts for each attempt that is not clean; when the
 * judge has judged all of those, the clean ones need not be counted one by one.
 */
static void
totals_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_TOTALS];
	report_begin(r, QUERY_TOTALS);
	if (!report_next(r, QUERY_TOTALS))
		return;
	r->attempts = sqlite3_column_int64(s, 0);
	int64_t judged = sqlite3_column_int64(s, 1);
	int64_t facts = sqlite3_column_int64(s, 2);
	sqlite3_reset(s);
	r->clean = r->attempts - judged;
	if (judged == 0 || facts != judged) {
		report_begin(r, QUERY_CLEAN);
		if (!report_next(r, QUERY_CLEAN))
			return;
		r->clean = sqlite3_column_int64(r->query[QUERY_CLEAN], 0);
		report_begin(r, QUERY_CLEAN);
	}
	r->all_judged = judged == r->attempts - r->clean;
}

/* When the lines and packets that confirm the cause were seen. */
static void
cause_seen_read(struct report *r)
{
	sqlite3_stmt *s = r->query[QUERY_CAUSE_SEEN];
	report_begin_text(r, QUERY_CAUSE_SEEN, r->cause.confidence);
	sqlite3_bind_text(s, 2, r->cause.rule, -1, SQLITE_TRANSIENT);
	if (report_next(r, QUERY_CAUSE_SEEN)) {
		r->cause.timed = sqlite3_column_type(s, 0) != SQLITE_NULL;
		r->cause.from_ns = sqlite3_column_int64(s, 0);
		r->cause.to_ns = sqlite3_column_int64(s, 1);
		r->cause.seen_on = keep(r, QUERY_CAUSE_SEEN, 2);
	}
	report_begin(r, QUERY_CAUSE_SEEN);
}

static void
cause_read(struct report *r)
{
	int64_t places = 0;
	sqlite3_stmt *s = r->query[QUERY_FINDINGS];
	report_begin(r, QUERY_FINDINGS);
	if (report_next(r, QUERY_FINDINGS)) {
		const char *sure = (const char *)sqlite3_column_text(s, 4);
		if (sure &&
			(strcmp(sure, "confirmed") == 0 ||
				strcmp(sure, "likely") == 0)) {
			r->cause.id = sqlite3_column_int64(s, 0);
			r->cause.title = keep(r, QUERY_FINDINGS, 3);
			r->cause.confidence = keep(r, QUERY_FINDINGS, 4);
			r->cause.rule = keep(r, QUERY_FINDINGS, 1);
			r->cause.attempts = sqlite3_column_int64(s, 6);
			places = sqlite3_column_int64(s, 13);
		}
		if (places == 1)
			r->cause.host = keep(r, QUERY_FINDINGS, 5);
	}
	report_begin(r, QUERY_FINDINGS);
	if (places > 1)
		r->cause.attempts = report_cause_attempts(
			r, r->cause.confidence, r->cause.rule);
	if (places > 0)
		cause_seen_read(r);
}

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
	const char *clean_verdict = meta_read(r, "clean_verdict");
	report_judged_read(r);
	totals_read(r);
	verdicts_complete(r, clean_verdict ? clean_verdict : VERDICT_CLEAN);
	words_read(r);
	undetermined_count(r);
	vantages_read(r);
	steps_read(r);
	pieces_read(r);
	overlap_read(r);
	cause_read(r);
}

struct report *
report_new(
	struct store *s, const struct report_options *options, struct error *e)
{
	struct report *r = memory_take(1, sizeof *r);
	*r = (struct report){.store = s, .options = *options};
	r->view_query = QUERY_VIEWS;
	arena_init(&r->arena);
	if (!prepare_all(r, e)) {
		report_free(r);
		return NULL;
	}
	summary_read(r);
	if (r->trouble.kind != ERROR_NONE) {
		error_set(e, r->trouble.kind, "%s", r->trouble.text);
		report_free(r);
		return NULL;
	}
	return r;
}

void
report_free(struct report *r)
{
	if (!r)
		return;
	for (int i = 0; i < QUERY_COUNT; i++)
		sqlite3_finalize(r->query[i]);
	arena_release(&r->arena);
	overview_free(r->overview);
	free(r->verdicts);
	free(r->vantages);
	free(r->steps);
	free(r->pieces);
	free(r);
}

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
report_attempts(const struct report *r)
{
	return r->attempts;
}

bool
report_settled(struct report *r, FILE *out, struct error *e)
{
	if (r->trouble.kind != ERROR_NONE)
		return error_set(e, r->trouble.kind, "%s", r->trouble.text);
	if (fflush(out) != 0 || ferror(out))
		return error_set(e, ERROR_ENVIRONMENT,
			"the report could not be written: %m");
	return true;
}
