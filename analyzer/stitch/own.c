/*
 * An address that is in all of a capture's attempts: at most two are, which one
 * the other captures tell. One that is another capture's own is not this one's,
 * unless the packets of what both saw say otherwise.
 *
 * A proxy has two, one in what it takes and one in what it opens, and none is in
 * all of its attempts. There the packets of what two captures saw claim them: the
 * nearer one's is the client's address, the other's the server's.
 */
#include "stitch/own.h"

#include <string.h>

#include "base/arena.h"
#include "stitch/gather_sights.h"

/* The addresses that all attempts of one vantage share. */
struct shared {
	struct ip_addr list[2];
	int count;
};

static bool
has(const struct sighting *g, struct ip_addr ip)
{
	return ip_equal(g->client, ip) || ip_equal(g->server, ip);
}

static struct shared
shared_of(const struct vantage *v)
{
	struct shared x = {0};
	if (v->sightings == 0)
		return x;
	const struct sighting *first = vantage_sighting(v, 0);
	x = (struct shared){{first->client, first->server}, 2};
	for (uint32_t i = 1; i < v->sightings && x.count > 0; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		for (int k = x.count - 1; k >= 0; k--)
			if (!has(g, x.list[k]))
				x.list[k] = x.list[--x.count];
	}
	return x;
}

/* Of two addresses, drop those that are certainly another capture's. */
static void
drop_others(struct shared all[STITCH_VANTAGES_MAX], size_t count, size_t v)
{
	for (size_t w = 0; w < count; w++)
		for (int i = 1; i >= 0; i--)
			if (all[v].count == 2 && all[w].count == 1 &&
				ip_equal(all[v].list[i], all[w].list[0]))
				all[v].list[i] = all[v].list[--all[v].count];
}

static int
place_in(const struct shared *x, struct ip_addr ip)
{
	for (int i = 0; i < x->count; i++)
		if (ip_equal(x->list[i], ip))
			return i;
	return -1;
}

/* The client of all connects that a capture shows. What begins with an answer is
 * no connect of anybody's: scanners send such, and its ends may be the wrong way
 * round. */
static bool
is_one_client(const struct vantage *v, struct ip_addr *client)
{
	const struct sighting *first = NULL;
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		if (g->syn == 0)
			continue;
		if (first != NULL && !ip_equal(g->client, first->client))
			return false;
		first = g;
		*client = g->client;
	}
	return first != NULL;
}

/* One client of several servers is in all of their captures: where the packets
 * or a person said which capture is the nearest to it, it is that one's. */
static void
give_client(const struct vantage *vantages, size_t count,
	struct shared all[STITCH_VANTAGES_MAX])
{
	const struct vantage *first = &vantages[0];
	struct ip_addr client;
	if (!(vantage_is_placed(first) || first->role_said) ||
		!is_one_client(first, &client))
		return;
	for (size_t v = 0; v < count; v++)
		if (all[v].count != 2 || place_in(&all[v], client) < 0)
			return;
	all[0] = (struct shared){{client}, 1};
	for (size_t v = 1; v < count; v++) {
		int at = place_in(&all[v], client);
		all[v].list[at] = all[v].list[--all[v].count];
	}
}

/* The one address of each vantage that it shares with no other. */
static bool
addresses_find(const struct vantage *vantages, size_t count,
	struct ip_addr own[STITCH_VANTAGES_MAX])
{
	struct shared all[STITCH_VANTAGES_MAX];
	for (size_t v = 0; v < count; v++)
		all[v] = shared_of(&vantages[v]);
	give_client(vantages, count, all);
	for (size_t v = 0; v < count; v++) {
		drop_others(all, count, v);
		if (all[v].count != 1)
			return false;
		own[v] = all[v].list[0];
	}
	for (size_t v = 0; v < count; v++)
		for (size_t w = 0; w < v; w++)
			if (ip_equal(own[v], own[w]))
				return false;
	return true;
}

/* The two of one SYN call each other: another SYN goes the other way. */
static bool
pair_calls_both_ways(const struct vantage *v)
{
	const struct sighting *first = NULL;
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		if (g->syn == 0)
			continue;
		if (first == NULL)
			first = g;
		else if (ip_equal(g->client, first->server) &&
			ip_equal(g->server, first->client))
			return true;
	}
	return false;
}

static bool
opens_and_accepts(const struct vantage *v, struct ip_addr own)
{
	bool opens = false;
	bool accepts = false;
	for (uint32_t i = 0; i < v->sightings && !(opens && accepts); i++) {
		const struct sighting *g = vantage_sighting(v, i);
		opens = opens || (g->syn > 0 && ip_equal(g->client, own));
		accepts = accepts || (g->syn > 0 && ip_equal(g->server, own));
	}
	return opens && accepts;
}

bool
stitch_calls_both_ways(const struct vantage *vantages, size_t count)
{
	struct ip_addr own[STITCH_VANTAGES_MAX];
	if (count == 2)
		return pair_calls_both_ways(&vantages[0]) &&
			pair_calls_both_ways(&vantages[1]);
	return count > 2 && stitch_own_addresses(vantages, count, own);
}

