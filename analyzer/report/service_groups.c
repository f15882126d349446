/*
 * Services that fail alike, put together; see services.h.
 *
 * Alike are two of which one sentence tells: the same verdict by the same rule with
 * the same confidence, both only slow, or both without a cause. So a scan of a thousand
 * ports is one row, and what the row says is true of each of them.
 */
#include "report/report_model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Does one sentence tell of both? The same verdict by the same cause, both
 * only slow, or both without a cause. */
static bool
is_alike(const struct report *r, const struct service_sum *a,
	const struct service_sum *b)
{
	const struct report_reason *findings = r->services.findings;
	if ((a->verdict < 0) != (b->verdict < 0) ||
		(a->finding < 0) != (b->finding < 0) ||
		(a->failed > 0) != (b->failed > 0) ||
		(a->reported > 0) != (b->reported > 0))
		return false;
	if (a->verdict >= 0 &&
		strcmp(r->verdicts[a->verdict].verdict,
			r->verdicts[b->verdict].verdict) != 0)
		return false;
	return a->finding < 0 ||
		(words_same(findings[a->finding].rule,
			 findings[b->finding].rule) &&
			words_same(findings[a->finding].confidence,
				findings[b->finding].confidence));
}

/* Put a service into its group. A group has one client only while all of its
 * services have the same one. */
static void
group_add(struct report_group *g, const struct report_services *x, int i)
{
	const struct service_sum *s = &x->list[i];
	const struct service_sum *first = &x->list[g->first];
	if (g->services++ == 0) {
		g->clients = s->clients;
		g->first_ns = s->first_ns;
		g->last_ns = s->last_ns;
		g->one_host = true;
	} else if (g->clients != 1 || s->clients != 1 ||
		s->client != first->client) {
		g->clients = -1;
	}
	g->one_host = g->one_host && s->server == first->server;
	g->attempts += s->attempts;
	g->failed += s->failed;
	g->undecided += s->undecided;
	g->slow += s->slow;
	g->reported += s->reported;
	g->explained += s->explained;
	if (s->first_ns == CLOCK_UNKNOWN_NS)
		return;
	if (g->first_ns == CLOCK_UNKNOWN_NS || s->first_ns < g->first_ns)
		g->first_ns = s->first_ns;
	if (g->last_ns == CLOCK_UNKNOWN_NS || s->last_ns > g->last_ns)
		g->last_ns = s->last_ns;
}

/* The worst first: failures, then what is undecided, then what is slow. */
static int
by_trouble(const void *a, const void *b)
{
	const struct report_group *x = a, *y = b;
	const int64_t order[][2] = {
		{y->failed + y->reported, x->failed + x->reported},
		{y->undecided, x->undecided}, {y->slow, x->slow},
		{x->first, y->first}};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (order[i][0] != order[i][1])
			return order[i][0] < order[i][1] ? -1 : 1;
	return 0;
}

/* How many addresses a group has. */
static void
hosts_count(struct report_group *g, const struct report_services *x, int row)
{
	g->hosts = 0;
	for (int i = 0; i < x->troubled; i++) {
		bool before = false;
		if (x->list[i].group != row)
			continue;
		for (int k = 0;
			k < i && !before && g->hosts <= SERVICES_HOSTS_MAX; k++)
			before = x->list[k].group == row &&
				x->list[k].server == x->list[i].server;
		g->hosts += !before;
		if (g->hosts > SERVICES_HOSTS_MAX)
			return;
	}
}

/* One group for each way to fail; then those that are too small fall apart. */
void
service_groups_make(struct report *r)
{
	struct report_services *x = &r->services;
	/* kind[i]: which way to fail service i has. size, head: how many
	 * services have it, and the first of them. Each service is compared
	 * with one of each kind, of which there are a few dozen. */
	int *kind = memory_take((size_t)x->troubled + 1, sizeof *kind);
	int *size = memory_take((size_t)x->troubled + 1, sizeof *size);
	int *head = memory_take((size_t)x->troubled + 1, sizeof *head);
	int kinds = 0;
	for (int i = 0; i < x->troubled; i++) {
		int k = 0;
		while (k < kinds &&
			!is_alike(r, &x->list[i], &x->list[head[k]]))
			k++;
		if (k == kinds) {
			head[kinds] = i;
			size[kinds++] = 0;
		}
		kind[i] = k;
		size[k]++;
	}
	x->groups = memory_take((size_t)x->troubled + 1, sizeof *x->groups);
	int *of = memory_take((size_t)kinds + 1, sizeof *of);
	for (int k = 0; k < kinds; k++)
		of[k] = -1;
	for (int i = 0; i < x->troubled; i++) {
		/* Fewer are told one by one: two rows say more than "2
		 * services". */
		bool together = size[kind[i]] >= SERVICES_GROUP_MIN;
		int g = together ? of[kind[i]] : -1;
		if (g < 0) {
			g = x->group_count++;
			x->groups[g] =
				(struct report_group){.row = g, .first = i};
			of[kind[i]] = g;
		}
		x->list[i].group = g;
		group_add(&x->groups[g], x, i);
	}
	for (int g = 0; g < x->group_count; g++)
		if (!x->groups[g].one_host)
			hosts_count(&x->groups[g], x, g);
	if (x->group_count > 0)
		qsort(x->groups, (size_t)x->group_count, sizeof *x->groups,
			by_trouble);
	free(kind);
	free(size);
	free(head);
	free(of);
}
