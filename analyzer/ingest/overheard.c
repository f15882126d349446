/*
 * Which frames were for another machine, as far as a plain Ethernet header tells.
 *
 * A card in promiscuous mode shows what a switch floods: behind a stale neighbour
 * table the frames for a machine that has gone. The kernel ignores them (cite:
 * Linux 6.12 net/ipv4/ip_input.c, ip_rcv_core, PACKET_OTHERHOST). The header does
 * not say whose address is whose, so those whose SYNs were answered tell. They
 * cannot tell whether the other machine answers elsewhere, as one of several
 * behind one address would: that a SYN was overheard is a doubt, no proof.
 *
 * Cost: nothing more than a look at each sighting where all SYNs had one address.
 */
#include "ingest/overheard.h"

#include "base/hash.h"
#include "ingest/table.h"

struct answerers {
	const struct vantage *vantage; /* borrowed */
	struct hash_keys keys;
	struct table servers;   /* that answered a SYN */
	struct table addresses; /* and at which hardware address */
};

static bool
is_answered(const struct sighting *s)
{
	return s->synack > 0 || s->rst_server > 0 || s->challenge > 0;
}

/* All SYNs went to one address, or to none that is known. */
static bool
is_one_address(const struct vantage *v)
{
	uint16_t one = 0;
	for (uint32_t i = 0; i < v->sightings; i++) {
		uint16_t to = vantage_sighting(v, i)->syn_to;
		if (to == 0 || to == one)
			continue;
		if (one != 0)
			return false;
		one = to;
	}
	return true;
}

/* The slot of the server of s, and of its hardware address where that counts; a
 * free one when it is not there. There is room for one. */
static struct table_slot *
slot_of(const struct answerers *a, const struct table *t,
	const struct sighting *s, uint32_t *tag)
{
	bool by_address = t == &a->addresses;
	uint64_t h = hash_endpoint(a->keys, s->server, 0);
	if (by_address)
		h = hash_mix(h ^ s->syn_to, a->keys.a | 1);
	*tag = (uint32_t)(h >> 32) ^ (uint32_t)h;
	uint32_t at = *tag & t->mask;
	for (; t->slots[at].index != 0; at = (at + 1) & t->mask) {
		const struct sighting *o =
			vantage_sighting(a->vantage, t->slots[at].index - 1);
		if (t->slots[at].tag == *tag &&
			ip_equal(o->server, s->server) &&
			(!by_address || o->syn_to == s->syn_to))
			break;
	}
	return &t->slots[at];
}

static bool
holds(const struct answerers *a, const struct table *t,
	const struct sighting *s)
{
	uint32_t tag;
	return slot_of(a, t, s, &tag)->index != 0;
}

static void
add(const struct answerers *a, struct table *t, uint32_t i)
{
	uint32_t tag;
	table_reserve(t);
	struct table_slot *slot =
		slot_of(a, t, vantage_sighting(a->vantage, i), &tag);
	if (slot->index != 0)
		return;
	*slot = (struct table_slot){tag, i + 1};
	t->used++;
}

static void
forget_all(struct vantage *v)
{
	for (uint32_t i = 0; i < v->sightings; i++)
		vantage_sighting(v, i)->syn_to = 0;
}

void
overheard_settle(struct vantage *v)
{
	if (v->cards_count > 1 || is_one_address(v)) {
		forget_all(v);
		return;
	}
	struct answerers a = {.vantage = v, .keys = hash_keys_random()};
	table_init(&a.servers);
	table_init(&a.addresses);
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *s = vantage_sighting(v, i);
		if (s->syn_to == 0 || !is_answered(s))
			continue;
		add(&a, &a.servers, i);
		add(&a, &a.addresses, i);
	}
	table_reserve(&a.servers);
	table_reserve(&a.addresses);
	/* Those that are in the tables were answered and lose theirs last. */
	for (uint32_t i = 0; i < v->sightings; i++) {
		struct sighting *s = vantage_sighting(v, i);
		if (s->syn_to != 0 && !is_answered(s) &&
			(!holds(&a, &a.servers, s) ||
				holds(&a, &a.addresses, s)))
			s->syn_to = 0;
	}
	for (uint32_t i = 0; i < v->sightings; i++)
		if (is_answered(vantage_sighting(v, i)))
			vantage_sighting(v, i)->syn_to = 0;
	table_release(&a.servers);
	table_release(&a.addresses);
}
