/*
 * The record that the files of this stage share: its ends, attempts and times.
 */
#include "stitch/case.h"

#include <string.h>

#include "stitch/abreast.h"
#include "stitch/gather_sights.h"
#include "stitch/own.h"

/* A place on the path as case.yaml draws it: 0 the first, 1 between, 2 the last,
 * -1 when it does not. */
static int
drawn(const struct case_config *c, const char *name)
{
	const struct case_role *r = case_config_role(c, name);
	if (r == NULL || r->position < 0 || c->positions < 2)
		return -1;
	if (r->position == 0)
		return 0;
	return r->position + 1 == c->positions ? 2 : 1;
}

static enum lone_place
place_said(const struct stitch_case *k, const struct vantage *v)
{
	static const enum lone_place places[] = {
		LONE_CLIENT, LONE_BETWEEN, LONE_SERVER};
	int at = drawn(k->config, v->name);
	if (at >= 0)
		return places[at];
	if (v->role_said && strcmp(v->name, "client") == 0)
		return LONE_CLIENT;
	if (v->role_said && strcmp(v->name, "server") == 0)
		return LONE_SERVER;
	return LONE_UNSAID;
}

static bool
said_between(const struct stitch_case *k, const struct vantage *v)
{
	enum lone_place place = place_said(k, v);
	return place == LONE_BETWEEN || (place == LONE_UNSAID && v->role_said);
}

/* Neither a person nor the packets said which of the captures is whose: names
 * in the order of the alphabet convict nobody. */
static bool
is_guess(const struct stitch_case *k)
{
	for (size_t v = 0; v < k->count; v++) {
		const struct vantage *x = &k->vantages[v];
		if (x->role_said || vantage_is_placed(x) ||
			drawn(k->config, x->name) >= 0)
			return false;
	}
	return true;
}

void
stitch_case_find_ends(struct stitch_case *k)
{
	k->near_at_client = k->far_at_server = true;
	k->near = k->far = CASE_NO_END;
	if (k->count == 0)
		return;
	k->near = 0;
	k->far = k->count - 1;
	for (size_t v = 0; v < k->count; v++)
		k->said_between[v] = said_between(k, &k->vantages[v]);
	if (k->count == 1) {
		k->lone = place_said(k, &k->vantages[0]);
		if (k->lone == LONE_SERVER)
			k->near = CASE_NO_END;
		else
			k->far = CASE_NO_END;
		return;
	}
	k->order_guessed = is_guess(k);
	if (k->order_guessed) {
		k->near_at_client = k->far_at_server = false;
		return;
	}
	bool near_between = k->said_between[k->near];
	bool far_between = k->said_between[k->far];
	/* Names of machines alone: the outermost are taken for the ends. */
	if (near_between && far_between &&
		drawn(k->config, k->vantages[0].name) < 0)
		return;
	k->near_at_client = !near_between;
	k->far_at_server = !far_between;
}

void
stitch_case_release(struct stitch_case *k)
{
	for (size_t v = 0; v < k->count; v++)
		cover_release(&k->covers[v]);
	for (size_t v = 0; v < k->count; v++) {
		inside_release(&k->inside[v]);
		leaving_release(&k->leaving[v]);
	}
	sides_release(&k->sides);
	match_release(&k->match);
	orphans_release(&k->orphans);
}

/*
 * A lone capture of which nobody knows the end is taken for the one of which
 * silence says nothing: the client's while the server was not heard of, the
 * server's once its SYN-ACK passed and nothing followed.
 */
static bool
stands_for_server(const struct sighting *g)
{
	return g->synack > 0 && g->ack == 0 && g->rst_server == 0 &&
		g->icmp == 0 && !(g->flags & SIGHTING_PROGRESS);
}

void
stitch_case_stand_in(struct attempt_ends *a)
{
	if (!a->between || a->c == NULL || !stands_for_server(a->c))
		return;
	a->far = a->near;
	a->s = a->c;
	a->near = CASE_NO_END;
	a->c = NULL;
}

static void
lone_ends(const struct stitch_case *k, uint32_t attempt, struct attempt_ends *a)
{
	enum side side = side_of(&k->sides, attempt);
	bool at_server = (k->near == CASE_NO_END) != (side == SIDE_REVERSED);
	const struct sighting *g =
		match_seen(&k->match, k->vantages, attempt, 0);
	a->between = side == SIDE_UNKNOWN;
	at_server = at_server && !a->between;
	a->near = at_server ? CASE_NO_END : 0;
	a->far = at_server ? 0 : CASE_NO_END;
	g = sights_wire(k, 0, g, !at_server);
	a->c = at_server ? NULL : g;
	a->s = at_server ? g : NULL;
	stitch_case_stand_in(a);
}

static const struct sighting *
end_sighting(const struct stitch_case *k, const struct attempt_ends *a,
	size_t v, bool at_client)
{
	if (v == CASE_NO_END)
		return NULL;
	const struct sighting *g =
		match_seen(&k->match, k->vantages, a->attempt, v);
	return sights_wire(k, v, g, at_client);
}

