/*
 * Votes of attempts on where their hosts stand.
 *
 * A router lowers the TTL, so the capture in which the client's own segment has
 * the higher TTL stands nearer the client. With no router in between the round
 * trip decides: the nearer one waits longer for the SYN-ACK. A lone capture
 * stands where segments have passed fewer routers, by the TTLs that systems
 * begin with, and where answers take no time. Every attempt that can tell has one vote on its two
 * hosts; a host stands where most of its votes say.
 */
#include "stitch/sides.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/hosts.h"

/* A host answers this much faster than the path does. */
#define FASTER 4
/* And slower than the jitter of capturing. */
#define JITTER_US 20

int
sides_vote(const struct sighting *a, const struct sighting *b)
{
	if (a->syn > 0 && b->syn > 0 && a->ttl_c != b->ttl_c)
		return a->ttl_c > b->ttl_c ? 1 : -1;
	if (a->synack > 0 && b->synack > 0 && a->ttl_s != b->ttl_s)
		return a->ttl_s < b->ttl_s ? 1 : -1;
	if (a->syn == 1 && b->syn == 1 && a->synack == 1 && b->synack == 1 &&
		a->synack_at[0] != b->synack_at[0])
		return a->synack_at[0] > b->synack_at[0] ? 1 : -1;
	return 0;
}

/* TTLs that systems begin with: 64 (RFC 1700, Linux, BSD), 128 (Windows), 255
 * (network devices). */
static int
hops_behind(uint8_t ttl)
{
	return (ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl;
}

/* +1: a lone capture was made at the client, -1: at the server. */
static int
lone_vote(const struct sighting *g)
{
	if (g->syn == 0 || g->synack == 0)
		return 0;
	/* Whatever became of the attempt: the nearer end is fewer routers away. */
	int client_hops = hops_behind(g->ttl_c);
	int server_hops = hops_behind(g->ttl_s);
	if (client_hops != server_hops)
		return client_hops < server_hops ? 1 : -1;
	if (client_hops > 0 || g->syn > 1 || g->synack > 1 || g->ack == 0)
		return 0;
	/* No router anywhere: who answers at once stands here. */
	uint64_t server = (uint64_t)g->synack_at[0] - g->syn_at[0];
	uint64_t client = (uint64_t)g->ack_first_at - g->synack_at[0];
	if (g->ack_first_at < g->synack_at[0])
		return 0;
	if (server > FASTER * client + JITTER_US)
		return 1;
	return client > FASTER * server + JITTER_US ? -1 : 0;
}

/* What is asked of each attempt. */
struct question {
	const struct match *m;
	const struct vantage *vantages;
	size_t near;
	size_t far;
};

static const struct sighting *
seen(const struct question *q, uint32_t attempt, size_t v)
{
	return v == SIDES_NO_END ? NULL
				 : match_seen(q->m, q->vantages, attempt, v);
}

/* +1: the attempt runs from near to far, -1: the other way, 0: unknown. */
static int
attempt_vote(const struct question *q, uint32_t attempt)
{
	const struct sighting *near = seen(q, attempt, q->near);
	const struct sighting *far = seen(q, attempt, q->far);
	if (near != NULL && far != NULL)
		return sides_vote(near, far);
	if (near != NULL && q->far == SIDES_NO_END)
		return lone_vote(near);
	if (far != NULL && q->near == SIDES_NO_END)
		return -lone_vote(far);
	return 0;
}

/* Hosts and the sum of their votes: above 0 they stand at near. */
struct ballot {
	struct hosts hosts;
	int64_t *votes;
};

static void
cast(struct ballot *b, const struct sighting *g, int vote)
{
	if (g == NULL)
		return;
	b->votes[hosts_id(&b->hosts, g->client)] += vote;
	b->votes[hosts_id(&b->hosts, g->server)] -= vote;
}

static int
sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

static bool
stands_reversed(struct ballot *b, const struct sighting *g)
{
	return sign(b->votes[hosts_id(&b->hosts, g->client)]) <
		sign(b->votes[hosts_id(&b->hosts, g->server)]);
}

/* Count the votes, and turn round what they say. */
static void
count_votes(struct sides *x, const struct question *q)
{
	uint64_t most = 2;
	if (q->near != SIDES_NO_END)
		most += 2 * (uint64_t)q->vantages[q->near].pairs_count;
	if (q->far != SIDES_NO_END)
		most += 2 * (uint64_t)q->vantages[q->far].pairs_count;
	struct ballot b;
	hosts_init(&b.hosts, most);
	b.votes = memory_take(most, sizeof *b.votes);
	for (uint32_t a = 0; a < q->m->count; a++) {
		int vote = attempt_vote(q, a);
		cast(&b, seen(q, a, q->near), vote);
		cast(&b, seen(q, a, q->far), vote);
	}
	for (uint32_t a = 0; a < q->m->count; a++) {
		const struct sighting *g = seen(q, a, q->near);
		if (g == NULL)
			g = seen(q, a, q->far);
		x->reversed[a] = g != NULL && stands_reversed(&b, g);
	}
	free(b.votes);
	hosts_release(&b.hosts);
}

void
sides_find(struct sides *x, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far)
{
	struct question q = {m, vantages, near, far};
	*x = (struct sides){0};
	/* The common case, one direction only, costs this look. */
	for (uint32_t a = 0; a < m->count && !x->mixed; a++)
		x->mixed = attempt_vote(&q, a) < 0;
	if (!x->mixed)
		return;
	x->reversed = memory_take(m->count, 1);
	count_votes(x, &q);
}

void
sides_release(struct sides *x)
{
	free(x->reversed);
	*x = (struct sides){0};
}
