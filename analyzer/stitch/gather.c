/*
 * Working out facts: counts from each end, what arrived at the other end, and
 * how far each capture can be trusted about what it does not show.
 *
 * Nothing is judged here: a fact says what was and was not seen, a rule says
 * what that means.
 */
#include "stitch/gather.h"

#include <stdlib.h>

#include "stitch/copies.h"
#include "stitch/gather_sights.h"
#include "stitch/gather_story.h"
#include "stitch/gather_syn.h"

/*
 * Client data counts as unanswered after this long: far above any round trip
 * plus the 40 to 200 ms of delayed ACKs (RFC 9293 section 3.8.6.3).
 */
#define UNANSWERED_NS NS_PER_S

/*
 * A client that is still trying repeats its SYN: Linux waits 1 s, older stacks
 * 3 s (RFC 1122), then each gap is at most twice the one before. Longer silence
 * before the SYN-ACK came means that it had given up.
 */
#define FIRST_GAP_US (3500 * 1000)

static bool
any_trouble(const struct sighting *g)
{
	const uint32_t bad = SIGHTING_NO_SYN | SIGHTING_SIMULTANEOUS |
		SIGHTING_RST_C_EARLY | SIGHTING_RST_S_EARLY |
		SIGHTING_SYNACK_MISSED | SIGHTING_SERVER_ISN_CHANGED |
		SIGHTING_ZERO_WINDOW_SYNACK;
	return g->flags & bad || g->syn != 1 || g->synack != 1 || g->ack == 0 ||
		g->synack_bad || g->challenge || g->icmp ||
		g->synack_after_ack ||
		(g->data_c > 0 && !(g->flags & SIGHTING_PROGRESS));
}

/* Data of the server came, or its FIN, before the client closed. */
static bool
was_answered(const struct sighting *g)
{
	uint32_t answer = g->data_s_first_at < g->fin_s_at ? g->data_s_first_at
							   : g->fin_s_at;
	return answer != SIGHTING_AT_NONE && answer <= g->fin_c_at;
}

/*
 * Nanoseconds that the client's data waited in vain: until the client closed
 * or the capture ended. FACT_UNKNOWN when the server answered with data or
 * closed first, or when there was no data.
 */
static int64_t
unanswered_ns(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	if (g->data_c == 0 || g->ack == 0 || was_answered(g))
		return FACT_UNKNOWN;
	/* What the capture lost may have been the answer, unless the client's
	   own segments show that it had got none. */
	if (g->flags & (SIGHTING_LOSS | SIGHTING_GAP))
		return story_unheard(g) ? story_unheard_ns(g) : FACT_UNKNOWN;
	return story_waited_ns(k, vantage, g, g->data_c_last_at);
}

static bool
is_stalled(
	const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	return unanswered_ns(k, vantage, g) >= UNANSWERED_NS;
}

/* What this end shows of it is worth a rule's look. */
static bool
is_odd(const struct stitch_case *k, size_t vantage, const struct sighting *g)
{
	return any_trouble(g) || is_stalled(k, vantage, g) ||
		story_has_idle_reset(g) || story_stuck_us(g) != FACT_UNKNOWN ||
		story_request_reset_us(g) != FACT_UNKNOWN ||
		story_request_stuck_us(g) != FACT_UNKNOWN ||
		story_shut_us(k, vantage, g) != FACT_UNKNOWN ||
		story_is_torn(k, vantage, g);
}

/* SYN-ACKs that followed the client's ACK at a capture between the ends and that
 * the server's lacks, as one that ended sooner does. */
static int
repeated_between(const struct stitch_case *k, const struct attempt_ends *a)
{
	int most = 0;
	for (size_t v = 0; v < k->count && a->s != NULL; v++) {
		if (v == a->near || v == a->far)
			continue;
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		if (g == NULL || g->flags & SIGHTING_PROGRESS ||
			g->synack <= a->s->synack)
			continue;
		int more = g->synack - a->s->synack;
		if (more > g->synack_after_ack)
			more = g->synack_after_ack;
		most = more > most ? more : most;
	}
	return most;
}

