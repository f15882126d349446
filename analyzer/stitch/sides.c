/*
 * Votes of attempts that both ends saw on where their hosts stand.
 *
 * The capture nearer the client waits longer for the SYN-ACK and less for the
 * client's ACK. A router lowers the TTL, so that the client's own segment has the
 * higher one there. A card finishes the checksum of what its host sends behind
 * the capture. Some captures say what came in and what went out. Every attempt
 * that can tell has one vote on its two hosts; a host stands where most of its
 * votes say.
 */
#include "stitch/sides.h"

#include <stdlib.h>

#include "base/arena.h"
#include "model/syn_traits.h"
#include "stitch/hosts.h"

static int
sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

/* Copies of a segment are 200 ms and more apart, mostly a second: waits that differ
 * by more than a way does are of different copies. Microseconds. */
#define WAYS_MAX_US 180000

/* The sign of a - b, 0 where they are of different copies. */
static int
longer(int64_t a, int64_t b)
{
	return a - b < WAYS_MAX_US && b - a < WAYS_MAX_US ? sign(a - b) : 0;
}

/* As many of each at both: the first of one end is the first of the other. */
static bool
same_copies(const struct sighting *a, const struct sighting *b)
{
	return a->syn > 0 && a->synack > 0 && a->syn == b->syn &&
		a->synack == b->synack;
}

/* From the first SYN to the first SYN-ACK. */
static int64_t
wait_of_client(const struct sighting *g)
{
	return (int64_t)g->synack_at[0] - g->syn_at[0];
}

/* The first SYN of both is the same one, and what answered it so soon was no copy. */
static bool
answered_at_once(const struct sighting *a, const struct sighting *b)
{
	bool same = a->syn == b->syn ||
		(a->syn_tsval_first != 0 &&
			a->syn_tsval_first == b->syn_tsval_first);
	return same && a->syn > 0 && b->syn > 0 && a->synack > 0 &&
		b->synack > 0 && wait_of_client(a) < WAYS_MAX_US &&
		wait_of_client(b) < WAYS_MAX_US;
}

static bool
has_one_copy(const struct sighting *g)
{
	return g->syn == 1 && g->synack == 1;
}

/* From the first SYN-ACK to the first ACK. */
static int64_t
wait_of_server(const struct sighting *g)
{
	return (int64_t)g->ack_first_at - g->synack_at[0];
}

/* Where both ends know how long the client waited, a is nearer to it that saw
 * the longer wait. */
static int
wait_vote(const struct sighting *a, const struct sighting *b)
{
	if (has_one_copy(a) && has_one_copy(b))
		return sign(wait_of_client(a) - wait_of_client(b));
	return same_copies(a, b) || answered_at_once(a, b)
		? longer(wait_of_client(a), wait_of_client(b))
		: 0;
}

/* The same of how long the server waited for the ACK. */
static int
back_vote(const struct sighting *a, const struct sighting *b)
{
	if (a->ack == 0 || b->ack == 0)
		return 0;
	if (a->synack == 1 && b->synack == 1)
		return sign(wait_of_server(b) - wait_of_server(a));
	return same_copies(a, b) && a->ack == b->ack
		? longer(wait_of_server(b), wait_of_server(a))
		: 0;
}

static int
delay_vote(const struct sighting *a, const struct sighting *b)
{
	int there = wait_vote(a, b);
	int back = back_vote(a, b);
	return there == 0 || back == 0 || there == back ? sign(there + back)
							: 0;
}

/* One TTL at both, and one of them shows the SYN again with a lower one: behind
 * the router that made it the lower one would be all there is. */
static int
forward_vote(const struct sighting *a, const struct sighting *b)
{
	bool a_forwards = a->flags & SIGHTING_FORWARDED;
	bool b_forwards = b->flags & SIGHTING_FORWARDED;
	return b_forwards - a_forwards;
}

