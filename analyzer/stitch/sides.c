/*
 * Votes of attempts that both ends saw on where their hosts stand.
 *
 * The capture nearer the client waits longer for the SYN-ACK and less for the
 * client's ACK. A router lowers the TTL, so that the client's own segment has
 * the higher one there. Some captures say what came in and what went out. Every attempt that can tell has one vote on its two
 * hosts; a host stands where most of its votes say.
 */
#include "stitch/sides.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/hosts.h"

static int
sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

/* From the only SYN to the only SYN-ACK; -1 unknown. */
static int64_t
wait_of_client(const struct sighting *g)
{
	return g->syn == 1 && g->synack == 1
		? (int64_t)g->synack_at[0] - g->syn_at[0]
		: -1;
}

/* From the only SYN-ACK to the ACK; -1 unknown. */
static int64_t
wait_of_server(const struct sighting *g)
{
	return g->synack == 1 && g->ack > 0
		? (int64_t)g->ack_first_at - g->synack_at[0]
		: -1;
}

/* Where both ends know how long the client waited, a is nearer to it that saw
 * the longer wait. */
static int
wait_vote(const struct sighting *a, const struct sighting *b)
{
	int64_t client_a = wait_of_client(a);
	int64_t client_b = wait_of_client(b);
	return client_a < 0 || client_b < 0 ? 0 : sign(client_a - client_b);
}

/* The same of how long the server waited for the ACK. */
static int
back_vote(const struct sighting *a, const struct sighting *b)
{
	int64_t server_a = wait_of_server(a);
	int64_t server_b = wait_of_server(b);
	return server_a < 0 || server_b < 0 ? 0 : sign(server_b - server_a);
}

static int
delay_vote(const struct sighting *a, const struct sighting *b)
{
	int there = wait_vote(a, b);
	int back = back_vote(a, b);
	return there == 0 || back == 0 || there == back ? sign(there + back)
							: 0;
}

static int
ttl_vote(const struct sighting *a, const struct sighting *b)
{
	if (a->syn > 0 && b->syn > 0 && a->ttl_c != b->ttl_c)
		return a->ttl_c > b->ttl_c ? 1 : -1;
	if (a->synack > 0 && b->synack > 0 && a->ttl_s != b->ttl_s)
		return a->ttl_s < b->ttl_s ? 1 : -1;
	return 0;
}

int
sides_way_vote(const struct sighting *g)
{
	bool in = g->flags & SIGHTING_SYN_IN;
	bool out = g->flags & SIGHTING_SYN_OUT;
	return out - in;
}

int
sides_vote(const struct sighting *a, const struct sighting *b)
{
	int way = sign(sides_way_vote(a) - sides_way_vote(b));
	return sign(way + ttl_vote(a, b) + delay_vote(a, b));
}

int
sides_proof(const struct sighting *a, const struct sighting *b)
{
	int there = wait_vote(a, b);
	bool agree = there == back_vote(a, b) && ttl_vote(a, b) != -there;
	return agree ? there : 0;
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
	return match_seen(q->m, q->vantages, attempt, v);
}

/* +1: the attempt runs from near to far, -1: the other way, 0: unknown. */
static int
attempt_vote(const struct question *q, uint32_t attempt)
{
	const struct sighting *near = seen(q, attempt, q->near);
	const struct sighting *far = seen(q, attempt, q->far);
	return near != NULL && far != NULL ? sides_vote(near, far) : 0;
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
	uint64_t most = 2 + 2 * (uint64_t)q->vantages[q->near].pairs_count +
		2 * (uint64_t)q->vantages[q->far].pairs_count;
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
		if (g != NULL && stands_reversed(&b, g))
			x->of[a] = SIDE_REVERSED;
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
	bool mixed = false;
	/* The common case, one direction only, costs this look. */
	for (uint32_t a = 0; a < m->count && !mixed; a++)
		mixed = attempt_vote(&q, a) < 0;
	if (!mixed)
		return;
	x->of = memory_take(m->count, 1);
	count_votes(x, &q);
}

void
sides_release(struct sides *x)
{
	free(x->of);
	*x = (struct sides){0};
}
