/*
 * At which end a lone capture stands, attempt by attempt.
 *
 * Its role is what a person said. One machine has both roles, though: a web
 * server is the client of its database. So an attempt of hosts that open
 * connections as well as accept them is turned round where the capture's own
 * host is known: by its address in case.yaml, as the host that all attempts
 * have in common, or by its packets. Where it is not, such an attempt is judged
 * as if the capture stood in between: silence then convicts nobody.
 *
 * Without a role the packets alone decide, and only where they cannot mean two
 * things. One router less is no proof: a machine that runs containers lowers
 * the TTL of its own (Docker, Kubernetes), so that its side shows 63 and a peer
 * in its network 64.
 */
#include "stitch/sides.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/hosts.h"
#include "stitch/stitch.h"

/* A host answers this much faster than the path does. */
#define FASTER 4
/* And slower than the jitter of capturing. */
#define JITTER_US 20
/* A kernel answers within this, containers and virtual machines included; a
 * neighbour in the same network takes longer. */
#define AT_ONCE_US 120
/* Attempts that must say so before nobody's word is enough. */
#define VOTES_PROOF 3
/* So many routers are no container's bridge. */
#define HOPS_PROOF 2

/* TTLs that systems begin with: 64 (RFC 1700, Linux, BSD), 128 (Windows), 255
 * (network devices). */
