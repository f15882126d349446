/*
 * Where hosts stand, by two kinds of witnesses: an attempt that both ends saw has
 * its client at the one and its server at the other; an attempt that one capture
 * alone shows may prove at which of its ends that one was made (lone_side.c). A
 * host's witnesses speak for all of its attempts, those without an answer
 * included, which prove nothing by themselves.
 *
 * Cost: a look at each attempt; more where some attempt contradicts the path.
 */
#include "stitch/outside.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/hosts.h"
#include "stitch/stitch.h"

enum { AT_NEAR, AT_FAR, ENDS };

/* So many addresses of hosts at one end are kept for the first look; a service
 * has one or two. */
#define KNOWN_MAX 8

/* What is known of a host; ids of hosts are the index. */
struct note {
	uint32_t stands
		[ENDS]; /* attempts of both captures that place it there */
	int64_t proofs[ENDS]; /* attempts of one capture that place it there,
	                          less those that place it elsewhere */
};

struct outside {
	struct sides *sides;
	const struct match *m;
	const struct vantage *vantages;
	size_t at[ENDS];   /* their vantages */
	bool passes[ENDS]; /* the capture's host sends SYNs on */
	struct ip_addr known[ENDS][KNOWN_MAX];
	int known_count[ENDS];
	struct hosts hosts;
	struct note *notes;
};

static const struct sighting *
seen(const struct outside *x, uint32_t attempt, int end)
{
	return match_seen(x->m, x->vantages, attempt, x->at[end]);
}

/* Seen by this end's capture and by no other. */
static bool
is_alone(const struct outside *x, uint32_t attempt, int end)
{
	const uint32_t *row = match_row(x->m, attempt);
	for (size_t v = 0; v < x->m->vantages; v++)
		if ((row[v] != SIGHTING_NONE) != (v == x->at[end]))
			return false;
	return true;
}

/* The host that a path has at this end, and the one that it has at the other. */
static struct ip_addr
host_of(const struct sighting *g, int end)
{
	return end == AT_NEAR ? g->client : g->server;
}

static struct ip_addr
peer_of(const struct sighting *g, int end)
{
	return end == AT_NEAR ? g->server : g->client;
}

/* +1: made where the path says, -1: at the other end, 0: nothing proves it. */
static int
proof(const struct outside *x, const struct sighting *g, int end)
{
	int vote = sides_lone_vote(&x->vantages[x->at[end]], x->passes[end], g);
	return end == AT_NEAR ? vote : -vote;
}

static bool
is_known(const struct outside *x, struct ip_addr ip, int end)
{
	for (int i = 0; i < x->known_count[end]; i++)
		if (ip_equal(x->known[end][i], ip))
			return true;
	return false;
}

static void
know(struct outside *x, struct ip_addr ip, int end)
{
	if (x->known_count[end] < KNOWN_MAX && !is_known(x, ip, end))
		x->known[end][x->known_count[end]++] = ip;
}

static void
know_attempt(struct outside *x, uint32_t attempt)
{
	const struct sighting *c = seen(x, attempt, AT_NEAR);
	const struct sighting *s = seen(x, attempt, AT_FAR);
	if (c == NULL || s == NULL || sides_reversed(x->sides, attempt))
		return;
	know(x, c->client, AT_NEAR);
	know(x, s->server, AT_FAR);
}

/* Does any attempt speak against the path? Most cases have none. */
static bool
is_doubtful(struct outside *x)
{
	for (uint32_t a = 0; a < x->m->count; a++)
		know_attempt(x, a);
	for (uint32_t a = 0; a < x->m->count; a++)
		for (int end = 0; end < ENDS; end++) {
			const struct sighting *g = seen(x, a, end);
			if (g != NULL && is_alone(x, a, end) &&
				(proof(x, g, end) < 0 ||
					is_known(x, peer_of(g, end), end)))
				return true;
		}
	return false;
}

static struct note *
note_of(struct outside *x, struct ip_addr ip)
{
	return &x->notes[hosts_id(&x->hosts, ip)];
}

static void
note_attempt(struct outside *x, uint32_t attempt)
{
	bool reversed = sides_reversed(x->sides, attempt);
	const struct sighting *both[ENDS] = {
		seen(x, attempt, AT_NEAR), seen(x, attempt, AT_FAR)};
	for (int end = 0; end < ENDS; end++) {
		const struct sighting *g = both[end];
		if (g == NULL)
			continue;
		if (both[1 - end] != NULL) {
			int stands = reversed ? 1 - end : end;
			note_of(x, host_of(g, stands))->stands[end]++;
		} else if (is_alone(x, attempt, end)) {
			int vote = proof(x, g, end);
			note_of(x, host_of(g, end))->proofs[end] += vote;
			note_of(x, peer_of(g, end))->proofs[end] -= vote;
		}
	}
}

/* The host stands at this end, for all that is known of it. */
static bool
stands_at(const struct note *n, int end)
{
	if (n->stands[end] != n->stands[1 - end])
		return n->stands[end] > n->stands[1 - end];
	return n->proofs[end] > 0;
}

/* The capture that alone shows the attempt was made at the end of it where the
 * path has its peer. */
static void
place(struct outside *x, uint32_t attempt, int end)
{
	const struct sighting *g = seen(x, attempt, end);
	const struct note *peer = note_of(x, peer_of(g, end));
	const struct note *host = note_of(x, host_of(g, end));
	if (sides_reversed(x->sides, attempt) || !stands_at(peer, end) ||
		stands_at(host, end))
		return;
	if (x->sides->of == NULL)
		x->sides->of = memory_take(x->m->count, 1);
	x->sides->of[attempt] =
		stands_at(host, 1 - end) ? SIDE_REVERSED : SIDE_OUTSIDE;
}

void
outside_find(struct sides *sides, const struct match *m,
	const struct vantage *vantages, size_t near, size_t far)
{
	struct outside x = {.sides = sides,
		.m = m,
		.vantages = vantages,
		.at = {near, far},
		.passes = {stitch_passes_syns_on(&vantages[near]),
			stitch_passes_syns_on(&vantages[far])}};
	if (!is_doubtful(&x))
		return;
	uint64_t most = 2 + 2 * (uint64_t)vantages[near].pairs_count +
		2 * (uint64_t)vantages[far].pairs_count;
	hosts_init(&x.hosts, most);
	x.notes = memory_take(most, sizeof *x.notes);
	for (uint32_t a = 0; a < m->count; a++)
		note_attempt(&x, a);
	for (uint32_t a = 0; a < m->count; a++)
		for (int end = 0; end < ENDS; end++)
			if (is_alone(&x, a, end))
				place(&x, a, end);
	free(x.notes);
	hosts_release(&x.hosts);
}
