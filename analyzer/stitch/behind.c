/*
 * The prefix of a NAT64 is learned from what was paired, its clients' address with
 * it; that of RFC 6052 needs nothing.
 */
#include "stitch/behind.h"

#include "stitch/gather_sights.h"

/* The last 32 of 128 bits are the IPv4 address: a prefix of 96 bits. Shorter ones
 * put it elsewhere and are rare.
 * cite: RFC 6052 section 2.2, Figure 1 */
#define V4_BITS UINT64_C(0xffffffff)

/* cite: RFC 6052 section 2.1: the well-known prefix 64:ff9b::/96. */
static const struct ip_addr well_known = {UINT64_C(0x0064ff9b) << 32, 0};

static struct ip_addr
prefix_of(struct ip_addr server)
{
	return (struct ip_addr){server.hi, server.lo & ~V4_BITS};
}

/* The IPv4 address within an IPv6 one. */
static struct ip_addr
held_in(struct ip_addr server)
{
	return ip_from_v4((uint32_t)(server.lo & V4_BITS));
}

/* What one pairing tells: the prefix, and what the device calls the clients. */
static void
learn(struct behind *b, const struct sighting *c, const struct sighting *s)
{
	if (ip_is_v4(c->server) || !ip_is_v4(s->server) ||
		!ip_equal(held_in(c->server), s->server))
		return;
	struct ip_addr prefix = prefix_of(c->server);
	if (!b->known)
		*b = (struct behind){
			.known = true, .prefix = prefix, .client = s->client};
	b->mixed |= !ip_equal(b->prefix, prefix);
	b->pool |= !ip_equal(b->client, s->client);
}

void
behind_learn(struct stitch_case *k)
{
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		if (a.c != NULL && a.s != NULL)
			learn(&k->behind, a.c, a.s);
	}
}

static bool
is_nat64(const struct behind *b, struct ip_addr server)
{
	struct ip_addr prefix = prefix_of(server);
	return !ip_is_v4(server) &&
		(ip_equal(prefix, well_known) ||
			(b->known && !b->mixed && ip_equal(b->prefix, prefix)));
}

/* The one place where a person said that this service arrives, or NULL. */
static const struct case_endpoint *
stated(const struct case_config *c, const struct sighting *g)
{
	const struct case_endpoint *to = NULL;
	for (size_t i = 0; c != NULL && i < c->translations_count; i++) {
		const struct case_translation *x = &c->translations[i];
		if (!ip_equal(x->from.ip, g->server) ||
			(x->from.port >= 0 && x->from.port != g->server_port))
			continue;
		if (to != NULL)
			return NULL;
		to = &x->to;
	}
	return to;
}

void
behind_ends(const struct stitch_case *k, size_t v, const struct sighting *g,
	struct behind_ends *out)
{
	const struct cover *there = &k->covers[v];
	*out = (struct behind_ends){
		g->client, g->server, g->server_port, false};
	if (cover_knows_host(there, g->server))
		return;
	const struct case_endpoint *to = stated(k->config, g);
	if (to != NULL) {
		out->server = to->ip;
		out->server_port =
			to->port >= 0 ? (uint16_t)to->port : g->server_port;
		out->translated = true;
	} else if (is_nat64(&k->behind, g->server)) {
		bool one = k->behind.known && !k->behind.pool;
		out->server = held_in(g->server);
		out->client = one ? k->behind.client : (struct ip_addr){0, 0};
		out->translated = true;
	}
}

const struct sighting *
behind_last_between(const struct stitch_case *k, const struct attempt_ends *a)
{
	for (size_t v = a->far; v-- > 0 && v != a->near;) {
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		if (g == NULL)
			continue;
		const struct sighting *in =
			sights_inner(k, v, a->attempt, false);
		return in != NULL ? in : g;
	}
	return NULL;
}
