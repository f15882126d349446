/*
 * Counting, pair of hosts by pair of hosts, the connections that prove
 * something of a capture: by the other end's, and by what it shows itself.
 */
#include "stitch/passed_by.h"

/* By this end's capture the connection worked, in both directions. */
static bool
works(const struct sighting *g)
{
	return g != NULL && g->flags & SIGHTING_PROGRESS && g->synack > 0 &&
		g->ack > 0;
}

/* This capture ran, whole and without doubt, while another one saw o. */
static bool
ran_during(const struct stitch_case *k, size_t v, size_t elsewhere,
	const struct sighting *o)
{
	const struct vantage *x = &k->vantages[v];
	if (x->first.ns == CLOCK_UNKNOWN_NS || x->gaps_count > 0)
		return false;
	int64_t last_us = clock_sub(o->last_ns, o->first_ns) / NS_PER_US;
	const uint32_t at[] = {0,
		last_us < SIGHTING_AT_MAX ? (uint32_t)last_us
					  : SIGHTING_AT_MAX};
	for (int i = 0; i < 2; i++) {
		bool sure;
		int64_t ns = clock_from_reference(&k->maps[v],
			(struct reference_time){
				stitch_case_time(k, elsewhere, o, at[i])},
			&sure)
				     .ns;
		int64_t unsure = clock_known(&k->maps[v])
			? clock_uncertainty(&k->maps[v], ns)
			: 0;
		if (!sure || clock_sub(ns, unsure) < x->first.ns ||
			clock_add(ns, unsure) > x->last.ns)
			return false;
	}
	return true;
}

/* The other end shows a connection that worked, g is what this one shows. Of
 * ports that the capture never saw, a filter on the port is proof enough. */
static void
take_other_end(const struct stitch_case *k, size_t v, struct cover *c,
	const struct sighting *g, size_t elsewhere, const struct sighting *o)
{
	const struct capture_audit *audit = &c->vantage->audit;
	if (audit->packets == 0)
		c->lacks_all = true;
	if (g != NULL) {
		c->lacks_synacks |= audit->answered == 0;
		c->lacks_more |= audit->beyond_syn == 0;
	} else if (!ran_during(k, v, elsewhere, o) ||
		(cover_knows_pair(c, o->client, o->server) &&
			!vantage_saw_port(c->vantage, o->server_port))) {
		return;
	}
	struct cover_proof *p = cover_proof_of(c, o->client, o->server, g);
	p->passed++;
	p->shown += g != NULL;
}

/* What a capture shows of a connection whose segments passed in both
 * directions: by what it shows of one, or by the other end. What the client only
 * says that it acknowledged may have been lost: its SYN passed, if the capture
 * ran by then. */
static void
take_directions(struct stitch_case *k, size_t v, const struct sighting *g,
	size_t elsewhere, const struct sighting *o)
{
	struct cover *c = &k->covers[v];
	bool client = g->syn > 0 || g->ack > 0 || g->data_c > 0;
	bool server = g->synack > 0 || g->data_s > 0;
	bool answered = g->ack > 0 || g->flags & SIGHTING_SYNACK_MISSED;
	bool worked = g->flags & SIGHTING_PROGRESS;
	bool proxied = g->flags & SIGHTING_ZERO_WINDOW_SYNACK ||
		(o != NULL && o->flags & SIGHTING_ZERO_WINDOW_SYNACK);
	bool acknowledged = o != NULL && o->ack > 0 && !proxied;
	if (!works(o) && !acknowledged && !(client && answered) &&
		!(server && worked))
		return;
	if (!client && !works(o) && !worked && !ran_during(k, v, elsewhere, o))
		return;
	struct cover_proof *p = cover_proof_of(c, g->client, g->server, g);
	p->client_side += client;
	p->lacks_client_side += !client;
	p->server_side += server;
	p->lacks_server_side += !server;
}

static void
take(struct stitch_case *k, size_t v, const struct sighting *g,
	size_t elsewhere, const struct sighting *o)
{
	if (v == CASE_NO_END)
		return;
	if (works(o))
		take_other_end(k, v, &k->covers[v], g, elsewhere, o);
	if (g != NULL)
		take_directions(k, v, g, elsewhere, o);
}

/*
 * The other end's capture got an answer while this one ran: not before the first
 * datagram that this one shows, as far as the clocks tell, and long enough
 * before its end to be in it.
 */
