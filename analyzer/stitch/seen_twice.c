/*
 * A capture on all interfaces of a machine that translates addresses (a host of
 * containers, a NAT router) holds every packet twice, before and after: two
 * sightings of one attempt, which nothing but the SYN itself tells apart from
 * two attempts.
 *
 * The one that another vantage saw as well is kept, else the outer one, which
 * is nearer the client; the other stays behind it (sighting.other) and tells how
 * the attempt fared on the inner way. SYNs are the same packet when all that a
 * translation leaves alone is the same: ISN, IP ID, options, window, timestamps;
 * and when they lie milliseconds apart on the same clock. A device that opens a
 * connection of its own chooses an ISN of its own. Where other vantages saw both
 * names, one each, they are one attempt all the same.
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

/* IPv6 has no IP ID: a translation from one family to the other leaves none, and
 * drops the one there was (RFC 7915 sections 4.1 and 5.1). */
static bool
has_ids(const struct sighting *a, const struct sighting *b)
{
	return ip_is_v4(a->client) == ip_is_v4(b->client);
}

/* When its first SYN was seen: a capture that began later may have shown an answer
 * first, which came from inside. */
static int64_t
syn_ns(const struct sighting *s)
{
	return s->syn == 0 ? s->first_ns
			   : s->first_ns + (int64_t)s->syn_at[0] * NS_PER_US;
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
	int marks = (has_ids(a, b) && a->syn_ip_id_first != 0) +
		(a->syn_tsval_first != 0) +
		2 *
			(a->synack > 0 && b->synack > 0 &&
				a->server_isn == b->server_isn);
	bool routed = syn_ns(a) <= syn_ns(b) ? a->ttl_c == b->ttl_c + 1
					     : b->ttl_c == a->ttl_c + 1;
	/* The path alone marks nothing where both ends changed, yet beside
	   another mark it does (IPv6 has no IP ID). */
	if (keeps_an_end(a, b))
		marks += (marks > 0) + 2 * routed;
	else
		marks += routed;
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

/* What is the same of all copies of a SYN, under another name. */
static bool
is_same_syn(const struct sighting *a, const struct sighting *b)
{
	return a->syn > 0 && b->syn > 0 && a->isn == b->isn &&
		a->syn_options == b->syn_options && a->window == b->window &&
		a->wscale == b->wscale && is_renamed(a, b);
}

static bool
is_same_first(const struct sighting *a, const struct sighting *b)
{
	int64_t apart = clock_sub(syn_ns(a), syn_ns(b));
	return (a->syn_ip_id_first == b->syn_ip_id_first || !has_ids(a, b)) &&
		a->syn_tsval_first == b->syn_tsval_first && is_marked(a, b) &&
		apart < within_ns(a) && -apart < within_ns(a);
}

static bool
is_at(const struct sighting *a, uint32_t at_us, int64_t ns)
{
	int64_t apart = clock_sub(a->first_ns + at_us * NS_PER_US, ns);
	return apart < SAME_PACKET_NS && -apart < SAME_PACKET_NS;
}

/* The first SYN of b is a later one of a: those before it were kept (b is the
 * inner sight), or missed by the capture (either of them is). The answer's number
 * marks it, or the path. */
static bool
is_later_copy(const struct sighting *a, const struct sighting *b)
{
	bool answer = a->synack > 0 && b->synack > 0 &&
		a->server_isn == b->server_isn;
	bool path = keeps_an_end(a, b) &&
		(a->ttl_c == b->ttl_c + 1 || b->ttl_c == a->ttl_c + 1);
	bool at = is_at(a, a->syn_last_at, syn_ns(b));
	for (int i = 0; i < SIGHTING_SYN_TIMES && i < a->syn; i++)
		at = at || is_at(a, a->syn_at[i], syn_ns(b));
	return at && (answer || path) &&
		(int32_t)(b->syn_tsval_first - a->syn_tsval_first) >= 0 &&
		(int32_t)(a->syn_tsval_last - b->syn_tsval_first) >= 0;
}

static bool
is_same_packet(const struct sighting *a, const struct sighting *b)
{
	if (!is_same_syn(a, b))
		return false;
	bool a_first = syn_ns(a) <= syn_ns(b);
	return is_same_first(a, b) ||
		is_later_copy(a_first ? a : b, a_first ? b : a);
}

bool
seen_twice_is_outer(const struct sighting *a, const struct sighting *b)
{
	int64_t apart = clock_sub(syn_ns(a), syn_ns(b));
	bool same_copy = apart < SAME_PACKET_NS && -apart < SAME_PACKET_NS;
	if (same_copy && apart != 0)
		return apart < 0;
	if (a->ttl_c != b->ttl_c)
		return a->ttl_c > b->ttl_c;
	return apart <= 0;
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

/* Drop one of a and b, attempts of vantage v, if they are one: the inner one
   when neither was seen elsewhere. */
static void
settle(struct match *m, struct vantage *vantages, size_t v, uint32_t a,
	uint32_t b)
{
	const struct sighting *at_a = match_seen(m, vantages, a, v);
	const struct sighting *at_b = match_seen(m, vantages, b, v);
	if (!is_same_packet(at_a, at_b))
		return;
	if (is_alone(m, b, v) && seen_twice_is_outer(at_a, at_b))
		drop(m, &vantages[v], v, b, a);
	else
		drop(m, &vantages[v], v, a, b);
}

/* No other vantage saw both, which would make them two. */
static bool
share_another(const struct match *m, size_t v, uint32_t a, uint32_t b)
{
	for (size_t other = 0; other < m->vantages; other++)
		if (other != v && match_row(m, a)[other] != SIGHTING_NONE &&
			match_row(m, b)[other] != SIGHTING_NONE)
			return true;
	return false;
}

/*
 * Others saw the one name before vantage v and the other one behind it: a router
 * that translates, captured on all its interfaces between the two ends. The two
 * become one attempt, which begins where its packets came in.
 */
static void
join(struct match *m, struct vantage *vantages, size_t v, uint32_t a,
	uint32_t b)
{
	const struct sighting *at_a = match_seen(m, vantages, a, v);
	const struct sighting *at_b = match_seen(m, vantages, b, v);
	if (!is_same_packet(at_a, at_b) || share_another(m, v, a, b))
		return;
	bool a_outer = seen_twice_is_outer(at_a, at_b);
	uint32_t kept = a_outer ? a : b;
	uint32_t gone = a_outer ? b : a;
	for (size_t other = 0; other < m->vantages; other++) {
		if (other == v || match_row(m, gone)[other] == SIGHTING_NONE)
			continue;
		match_row(m, kept)[other] = match_row(m, gone)[other];
		match_row(m, gone)[other] = SIGHTING_NONE;
	}
	drop(m, &vantages[v], v, gone, kept);
	m->kind[kept] = MATCH_ISN;
}

/* Those that several vantages saw, under both names. */
static void
join_at(struct match *m, struct vantage *vantages, size_t v,
	const uint32_t *isns, struct hash_keys keys)
{
	struct index met;
	index_init(&met, m->count);
	for (uint32_t a = 0; a < m->count; a++) {
		if (match_seen(m, vantages, a, v) == NULL || is_alone(m, a, v))
			continue;
		uint64_t key = match_isn_key(keys, isns[a]);
		uint32_t first = index_find(&met, key);
		if (first == INDEX_NONE)
			index_add(&met, key, a);
		else if (match_seen(m, vantages, first, v) != NULL)
			join(m, vantages, v, first, a);
	}
	index_release(&met);
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
	for (size_t v = 0; v < m->vantages && m->vantages > 2; v++)
		join_at(m, vantages, v, isns, keys);
}

uint8_t *
seen_twice_seconds(const struct vantage *v)
{
	uint8_t *is_second = memory_take((v->sightings >> 3) + 1, 1);
	for (uint32_t i = 0; i < v->sightings; i++) {
		uint32_t other = vantage_sighting(v, i)->other;
		if (other != SIGHTING_NONE)
			is_second[other >> 3] |= (uint8_t)(1 << (other & 7));
	}
	return is_second;
}
