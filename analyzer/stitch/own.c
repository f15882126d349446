/*
 * An address that is in all of a capture's attempts: at most two are, which one
 * the other captures tell. One that is another capture's own is not this one's,
 * unless the packets of what both saw say otherwise.
 */
#include "stitch/own.h"

#include "base/arena.h"

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

/* The one address of each vantage that it shares with no other. */
static bool
addresses_find(const struct vantage *vantages, size_t count,
	struct ip_addr own[STITCH_VANTAGES_MAX])
{
	struct shared all[STITCH_VANTAGES_MAX];
	for (size_t v = 0; v < count; v++)
		all[v] = shared_of(&vantages[v]);
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
	if (count < 3 || !addresses_find(vantages, count, own))
		return false;
	for (size_t v = 0; v < count; v++)
		if (opens_and_accepts(&vantages[v], own[v]))
			return true;
	return false;
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
		if (ip_equal(g->client, k->own[v]))
			*near = v;
		else
			*far = v;
	}
	/* A capture that shows nothing of it tells as much. */
	for (size_t v = 0; v < k->count && any != NULL; v++) {
		if (*near == CASE_NO_END && ip_equal(any->client, k->own[v]))
			*near = v;
		if (*far == CASE_NO_END && ip_equal(any->server, k->own[v]))
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
		bool client = g != NULL && ip_equal(g->client, k->own[v]);
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

bool
own_find(struct stitch_case *k)
{
	if (k->count < 3 || !addresses_find(k->vantages, k->count, k->own))
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
