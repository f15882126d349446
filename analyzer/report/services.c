/*
 * Adding attempts up by service; see services.h.
 *
 * Judged attempts are handed in one by one by the pass that report_judged.c makes
 * anyway. A hash from pairs of numbers to rows is all that is kept besides the sums.
 */
#include "report/report_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"
#include "report/pair_map.h"

/* How one verdict's row fared at one service. */
struct share {
	int service, row;
	int64_t count, failed;
	int64_t sure[3]; /* certain, likely, possible */
	int64_t first;   /* attempt */
	bool undetermined;
};

struct services_pass {
	struct service_sum *list;
	int count, room;
	struct share *shares;
	int share_count, share_room;
	struct pair_map services, rows, clients;
	int64_t slow, left_out;
};

static const char *const sureness[] = {"certain", "likely", "possible"};

/* One pair of keys for the three maps: each has its own slots, and none is shown
 * outside. */
struct services_pass *
services_begin(void)
{
	struct services_pass *p = memory_take(1, sizeof *p);
	*p = (struct services_pass){.services.keys = hash_keys_random()};
	/* services: host and port to a row of list; rows: service and verdict
	 * to a share; clients: service and client, whether it was counted. */
	p->rows.keys = p->clients.keys = p->services.keys;
	return p;
}

/* The service, made when it is new; NULL beyond the bound. */
static struct service_sum *
service_at(struct services_pass *p, int64_t server, int64_t port)
{
	int at = pair_map_get(&p->services, server, port);
	if (at >= 0)
		return &p->list[at];
	if (p->count == SERVICES_KEPT_MAX) {
		p->left_out++;
		return NULL;
	}
	if (p->count == p->room) {
		p->room = p->room == 0 ? 16 : 2 * p->room;
		p->list =
			memory_grow(p->list, (size_t)p->room, sizeof *p->list);
	}
	pair_map_put(&p->services, server, port, p->count);
	p->list[p->count] = (struct service_sum){
		.server = server,
		.port = port,
		.client = -1,
		.verdict = -1,
		.finding = -1,
		.group = -1,
		.first_ns = CLOCK_UNKNOWN_NS,
		.last_ns = CLOCK_UNKNOWN_NS,
	};
	return &p->list[p->count++];
}

/* The share that a verdict has of a service, made when it is new. */
static struct share *
share_at(struct services_pass *p, int service, int row)
{
	int at = pair_map_put(&p->rows, service, row, p->share_count);
	if (at >= 0)
		return &p->shares[at];
	if (p->share_count == p->share_room) {
		p->share_room = p->share_room == 0 ? 16 : 2 * p->share_room;
		p->shares = memory_grow(
			p->shares, (size_t)p->share_room, sizeof *p->shares);
	}
	p->shares[p->share_count] =
		(struct share){.service = service, .row = row};
	return &p->shares[p->share_count++];
}

/* The first and last time of trouble, widened to this one. */
static void
count_time(struct service_sum *x, int64_t at_ns)
{
	if (x->first_ns == CLOCK_UNKNOWN_NS || at_ns < x->first_ns)
		x->first_ns = at_ns;
	if (x->last_ns == CLOCK_UNKNOWN_NS || at_ns > x->last_ns)
		x->last_ns = at_ns;
}

/* Of clients that failed or are undecided; the first is kept by its number, the
 * others are counted. */
static void
count_client(struct services_pass *p, struct service_sum *x, int64_t client)
{
	if (pair_map_put(&p->clients, x - p->list, client, 0) >= 0)
		return;
	if (x->clients++ == 0)
		x->client = client;
}

/* A service beyond the bound is counted in left_out, once for each of its
 * attempts. */
void
services_judge(struct services_pass *p, const struct report_judged *j, int row,
	bool slow)
{
	struct service_sum *x = service_at(p, j->server, j->server_port);
	p->slow += slow ? j->count : 0;
	if (x == NULL)
		return;
	bool undetermined = strcmp(j->verdict, VERDICT_UNDETERMINED) == 0;
	struct share *share = share_at(p, (int)(x - p->list), row);
	if (share->count == 0)
		share->first = j->attempt;
	share->count += j->count;
	share->failed += j->failed ? j->count : 0;
	share->undetermined = undetermined;
	for (int i = 0; i < 3; i++)
		if (strcmp(j->confidence, sureness[i]) == 0)
			share->sure[i] += j->count;
	x->attempts += j->count;
	x->failed += j->failed ? j->count : 0;
	/* What failed is counted there, whether or not it is known where. */
	x->undecided += undetermined && !j->failed ? j->count : 0;
	x->slow += slow ? j->count : 0;
	if (j->failed || undetermined) {
		count_time(x, j->first_ns);
		count_client(p, x, j->client);
	}
}

/* Attempts that the pass did not see: the clean ones, the slow ones of these,
 * and what no rule has judged. */