bool
gather_is_clean(const struct stitch_case *k, const struct attempt_ends *a)
{
	if (a->near != CASE_NO_END &&
		(a->c == NULL || is_odd(k, a->near, a->c)))
		return false;
	if (a->far != CASE_NO_END && (a->s == NULL || is_odd(k, a->far, a->s)))
		return false;
	/* One end alone needs proof that the other end's side is open. */
	if (a->far == CASE_NO_END)
		return a->c->flags & SIGHTING_PROGRESS;
	if (a->s->flags & SIGHTING_PROGRESS)
		return true;
	return a->near != CASE_NO_END && !a->far_between &&
		repeated_between(k, a) == 0;
}

static const struct sighting no_sighting = {
	.syn_last_at = SIGHTING_AT_NONE,
	.synack_last_at = SIGHTING_AT_NONE,
};

/*
 * The ICMP message ends an attempt. Those do not: fragmentation needed (3/4),
 * ICMPv6 packet too big (2), source quench (4), redirect (5).
 * cite: RFC 1191, RFC 4443 section 3.2, RFC 6633, RFC 792
 */
static bool
rejects(const struct sighting *g)
{
	return g->icmp_type != 2 && g->icmp_type != 4 && g->icmp_type != 5 &&
		!(g->icmp_type == 3 && g->icmp_code == 4);
}

/* Longer than what is on the way at the same time, shorter than any retry. */
#define UNTAKEN_US 100000

/* The client's end had come, and a SYN-ACK left long after it all the same. */
static bool
end_untaken(const struct sighting *s)
{
	uint32_t end =
		s->fin_c_at < s->rst_client_at ? s->fin_c_at : s->rst_client_at;
	return s->synack_after_ack > 0 && end != SIGHTING_AT_NONE &&
		s->synack_last_at > end && s->synack_last_at - end > UNTAKEN_US;
}

/* Counts as each end saw them. */
static void
gather_counts(
	struct facts *f, const struct sighting *c, const struct sighting *s)
{
	f->c_syn = c->syn;
	f->s_syn = s->syn;
	f->c_synack = c->synack;
	f->s_synack = s->synack;
	f->c_synack_bad = c->synack_bad;
	f->s_synack_bad = s->synack_bad;
	f->c_ack = c->ack;
	f->s_ack = s->ack;
	f->c_challenge = c->challenge;
	f->s_challenge = s->challenge;
	f->c_rst_server = c->rst_server;
	f->s_rst_server = s->rst_server;
	f->c_rst_client = c->rst_client;
	f->s_rst_client = s->rst_client;
	bool c_of_synack = c->flags & SIGHTING_ICMP_OF_SYNACK;
	bool s_of_synack = s->flags & SIGHTING_ICMP_OF_SYNACK;
	int64_t c_icmp = rejects(c) ? c->icmp : 0;
	int64_t s_icmp = rejects(s) ? s->icmp : 0;
	f->c_icmp = c_of_synack ? 0 : c_icmp;
	f->s_icmp = s_of_synack ? 0 : s_icmp;
	f->c_synack_icmp = c_of_synack ? c_icmp : 0;
	f->s_synack_icmp = s_of_synack ? s_icmp : 0;
	f->c_data = c->data_c;
	f->s_data = s->data_c;
	f->s_answers = s->data_s;
	f->c_progress = (c->flags & SIGHTING_PROGRESS) != 0;
	f->s_progress = (s->flags & SIGHTING_PROGRESS) != 0;
	f->c_syn_after_synack = c->syn_after_synack;
	f->c_synack_last = c->syn > 0 && c->synack > 0 &&
		c->synack_last_at > c->syn_last_at;
	f->s_syn_after_synack = s->syn_after_synack;
	f->c_synack_after_ack = c->synack_after_ack;
	f->s_synack_after_ack = s->synack_after_ack;
	f->s_end_untaken = end_untaken(s);
	f->synack_zero_window = (c->flags & SIGHTING_ZERO_WINDOW_SYNACK) != 0;
	f->syn_missed_by_server = (s->flags & SIGHTING_NO_SYN) != 0;
	uint32_t both = c->flags | s->flags;
	f->simultaneous = (both & SIGHTING_SIMULTANEOUS) != 0;
	f->fast_open = (both & (SIGHTING_SYN_DATA | SIGHTING_FAST_OPEN)) != 0;
}