static int
hops_behind(uint8_t ttl)
{
	return (ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl;
}

/* Who answers at once stands here: +1 the client, -1 the server. */
static int
speed_vote(const struct sighting *g)
{
	if (g->syn != 1 || g->synack != 1 || g->ack == 0 ||
		g->ack_first_at < g->synack_at[0])
		return 0;
	uint64_t server = (uint64_t)g->synack_at[0] - g->syn_at[0];
	uint64_t client = (uint64_t)g->ack_first_at - g->synack_at[0];
	if (server > FASTER * client + JITTER_US)
		return 1;
	return client > FASTER * server + JITTER_US ? -1 : 0;
}

/* The answer left the capture's host with a TTL that a router had lowered: that
 * host had passed the SYN on, by names that a filter on the port hides. */
static bool
answers_for_another(const struct sighting *g)
{
	return g->flags & SIGHTING_SYN_IN && g->flags & SIGHTING_SYNACK_OUT &&
		g->ttl_s != 0 && hops_behind(g->ttl_s) > 0;
}

/* The same of a SYN: it left under the name of a host that asks for another. */
static bool
asks_for_another(const struct sighting *g)
{
	return g->flags & SIGHTING_SYN_OUT && g->ttl_c != 0 &&
		hops_behind(g->ttl_c) > 0;
}

/* The SYN came into the capture's host and left it again, under whatever names. */
static bool
passed_on(const struct vantage *v, const struct sighting *g)
{
	uint32_t flags = g->flags;
	if (g->other != SIGHTING_NONE)
		flags |= vantage_sighting(v, g->other)->flags;
	return (flags & SIGHTING_SYN_IN && flags & SIGHTING_SYN_OUT) ||
		answers_for_another(g) || asks_for_another(g);
}

bool
stitch_passes_syns_on(const struct vantage *v)
{
	for (uint32_t i = 0; i < v->sightings; i++)
		if (passed_on(v, vantage_sighting(v, i)))
			return true;
	return false;
}

/* What the capture's word for in and out says. A host that passes SYNs on (a
 * container's, a router) keeps one that it should have passed on as well: that
 * it only came in, and nobody answered, does not make this the server. */
static int
way_vote(const struct vantage *v, const struct sighting *g, bool passes)
{
	int way = passes && passed_on(v, g) ? 0 : sides_way_vote(g);
	return passes && way < 0 && g->synack == 0 ? 0 : way;
}

/* Who is further away by its TTL: +1 the server, -1 the client. */
static int
far_vote(const struct sighting *g)
{
	int hops = hops_behind(g->ttl_s) - hops_behind(g->ttl_c);
	return (hops >= HOPS_PROOF) - (hops <= -HOPS_PROOF);
}

/* +1: the packets prove that the capture was made at the client, -1: at the
 * server, 0: they do not. *by: what proves it, enum shown_by bits. */
static int
lone_vote(const struct sighting *g, int way, uint8_t *by)
{
	*by = SHOWN_BY_WAY;
	if (way != 0)
		return way;
	if (g->syn == 0 || g->synack == 0)
		return 0;
	int sum = sides_sum_vote(g);
	int speed = speed_vote(g);
	int far = far_vote(g);
	int vote = sum != 0 ? sum : far != 0 ? far : speed;
	*by = (sum != 0 ? SHOWN_BY_SUM : 0) | (far != 0 ? SHOWN_BY_TTL : 0) |
		(speed != 0 ? SHOWN_BY_DELAY : 0);
	return speed == -vote || far == -vote ? 0 : vote;
}

/* The same where nobody said that it was made at either end: it may have been
 * made at the first router, whose distance a TTL does not show. Only a host
 * answers at once, and no router sees a sum that is left to a card. */
static int
host_vote(const struct sighting *g, int way)
{
	if (way != 0)
		return way;
	uint8_t by;
	int vote = g->syn == 1 && g->synack == 1 ? lone_vote(g, 0, &by) : 0;
	if (vote != 0 && sides_sum_vote(g) == vote)
		return vote;
	uint32_t wait = vote > 0 ? g->ack_first_at - g->synack_at[0]
				 : g->synack_at[0] - g->syn_at[0];
	return speed_vote(g) == vote && wait <= AT_ONCE_US ? vote : 0;
}

int
sides_lone_vote(const struct vantage *v, bool passes, const struct sighting *g)
{
	uint8_t by;
	return lone_vote(g, way_vote(v, g, passes), &by);
}

/* That a SYN came in and nothing went out again makes this its server, or a host
 * that should have passed it on: the server's silence is no proof of its own. */
static bool
is_weak(const struct sighting *g, int way)
{
	return way < 0 && g->synack == 0;
}

/* Two sights of one SYN, a router between them, and no word for in and out: the
 * file holds what was captured at two places (merged files, a mirror of several
 * ports), and is no end's. */
static bool
is_of_two_places(const struct sighting *g)
{
	return g->flags & SIGHTING_FORWARDED &&
		!(g->flags & (SIGHTING_SYN_IN | SIGHTING_SYN_OUT));
}

/* What is known of each host; hosts' ids are the index. */
struct host_note {
	uint32_t opens;   /* attempts of which it is the client */
	uint32_t accepts; /* and the server */
	int64_t votes;    /* above 0: the capture was made there */
	int64_t cast;     /* how many attempts voted */
	int64_t weak;     /* and attempts of which it is the silent server */
	int64_t asked;    /* ... or whose SYN it sent */
	bool stated;      /* case.yaml names its address here */
};

struct lone {
	const struct match *m;
	const struct vantage *vantage;
	int said; /* +1 client, -1 server, 0 neither */
	struct hosts hosts;
	struct host_note *notes;
	uint32_t own; /* the host that all attempts share, or HOST_NONE */
	bool any_stated;
	bool passes; /* the capture's host passes SYNs on */
};

#define HOST_NONE UINT32_MAX

static const struct sighting *
seen(const struct lone *x, uint32_t attempt)
{
	return match_seen(x->m, x->vantage, attempt, 0);
}

static void
note_attempt(struct lone *x, const struct sighting *g)
{
	int way = way_vote(x->vantage, g, x->passes);
	uint8_t by;
	int vote = x->said == 0 ? host_vote(g, way) : lone_vote(g, way, &by);
	if (x->said == 0 && (is_of_two_places(g) || is_weak(g, way)))
		vote = 0;
	struct host_note *c = &x->notes[hosts_id(&x->hosts, g->client)];
	c->opens++;
	c->votes += vote;
	c->cast += vote != 0;
	struct host_note *s = &x->notes[hosts_id(&x->hosts, g->server)];
	s->accepts++;
	s->votes -= vote;
	s->cast += vote != 0;
}

int
stitch_lone_end(const struct vantage *v, uint8_t *by)
{
	uint32_t client = 0;
	uint32_t server = 0;
	uint32_t through = 0;
	*by = 0;
	bool passes = stitch_passes_syns_on(v);
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		uint8_t what;
		int vote = lone_vote(g, way_vote(v, g, passes), &what);
		*by |= vote != 0 ? what : 0;
		client += vote > 0;
		server += vote < 0;
		through += vote == 0 && passed_on(v, g);
	}
	/* What a router asks itself does not make it the end of what it passes. */
	if (through > 0)
		return 0;
	return (client > 0 && server == 0) - (server > 0 && client == 0);
}

static void
note_stated(struct lone *x, const struct case_role *said)
{
	for (uint32_t i = 0; said != NULL && i < x->hosts.count; i++)
		for (size_t j = 0; j < said->addresses_count; j++)
			if (ip_equal(x->hosts.list[i], said->addresses[j]))
				x->notes[i].stated = x->any_stated = true;
}

/* Of the host where a capture was made every attempt is. Two hosts alone share
 * all of theirs, and a host that only accepts may be what clients behind one
 * router ask. */
static void
find_own(struct lone *x)
{
	x->own = HOST_NONE;
	for (uint32_t i = 0; i < x->hosts.count && x->hosts.count > 2; i++) {
		const struct host_note *n = &x->notes[i];
		if (n->opens > 0 && n->accepts > 0 &&
			n->opens + n->accepts == x->m->count)
			x->own = i;
	}
}