/* How far the attempt came by this sight: nothing, a SYN, its answer, more. */
static int
reach(const struct sighting *g)
{
	if (g == NULL)
		return 0;
	return 1 + (g->synack > 0 || g->rst_server > 0) + (g->ack > 0) +
		((g->flags & SIGHTING_PROGRESS) != 0);
}

/* How many captures show the attempt as far as the one that shows most of it,
 * which *most is. */
static size_t
furthest(const struct stitch_case *k, uint32_t attempt, size_t *most)
{
	size_t count = 0;
	int best = 0;
	for (size_t v = 0; v < k->count; v++) {
		int here =
			reach(match_seen(&k->match, k->vantages, attempt, v));
		if (here > best) {
			best = here;
			count = 0;
			*most = v;
		}
		count += here == best;
	}
	return count;
}

/* What one of several captures saw alone may have been lost before the others, or
 * be another's own silence: as if it had been made alone, at some point. So it
 * is with what one of them saw more of: only where two show the same does it
 * not matter which is whose. */
static bool
lone_of_several(const struct stitch_case *k, struct attempt_ends *a)
{
	size_t most = 0;
	if (!k->order_guessed || furthest(k, a->attempt, &most) > 1)
		return false;
	a->near = most;
	a->far = CASE_NO_END;
	a->between = true;
	a->c = end_sighting(k, a, a->near, true);
	stitch_case_stand_in(a);
	return true;
}

/* A connection within one machine: wherever it was captured, both of its ends
 * are there, and the server's is the one whose silence counts. */
static bool
within_machine(
	const struct stitch_case *k, uint32_t attempt, struct attempt_ends *out)
{
	size_t v;
	const struct sighting *g = stitch_case_first(k, attempt, &v);
	if (g == NULL || !ip_is_loopback(g->client) ||
		!ip_is_loopback(g->server))
		return false;
	*out = (struct attempt_ends){
		.attempt = attempt, .near = CASE_NO_END, .far = v, .s = g};
	return true;
}

/* One capture shows it, from the end that the path has elsewhere (outside.h). */
static bool
outside_path(
	const struct stitch_case *k, uint32_t attempt, struct attempt_ends *a)
{
	if (side_of(&k->sides, attempt) != SIDE_OUTSIDE)
		return false;
	bool at_far = match_row(&k->match, attempt)[k->far] != SIGHTING_NONE;
	a->near = at_far ? k->far : CASE_NO_END;
	a->far = at_far ? CASE_NO_END : k->near;
	a->near_between = at_far && !k->far_at_server;
	a->far_between = !at_far && !k->near_at_client;
	a->c = end_sighting(k, a, a->near, true);
	a->s = end_sighting(k, a, a->far, false);
	return true;
}

void
stitch_case_ends(
	const struct stitch_case *k, uint32_t attempt, struct attempt_ends *out)
{
	if (within_machine(k, attempt, out))
		return;
	bool reversed = sides_reversed(&k->sides, attempt);
	*out = (struct attempt_ends){
		.attempt = attempt,
		.near = reversed ? k->far : k->near,
		.far = reversed ? k->near : k->far,
	};
	if (k->count == 1) {
		lone_ends(k, attempt, out);
		return;
	}
	if (lone_of_several(k, out) || outside_path(k, attempt, out))
		return;
	if (k->own_known)
		own_ends(k, attempt, &out->near, &out->far);
	else if (!reversed)
		out->far = abreast_far(k, attempt);
	out->near_between = reversed ? !k->far_at_server : !k->near_at_client;
	out->far_between = reversed ? !k->near_at_client : !k->far_at_server;
	if (k->own_known)
		out->near_between = out->far_between = false;
	out->c = end_sighting(k, out, out->near, true);
	out->s = end_sighting(k, out, out->far, false);
}

/* Under the name that its client knows: before a translation of this host's. */
static const struct sighting *
nearest_sight(const struct stitch_case *k, size_t v, const struct sighting *s)
{
	const struct sighting *earlier = sights_wire(k, v, s, false);
	return earlier->syn > 0 ? earlier : s;
}

const struct sighting *
stitch_case_first(
	const struct stitch_case *k, uint32_t attempt, size_t *vantage)
{
	bool reversed = sides_reversed(&k->sides, attempt);
	for (size_t i = 0; i < k->count; i++) {
		size_t v = reversed ? k->count - 1 - i : i;
		const struct sighting *s =
			match_seen(&k->match, k->vantages, attempt, v);
		*vantage = v;
		if (s != NULL)
			return nearest_sight(k, v, s);
	}
	return NULL;
}

int64_t
stitch_case_time(const struct stitch_case *k, size_t vantage,
	const struct sighting *s, uint32_t at_us)
{
	struct captured_time t = {
		clock_add(s->first_ns, (int64_t)at_us * NS_PER_US)};
	return clock_to_reference(&k->maps[vantage], t).ns;
}
