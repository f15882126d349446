/*
 * A vantage's one server address, asked of its attempts and of the other
 * vantages' pairs of hosts.
 */
#include "stitch/abreast.h"

/* All of its attempts go to one address, and it has some. */
static bool
serves_one(const struct vantage *v, struct ip_addr *ip)
{
	if (v->sightings == 0)
		return false;
	*ip = vantage_sighting(v, 0)->server;
	for (uint32_t i = 1; i < v->sightings; i++)
		if (!ip_equal(vantage_sighting(v, i)->server, *ip))
			return false;
	return true;
}

/* It may be a router's, for all that its own packets say. */
static bool
may_pass_on(const struct vantage *v)
{
	uint8_t by;
	return stitch_passes_syns_on(v) && stitch_lone_end(v, &by) >= 0;
}

static bool
shows(const struct vantage *v, struct ip_addr ip)
{
	for (uint32_t i = 0; i < v->pairs_count; i++)
		if (ip_equal(v->pairs[i].low, ip) ||
			ip_equal(v->pairs[i].high, ip))
			return true;
	return false;
}

/* Vantages that are not told to stand between, and not the client's. */
static bool
may_be_server(const struct stitch_case *k, size_t v)
{
	return v != k->near && !k->said_between[v];
}

static bool
shown_by_another(const struct stitch_case *k, size_t v)
{
	for (size_t w = 0; w < k->count; w++)
		if (w != v && may_be_server(k, w) &&
			shows(&k->vantages[w], k->serves[v]))
			return true;
	return false;
}

/* What two of them saw lies on one path. */
static void
drop_paths(struct stitch_case *k)
{
	for (uint32_t a = 0; a < k->match.count; a++) {
		size_t first = k->count;
		for (size_t v = 0; v < k->count; v++) {
			if (!k->abreast[v] ||
				match_seen(&k->match, k->vantages, a, v) ==
					NULL)
				continue;
			if (first < k->count)
				k->abreast[v] = k->abreast[first] = false;
			first = v;
		}
	}
}

void
abreast_find(struct stitch_case *k)
{
	if (k->count < 3 || k->own_known || k->far == CASE_NO_END)
		return;
	for (size_t v = 0; v < k->count; v++)
		k->abreast[v] = may_be_server(k, v) &&
			serves_one(&k->vantages[v], &k->serves[v]) &&
			!may_pass_on(&k->vantages[v]) &&
			!shown_by_another(k, v);
	drop_paths(k);
	size_t count = 0;
	for (size_t v = 0; v < k->count; v++)
		count += k->abreast[v];
	/* The last one may have been idle: it shows no path that leads on. */
	bool far_apart =
		k->abreast[k->far] || k->vantages[k->far].sightings == 0;
	for (size_t v = 0; v < k->count; v++)
		k->abreast[v] &= count > 1 && far_apart;
}

size_t
abreast_far(const struct stitch_case *k, uint32_t attempt)
{
	const struct sighting *any = NULL;
	for (size_t v = 0; v < k->count; v++) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, attempt, v);
		if (g != NULL && k->abreast[v])
			return v;
		any = any == NULL ? g : any;
	}
	for (size_t v = 0; v < k->count && any != NULL; v++)
		if (k->abreast[v] && ip_equal(k->serves[v], any->server))
			return v;
	return k->far;
}
