/*
 * The tracker's records: finding a flow, beginning a sighting, host pairs.
 *
 * A 4-tuple is hashed without orientation (the endpoints' hashes are added), so
 * that both directions find the same slot; the record says who is the client.
 * What a segment means is not known here.
 */
#include "base/arena.h"
#include "ingest/track_flow.h"

/* Earlier sightings of a tuple that are looked at for an ISN. */
#define PREVIOUS_MAX 8

/* 1: the packet runs client -> server, -1: back, 0: another tuple. */
static int
crowd_orientation(const struct crowd *c, uint32_t index, const struct packet *p)
{
	if (!crowd_has_print(c, index,
		    crowd_print(p->src, p->src_port, p->dst, p->dst_port)))
		return 0;
	const struct crowd_row *row = crowd_row(c, index);
	const struct sighting *kind = &c->kinds[row->kind];
	if (row->client_port == p->src_port &&
		kind->server_port == p->dst_port &&
		ip_equal(row->client, p->src) && ip_equal(kind->server, p->dst))
		return 1;
	if (row->client_port == p->dst_port &&
		kind->server_port == p->src_port &&
		ip_equal(row->client, p->dst) && ip_equal(kind->server, p->src))
		return -1;
	return 0;
}

static int
orientation(const struct vantage *v, uint32_t index, const struct packet *p)
{
	if (index & TRACK_CROWD)
		return crowd_orientation(
			&v->crowd, (index & ~TRACK_CROWD) - 1, p);
	const struct sighting *s = vantage_sighting(v, index - 1);
	if (s->client_port == p->src_port && s->server_port == p->dst_port &&
		ip_equal(s->client, p->src) && ip_equal(s->server, p->dst))
		return 1;
	if (s->client_port == p->dst_port && s->server_port == p->src_port &&
		ip_equal(s->client, p->dst) && ip_equal(s->server, p->src))
		return -1;
	return 0;
}

/* The slot that holds the packet's tuple, or the free one where it belongs. */
static struct table_slot *
flow_slot(struct tracker *t, const struct packet *p, uint32_t tag, int *way)
{
	struct table *flows = &t->flows;
	uint32_t at = tag & flows->mask;
	while (flows->slots[at].index != 0) {
		struct table_slot *slot = &flows->slots[at];
		if (slot->tag == tag) {
			*way = orientation(t->vantage, slot->index, p);
			if (*way != 0)
				return slot;
		}
		at = (at + 1) & flows->mask;
	}
	*way = 0;
	return &flows->slots[at];
}

uint32_t
track_pair(struct tracker *t, struct ip_addr a, struct ip_addr b, bool make)
{
	struct vantage *v = t->vantage;
	struct ip_addr low = ip_less(a, b) ? a : b;
	struct ip_addr high = ip_less(a, b) ? b : a;
	uint64_t h = hash_endpoint(t->keys, low, 0) +
		hash_endpoint(t->keys, high, 1);
	uint32_t tag = (uint32_t)(h >> 32) ^ (uint32_t)h;
	table_reserve(&t->pairs);
	uint32_t at = tag & t->pairs.mask;
	for (; t->pairs.slots[at].index != 0; at = (at + 1) & t->pairs.mask) {
		uint32_t index = t->pairs.slots[at].index - 1;
		if (t->pairs.slots[at].tag == tag &&
			ip_equal(v->pairs[index].low, low) &&
			ip_equal(v->pairs[index].high, high))
			return index;
	}
	if (!make)
		return SIGHTING_NONE;
	if (v->pairs_count == t->pairs_room) {
		t->pairs_room = t->pairs_room == 0 ? 64 : t->pairs_room * 2;
		v->pairs =
			memory_grow(v->pairs, t->pairs_room, sizeof *v->pairs);
	}
	v->pairs[v->pairs_count] = (struct host_pair){.low = low, .high = high};
	t->pairs.slots[at] = (struct table_slot){tag, ++v->pairs_count};
	t->pairs.used++;
	return v->pairs_count - 1;
}

struct sighting *
track_record(struct tracker *t)
{
	if (t->vantage->sightings < t->limit)
		return vantage_add_sighting(t->vantage);
	t->vantage->audit.overflowed = true;
	return NULL;
}

void
track_note_copy(struct tracker *t, const struct sighting *s, uint32_t frame,
	bool answer)
{
	struct vantage *v = t->vantage;
	/* On average one for each sighting that memory is allowed for. */
	if (v->copies_count >= t->limit)
		return;
	if (v->copies_count == t->copies_room) {
		t->copies_room = t->copies_room == 0 ? 64 : t->copies_room * 2;
		v->copies = memory_grow(
			v->copies, t->copies_room, sizeof *v->copies);
	}
	v->copies[v->copies_count++] = (struct sighting_copy){
		.of = s, .frame = frame, .answer = answer};
}

/* Nothing seen yet of anything. */
static void
sighting_clear_times(struct sighting *s)
{
	s->syn_last_at = SIGHTING_AT_NONE;
	s->synack_last_at = SIGHTING_AT_NONE;
	s->ack_first_at = SIGHTING_AT_NONE;
	s->ack_last_at = SIGHTING_AT_NONE;
	s->rst_server_at = SIGHTING_AT_NONE;
	s->rst_client_at = SIGHTING_AT_NONE;
	s->icmp_at = SIGHTING_AT_NONE;
	s->challenge_at = SIGHTING_AT_NONE;
	s->data_c_first_at = SIGHTING_AT_NONE;
	s->data_c_last_at = SIGHTING_AT_NONE;
	s->data_s_first_at = SIGHTING_AT_NONE;
	s->fin_c_at = SIGHTING_AT_NONE;
	s->fin_s_at = SIGHTING_AT_NONE;
	s->hole_at = SIGHTING_AT_NONE;
	s->icmp_sender = SIGHTING_NONE;
	s->other = SIGHTING_NONE;
}