static int
sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

/* What the votes on a host say: +1 the capture was made there, -1 at its peers.
 * Where nobody said anything, it takes several that nearly agree. */
static int
verdict_of(const struct lone *x, const struct host_note *n)
{
	if (x->said == 0 &&
		(n->cast < VOTES_PROOF || llabs(n->votes) * 4 < n->cast * 3))
		return 0;
	return sign(n->votes);
}

/* Some host has shown by its own connections that the capture was made there. */
static uint32_t
find_shown(const struct lone *x)
{
	for (uint32_t i = 0; i < x->hosts.count; i++)
		if (verdict_of(x, &x->notes[i]) > 0)
			return i;
	return HOST_NONE;
}

/*
 * The weak ones count where nothing speaks against them: neither did others show
 * that the server is further away, nor that the capture was made at another host,
 * which then was to pass the SYN on.
 */
static void
note_weak(struct lone *x)
{
	uint32_t shown = find_shown(x);
	for (uint32_t a = 0; a < x->m->count && x->said == 0; a++) {
		const struct sighting *g = seen(x, a);
		uint32_t s = hosts_id(&x->hosts, g->server);
		if (!is_weak(g, way_vote(x->vantage, g, x->passes)) ||
			x->notes[s].votes < 0 ||
			(shown != HOST_NONE && shown != s))
			continue;
		x->notes[s].weak++;
		x->notes[hosts_id(&x->hosts, g->client)].asked++;
	}
	for (uint32_t i = 0; i < x->hosts.count; i++) {
		struct host_note *n = &x->notes[i];
		n->votes += n->weak - n->asked;
		n->cast += n->weak + n->asked;
	}
}

/* +1: made at the client of this attempt, -1: at its server, 0: unknown. */
static int
place_of(struct lone *x, const struct sighting *g)
{
	uint32_t c = hosts_id(&x->hosts, g->client);
	uint32_t s = hosts_id(&x->hosts, g->server);
	if (x->notes[c].stated != x->notes[s].stated)
		return x->notes[c].stated ? 1 : -1;
	if (x->said == 0 && is_of_two_places(g))
		return 0;
	if (x->own == c || x->own == s)
		return x->own == c ? 1 : -1;
	bool both_ways = x->notes[c].accepts > 0 || x->notes[s].opens > 0;
	if (x->said != 0 && !both_ways)
		return x->said;
	int client = verdict_of(x, &x->notes[c]);
	int server = verdict_of(x, &x->notes[s]);
	/* That one end is elsewhere makes this the other, but not of what the
	   host passes on: it may be a router, with both ends elsewhere. */
	if (x->said == 0 && passed_on(x->vantage, g))
		return (client > 0) - (server > 0);
	return sign(client - server);
}

/* The packets prove the opposite of what was said, of hosts that have one role
 * each. */
static bool
is_contradicted(struct lone *x)
{
	int64_t sum = 0;
	for (uint32_t a = 0; a < x->m->count && x->said != 0; a++) {
		const struct sighting *g = seen(x, a);
		uint8_t by;
		if (place_of(x, g) == x->said)
			sum += lone_vote(
				g, way_vote(x->vantage, g, x->passes), &by);
	}
	return sign(sum) == -x->said && x->said != 0;
}

void
sides_find_lone(struct sides *x, const struct match *m,
	const struct vantage *vantage, enum lone_place place,
	const struct case_role *said)
{
	/* What AS_SAID stands for; it is the client's end unless said. */
	int ends = place == LONE_SERVER ? -1 : 1;
	*x = (struct sides){.of = memory_take(m->count, 1)};
	if (place == LONE_BETWEEN) {
		for (uint32_t a = 0; a < m->count; a++)
			x->of[a] = SIDE_UNKNOWN;
		return;
	}
	struct lone l = {.m = m,
		.vantage = vantage,
		.said = place == LONE_UNSAID ? 0 : ends,
		.passes = stitch_passes_syns_on(vantage)};
	uint64_t most = 2 + 2 * (uint64_t)vantage->pairs_count;
	hosts_init(&l.hosts, most);
	l.notes = memory_take(most, sizeof *l.notes);
	for (uint32_t a = 0; a < m->count; a++)
		note_attempt(&l, seen(&l, a));
	note_weak(&l);
	note_stated(&l, said);
	find_own(&l);
	for (uint32_t a = 0; a < m->count; a++) {
		int at = place_of(&l, seen(&l, a));
		x->of[a] = at == 0   ? SIDE_UNKNOWN
			: at == ends ? SIDE_AS_SAID
				     : SIDE_REVERSED;
	}
	x->contradicted = is_contradicted(&l);
	free(l.notes);
	hosts_release(&l.hosts);
}