static int
ttl_vote(const struct sighting *a, const struct sighting *b)
{
	bool syns = a->syn > 0 && b->syn > 0;
	if (syns && a->ttl_c != b->ttl_c)
		return a->ttl_c > b->ttl_c ? 1 : -1;
	if (syns && forward_vote(a, b) != 0)
		return forward_vote(a, b);
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

/*
 * A sum that is left to a card has crossed no wire: its host, or one that a
 * virtual cable joins to it (veth, virtio between guests of one machine), is
 * where the capture was made. Of SYN and SYN-ACK only: receivers join segments
 * with data and leave the sum of what they made unfinished as well.
 * cite: Linux 6.12 net/ipv4/tcp_offload.c, tcp_gro_complete
 */
static bool
is_unfinished(uint16_t traits)
{
	return traits & SYN_SUM_UNFINISHED;
}

static bool
is_right(uint16_t traits)
{
	return traits & SYN_SUM_RIGHT;
}

/* One unfinished and the other right: neighbours in one machine leave both
 * unfinished, and that tells nothing. A device that answers SYNs for others
 * (SYNPROXY) sends what is not the server's. */
int
sides_sum_vote(const struct sighting *g)
{
	if (g->syn == 0 || g->synack == 0 ||
		g->flags & SIGHTING_ZERO_WINDOW_SYNACK)
		return 0;
	if (is_unfinished(g->syn_traits) && is_right(g->synack_traits))
		return 1;
	return is_unfinished(g->synack_traits) && is_right(g->syn_traits) ? -1
									  : 0;
}

/* What was finished on its way came from where it was not: +1 where a's was the
 * unfinished one. */
static int
finished_vote(uint16_t a, uint16_t b)
{
	return (is_unfinished(a) && is_right(b)) -
		(is_unfinished(b) && is_right(a));
}

static int
sum_vote(const struct sighting *a, const struct sighting *b)
{
	int there = a->syn > 0 && b->syn > 0
		? finished_vote(a->syn_traits, b->syn_traits)
		: 0;
	int back = a->synack > 0 && b->synack > 0
		? finished_vote(b->synack_traits, a->synack_traits)
		: 0;
	return sign(there + back);
}

int
sides_vote_by(const struct sighting *a, const struct sighting *b, uint8_t *by)
{
	const struct {
		int vote;
		enum shown_by by;
	} all[] = {
		{sign(sides_way_vote(a) - sides_way_vote(b)), SHOWN_BY_WAY},
		{sum_vote(a, b), SHOWN_BY_SUM},
		{ttl_vote(a, b), SHOWN_BY_TTL},
		{delay_vote(a, b), SHOWN_BY_DELAY},
	};
	int vote = 0;
	*by = 0;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		vote += all[i].vote;
	vote = sign(vote);
	for (size_t i = 0; vote != 0 && i < sizeof all / sizeof *all; i++)
		if (all[i].vote == vote)
			*by |= (uint8_t)all[i].by;
	return vote;
}

int
sides_vote(const struct sighting *a, const struct sighting *b)
{
	uint8_t by;
	return sides_vote_by(a, b, &by);
}

/* Queues of a card record what they carry in any order within this time, so that
 * the waits of two captures differ by twice as much. Microseconds. */
#define RECORDED_WITHIN_US 100

/* By more than their records' order may be off. */
static bool
differ_clearly(int64_t a, int64_t b)
{
	return llabs(a - b) > 2 * RECORDED_WITHIN_US;
}

int
sides_proof(const struct sighting *a, const struct sighting *b)
{
	int there = wait_vote(a, b);
	if (there == 0 || there != back_vote(a, b))
		return 0;
	int ttl = ttl_vote(a, b);
	bool clear = differ_clearly(wait_of_client(a), wait_of_client(b)) &&
		differ_clearly(wait_of_server(a), wait_of_server(b));
	return ttl == there || (ttl == 0 && clear) ? there : 0;
}

/* What is asked of each attempt. */
struct question {
	const struct match *m;
	const struct vantage *vantages;
	size_t near;
	size_t far;
	bool proved; /* one sign alone does not turn an attempt round */
};

static const struct sighting *
seen(const struct question *q, uint32_t attempt, size_t v)
{
	return match_seen(q->m, q->vantages, attempt, v);
}

/* What a TTL, or a delay, alone says may be a device's doing, or that of records
 * out of order; two signs that agree are neither. */
static bool
is_proof(const struct sighting *a, const struct sighting *b, uint8_t by)
{
	bool both_ttls = a->syn > 0 && b->syn > 0 && a->synack > 0 &&
		b->synack > 0 &&
		sign(a->ttl_c - b->ttl_c) * sign(b->ttl_s - a->ttl_s) > 0;
	return by & (SHOWN_BY_WAY | SHOWN_BY_SUM) || both_ttls ||
		(by & SHOWN_BY_TTL && by & SHOWN_BY_DELAY) ||
		sides_proof(a, b) != 0;
}

/* +1: the attempt runs from near to far, -1: the other way, 0: unknown. */
static int
attempt_vote(const struct question *q, uint32_t attempt)
{
	const struct sighting *near = seen(q, attempt, q->near);
	const struct sighting *far = seen(q, attempt, q->far);
	if (near == NULL || far == NULL)
		return 0;
	uint8_t by;
	int vote = sides_vote_by(near, far, &by);
	return q->proved && !is_proof(near, far, by) ? 0 : vote;
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

/* Does an attempt speak against what was said (-1), or for it (+1)? */
static bool
any_votes(const struct question *q, int way)
{
	for (uint32_t a = 0; a < q->m->count; a++)
		if (attempt_vote(q, a) * way > 0)
			return true;
	return false;
}

void
sides_find(struct sides *x, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far)
{
	struct question q = {m, vantages, near, far, false};
	*x = (struct sides){0};
	/* The common case, one direction only, costs this look. */
	if (!any_votes(&q, -1))
		return;
	/* Where every attempt speaks against a person's word, this is not two
	   machines that call each other: it takes what refutes the word. */
	q.proved = vantages[near].role_said && vantages[far].role_said &&
		!any_votes(&q, 1);
	x->of = memory_take(m->count, 1);
	count_votes(x, &q);
}

void
sides_release(struct sides *x)
{
	free(x->of);
	*x = (struct sides){0};
}
