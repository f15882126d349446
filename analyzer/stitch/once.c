/*
 * Two kinds of sightings begin no attempt of the report's.
 *
 * An answer that nobody asked for: a SYN-ACK at the client's end, of whose
 * connect that end shows no SYN and nothing behind it, although it shows what
 * this host sends. A connect that had begun before the capture would go on: its
 * client acknowledges the answer or repeats its SYN. (Backscatter of somebody
 * who used this address, a balancer's stray, an answer of long ago.)
 *
 * The other side of a device that changes address, port and sequence number,
 * where no pairing is beyond doubt: each SYN that only the server's end shows
 * may be one of those that only the client's end shows. Both would count the
 * connect twice; that of the client's end is counted, and says so ("orphans").
 */
#include "stitch/once.h"

#include <stdlib.h>

#include "base/arena.h"
#include "stitch/gather_sights.h"

/* A client that still waits repeats its first SYN within this time. */
#define ASKED_NS (7 * NS_PER_S / 2)

/* And reacts to an answer within this time, or never. */
#define REACTS_NS NS_PER_S

/* The device sends on within this time. */
#define DEVICE_NS (3 * NS_PER_S)

/* Clocks jitter by so much beyond their stated uncertainty. */
#define JITTER_NS (50 * NS_PER_MS)

/* So many of each side are compared; with more, all are counted. */
#define SIDE_MAX 1024

struct one_sided {
	uint32_t attempt;
	size_t vantage;
	const struct sighting *s;
	int64_t at_ns; /* reference clock */
	bool spent;
};

struct one_sides {
	struct one_sided *list;
	uint32_t count;
	bool more; /* than are kept */
};

/* The capture at this end shows what its host sends, and did so by then. */
static bool
shows_sends(const struct vantage *v, const struct sighting *g)
{
	return v->audit.two_sided > 0 && v->audit.lacks_client_side == 0 &&
		v->gaps_count == 0 &&
		clock_sub(g->first_ns, v->first.ns) >= ASKED_NS &&
		clock_sub(v->last.ns, g->first_ns) >= REACTS_NS;
}

/* Refused (RFC 9293 section 3.10.7.1) or dropped in silence: neither makes an
 * attempt. One whose SYN the capture missed would go on, as shows_sends has it. */
static bool
is_unasked(const struct stitch_case *k, const struct attempt_ends *a)
{
	const struct sighting *g = a->c;
	if (g == NULL || a->s != NULL || a->between || a->near_between ||
		!(g->flags & SIGHTING_NO_SYN))
		return false;
	return g->syn == 0 && g->synack > 0 && g->ack == 0 && g->data_c == 0 &&
		!(g->flags & (SIGHTING_PROGRESS | SIGHTING_SIMULTANEOUS)) &&
		match_seen(&k->match, k->vantages, a->attempt, a->near) == g &&
		shows_sends(&k->vantages[a->near], g);
}

static void
add(const struct stitch_case *k, struct one_sides *x, uint32_t attempt,
	size_t v, const struct sighting *s)
{
	if (x->count == SIDE_MAX) {
		x->more = true;
		return;
	}
	x->list[x->count++] = (struct one_sided){.attempt = attempt,
		.vantage = v,
		.s = s,
		.at_ns = stitch_case_time(k, v, s, 0)};
}

static int
by_time(const void *a, const void *b)
{
	const struct one_sided *x = a;
	const struct one_sided *y = b;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->attempt < y->attempt ? -1 : x->attempt > y->attempt;
}

/* The one was sent on as the other: behind it, as far as the clocks tell. */
static bool
follows(const struct stitch_case *k, const struct one_sided *near,
	const struct one_sided *far)
{
	const struct clock_map *c = &k->maps[near->vantage];
	const struct clock_map *s = &k->maps[far->vantage];
	if (!clock_known(c) || !clock_known(s))
		return true;
	int64_t unsure = clock_add(clock_uncertainty(c, near->s->first_ns),
		clock_uncertainty(s, far->s->first_ns));
	int64_t took = clock_sub(far->at_ns, near->at_ns);
	return took < DEVICE_NS &&
		clock_add(took, clock_add(unsure, JITTER_NS)) > 0;
}

/* far may be near, sent on by the device; what nobody changed would have been
 * paired. */
static bool
may_be(const struct stitch_case *k, const struct one_sided *near,
	const struct one_sided *far)
{
	const struct sighting *c = near->s;
	const struct sighting *s = far->s;
	return !near->spent && !ip_equal(c->client, s->client) &&
		ip_equal(c->server, s->server) &&
		c->server_port == s->server_port &&
		(c->flags & SIGHTING_PROGRESS) ==
		(s->flags & SIGHTING_PROGRESS) &&
		match_same_syn(c, s) && follows(k, near, far) &&
		!cover_knows_pair(
			&k->covers[far->vantage], c->client, c->server);
}

/* Each of the far ones that a near one of its own may be. */
static void
spare_far(struct stitch_case *k, struct one_sides *near, struct one_sides *far)
{
	qsort(near->list, near->count, sizeof *near->list, by_time);
	qsort(far->list, far->count, sizeof *far->list, by_time);
	for (uint32_t j = 0; j < far->count; j++)
		for (uint32_t i = 0; i < near->count; i++) {
			if (!may_be(k, &near->list[i], &far->list[j]))
				continue;
			near->list[i].spent = true;
			k->match.kind[far->list[j].attempt] = MATCH_SPARE;
			k->once.both_sides++;
			break;
		}
}

/* The device leaves sequence numbers as they are: what it sent on is paired, by
 * the client's end or by a capture on the way, which may be the device's own. */
static bool
keeps_isn(const struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->s == NULL || a->s->syn == 0)
		return false;
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g = sights_wire(k, v,
			match_seen(&k->match, k->vantages, a->attempt, v),
			false);
		if (v != a->far && g != NULL && g->syn > 0 &&
			g->isn == a->s->isn &&
			!ip_equal(g->client, a->s->client))
			return true;
	}
	return false;
}

void
once_find(struct stitch_case *k)
{
	struct one_sides near = {
		.list = memory_take(SIDE_MAX, sizeof *near.list)};
	struct one_sides far = {
		.list = memory_take(SIDE_MAX, sizeof *far.list)};
	bool kept = false;
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		kept = kept || keeps_isn(k, &a);
		if (is_unasked(k, &a)) {
			k->match.kind[i] = MATCH_SPARE;
			k->once.unasked++;
		} else if (a.near == CASE_NO_END || a.far == CASE_NO_END) {
			continue;
		} else if (a.c != NULL && a.s == NULL && a.c->syn > 0) {
			add(k, &near, i, a.near, a.c);
		} else if (a.c == NULL && a.s != NULL && a.s->syn > 0) {
			add(k, &far, i, a.far, a.s);
		}
	}
	if (!kept && !near.more && !far.more && near.count > 0 && far.count > 0)
		spare_far(k, &near, &far);
	free(near.list);
	free(far.list);
}