/* An ICMP error about the SYN at a capture between the ends, under either of
 * its names; the ends' captures may have been filtered. */
static const struct sighting *
icmp_between(
	const struct stitch_case *k, const struct attempt_ends *a, size_t *at)
{
	for (size_t v = 0; v < k->count; v++) {
		if (v == a->near || v == a->far)
			continue;
		const struct sighting *g =
			match_seen(&k->match, k->vantages, a->attempt, v);
		const struct sighting *const sights[] = {
			g, sights_twin(k, v, g)};
		for (int i = 0; i < 2; i++) {
			g = sights[i];
			if (g == NULL || g->icmp == 0 || !rejects(g) ||
				g->flags & SIGHTING_ICMP_OF_SYNACK)
				continue;
			*at = v;
			return g;
		}
	}
	return NULL;
}

/* ICMP errors: of the end that saw one, the client first. */
static void
gather_icmp(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	const struct sighting *g = a->c != NULL && a->c->icmp > 0 ? a->c : a->s;
	size_t v = g != NULL && g == a->c ? a->near : a->far;
	if (g == NULL || g->icmp == 0)
		g = sights_inner(k, a->far, a->attempt, false);
	if (g == NULL || g->icmp == 0) {
		g = icmp_between(k, a, &v);
		f->b_icmp = g != NULL ? g->icmp : 0;
	}
	f->icmp_from_client = FACT_UNKNOWN;
	f->icmp_from_server = FACT_UNKNOWN;
	f->icmp_type = FACT_UNKNOWN;
	f->icmp_code = FACT_UNKNOWN;
	f->icmp_sender = NULL;
	if (g == NULL || g->icmp == 0)
		return;
	f->icmp_from_client = (g->flags & SIGHTING_ICMP_FROM_CLIENT) != 0;
	f->icmp_from_server = (g->flags & SIGHTING_ICMP_FROM_SERVER) != 0;
	f->icmp_type = g->icmp_type;
	f->icmp_code = g->icmp_code;
	if (g->icmp_sender != SIGHTING_NONE) {
		char *text = arena_take(arena, IP_TEXT_MAX);
		ip_format(k->vantages[v].senders[g->icmp_sender], text);
		f->icmp_sender = text;
	}
}

/* The client had stopped trying before any SYN-ACK came. */
static bool
gave_up(const struct sighting *c)
{
	if (c->synack == 0 || c->ack > 0 || c->syn == 0)
		return false;
	if (c->rst_client > 0)
		return c->rst_client_at >= c->synack_at[0];
	if (c->syn_after_synack > 0)
		return false;
	uint32_t gap = FIRST_GAP_US;
	if (c->syn >= 2 && c->syn <= SIGHTING_SYN_TIMES) {
		uint32_t last = c->syn_at[c->syn - 1] - c->syn_at[c->syn - 2];
		if (last / 2 * 5 > gap)
			gap = last / 2 * 5;
	}
	return c->synack_at[0] > c->syn_last_at &&
		c->synack_at[0] - c->syn_last_at > gap;
}

/* SYN-ACKs that a server sends by default before it gives up.
 * cite: Linux 6.12 net/ipv4/tcp_ipv4.c, sysctl_tcp_synack_retries: 5 */
#define SYNACKS_DEFAULT 6