static void
others_read(struct services_pass *p, struct report *r)
{
	struct report_service_count row;
	report_begin_id(r, QUERY_SERVICE_OTHERS, !r->all_judged);
	while (report_service_count_read(r, QUERY_SERVICE_OTHERS, &row)) {
		struct service_sum *x = service_at(p, row.server, row.port);
		if (x == NULL)
			continue;
		x->attempts += row.count;
		x->undecided += row.undecided;
	}
	report_begin_id(r, QUERY_SERVICE_SLOW, r->slow_us);
	while (r->clean > 0 &&
		report_service_count_read(r, QUERY_SERVICE_SLOW, &row)) {
		struct service_sum *x = service_at(p, row.server, row.port);
		p->slow += row.count;
		if (x != NULL)
			x->slow += row.count;
	}
}

/* What logs tell of beside the attempts. */
static void
reported_read(struct services_pass *p, struct report *r)
{
	struct report_service_count row;
	report_begin(r, QUERY_SERVICE_REPORTED);
	while (report_service_count_read(r, QUERY_SERVICE_REPORTED, &row)) {
		struct service_sum *x = service_at(p, row.server, row.port);
		if (x != NULL)
			x->reported += row.count;
	}
}

/* What service `from` counted belongs to service `to`, whose other form it is. */
static void
service_join(struct services_pass *p, int from, int to)
{
	struct service_sum *x = &p->list[from], *y = &p->list[to];
	y->attempts += x->attempts;
	y->failed += x->failed;
	y->undecided += x->undecided;
	y->slow += x->slow;
	y->reported += x->reported;
	if (y->clients == 0)
		y->client = x->client;
	y->clients += x->clients;
	if (x->first_ns != CLOCK_UNKNOWN_NS) {
		count_time(y, x->first_ns);
		count_time(y, x->last_ns);
	}
	for (int i = 0; i < p->share_count; i++)
		if (p->shares[i].service == from)
			p->shares[i].service = to;
	/* An empty row is left out at the end (services_end). */
	x->attempts = x->failed = x->undecided = x->slow = x->reported = 0;
}

/* Addresses that attempts were translated to on the way: such a one is the
 * service that clients know, unless several are. */
static void
forms_join(struct services_pass *p, struct report *r)
{
	struct report_service_form row;
	report_begin(r, QUERY_SERVICE_FORMS);
	while (report_service_form_read(r, QUERY_SERVICE_FORMS, &row)) {
		int from = pair_map_get(&p->services, row.server, row.port);
		int to = pair_map_get(&p->services, row.known, row.known_port);
		if (from >= 0 && to >= 0 && from != to &&
			p->list[from].attempts + p->list[from].reported > 0)
			service_join(p, from, to);
	}
}

/* A decided failure before an open one, the larger before the smaller. */
static bool
is_worse(const struct share *a, const struct share *b)
{
	bool a_failed = a->failed > 0 && !a->undetermined;
	bool b_failed = b->failed > 0 && !b->undetermined;
	if (a_failed != b_failed)
		return a_failed;
	return a->count > b->count;
}

/* The verdict that stands for a service: that of most of its failures, with the
 * confidence that most of these have. */
static void
verdicts_choose(struct services_pass *p, const struct report *r)
{
	int *worst = memory_take((size_t)p->count + 1, sizeof *worst);
	for (int i = 0; i < p->count; i++)
		worst[i] = -1;
	for (int k = 0; k < p->share_count; k++) {
		const struct share *share = &p->shares[k];
		int *at = &worst[share->service];
		/* Verdicts of attempts that went well stand for no trouble. */
		if ((share->failed > 0 || share->undetermined) &&
			(*at < 0 || is_worse(share, &p->shares[*at])))
			*at = k;
	}
	for (int i = 0; i < p->count; i++) {
		if (worst[i] < 0)
			continue;
		const struct share *share = &p->shares[worst[i]];
		struct service_sum *x = &p->list[i];
		for (size_t v = 0; v < r->verdict_count; v++)
			if (r->verdicts[v].row == share->row)
				x->verdict = (int)v;
		int most = 0;
		for (int k = 1; k < 3; k++)
			if (share->sure[k] > share->sure[most])
				most = k;
		x->verdict_count = share->count;
		x->confidence = sureness[most];
		x->example = share->first;
	}
	free(worst);
}

/* The findings that have some confidence, best first. */
static void
findings_read(struct report_services *x, struct report *r)
{
	struct report_finding f;
	report_begin(r, QUERY_FINDINGS);
	while (report_finding_next(r, &f)) {
		if (report_finding_is_out(&f))
			continue;
		x->findings = memory_grow(x->findings,
			(size_t)x->finding_count + 1, sizeof *x->findings);
		x->findings[x->finding_count++] = (struct report_reason){
			.id = f.id,
			.rule = report_keep(r, f.rule),
			.title = report_keep(r, f.title),
			.confidence = report_keep(r, f.confidence),
		};
	}
}