bool
stitch_own_addresses(
	const struct vantage *vantages, size_t count, struct ip_addr *own)
{
	if (count < 2 || !addresses_find(vantages, count, own))
		return false;
	for (size_t v = 0; v < count; v++)
		if (opens_and_accepts(&vantages[v], own[v]))
			return true;
	return false;
}

static bool
is_own(const struct stitch_case *k, size_t v, struct ip_addr ip)
{
	for (int i = 0; i < k->own[v].count; i++)
		if (ip_equal(k->own[v].list[i], ip))
			return true;
	return false;
}

/* Whose end a capture is of an attempt: +1 the client's, -1 the server's, 0 it is
 * not known. A host that translates shows an attempt under two names, of which one
 * has its own address. */
static int
end_of(const struct stitch_case *k, size_t v, const struct sighting *g)
{
	const struct sighting *inner = sights_twin(k, v, g);
	bool client = is_own(k, v, g->client) ||
		(inner != NULL && is_own(k, v, inner->client));
	bool server = is_own(k, v, g->server) ||
		(inner != NULL && is_own(k, v, inner->server));
	return client - server;
}

void
own_ends(const struct stitch_case *k, uint32_t attempt, size_t *near,
	size_t *far)
{
	const struct sighting *any = NULL;
	*near = *far = CASE_NO_END;
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, attempt, v);
		if (g == NULL)
			continue;
		any = g;
		if (end_of(k, v, g) > 0)
			*near = v;
		else
			*far = v;
	}
	/* A capture that shows nothing of it tells as much. */
	for (size_t v = 0; v < k->count && any != NULL; v++) {
		if (*near == CASE_NO_END && is_own(k, v, any->client))
			*near = v;
		if (*far == CASE_NO_END && is_own(k, v, any->server))
			*far = v;
	}
}

/* In three captures, or in two at one end: so it is on a path. */
static bool
is_on_path(const struct stitch_case *k, uint32_t attempt)
{
	int clients = 0;
	int servers = 0;
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, attempt, v);
		bool client = g != NULL && end_of(k, v, g) > 0;
		clients += client;
		servers += g != NULL && !client;
	}
	return clients > 1 || servers > 1;
}

/* +1 where the capture that is taken for the client's is the nearer one. */
static int
order_vote(const struct stitch_case *k, uint32_t attempt)
{
	size_t near;
	size_t far;
	own_ends(k, attempt, &near, &far);
	if (near == CASE_NO_END || far == CASE_NO_END)
		return 0;
	const struct sighting *c =
		match_seen(&k->match, k->vantages, attempt, near);
	const struct sighting *s =
		match_seen(&k->match, k->vantages, attempt, far);
	return c != NULL && s != NULL ? sides_vote(c, s) : 0;
}

static bool
rings_find(struct stitch_case *k)
{
	struct ip_addr own[STITCH_VANTAGES_MAX];
	if (!addresses_find(k->vantages, k->count, own))
		return false;
	for (size_t v = 0; v < k->count; v++)
		k->own[v] = (struct own_addresses){{own[v]}, 1};
	return true;
}

/* Addresses that a vantage may have as its own, and what speaks for each. */
#define CLAIMS_MAX 16
struct claims {
	struct {
		struct ip_addr ip;
		int64_t votes;
	} list[CLAIMS_MAX];
	int count;
	bool full;
};

static void
claim(struct claims *x, struct ip_addr ip, int vote)
{
	int i = 0;
	while (i < x->count && !ip_equal(x->list[i].ip, ip))
		i++;
	x->full |= i == CLAIMS_MAX;
	if (x->full)
		return;
	if (i == x->count)
		x->list[x->count++].ip = ip;
	x->list[i].votes += vote;
}

/* What one attempt claims for the two captures that saw it; false: it lies on
 * a path of more, or is translated on its way. */
static bool
claim_ends(const struct stitch_case *k, uint32_t attempt, struct claims *all)
{
	const struct sighting *seen[2] = {0};
	size_t at[2] = {0};
	int count = 0;
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, attempt, v);
		if (g != NULL && count == 2)
			return false;
		if (g == NULL)
			continue;
		seen[count] = g;
		at[count++] = v;
	}
	if (count < 2)
		return true;
	if (!ip_equal(seen[0]->client, seen[1]->client) ||
		!ip_equal(seen[0]->server, seen[1]->server))
		return false;
	int vote = sides_vote(seen[0], seen[1]);
	claim(&all[at[0]], seen[0]->client, vote);
	claim(&all[at[0]], seen[0]->server, -vote);
	claim(&all[at[1]], seen[0]->server, vote);
	claim(&all[at[1]], seen[0]->client, -vote);
	return true;
}

