/*
 * A capture on all interfaces of a machine that translates addresses (a host of
 * containers, a NAT router) holds every packet twice, before and after: two
 * sightings of one attempt, which nothing but the SYN itself tells apart from
 * two attempts.
 *
 * The one that another vantage saw as well is kept, else the earlier one, which
 * is nearer the client; the other stays behind it (sighting.other) and tells how
 * the attempt fared on the inner way. SYNs are the same packet when all that a
 * translation leaves alone is the same: ISN, IP ID, options, window, timestamps;
 * and when they lie milliseconds apart on the same clock. A device that opens a
 * connection of its own chooses an ISN of its own.
 * cite: Linux 6.12 net/netfilter/nf_nat_proto.c, nf_nat_manip_pkt: addresses,
 * ports and checksums
 *
 * Cost: one lookup for each attempt, by its ISN, in an index of those that one
 * vantage saw.
 */
#include "stitch/seen_twice.h"

#include "stitch/index.h"

/* Within a host a packet takes microseconds; a slow queue allows for more, and
   the first retransmission comes after 200 ms at the earliest (Linux 6.12
   include/net/tcp.h, TCP_RTO_MIN). */
#define SAME_PACKET_NS (50 * NS_PER_MS)
#define SAME_UNMARKED_NS (2 * NS_PER_MS)

static bool
is_alone(const struct match *m, uint32_t attempt, size_t v)
{
	const uint32_t *row = match_row(m, attempt);
	if (row[v] == SIGHTING_NONE)
		return false;
	for (size_t other = 0; other < m->vantages; other++)
		if (other != v && row[other] != SIGHTING_NONE)
			return false;
	return true;
}

/* An address is another one; ports alone are two connections of two hosts. */
static bool
is_renamed(const struct sighting *a, const struct sighting *b)
{
	return !ip_equal(a->client, b->client) ||
		!ip_equal(a->server, b->server);
}

/* One end stays as it was. */
static bool
keeps_an_end(const struct sighting *a, const struct sighting *b)
{
	return (ip_equal(a->client, b->client) &&
		       a->client_port == b->client_port) ||
		(ip_equal(a->server, b->server) &&
			a->server_port == b->server_port);
}

/*
 * A scanner may use one ISN and one port for all it asks: something that
 * differs from packet to packet has to be the same, too. That is a mark of the
 * SYN (both of them, where both ends changed), or the server's ISN; or else the
 * path, which is one router longer for the later one.
 */
static bool
is_marked(const struct sighting *a, const struct sighting *b)
{
	int marks = (a->syn_ip_id_first != 0) + (a->syn_tsval_first != 0) +
		2 *
			(a->synack > 0 && b->synack > 0 &&
				a->server_isn == b->server_isn);
	bool routed = a->first_ns <= b->first_ns ? a->ttl_c == b->ttl_c + 1
						 : b->ttl_c == a->ttl_c + 1;
	if (keeps_an_end(a, b))
		marks += (marks > 0) + 2 * routed;
	return marks >= 2;
}

/* Without a mark of its own a packet is the same for a shorter time. */
static int64_t
within_ns(const struct sighting *a)
{
	return a->syn_ip_id_first != 0 || a->syn_tsval_first != 0
		? SAME_PACKET_NS
		: SAME_UNMARKED_NS;
}

static bool
is_same_packet(const struct sighting *a, const struct sighting *b)
{
	int64_t apart = clock_sub(a->first_ns, b->first_ns);
	return a->syn > 0 && b->syn > 0 && a->isn == b->isn &&
		a->syn_ip_id_first == b->syn_ip_id_first &&
		a->syn_tsval_first == b->syn_tsval_first &&
		a->syn_options == b->syn_options && a->window == b->window &&
		a->wscale == b->wscale && is_renamed(a, b) && is_marked(a, b) &&
		apart < within_ns(a) && -apart < within_ns(a);
}

static void
drop(struct match *m, struct vantage *vantage, size_t v, uint32_t attempt,
	uint32_t kept)
{
	uint32_t *gone = &match_row(m, attempt)[v];
	struct sighting *s = vantage_sighting(vantage, match_row(m, kept)[v]);
	uint32_t sum =
		(uint32_t)s->duplicates + vantage_sighting(vantage, *gone)->syn;
	s->duplicates = (uint16_t)(sum < UINT16_MAX ? sum : UINT16_MAX);
	s->flags |= SIGHTING_DUPLICATES;
	s->other = *gone;
	*gone = SIGHTING_NONE;
}

/* Drop one of a and b, attempts of vantage v, if they are one; b is dropped
   when neither was seen elsewhere. */
static void
settle(struct match *m, struct vantage *vantages, size_t v, uint32_t a,
	uint32_t b)
{
	if (!is_same_packet(match_seen(m, vantages, a, v),
		    match_seen(m, vantages, b, v)))
		return;
	if (is_alone(m, b, v))
		drop(m, &vantages[v], v, b, a);
	else
		drop(m, &vantages[v], v, a, b);
}

static void
drop_at(struct match *m, struct vantage *vantages, size_t v,
	const uint32_t *isns, struct hash_keys keys)
{
	struct index alone;
	uint64_t n = 0;
	for (uint32_t a = 0; a < m->count; a++)
		n += is_alone(m, a, v);
	if (n == 0)
		return;
	index_init(&alone, n);
	for (uint32_t a = 0; a < m->count; a++)
		if (is_alone(m, a, v))
			index_add(&alone, match_isn_key(keys, isns[a]), a);
	for (uint32_t a = 0; a < m->count; a++) {
		uint32_t first =
			index_find(&alone, match_isn_key(keys, isns[a]));
		/* Either may not be there, or have been dropped by now. */
		if (first != INDEX_NONE && first != a &&
			match_seen(m, vantages, a, v) != NULL &&
			match_seen(m, vantages, first, v) != NULL)
			settle(m, vantages, v, first, a);
	}
	index_release(&alone);
}

void
seen_twice_drop(struct match *m, struct vantage *vantages, const uint32_t *isns,
	struct hash_keys keys)
{
	for (size_t v = 0; v < m->vantages; v++)
		drop_at(m, vantages, v, isns, keys);
}
