/*
 * From UDP and ICMP packets to what two hosts sent each other besides TCP.
 */
#include "ingest/datagrams.h"

#include "base/arena.h"

void
datagrams_init(struct datagram_notes *n, struct vantage *v)
{
	*n = (struct datagram_notes){.vantage = v, .keys = hash_keys_random()};
	table_init(&n->pairs);
}

/* Who sent the packet to whom. An ICMP error's own addressee is the sender of
 * what it quotes, or its own one where the quote was cut away. False for packets
 * that are none of these. */
static bool
ends_of(const struct packet *p, struct ip_addr *from, struct ip_addr *to)
{
	const struct ip_addr none = {0};
	bool error = !ip_equal(p->icmp_src, none) &&
		(p->kind == PACKET_ICMP_OTHER || p->kind == PACKET_ICMP_ERROR ||
			p->kind == PACKET_CUT);
	if (!error && p->kind != PACKET_ICMP_OTHER && p->kind != PACKET_UDP &&
		p->kind != PACKET_DNS)
		return false;
	bool quotes = error && !ip_equal(p->src, p->icmp_src);
	*from = error ? p->icmp_src : p->src;
	*to = quotes ? p->src : p->dst;
	return !ip_equal(*from, *to);
}

/* The record of two hosts, begun where there is none; NULL when there are too
 * many. */
static struct datagrams *
pair_of(struct datagram_notes *n, struct ip_addr low, struct ip_addr high)
{
	struct vantage *v = n->vantage;
	uint64_t h = hash_pair(n->keys, low, high);
	uint32_t tag = (uint32_t)(h >> 32) ^ (uint32_t)h;
	table_reserve(&n->pairs);
	uint32_t at = tag & n->pairs.mask;
	for (; n->pairs.slots[at].index != 0; at = (at + 1) & n->pairs.mask) {
		struct datagrams *d =
			&v->datagrams[n->pairs.slots[at].index - 1];
		if (n->pairs.slots[at].tag == tag && ip_equal(d->low, low) &&
			ip_equal(d->high, high))
			return d;
	}
	if (v->datagrams_count == DATAGRAMS_MAX) {
		n->beyond++;
		return NULL;
	}
	if (v->datagrams_count == n->room) {
		n->room = n->room == 0 ? 16 : 2 * n->room;
		v->datagrams = memory_grow(
			v->datagrams, n->room, sizeof *v->datagrams);
	}
	n->pairs.slots[at] = (struct table_slot){tag, ++v->datagrams_count};
	n->pairs.used++;
	struct datagrams *d = &v->datagrams[v->datagrams_count - 1];
	*d = (struct datagrams){.low = low, .high = high};
	return d;
}

void
datagrams_packet(struct datagram_notes *n, const struct packet *p,
	struct captured_time at)
{
	struct ip_addr from, to;
	if (!ends_of(p, &from, &to))
		return;
	bool less = ip_less(from, to);
	struct datagrams *d = pair_of(n, less ? from : to, less ? to : from);
	if (d == NULL)
		return;
	int row = datagrams_row(d, from);
	if (!d->seen[row] || at.ns < d->first[row].ns)
		d->first[row] = at;
	if (!d->seen[row] || at.ns > d->last[row].ns)
		d->last[row] = at;
	d->seen[row] = true;
}

void
datagrams_finish(struct datagram_notes *n)
{
	table_release(&n->pairs);
}