static bool
answered_during(const struct stitch_case *k, size_t v, int64_t asked_ns,
	size_t elsewhere, int64_t answer_ns)
{
	const struct clock_map *map = &k->maps[v];
	struct reference_time at = clock_to_reference(
		&k->maps[elsewhere], (struct captured_time){answer_ns});
	bool sure;
	int64_t ns = clock_from_reference(map, at, &sure).ns;
	int64_t unsure = clock_uncertainty(map, ns);
	if (!sure || !clock_known(map) ||
		cover_between_pieces(&k->vantages[v], ns, unsure))
		return false;
	int64_t end_ns = clock_sub(k->vantages[v].last.ns, COVER_LAST_NS);
	return clock_add(ns, unsure) >= asked_ns &&
		clock_add(ns, unsure) <= end_ns;
}

/*
 * Where no connection works, other packets tell which way the answers take: the
 * server's capture shows what the client sent it besides TCP and not one packet
 * back, of any kind, and the client's got some meanwhile. (A filter on a port
 * or on TCP would have kept the former out as well.)
 */
static bool
answers_elsewhere(const struct stitch_case *k, const struct attempt_ends *a,
	struct ip_addr client, struct ip_addr server)
{
	/* The client's end may call the two hosts by other addresses. */
	struct ip_addr client_here = client, server_here = server;
	if (a->c != NULL && ip_equal(client, a->s->client)) {
		client_here = a->c->client;
		server_here = a->c->server;
	}
	const struct datagrams *there =
		cover_datagrams(&k->covers[a->far], client, server);
	const struct datagrams *here =
		cover_datagrams(&k->covers[a->near], client_here, server_here);
	if (there == NULL || here == NULL)
		return false;
	int left = datagrams_row(there, server);
	int back = datagrams_row(here, server_here);
	if (!there->seen[!left] || there->seen[left] || !here->seen[back])
		return false;
	int64_t asked_ns = there->first[!left].ns;
	return answered_during(
		       k, a->far, asked_ns, a->near, here->first[back].ns) ||
		answered_during(
			k, a->far, asked_ns, a->near, here->last[back].ns);
}

/*
 * An address of one link, or a group: what is sent there no router sends on, so it
 * says nothing of the card that answers to others leave by. (So neighbours find
 * each other over IPv6, as ARP does over IPv4.)
 * spec: RFC 4291 sections 2.5.6 and 2.7
 */
static bool
stays_on_link(struct ip_addr ip)
{
	return !ip_is_v4(ip) &&
		(ip.hi >> 54 == 0xfe80U >> 6 || ip.hi >> 56 == 0xffU);
}

/* The capture holds nothing that this host sent, to whomever a router leads to. */
static bool
sends_nothing(const struct vantage *v, struct ip_addr host)
{
	for (uint32_t i = 0; i < v->pairs_count; i++) {
		const struct host_pair *p = &v->pairs[i];
		if ((ip_equal(p->low, host) && p->seen.rows[0] != 0) ||
			(ip_equal(p->high, host) && p->seen.rows[1] != 0))
			return false;
	}
	for (uint32_t i = 0; i < v->datagrams_count; i++) {
		const struct datagrams *d = &v->datagrams[i];
		bool low = ip_equal(d->low, host);
		if (stays_on_link(low ? d->high : d->low))
			continue;
		if ((low && d->seen[0]) ||
			(ip_equal(d->high, host) && d->seen[1]))
			return false;
	}
	return true;
}

/* Of one client besides TCP it is shown, and the server's capture holds nothing
 * that its host sent, to whomever: so it is of all. */
static void
find_mute(struct stitch_case *k, const struct attempt_ends *a)
{
	struct cover *c = &k->covers[a->far];
	const struct vantage *near = &k->vantages[a->near];
	struct ip_addr server = a->s->server;
	if (c->mute_asked)
		return;
	c->mute_asked = true;
	c->mute_host = server;
	if (!sends_nothing(c->vantage, server))
		return;
	for (uint32_t i = 0; i < near->datagrams_count && !c->mute; i++) {
		const struct datagrams *d = &near->datagrams[i];
		bool low = ip_equal(d->low, server);
		if (low || ip_equal(d->high, server))
			c->mute = answers_elsewhere(
				k, a, low ? d->high : d->low, server);
	}
}