/* How many attempts each finding explains at each service; the best one, and of
 * equals the one that explains most. */
static void
findings_choose(
	struct services_pass *p, struct report_services *x, struct report *r)
{
	struct pair_map index = {.keys = p->services.keys};
	struct pair_map cells = {.keys = p->services.keys};
	struct {
		int finding, service;
		int64_t count;
	} *cell = NULL;
	int count = 0, room = 0;
	for (int i = 0; i < x->finding_count; i++)
		pair_map_put(&index, x->findings[i].id, 0, i);
	struct report_explained row;
	report_begin(r, QUERY_SERVICE_EXPLAINED);
	while (x->finding_count > 0 &&
		report_explained_read(r, QUERY_SERVICE_EXPLAINED, &row)) {
		int f = pair_map_get(&index, row.finding, 0);
		int to = pair_map_get(&p->services, row.server, row.port);
		if (f < 0 || to < 0)
			continue;
		int at = pair_map_put(&cells, f, to, count);
		if (at < 0) {
			if (count == room) {
				room = room == 0 ? 16 : 2 * room;
				cell = memory_grow(
					cell, (size_t)room, sizeof *cell);
			}
			at = count++;
			cell[at].finding = f;
			cell[at].service = to;
			cell[at].count = 0;
		}
		cell[at].count += row.count;
	}
	for (int i = 0; i < count; i++) {
		struct service_sum *y = &p->list[cell[i].service];
		const struct report_reason *mine =
			&x->findings[cell[i].finding];
		const struct report_reason *best =
			y->finding < 0 ? NULL : &x->findings[y->finding];
		/* Findings are in their order, so a lower index is a better
		 * one; of two that are as sure, the one that explains more of
		 * this service. */
		bool as_sure = best != NULL &&
			strcmp(best->confidence, mine->confidence) == 0;
		bool better = best == NULL ||
			(as_sure ? cell[i].count > y->explained ||
						(cell[i].count ==
								y->explained &&
							cell[i].finding <
								y->finding)
				 : cell[i].finding < y->finding);
		if (!better)
			continue;
		y->finding = cell[i].finding;
		y->explained = cell[i].count;
	}
	free(cell);
	pair_map_release(&index);
	pair_map_release(&cells);
}

/* 0 failed, 1 open, 2 slow, 3 well. */
static int
class_of(const struct service_sum *x)
{
	return x->failed + x->reported > 0 ? 0
		: x->undecided > 0         ? 1
		: x->slow > 0              ? 2
					   : 3;
}

/* The larger first. */
static int
by_number(int64_t a, int64_t b)
{
	return a > b ? -1 : a < b;
}

/* Worst first; the order is that of the evidence alone. */
static int
by_trouble(const void *a, const void *b)
{
	const struct service_sum *x = a, *y = b;
	int order = class_of(x) - class_of(y);
	if (order == 0)
		order = by_number(
			x->failed + x->reported, y->failed + y->reported);
	if (order == 0)
		order = by_number(x->undecided, y->undecided);
	if (order == 0)
		order = by_number(x->slow, y->slow);
	if (order == 0)
		order = by_number(x->attempts, y->attempts);
	if (order == 0)
		order = strcmp(x->ip, y->ip);
	return order == 0 ? by_number(y->port, x->port) : order;
}

/* "?" for a host that the store does not know: a damaged database must not end
 * the report. */
static void
names_read(struct services_pass *p, struct report *r)
{
	for (int i = 0; i < p->count; i++) {
		struct service_sum *x = &p->list[i];
		x->ip = report_host_name(r, x->server);
		if (x->ip == NULL)
			x->ip = "?";
	}
}

/* In this order: sums are whole before a verdict is chosen, verdicts and
 * findings before the rows are sorted, and rows before they are put together.
 * */
void
services_end(struct services_pass *p, struct report *r)
{
	struct report_services *x = &r->services;
	others_read(p, r);
	reported_read(p, r);
	if (p->count > 1)
		forms_join(p, r);
	verdicts_choose(p, r);
	findings_read(x, r);
	findings_choose(p, x, r);
	int kept = 0;
	for (int i = 0; i < p->count; i++)
		if (p->list[i].attempts + p->list[i].reported > 0)
			p->list[kept++] = p->list[i];
	p->count = kept;
	names_read(p, r);
	if (p->count > 0)
		qsort(p->list, (size_t)p->count, sizeof *p->list, by_trouble);
	x->list = p->list;
	x->count = p->count;
	x->left_out = p->left_out;
	x->slow = p->slow;
	while (x->troubled < x->count && class_of(&x->list[x->troubled]) < 3)
		x->troubled++;
	service_groups_make(r);
	free(p->shares);
	pair_map_release(&p->services);
	pair_map_release(&p->rows);
	pair_map_release(&p->clients);
	free(p);
}

/* A list that was never filled is fine. */
void
services_release(struct report_services *s)
{
	free(s->list);
	free(s->findings);
	free(s->groups);
}
