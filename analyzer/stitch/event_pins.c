/*
 * The few events that name a SYN are indexed, then all sightings pass by once.
 *
 * Cost: nothing without such events, else one look-up a sighting (two where
 * lines lack sequence numbers).
 */
#include "stitch/event_pins.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stitch/index.h"

#define PROTOCOL_TCP 6 /* cite: IANA protocol numbers */

/*
 * How long a packet travels to or from a place without a capture at most: once
 * by a geostationary satellite (2 x 35 786 km at the speed of light, 0.24 s).
 */
#define PASSING_NS (300 * NS_PER_MS)

/* Lines of one key that are looked at; a SYN has a dozen copies. Bounds what a
 * hostile log can cost; the lines beyond keep their own times. */
#define CHAIN_MAX 256

struct finder {
	const struct stitch_case *k;
	const struct event_list *events;
	struct hash_keys keys;
	struct index index; /* tuple and sequence number -> first candidate */
	size_t *candidates; /* owned: event indices */
	uint32_t *next;     /* owned: the next with the same key, or NONE */
	size_t count;
	struct event_pin *pins; /* owned; one a candidate */
	bool *own; /* the pin is from the capture of the event's own role */
	bool any_seq;
	bool any_id;
};

/* A sighting as a line names it: what match_tuple_isn_key looks at. */
static bool
sighting_named(const struct event *e, bool with_seq, struct sighting *out)
{
	*out = (struct sighting){0};
	if (e->src == NULL || e->dst == NULL || e->src_port < 0 ||
		e->dst_port < 0 || e->src_port > UINT16_MAX ||
		e->dst_port > UINT16_MAX ||
		(e->protocol >= 0 && e->protocol != PROTOCOL_TCP) ||
		!ip_parse(e->src, &out->client) ||
		!ip_parse(e->dst, &out->server))
		return false;
	out->client_port = (uint16_t)e->src_port;
	out->server_port = (uint16_t)e->dst_port;
	out->isn = with_seq ? (uint32_t)e->seq : 0;
	return true;
}

static bool
has_seq(const struct event *e)
{
	return e->seq >= 0 && e->seq <= UINT32_MAX;
}

/* 0 is what many systems send with "don't fragment": no identification. */
static bool
has_id(const struct event *e)
{
	return e->ip_id > 0 && e->ip_id <= UINT16_MAX;
}

static void
collect(struct finder *f)
{
	size_t room = 0;
	for (size_t i = 0; i < f->events->count; i++) {
		const struct event *e = &f->events->list[i];
		struct sighting named;
		if ((!has_seq(e) && !has_id(e)) || e->src == NULL ||
			!sighting_named(e, has_seq(e), &named))
			continue;
		if (f->count == room) {
			room = room == 0 ? 64 : room * 2;
			f->candidates = memory_grow(
				f->candidates, room, sizeof *f->candidates);
		}
		f->candidates[f->count++] = i;
		f->any_seq = f->any_seq || has_seq(e);
		f->any_id = f->any_id || !has_seq(e);
	}
}

/* Chain the candidates of one key, the first of them in the index. */
static void
index_candidates(struct finder *f)
{
	f->keys = hash_keys_random();
	index_init(&f->index, f->count);
	f->next = memory_take(f->count, sizeof *f->next);
	uint16_t *length = memory_take(f->count, sizeof *length);
	for (size_t i = 0; i < f->count; i++) {
		const struct event *e = &f->events->list[f->candidates[i]];
		struct sighting named;
		sighting_named(e, has_seq(e), &named);
		uint64_t key = match_tuple_isn_key(f->keys, &named);
		uint32_t first = index_find(&f->index, key);
		f->next[i] = INDEX_NONE;
		if (first == INDEX_NONE) {
			index_add(&f->index, key, (uint32_t)i);
			continue;
		}
		if (++length[first] >= CHAIN_MAX) {
			length[first] = CHAIN_MAX;
			continue;
		}
		f->next[i] = f->next[first];
		f->next[first] = (uint32_t)i;
	}
	free(length);
}