/*
 * The server did not repeat its SYN-ACK again although the next copy was due:
 * each gap is twice the one before (RFC 6298). It took the ACK after all. What
 * answers a repeated SYN comes in between, so the longest gap counts.
 */
static bool
synack_settled(const struct stitch_case *k, size_t v, const struct sighting *s)
{
	if (s->synack < 2 || s->synack >= SYNACKS_DEFAULT)
		return false;
	int64_t gap = 0;
	for (int i = 1; i < s->synack; i++) {
		int64_t us = (int64_t)s->synack_at[i] - s->synack_at[i - 1];
		gap = us > gap ? us : gap;
	}
	int64_t last = s->first_ns + (int64_t)s->synack_last_at * NS_PER_US;
	return clock_sub(k->vantages[v].last.ns, last) > 3 * gap * NS_PER_US;
}

/* Microseconds that the client waited longer by its own capture than by the
 * server's. */
static int64_t
waits_apart(const struct sighting *c, const struct sighting *s)
{
	const uint32_t at[] = {
		c->data_c_last_at, c->fin_c_at, s->data_c_last_at, s->fin_c_at};
	for (size_t i = 0; i < sizeof at / sizeof *at; i++)
		if (at[i] == SIGHTING_AT_NONE)
			return 0;
	return ((int64_t)at[1] - at[0]) - ((int64_t)at[3] - at[2]);
}

/* Both ends saw the client wait as long, unless a clock was set meanwhile, or
 * the first copies of the data were lost: then the server had it only later,
 * and owed the client nothing before. */
static void
compare_waits(
	const struct sighting *c, const struct sighting *s, struct facts *f)
{
	int64_t apart = waits_apart(c, s);
	if (llabs(apart) * NS_PER_US < UNANSWERED_NS / 2)
		return;
	if (apart > 0 && c->data_c > s->data_c &&
		f->unanswered_us != FACT_UNKNOWN)
		f->request_late_us = apart;
	f->unanswered_us = FACT_UNKNOWN;
}

/* What the client acknowledges at the server's capture after its last data, and
 * before it closed, it had got: neither capture needs to hold it. */
static bool
was_heard(const struct sighting *s)
{
	return s->ack > 0 && s->data_c > 0 &&
		(int32_t)(s->s_acked - (s->server_isn + 1)) > 0 &&
		s->s_acked_at > s->data_c_last_at &&
		s->s_acked_at <= s->fin_c_at;
}

/* By the client's capture, or by the server's where that one cannot tell: it
 * lacks something, copies of the data that reached the server among it, or its
 * clock was set back: both make long waits short. */
static int64_t
waited_ns(const struct stitch_case *k, const struct attempt_ends *a)
{
	const struct sighting *c = a->c;
	if (a->s != NULL && was_heard(a->s))
		return FACT_UNKNOWN;
	int64_t waited =
		c != NULL ? unanswered_ns(k, a->near, c) : FACT_UNKNOWN;
	bool hidden = waited == FACT_UNKNOWN ||
		(waited < UNANSWERED_NS && a->s != NULL &&
			(c->data_c < a->s->data_c ||
				k->vantages[a->near].set_back_ns >=
					CLOCK_STEP_MIN_NS));
	if (a->s == NULL || !hidden || (c != NULL && was_answered(c)))
		return waited;
	int64_t there = unanswered_ns(k, a->far, a->s);
	return there == FACT_UNKNOWN ? waited : there;
}

static void
gather_delays(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	const struct sighting *c = a->c;
	f->synack_delay_us = FACT_UNKNOWN;
	f->rst_client_delay_us = FACT_UNKNOWN;
	f->client_gave_up = 0;
	if (c != NULL && c->syn > 0 && c->synack > 0)
		f->synack_delay_us = c->synack_at[0];
	if (c != NULL && c->rst_client > 0)
		f->rst_client_delay_us = c->rst_client_at;
	if (c != NULL)
		f->client_gave_up = gave_up(c);
	if (a->s != NULL)
		f->s_synack_settled = synack_settled(k, a->far, a->s);
	int64_t waited = waited_ns(k, a);
	f->unanswered_us =
		waited == FACT_UNKNOWN ? FACT_UNKNOWN : waited / NS_PER_US;
	f->request_late_us = FACT_UNKNOWN;
	if (c != NULL && a->s != NULL)
		compare_waits(c, a->s, f);
}

