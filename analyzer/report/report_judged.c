/*
 * One pass over the judged attempts: how often each verdict was given, and
 * where the failed attempts went.
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

/* Twelve KiB; looked through for each failure, in which a common target is near
 * the front. */
#define TARGETS_MAX 512

struct target {
	int64_t server, port; /* port -1: the host's sum */
	int64_t failed;
};

struct targets {
	struct target at[TARGETS_MAX];
	int used;
};

/* The row of the attempt's verdict; made when it is new. */
static struct report_verdict *
verdict_of(struct report *r, const struct report_judged *j)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		struct report_verdict *v = &r->verdicts[i];
		if (words_same(v->verdict, j->verdict) &&
			words_same(v->segment, j->segment) &&
			words_same(v->place, j->place))
			return v;
	}
	r->verdicts = memory_grow(
		r->verdicts, r->verdict_count + 1, sizeof *r->verdicts);
	struct report_verdict *v = &r->verdicts[r->verdict_count++];
	*v = (struct report_verdict){
		.verdict = report_keep(r, j->verdict),
		.segment = report_keep(r, j->segment),
		.place = report_keep(r, j->place),
		.row = (int)r->verdict_count - 1,
		.first_attempt = j->attempt,
		.first_ns = j->first_ns,
		.last_ns = j->first_ns,
	};
	return v;
}

/* Add an attempt to its verdict. */
static void
verdict_count(struct report_verdict *v, const struct report_judged *j)
{
	v->count += j->count;
	v->failed += j->failed ? j->count : 0;
	v->certain += strcmp(j->confidence, "certain") == 0 ? j->count : 0;
	v->likely += strcmp(j->confidence, "likely") == 0 ? j->count : 0;
	v->possible += strcmp(j->confidence, "possible") == 0 ? j->count : 0;
	v->retried += j->syn_retransmits > 0 ? j->count : 0;
	if (j->first_ns < v->first_ns)
		v->first_ns = j->first_ns;
	if (j->first_ns > v->last_ns)
		v->last_ns = j->first_ns;
}

/* Count a failure of a service or, without a port, of a host. Beyond the bound
 * there is no one target that a headline could name. */
static void
target_count(struct targets *t, int64_t server, int64_t port, int64_t count)
{
	for (int i = 0; i < t->used; i++)
		if (t->at[i].server == server && t->at[i].port == port) {
			t->at[i].failed += count;
			return;
		}
	if (t->used < TARGETS_MAX)
		t->at[t->used++] = (struct target){server, port, count};
}

/* The order of verdicts everywhere: failed ones, then undecided ones, then the
 * rest, most attempts first. */
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

/* How many attempts there were to the target at all: a pass over them, so only
 * for the sentence that needs it. */
static void
target_attempts(struct report *r, const struct target *t)
{
	struct report_number n = {0};
	report_begin_ids(r, QUERY_TO_TARGET, t->server, t->port);
	report_number_read(r, QUERY_TO_TARGET, &n);
	r->target_attempts = n.number;
	report_begin(r, QUERY_TO_TARGET);
}

/* The target that at least half of the failures had. */
static void
target_choose(struct report *r, const struct targets *t, bool hosts)
{
	const struct target *most = NULL;
	for (int i = 0; i < t->used; i++)
		if ((t->at[i].port < 0) == hosts &&
			(!most || t->at[i].failed > most->failed))
			most = &t->at[i];
	/* Less than half is no target that a headline may name. */
	if (!most || 2 * most->failed < r->failed)
		return;
	r->target_ip = report_host_name(r, most->server);
	r->target_port = most->port;
	r->target_failed = most->failed;
	if (most->failed == r->failed)
		target_attempts(r, most);
}

/* Of the attempts that are not clean: those that came to something in the end. */
static bool
is_slow(const struct report *r, const struct report_judged *j)
{
	return !j->failed && j->duration_us > r->slow_us &&
		strcmp(j->verdict, r->clean_verdict) == 0;
}

/* One pass for all who want the judged attempts: verdicts, targets, the
 * pictures' figures and the services. Their rows are numbered as they come here
 * and sorted at the end, so each remembers its number (report_verdict.row). */
struct services_pass *
report_judged_all(struct report *r)
{
	struct targets *t = memory_take(1, sizeof *t);
	r->overview = overview_new(r);
	struct services_pass *services = services_begin();
	struct report_judged j;
	report_begin(r, QUERY_JUDGED);
	while (report_judged_read(r, QUERY_JUDGED, &j)) {
		struct report_verdict *v = verdict_of(r, &j);
		verdict_count(v, &j);
		overview_judge(r->overview, v, &j);
		services_judge(services, &j, v->row, is_slow(r, &j));
		if (!j.failed)
			continue;
		r->failed += j.count;
		target_count(t, j.server, j.server_port, j.count);
		target_count(t, j.server, -1, j.count);
		tally_add(&r->overview->by[TALLY_CLIENT], j.client, 1);
		tally_add(&r->overview->by[TALLY_SERVER], j.server, j.count);
		tally_add(&r->overview->by[TALLY_PORT], j.server_port, j.count);
	}
	if (r->verdict_count > 0)
		qsort(r->verdicts, r->verdict_count, sizeof *r->verdicts,
			by_count);
	target_choose(r, t, false);
	if (!r->target_ip)
		target_choose(r, t, true);
	free(t);
	return services;
}