/* The capture holds no segment of the server's to this client. */
static bool
is_silent(const struct stitch_case *k, const struct attempt_ends *a)
{
	const struct host_pair *tcp = &k->vantages[a->far].pairs[a->s->pair];
	int row = ip_equal(tcp->low, a->s->server) ? 0 : 1;
	return tcp->seen.rows[row] == 0;
}

static void
take_datagrams(struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->near == CASE_NO_END || a->far == CASE_NO_END || a->s == NULL ||
		a->near == a->far || !is_silent(k, a))
		return;
	struct cover_proof *p = cover_proof_of(
		&k->covers[a->far], a->s->client, a->s->server, a->s);
	if (!p->answers_elsewhere)
		p->answers_elsewhere =
			answers_elsewhere(k, a, a->s->client, a->s->server);
	find_mute(k, a);
}

/*
 * An empty capture lacks what the other end shows to have passed: a segment of
 * its own host's, or what the two hosts sent each other besides TCP. (g is what
 * the other end shows of an attempt.)
 */
static void
take_empty(struct stitch_case *k, size_t v, bool at_client, size_t elsewhere,
	const struct sighting *g)
{
	if (v == CASE_NO_END || elsewhere == CASE_NO_END || g == NULL ||
		k->vantages[v].audit.packets > 0)
		return;
	const struct datagrams *d =
		cover_datagrams(&k->covers[elsewhere], g->client, g->server);
	if (at_client ? g->syn > 0 : d != NULL && d->seen[0] && d->seen[1])
		k->covers[v].lacks_all = true;
}

/* Both ends show the last SYN, by its timestamp: the client's capture ran when it
 * left, before it came. Of several servers' captures the first one tells. */
static void
take_last_syn(struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->c == NULL || a->s == NULL || a->near == a->far ||
		a->c->syn == 0 || a->s->syn == 0 || a->c->syn_tsval_last == 0 ||
		a->c->syn_tsval_last != a->s->syn_tsval_last)
		return;
	struct cover *c = &k->covers[a->near];
	int64_t ns = clock_add(
		a->s->first_ns, (int64_t)a->s->syn_last_at * NS_PER_US);
	if (c->ran_by == SIZE_MAX)
		c->ran_by = a->far;
	else if (c->ran_by != a->far || ns <= c->ran_until_ns)
		return;
	c->ran_until_ns = ns;
}

void
passed_by_find(struct stitch_case *k)
{
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		take(k, a.near, a.c, a.far, a.s);
		take(k, a.far, a.s, a.near, a.c);
		take_last_syn(k, &a);
		take_datagrams(k, &a);
		take_empty(k, a.near, true, a.far, a.s);
		take_empty(k, a.far, false, a.near, a.c);
	}
}

/* The server's capture has nothing of what this server sends this client. */
static void
take_routes(struct stitch_case *k, const struct attempt_ends *a,
	struct routes *routes)
{
	struct cover *c = &k->covers[a->far];
	struct ip_addr client = a->s->client, server = a->s->server;
	struct cover_proof *p = cover_proof_of(c, client, server, a->s);
	if (p->routes_asked)
		return;
	p->routes_asked = true;
	if (!cover_shows_sender(c, server, client))
		p->answers_by =
			routes_elsewhere(routes, a->far, server, client);
}

void
passed_by_routes(struct stitch_case *k, struct routes *routes)
{
	for (uint32_t i = 0; i < k->match.count && routes->count > 0; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		if (a.far != CASE_NO_END && !a.far_between && !a.between &&
			a.s != NULL)
			take_routes(k, &a, routes);
	}
}

int64_t
passed_by_until_ns(const struct stitch_case *k, const struct attempt_ends *a)
{
	const struct cover *c = &k->covers[a->near];
	/* A clock that was set back shows nothing of that. */
	return c->ran_by == a->far &&
			k->vantages[a->far].set_back_ns < CLOCK_STEP_MIN_NS
		? c->ran_until_ns
		: INT64_MIN;
}

bool
passed_by_lacks_reset(const struct sighting *g)
{
	return g->syn > 0 && g->rst_client > 0 && g->synack == 0 &&
		g->synack_bad == 0 && g->challenge == 0 && g->rst_server == 0 &&
		g->icmp == 0;
}