/* Over how many routers a packet came: systems begin with 64, 128 or 255.
 * cite: Linux 6.12 include/linux/ip.h, IPDEFTTL; Microsoft, "DefaultTTL" (128); Cisco
 * IOS and Solaris begin with 255 */
static int64_t
hops_of(uint8_t ttl)
{
	return ttl <= 64 ? 64 - ttl : ttl <= 128 ? 128 - ttl : 255 - ttl;
}

/* The TTL of the server's packets besides the RST: of this attempt, or else of
 * any between these hosts; 0 unknown. */
static uint8_t
ttl_beside_rst(const struct vantage *v, const struct sighting *c)
{
	if (c->rst_server_at == SIGHTING_AT_NONE || c->ttl_rst_server == 0)
		return 0;
	const struct host_pair *pair = &v->pairs[c->pair];
	return c->ttl_s != 0
		? c->ttl_s
		: pair->ttl[ip_equal(pair->low, c->server) ? 0 : 1];
}

/* How the RST's TTL compares with that. */
static void
gather_rst_ttl(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	const struct sighting *c = a->c;
	uint8_t ttl = c == NULL ? 0 : ttl_beside_rst(&k->vantages[a->near], c);
	f->rst_ttl_differs = FACT_UNKNOWN;
	f->rst_hops_nearer = FACT_UNKNOWN;
	if (ttl == 0)
		return;
	f->rst_ttl_differs = c->ttl_rst_server != ttl;
	f->rst_hops_nearer = hops_of(ttl) - hops_of(c->ttl_rst_server);
}

/* The last handshake segment that either end saw, reference clock. */
static int64_t
last_handshake_ns(const struct stitch_case *k, size_t v,
	const struct sighting *g, int64_t so_far)
{
	/* A RST that ends what was begun is no part of the handshake. */
	bool end = g->flags & STORY_RESETS_WHAT_BEGAN;
	const uint32_t at[] = {g->syn_last_at, g->synack_last_at,
		g->ack_first_at, end ? SIGHTING_AT_NONE : g->rst_server_at,
		g->rst_client_at, g->icmp_at, g->challenge_at};
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		if (at[i] == SIGHTING_AT_NONE)
			continue;
		int64_t ns = stitch_case_time(k, v, g, at[i]);
		if (ns > so_far)
			so_far = ns;
	}
	return so_far;
}

/* Not everything but TCP was filtered out of the capture, and an error's quote
 * would be whole. */
static bool
sees_icmp(const struct vantage *v)
{
	return v->audit.packets > v->audit.tcp && v->audit.cut == 0;
}

/* The RST that ended the attempt, reference clock; so_far when none did. */
static int64_t
ended_ns(const struct stitch_case *k, size_t v, const struct sighting *g,
	int64_t so_far)
{
	if (g == NULL || !(g->flags & SIGHTING_RST_S_END))
		return so_far;
	int64_t ns = stitch_case_time(k, v, g, g->rst_server_at);
	return ns < so_far ? ns : so_far;
}

static void
gather_watched(const struct stitch_case *k, const struct attempt_ends *a,
	struct facts *f)
{
	int64_t last = INT64_MIN;
	int64_t end = INT64_MAX;
	if (a->c != NULL)
		last = last_handshake_ns(k, a->near, a->c, last);
	if (a->s != NULL)
		last = last_handshake_ns(k, a->far, a->s, last);
	for (size_t v = 0; v < k->count; v++)
		if ((v == a->near || v == a->far) &&
			k->vantages[v].audit.packets > 0 && k->last_ns[v] < end)
			end = k->last_ns[v];
	end = ended_ns(k, a->near, a->c, end);
	end = ended_ns(k, a->far, a->s, end);
	bool known = last != INT64_MIN && end != INT64_MAX && end > last;
	f->watched_us = known ? clock_sub(end, last) / NS_PER_US : 0;
}