/* Which copies of the SYN the line can mean: microseconds after the first. */
static bool
copies_meant(const struct sighting *s, const struct event *e, uint32_t *from,
	uint32_t *to)
{
	*from = 0;
	*to = s->syn_last_at == SIGHTING_AT_NONE ? 0 : s->syn_last_at;
	if (has_id(e) && s->syn_ip_id_first != s->syn_ip_id_last) {
		if (e->ip_id == s->syn_ip_id_first)
			*to = 0;
		else if (e->ip_id == s->syn_ip_id_last)
			*from = *to;
		else
			return has_seq(e);
		return true;
	}
	return has_seq(e) || e->ip_id == s->syn_ip_id_first;
}

/* The packet of candidate i passed vantage v: narrow, or widen, its pin. */
static void
note(struct finder *f, uint32_t i, size_t v, const struct sighting *s,
	uint32_t from_us, uint32_t to_us)
{
	const struct event *e = &f->events->list[f->candidates[i]];
	struct event_pin *p = &f->pins[i];
	const struct clock_map *map = &f->k->maps[v];
	bool own =
		e->role != NULL && strcmp(e->role, f->k->vantages[v].name) == 0;
	if (!clock_known(map) || (f->own[i] && !own))
		return;
	int64_t from = stitch_case_time(f->k, v, s, from_us);
	int64_t to = stitch_case_time(f->k, v, s, to_us);
	bool first = p->event == SIZE_MAX || (own && !f->own[i]);
	if (first) {
		/* Elsewhere it passed before or after, not much. */
		*p = (struct event_pin){f->candidates[i], from, to,
			map->uncertainty_ns + (own ? 0 : PASSING_NS)};
		f->own[i] = own;
		return;
	}
	if (from < p->from_ns)
		p->from_ns = from;
	if (to > p->to_ns)
		p->to_ns = to;
	if (map->uncertainty_ns > p->unsure_ns)
		p->unsure_ns = map->uncertainty_ns;
}

static void
look_up(struct finder *f, size_t v, const struct sighting *s, bool with_seq)
{
	struct sighting key = {.client = s->client,
		.server = s->server,
		.client_port = s->client_port,
		.server_port = s->server_port,
		.isn = with_seq ? s->isn : 0};
	uint32_t i = index_find(&f->index, match_tuple_isn_key(f->keys, &key));
	for (; i != INDEX_NONE; i = f->next[i]) {
		const struct event *e = &f->events->list[f->candidates[i]];
		struct sighting named;
		uint32_t from, to;
		if (has_seq(e) == with_seq &&
			sighting_named(e, with_seq, &named) &&
			named.isn == key.isn &&
			match_same_tuple(&named, &key) &&
			copies_meant(s, e, &from, &to))
			note(f, i, v, s, from, to);
	}
}

static void
pass_sightings(struct finder *f)
{
	for (size_t v = 0; v < f->k->count; v++) {
		const struct vantage *x = &f->k->vantages[v];
		for (uint32_t i = 0; i < x->sightings; i++) {
			const struct sighting *s = vantage_sighting(x, i);
			if (s->syn == 0 || s->flags & SIGHTING_MIDSTREAM)
				continue;
			if (f->any_seq)
				look_up(f, v, s, true);
			if (f->any_id)
				look_up(f, v, s, false);
		}
	}
}

void
event_pins_find(struct event_pins *p, const struct stitch_case *k,
	const struct event_list *events)
{
	struct finder f = {.k = k, .events = events};
	*p = (struct event_pins){0};
	collect(&f);
	if (f.count == 0)
		return;
	index_candidates(&f);
	f.pins = memory_take(f.count, sizeof *f.pins);
	f.own = memory_take(f.count, sizeof *f.own);
	for (size_t i = 0; i < f.count; i++)
		f.pins[i].event = SIZE_MAX;
	pass_sightings(&f);
	for (size_t i = 0; i < f.count; i++)
		if (f.pins[i].event != SIZE_MAX)
			f.pins[p->count++] = f.pins[i];
	p->list = f.pins;
	index_release(&f.index);
	free(f.candidates);
	free(f.next);
	free(f.own);
}

void
event_pins_release(struct event_pins *p)
{
	free(p->list);
	*p = (struct event_pins){0};
}
