/*
 * The inner way of an attempt, and answers in another's name.
 */
#include "stitch/gather_sights.h"

#include "stitch/seen_twice.h"

const struct sighting *
sights_twin(const struct stitch_case *k, size_t v, const struct sighting *g)
{
	if (g == NULL || g->other == SIGHTING_NONE)
		return NULL;
	const struct sighting *o = vantage_sighting(&k->vantages[v], g->other);
	return o->flags & SIGHTING_MIDSTREAM ? NULL : o;
}

/* The SYN came back to the host that had sent it. */
static bool
is_hairpin(const struct sighting *g)
{
	return ip_equal(g->client, g->server);
}

const struct sighting *
sights_wire(const struct stitch_case *k, size_t v, const struct sighting *g,
	bool at_client)
{
	const struct sighting *o = sights_twin(k, v, g);
	if (o == NULL || is_hairpin(o))
		return g;
	return seen_twice_is_outer(g, o) == at_client ? o : g;
}

const struct sighting *
sights_inner(
	const struct stitch_case *k, size_t v, uint32_t attempt, bool at_client)
{
	if (v == CASE_NO_END)
		return NULL;
	const struct sighting *g =
		match_seen(&k->match, k->vantages, attempt, v);
	const struct sighting *o = sights_twin(k, v, g);
	if (o == NULL || is_hairpin(o))
		return NULL;
	return seen_twice_is_outer(g, o) == at_client ? g : o;
}

static const char *
endpoint(struct arena *arena, struct ip_addr ip, uint16_t port)
{
	char text[IP_TEXT_MAX];
	ip_format(ip, text);
	return arena_format(
		arena, ip_is_v4(ip) ? "%s:%u" : "[%s]:%u", text, port);
}

/* "10.244.2.1:58828 -> 10.244.2.5:8080". */
static const char *
names(struct arena *arena, const struct sighting *g)
{
	return arena_format(arena, "%s -> %s",
		endpoint(arena, g->client, g->client_port),
		endpoint(arena, g->server, g->server_port));
}

/*
 * Without translation the inner way has the same names, and the capture's word
 * for in and out tells, or else the TTL: a SYN that came in went out again
 * inside; a SYN-ACK that only came in, from inside, did not leave.
 */
static void
gather_ways(const struct attempt_ends *a, struct arena *arena, struct facts *f)
{
	const struct sighting *s = a->s;
	if (s == NULL || a->far_between)
		return;
	bool in = s->flags & SIGHTING_SYN_IN;
	bool forwarded = (in && s->flags & SIGHTING_SYN_OUT) ||
		(s->syn_way[1] != 0 && s->flags & SIGHTING_FORWARDED);
	if (forwarded) {
		f->s_inner_syn = s->syn;
		f->s_inner_as = names(arena, s);
	}
	bool kept = in && s->flags & SIGHTING_SYNACK_IN &&
		!(s->flags & SIGHTING_SYNACK_OUT);
	if (forwarded && (kept || f->s_answer_kept != NULL)) {
		f->s_inner_synack = s->synack;
		f->s_synack = 0;
		if (s->flags & SIGHTING_ICMP_OF_SYNACK)
			f->s_inner_icmp = s->icmp;
	}
}

/* Whom its client answers inside, it reached, and that passed this host twice: the
 * capture missed one sight of either. */
static void
gather_answered(const struct sighting *inner, struct facts *f)
{
	if (inner->ack == 0 || f->s_ack > 0)
		return;
	f->s_ack = inner->ack;
	f->s_synack = inner->synack;
}

/* A router that hides its clients keeps the server's name; what stands for its
 * own containers, or for others, puts another one in. */
static bool
is_masked(const struct sighting *outer, const struct sighting *inner)
{
	return ip_equal(outer->server, inner->server) &&
		outer->server_port == inner->server_port &&
		!ip_equal(outer->client, inner->client);
}

static void
gather_inner(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	const struct sighting *s = sights_inner(k, a->far, a->attempt, false);
	const struct sighting *c = sights_inner(k, a->near, a->attempt, true);
	if (s == NULL)
		gather_ways(a, arena, f);
	if (s != NULL) {
		f->s_inner_syn = s->syn;
		f->s_inner_synack = s->synack;
		f->s_inner_rst = s->rst_server;
		f->s_inner_as = names(arena, s);
		f->s_inner_masked = a->s != NULL && is_masked(a->s, s);
		if (s->flags & SIGHTING_ICMP_OF_SYNACK)
			f->s_inner_icmp = s->icmp;
		gather_answered(s, f);
	}
	if (c != NULL) {
		f->c_inner_synack = c->synack;
		f->c_inner_as = names(arena, c);
	}
}

/* "server, between eth0 and docker0". */
static const char *
inside(const struct stitch_case *k, size_t v, struct arena *arena,
	const char *between)
{
	const struct vantage *x = &k->vantages[v];
	return arena_format(arena, "%s, between %s",
		k->count > 1 || x->role_said ? x->name : "this host", between);
}

/* Where a segment stayed inside a host that was captured at several of its
   interfaces: the server's, the client's, or one on the way. */