static void
gather_as(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	const struct sighting *c = a->c != NULL ? a->c : &no_sighting;
	const struct sighting *s = a->s != NULL ? a->s : &no_sighting;
	*f = (struct facts){0};
	f->c_present = a->near != CASE_NO_END;
	f->s_present = a->far != CASE_NO_END;
	f->stands_in = a->between;
	f->said_between = a->between && k->count == 1 && k->said_between[0];
	/* flow_facts.h tells what flow logs know. */
	f->flow_in = FACT_UNKNOWN;
	f->flow_out = FACT_UNKNOWN;
	f->matched_by = match_word(k->match.kind[a->attempt]);
	f->offset_known = k->count > 1 && clock_known(&k->maps[k->count - 1]);
	gather_counts(f, c, s);
	f->b_synack_after_ack = repeated_between(k, a);
	gather_icmp(k, a, arena, f);
	gather_sights(k, a, arena, f);
	gather_story(k, a, f);
	gather_syn(k, a, f);
	gather_delays(k, a, f);
	gather_watched(k, a, f);
	gather_rst_ttl(k, a, f);
	bool left = c != NULL && c->syn > 0 && c->ttl_c != 0;
	f->syn_ttl = left && !a->near_between ? c->ttl_c : FACT_UNKNOWN;
	f->s_cuts = f->s_present && k->vantages[a->far].audit.cut > 0;
	f->c_cuts = f->c_present && k->vantages[a->near].audit.cut > 0;
	f->c_sees_icmp = f->c_present && sees_icmp(&k->vantages[a->near]);
	f->s_sees_icmp = f->s_present && sees_icmp(&k->vantages[a->far]);
	copies_compare(k, a, arena, f);
	gather_reset_by(a, f);
}

/* Something vanished or came up between the two captures, so that it does not
 * matter what stands behind the further one. */
static bool
ends_before_far(const struct facts *f)
{
	return f->syn_arrived == 0 || f->synack_arrived == 0 ||
		(f->c_ack > 0 && f->s_ack == 0) ||
		(f->c_rst_server > 0 && f->s_rst_server == 0) ||
		(f->c_icmp > 0 && f->s_icmp == 0);
}

/* The same of the nearer one: all that reached it was seen further on, too. */
static bool
ends_behind_near(const struct facts *f)
{
	return f->syn_arrived == 0 || f->synack_arrived == 0 ||
		f->s_synack == 0 || (f->c_ack > 0 && f->s_ack == 0) ||
		f->s_ack > 0;
}

/*
 * A capture between the ends shows what passed, not what became of it at the
 * host behind: it stands for that host only where the attempt ended before.
 */
void
gather_facts(const struct stitch_case *k, const struct attempt_ends *a,
	struct arena *arena, struct facts *f)
{
	struct attempt_ends ends = *a;
	gather_as(k, &ends, arena, f);
	/* The client's host decides what it made of a SYN-ACK. */
	bool client_has_it = f->c_synack > 0 && f->c_ack == 0 &&
		f->c_rst_server == 0 && !ends.near_between;
	if (ends.far_between && !ends_before_far(f) && !client_has_it) {
		ends.far = CASE_NO_END;
		ends.s = NULL;
		ends.between = ends.near_between;
		stitch_case_stand_in(&ends);
	} else if (ends.near_between && !ends_behind_near(f)) {
		ends.near = CASE_NO_END;
		ends.c = NULL;
		ends.between = ends.far_between;
	} else {
		return;
	}
	gather_as(k, &ends, arena, f);
}
