/*
 * One pass over the judged attempts: how often each verdict was given, and where
 * the failed attempts went.
 *
 * In C, because SQLite's GROUP BY over the texts takes several times as long.
 * Targets are counted in a table of fixed size; when there are more than it
 * holds, no single target can be named unless it was among the first, which is
 * what a sentence about "half of them" needs in practice.
 */
#include "report/report_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"
#include "report/overview.h"

#define TARGETS_MAX 512

struct target {
	int64_t server, port; /* port -1: the host's sum */
	int64_t failed;
};

struct targets {
	struct target at[TARGETS_MAX];
	int used;
};

static bool
same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *
keep(struct report *r, sqlite3_stmt *s, int column)
{
	const void *text = sqlite3_column_text(s, column);
	if (!text)
		return NULL;
	return arena_copy(
		&r->arena, text, (size_t)sqlite3_column_bytes(s, column));
}

/* The row of the attempt that the query stands on; made when it is new. */
static struct report_verdict *
verdict_at(struct report *r, sqlite3_stmt *s)
{
	const char *verdict = (const char *)sqlite3_column_text(s, 3);
	const char *segment = (const char *)sqlite3_column_text(s, 4);
	const char *place = (const char *)sqlite3_column_text(s, 5);
	for (size_t i = 0; i < r->verdict_count; i++) {
		struct report_verdict *v = &r->verdicts[i];
		if (same(v->verdict, verdict) && same(v->segment, segment) &&
			same(v->place, place))
			return v;
	}
	r->verdicts = memory_grow(
		r->verdicts, r->verdict_count + 1, sizeof *r->verdicts);
	struct report_verdict *v = &r->verdicts[r->verdict_count++];
	*v = (struct report_verdict){
		.verdict = keep(r, s, 3),
		.segment = keep(r, s, 4),
		.place = keep(r, s, 5),
		.row = (int)r->verdict_count - 1,
		.first_attempt = sqlite3_column_int64(s, 0),
		.first_ns = sqlite3_column_int64(s, 1),
		.last_ns = sqlite3_column_int64(s, 1),
	};
	return v;
}

static void
verdict_count(struct report_verdict *v, sqlite3_stmt *s)
{
	const char *confidence = (const char *)sqlite3_column_text(s, 7);
	int64_t at_ns = sqlite3_column_int64(s, 1);
	v->count++;
	v->failed += sqlite3_column_int(s, 6) != 0;
	v->certain += strcmp(confidence, "certain") == 0;
	v->likely += strcmp(confidence, "likely") == 0;
	v->possible += strcmp(confidence, "possible") == 0;
	v->retried += sqlite3_column_int64(s, 8) > 0;
	if (at_ns < v->first_ns)
		v->first_ns = at_ns;
	if (at_ns > v->last_ns)
		v->last_ns = at_ns;
}

static void
target_count(struct targets *t, int64_t server, int64_t port)
{
	for (int i = 0; i < t->used; i++)
		if (t->at[i].server == server && t->at[i].port == port) {
			t->at[i].failed++;
			return;
		}
	if (t->used < TARGETS_MAX)
		t->at[t->used++] = (struct target){server, port, 1};
}

static int
by_count(const void *a, const void *b)
{
	const struct report_verdict *x = a, *y = b;
	const struct report_verdict *both[2] = {x, y};
	int class[2];
	for (int i = 0; i < 2; i++)
		class[i] = strcmp(both[i]->verdict, VERDICT_UNDETERMINED) == 0
			? 1
			: both[i]->failed > 0 ? 0
					      : 2;
	if (class[0] != class[1])
		return class[0] - class[1];
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	int order = strcmp(x->verdict, y->verdict);
	if (order == 0)
		order = strcmp(x->segment ? x->segment : "",
			y->segment ? y->segment : "");
	if (order == 0)
		order = strcmp(
			x->place ? x->place : "", y->place ? y->place : "");
	return order;
}

/* The address of a host, kept. */
static const char *
host_name(struct report *r, int64_t id)
{
	const char *ip = NULL;
	report_begin_id(r, QUERY_HOST, id);
	if (report_next(r, QUERY_HOST))
		ip = keep(r, r->query[QUERY_HOST], 0);
	report_begin(r, QUERY_HOST);
	return ip;
}

/* How many attempts there were to the target at all: a pass over them, so only
 * for the sentence that needs it. */
static void
target_attempts(struct report *r, const struct target *t)
{
	sqlite3_stmt *s = r->query[QUERY_TO_TARGET];
	report_begin_id(r, QUERY_TO_TARGET, t->server);
	sqlite3_bind_int64(s, 2, t->port);
	if (report_next(r, QUERY_TO_TARGET))
		r->target_attempts = sqlite3_column_int64(s, 0);
	report_begin(r, QUERY_TO_TARGET);
}

static void
target_choose(struct report *r, const struct targets *t, bool hosts)
{
	const struct target *most = NULL;
	for (int i = 0; i < t->used; i++)
		if ((t->at[i].port < 0) == hosts &&
			(!most || t->at[i].failed > most->failed))
			most = &t->at[i];
	if (!most || 2 * most->failed < r->failed)
		return;
	r->target_ip = host_name(r, most->server);
	r->target_port = most->port;
	r->target_failed = most->failed;
	if (most->failed == r->failed)
		target_attempts(r, most);
}

void
report_judged_read(struct report *r)
{
	struct targets *t = memory_take(1, sizeof *t);
	r->overview = overview_new(r);
	sqlite3_stmt *s = r->query[QUERY_JUDGED];
	report_begin(r, QUERY_JUDGED);
	while (report_next(r, QUERY_JUDGED)) {
		struct report_verdict *v = verdict_at(r, s);
		verdict_count(v, s);
		overview_judge(r->overview, v, s);
		if (sqlite3_column_int(s, 6) == 0)
			continue;
		r->failed++;
		target_count(t, sqlite3_column_int64(s, 9),
			sqlite3_column_int64(s, 10));
		target_count(t, sqlite3_column_int64(s, 9), -1);
		tally_add(&r->overview->by[TALLY_CLIENT],
			sqlite3_column_int64(s, 11));
		tally_add(&r->overview->by[TALLY_SERVER],
			sqlite3_column_int64(s, 9));
		tally_add(&r->overview->by[TALLY_PORT],
			sqlite3_column_int64(s, 10));
	}
	if (r->verdict_count > 0)
		qsort(r->verdicts, r->verdict_count, sizeof *r->verdicts,
			by_count);
	target_choose(r, t, false);
	if (!r->target_ip)
		target_choose(r, t, true);
	free(t);
}
