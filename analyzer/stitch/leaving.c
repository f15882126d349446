/*
 * Answers that leave a host, by the card that their SYN came by.
 */
#include "stitch/leaving.h"

#include <stdlib.h>

#include "stitch/seen_twice.h"

/* The sight of an attempt that its SYN passed first. */
static const struct sighting *
outer_of(const struct vantage *v, const struct sighting *g)
{
	if (g->other == SIGHTING_NONE)
		return g;
	const struct sighting *o = vantage_sighting(v, g->other);
	bool is_inner = !(o->flags & SIGHTING_MIDSTREAM) && o->syn > 0 &&
		!seen_twice_is_outer(g, o);
	return is_inner ? o : g;
}

/* Of all that leaves: by the card where the capture tells cards, or else in the
 * server's name. */
static uint64_t
key_of_all(const struct leaving *x, const struct sighting *outer)
{
	uint16_t card = SIGHTING_STEP_CARD(outer->syn_way[0]);
	if (card > 0)
		return hash_mix(x->keys.a ^ card, x->keys.b | 1);
	return hash_endpoint(x->keys, outer->server, 0);
}

/* Of what leaves to this client. */
static uint64_t
key_of_own(const struct leaving *x, const struct sighting *outer)
{
	uint16_t card = SIGHTING_STEP_CARD(outer->syn_way[0]);
	return hash_tuple(x->keys, outer->client, card, outer->server, 0);
}

static bool
is_seen_leaving(const struct sighting *outer)
{
	uint8_t card = SIGHTING_STEP_CARD(outer->syn_way[0]);
	if (outer->synack == 0 || card == 0)
		return outer->synack > 0;
	for (int i = 0; i < SIGHTING_WAY_STEPS; i++)
		if (SIGHTING_STEP_CARD(outer->synack_way[i]) == card)
			return true;
	return false;
}

static void
learn(struct leaving *x, const struct sighting *outer)
{
	if (!is_seen_leaving(outer))
		return;
	index_add(&x->seen, key_of_all(x, outer), 0);
	index_add(&x->seen, key_of_own(x, outer), 0);
}

/* Can anything be kept inside, as far as this capture shows? */
static bool
shows_inside(const struct vantage *v)
{
	if (v->cards_count > 1)
		return true;
	for (uint32_t i = 0; i < v->sightings; i++)
		if (vantage_sighting(v, i)->other != SIGHTING_NONE)
			return true;
	return false;
}

void
leaving_learn(struct leaving *x, const struct vantage *v)
{
	*x = (struct leaving){.vantage = v};
	if (v->all_cards || !shows_inside(v))
		return;
	x->learnt = true;
	x->keys = hash_keys_random();
	index_init(&x->seen, 2 * (uint64_t)v->sightings);
	uint8_t *is_second = seen_twice_seconds(v);
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		if (!(is_second[i >> 3] >> (i & 7) & 1) && g->syn > 0 &&
			!(g->flags & SIGHTING_MIDSTREAM))
			learn(x, outer_of(v, g));
	}
	free(is_second);
}

void
leaving_release(struct leaving *x)
{
	if (x->learnt)
		index_release(&x->seen);
	*x = (struct leaving){0};
}

enum leaving_seen
leaving_ask(const struct leaving *x, const struct sighting *g)
{
	if (!x->learnt)
		return LEAVING_OWN;
	const struct sighting *outer = outer_of(x->vantage, g);
	if (index_find(&x->seen, key_of_own(x, outer)) != INDEX_NONE)
		return LEAVING_OWN;
	return index_find(&x->seen, key_of_all(x, outer)) != INDEX_NONE
		? LEAVING_OTHERS
		: LEAVING_UNSEEN;
}