static void
shift(uint32_t *at, uint32_t by)
{
	if (*at == SIGHTING_AT_NONE)
		return;
	*at = by > SIGHTING_AT_MAX - *at ? SIGHTING_AT_MAX : *at + by;
}

void
track_rebase(struct sighting *s, int64_t ns)
{
	if (ns >= s->first_ns)
		return;
	int64_t us = (s->first_ns - ns) / NS_PER_US;
	uint32_t by = us > SIGHTING_AT_MAX ? SIGHTING_AT_MAX : (uint32_t)us;
	uint32_t *const once[] = {&s->syn_last_at, &s->synack_last_at,
		&s->ack_first_at, &s->ack_last_at, &s->rst_server_at,
		&s->rst_client_at, &s->icmp_at, &s->challenge_at,
		&s->data_c_first_at, &s->data_c_last_at, &s->data_s_first_at,
		&s->fin_c_at, &s->fin_s_at, &s->hole_at};
	for (int i = 0; i < SIGHTING_SYN_TIMES && i < s->syn; i++)
		shift(&s->syn_at[i], by);
	for (int i = 0; i < SIGHTING_SYNACK_TIMES && i < s->synack; i++)
		shift(&s->synack_at[i], by);
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		shift(once[i], by);
	s->first_ns = ns;
}

void
track_fill(struct sighting *s, const struct track_event *ev, bool src_is_client)
{
	const struct packet *p = ev->packet;
	s->client = src_is_client ? p->src : p->dst;
	s->server = src_is_client ? p->dst : p->src;
	s->client_port = src_is_client ? p->src_port : p->dst_port;
	s->server_port = src_is_client ? p->dst_port : p->src_port;
	s->first_ns = ev->ns;
	s->last_ns = ev->ns;
	sighting_clear_times(s);
}

struct sighting *
track_begin(struct tracker *t, const struct track_event *ev, bool src_is_client,
	struct sighting *previous)
{
	const struct packet *p = ev->packet;
	struct vantage *v = t->vantage;
	table_reserve(&t->flows);
	int way;
	struct table_slot *slot = flow_slot(t, p, ev->tag, &way);
	struct sighting *s = track_record(t);
	if (s == NULL)
		return NULL;
	track_fill(s, ev, src_is_client);
	s->previous = previous != NULL ? slot->index - 1 : SIGHTING_NONE;
	s->pair = previous != NULL ? previous->pair
				   : track_pair(t, p->src, p->dst, true);
	vantage_note_port(v, s->server_port);
	if (slot->index == 0)
		t->flows.used++;
	*slot = (struct table_slot){ev->tag, v->sightings};
	return s;
}

void
track_slot_set(struct tracker *t, const struct track_event *ev, uint32_t index)
{
	int way;
	table_reserve(&t->flows);
	struct table_slot *slot = flow_slot(t, ev->packet, ev->tag, &way);
	t->flows.used++;
	*slot = (struct table_slot){ev->tag, index};
}

/* Make the sighting of the slot's row of the crowd; NULL at the limit. */
static struct sighting *
crowd_give(struct tracker *t, struct table_slot *slot)
{
	struct vantage *v = t->vantage;
	uint32_t index = (slot->index & ~TRACK_CROWD) - 1;
	struct sighting *s = track_record(t);
	if (s == NULL)
		return NULL;
	crowd_sighting(&v->crowd, index, s);
	crowd_row(&v->crowd, index)->kind = CROWD_TAKEN;
	s->pair = track_pair(t, s->client, s->server, true);
	track_touch(t, s, true, s->first_ns);
	slot->index = v->sightings;
	return s;
}

struct sighting *
track_find(struct tracker *t, const struct track_event *ev, bool *src_is_client)
{
	int way = 0;
	struct table_slot *slot = flow_slot(t, ev->packet, ev->tag, &way);
	*src_is_client = way >= 0;
	if (way == 0)
		return NULL;
	if (slot->index & TRACK_CROWD)
		return crowd_give(t, slot);
	return vantage_sighting(t->vantage, slot->index - 1);
}

struct sighting *
track_with_isn(struct tracker *t, struct sighting *s, uint32_t isn)
{
	for (int i = 0; i < PREVIOUS_MAX; i++) {
		if (s->isn == isn && !(s->flags & SIGHTING_MIDSTREAM))
			return s;
		if (s->previous == SIGHTING_NONE)
			return NULL;
		s = vantage_sighting(t->vantage, s->previous);
	}
	return NULL;
}

void
track_note_quiet(struct sighting *s, int64_t ns)
{
	const uint32_t over = SIGHTING_RST_C_EARLY | SIGHTING_RST_S_EARLY |
		SIGHTING_RST_C_LATE | SIGHTING_RST_S_LATE;
	int64_t us = (ns - s->last_ns) / NS_PER_US;
	if (s->ack == 0 || s->flags & over || us <= s->quiet_us)
		return;
	s->quiet_us = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

void
track_touch(
	struct tracker *t, struct sighting *s, bool src_is_client, int64_t ns)
{
	struct host_pair *pair = &t->vantage->pairs[s->pair];
	bool client_is_low = ip_equal(pair->low, s->client);
	timemap_mark(&pair->seen, client_is_low == src_is_client ? 0 : 1, ns);
	if (ns - s->last_ns > TRACK_QUIET_NS)
		track_note_quiet(s, ns);
	if (ns > s->last_ns)
		s->last_ns = ns;
}