/* Those that more speaks for than against; no more than a machine may have. */
static bool
own_take(struct own_addresses *own, const struct claims *x)
{
	*own = (struct own_addresses){0};
	for (int i = 0; i < x->count; i++) {
		if (x->list[i].votes <= 0)
			continue;
		if (own->count == CASE_OWN_MAX)
			return false;
		own->list[own->count++] = x->list[i].ip;
	}
	return own->count > 0 && !x->full;
}

/* What began before the capture: no attempt, but somebody's connection. */
static bool
rest_fits(const struct stitch_case *k, size_t v)
{
	for (uint32_t i = 0; i < k->vantages[v].sightings; i++) {
		const struct sighting *g = vantage_sighting(&k->vantages[v], i);
		if (g->flags & SIGHTING_MIDSTREAM && end_of(k, v, g) == 0)
			return false;
	}
	return true;
}

static bool
is_anothers(const struct stitch_case *k, size_t v)
{
	for (size_t w = 0; w < v; w++)
		for (int i = 0; i < k->own[v].count; i++)
			if (is_own(k, w, k->own[v].list[i]))
				return true;
	return false;
}

/* Every attempt of a vantage has one of its own addresses at one end, no
 * address is two vantages' own, and some machine takes and opens connections. */
static bool
own_fits(const struct stitch_case *k)
{
	bool passes_on = false;
	for (size_t v = 0; v < k->count; v++) {
		bool opens = false;
		bool accepts = false;
		for (uint32_t a = 0; a < k->match.count; a++) {
			const struct sighting *g =
				match_seen(&k->match, k->vantages, a, v);
			int end = g == NULL ? 0 : end_of(k, v, g);
			if (g != NULL && end == 0)
				return false;
			opens |= end > 0;
			accepts |= end < 0;
		}
		passes_on |= opens && accepts;
		if (is_anothers(k, v) || !rest_fits(k, v))
			return false;
	}
	return passes_on;
}

/* A proxy in a chain: laptop -> proxy, proxy -> program. */
static bool
chain_find(struct stitch_case *k)
{
	struct claims all[STITCH_VANTAGES_MAX] = {0};
	for (uint32_t a = 0; a < k->match.count; a++)
		if (!claim_ends(k, a, all))
			return false;
	for (size_t v = 0; v < k->count; v++)
		if (!own_take(&k->own[v], &all[v]))
			return false;
	return own_fits(k);
}

/* What one of two captures alone shows claims its address, where the packets
 * prove at which end it stands. */
static void
claim_alone(const struct stitch_case *k, size_t v, struct claims *x)
{
	bool passes = stitch_passes_syns_on(&k->vantages[v]);
	for (uint32_t a = 0; a < k->match.count; a++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a, v);
		if (g == NULL ||
			match_seen(&k->match, k->vantages, a, 1 - v) != NULL)
			continue;
		int vote = sides_lone_vote(&k->vantages[v], passes, g);
		claim(x, g->client, vote);
		claim(x, g->server, -vote);
	}
}

/* Two machines, one of which others call or which calls others: what it takes
 * and what it opens has its end there, whatever the two are to each other. */
static bool
pair_find(struct stitch_case *k)
{
	if (rings_find(k))
		return own_fits(k);
	struct claims all[STITCH_VANTAGES_MAX] = {0};
	for (uint32_t a = 0; a < k->match.count; a++)
		if (!claim_ends(k, a, all))
			return false;
	for (size_t v = 0; v < k->count; v++) {
		if (pair_calls_both_ways(&k->vantages[v]))
			return false;
		claim_alone(k, v, &all[v]);
		if (!own_take(&k->own[v], &all[v]))
			return false;
	}
	return own_fits(k);
}

/* A person said that it is the server's, and by these addresses it only asks: on a
 * path of three, where the server's address is in every capture, the one in the
 * middle seems to be its owner. */
static bool
contradicts_said(const struct stitch_case *k, size_t v)
{
	const struct vantage *x = &k->vantages[v];
	if (!x->role_said || strcmp(x->name, "server") != 0)
		return false;
	for (uint32_t i = 0; i < x->sightings; i++)
		if (is_own(k, v, vantage_sighting(x, i)->server))
			return false;
	return x->sightings > 0;
}

bool
own_find(struct stitch_case *k)
{
	if (k->count == 2 ? !pair_find(k) : !rings_find(k) && !chain_find(k))
		return false;
	for (size_t v = 0; v < k->count && k->count > 2; v++)
		if (contradicts_said(k, v))
			return false;
	int64_t order = 0;
	for (uint32_t a = 0; a < k->match.count; a++) {
		if (is_on_path(k, a))
			return false;
		order += order_vote(k, a);
	}
	if (order < 0)
		return false;
	k->own_known = true;
	k->sides.of = memory_take(k->match.count == 0 ? 1 : k->match.count, 1);
	for (uint32_t a = 0; a < k->match.count; a++) {
		size_t near;
		size_t far;
		own_ends(k, a, &near, &far);
		/* The order of clocks is that of the vantages. */
		k->sides.of[a] =
			near != CASE_NO_END && far != CASE_NO_END && near > far
			? SIDE_REVERSED
			: SIDE_AS_SAID;
	}
	return true;
}