static void
gather_inside(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	const char *at;
	for (size_t v = 0; v < k->count; v++) {
		const struct inside *x = &k->inside[v];
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		enum inside_proof kept = inside_syn(x, g, arena, &at);
		bool is_server = v == a->far && !a->far_between && !a->between;
		if (kept != INSIDE_PASSED && !is_server) {
			f->c_kept = inside(k, v, arena, at);
			f->c_kept_sure = kept == INSIDE_CERTAIN;
		} else if (kept == INSIDE_CERTAIN) {
			f->s_kept = inside(k, v, arena, at);
		}
		if (is_server)
			f->s_leaves_by = inside_left_elsewhere(x, g, arena);
		if (inside_synack(x, g, arena, &at) == INSIDE_PASSED)
			continue;
		if (is_server)
			f->s_answer_kept = inside(k, v, arena, at);
		else if (v == a->near && !a->near_between && !a->between)
			f->c_answer_kept = inside(k, v, arena, at);
		else
			f->b_answer_kept = inside(k, v, arena, at);
	}
}

/* A RST that acknowledges the SYN came from an address that was not asked. */
static void
gather_foreign_reset(const struct stitch_case *k, size_t v,
	const struct sighting *g, struct arena *arena, struct facts *f)
{
	if (g == NULL || g->other == SIGHTING_NONE || f->reset_from != NULL)
		return;
	const struct sighting *o = vantage_sighting(&k->vantages[v], g->other);
	if (o->flags & SIGHTING_MIDSTREAM && o->synack == 0 &&
		o->rst_server > 0)
		f->reset_from = endpoint(arena, o->server, o->server_port);
}

/* A SYN-ACK that does not fit: of whom, or with which number. */
static void
gather_unfit(const struct stitch_case *k, size_t v, const struct sighting *g,
	struct arena *arena, struct facts *f)
{
	if (g == NULL || g->synack_bad == 0)
		return;
	f->answer_reset |= (g->flags & SIGHTING_RST_C_OF_BAD) != 0;
	if (g->other == SIGHTING_NONE) {
		if (f->answer_ack_off == FACT_UNKNOWN)
			f->answer_ack_off = g->bad_ack;
		return;
	}
	const struct sighting *o = vantage_sighting(&k->vantages[v], g->other);
	if (f->answer_from == NULL)
		f->answer_from = endpoint(arena, o->server, o->server_port);
}

/*
 * A machine that translates showed the SYN under both names, the answer and
 * the client's RST under the inner ones alone: the client itself named the
 * inner address, so the answer had come to it untranslated. A RST that was
 * translated on its way in would stand under the outer names as well.
 */
static void
gather_untranslated(const struct stitch_case *k, size_t v, uint32_t attempt,
	struct arena *arena, struct facts *f)
{
	const struct sighting *in = sights_inner(k, v, attempt, false);
	const struct sighting *out = sights_inner(k, v, attempt, true);
	if (in == NULL || in == out || f->untranslated_from != NULL)
		return;
	if (ip_equal(in->client, out->client) &&
		in->client_port == out->client_port && out->synack == 0 &&
		out->rst_client == 0 && in->synack > 0 && in->rst_client > 0)
		f->untranslated_from =
			endpoint(arena, in->server, in->server_port);
}

void
gather_sights(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	f->answer_ack_off = FACT_UNKNOWN;
	gather_inside(k, a, arena, f);
	gather_inner(k, a, arena, f);
	gather_untranslated(k, a->near, a->attempt, arena, f);
	gather_untranslated(k, a->far, a->attempt, arena, f);
	gather_foreign_reset(k, a->near, a->c, arena, f);
	gather_unfit(k, a->near, a->c, arena, f);
	gather_unfit(k, a->far, a->s, arena, f);
	const struct sighting *const ends[] = {a->c, a->s};
	const size_t at[] = {a->near, a->far};
	for (int i = 0; i < 2; i++) {
		const struct sighting *o = sights_twin(k, at[i], ends[i]);
		f->hairpin |= o != NULL && is_hairpin(o);
		f->syn_after_rst |= ends[i] != NULL &&
			ends[i]->flags & SIGHTING_SYN_AFTER_RST;
	}
}

void
sights_limit_to_leaving(const struct stitch_case *k,
	const struct attempt_ends *a, const struct facts *f,
	struct cover_answer *answer)
{
	if (f->s_inner_synack + f->s_inner_rst == 0 || f->s_synack > 0 ||
		f->s_rst_server > 0 || answer->coverage < COVERAGE_DOUBTFUL)
		return;
	switch (leaving_ask(&k->leaving[a->far],
		match_seen(&k->match, k->vantages, a->attempt, a->far))) {
	case LEAVING_UNSEEN:
		answer->coverage = COVERAGE_OUTSIDE;
		answer->note = "the capture shows no answer that leaves this "
			       "host where SYNs come in: they may leave by an "
			       "interface that was not captured";
		break;
	case LEAVING_OTHERS:
		if (answer->coverage > COVERAGE_COVERED)
			answer->coverage = COVERAGE_COVERED;
		break;
	case LEAVING_OWN:
		break;
	}
}
