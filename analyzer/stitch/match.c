/*
 * Pairing sightings, in a fixed order of strength (match.def).
 *
 * First everything that has the same 4-tuple and ISN; what one vantage saw under
 * two names is dropped (seen_twice.h); then, among attempts that only one of two
 * vantages saw, what is the only candidate on both sides: same ISN behind NAT,
 * same 4-tuple with rewritten sequence numbers. A candidate that is not unique
 * is no match. Every pass is linear in attempts.
 */
#include "stitch/match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stitch/index.h"
#include "stitch/seen_twice.h"

struct matcher {
	struct match *m;
	struct vantage *vantages;
	const struct translations *translations; /* or NULL */
	struct hash_keys keys;
	uint32_t *isns; /* of attempts, while equal tuples are paired; owned */
};

const char *
match_word(enum match_kind k)
{
	static const char *const words[MATCH_KIND_COUNT] = {
		NULL,
#define X(constant, id, meaning) id,
#include "stitch/match.def"
#undef X
	};
	assert(k < MATCH_KIND_COUNT);
	return words[k];
}

static uint64_t
tuple_hash(struct hash_keys keys, const struct sighting *s)
{
	return hash_tuple(
		keys, s->client, s->client_port, s->server, s->server_port);
}

uint64_t
match_tuple_isn_key(struct hash_keys keys, const struct sighting *s)
{
	return hash_mix(tuple_hash(keys, s) ^ s->isn, keys.a);
}

static bool
tuple_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	*key = tuple_hash(x->keys, s);
	return true;
}

static bool
isn_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	*key = match_isn_key(x->keys, s->isn);
	return true;
}

/* The first copy arrived, with its timestamp: 64 bits. ISNs alone collide: of
 * 65536 attempts two have the same by chance, and then neither is paired. */
static bool
stamped_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	uint64_t both = (uint64_t)s->syn_tsval_first << 32 | s->isn;
	*key = hash_mix(x->keys.b ^ both, x->keys.a);
	return s->syn > 0 && s->syn_tsval_first != 0;
}

/* The 4-tuple that this one becomes on the way. */
static bool
listed_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	struct sighting seen;
	return translations_listed(x->translations, s, &seen) &&
		tuple_key(x, &seen, key);
}

static bool
stated_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	struct sighting seen;
	return translations_stated(x->translations, s, &seen) &&
		tuple_key(x, &seen, key);
}

bool
match_same_tuple(const struct sighting *a, const struct sighting *b)
{
	return a->client_port == b->client_port &&
		a->server_port == b->server_port &&
		ip_equal(a->client, b->client) &&
		ip_equal(a->server, b->server);
}

/* The first vantage's sighting of an attempt. */
static const struct sighting *
first_sighting(const struct matcher *x, uint32_t attempt)
{
	for (size_t v = 0; v < x->m->vantages; v++) {
		const struct sighting *s =
			match_seen(x->m, x->vantages, attempt, v);
		if (s != NULL)
			return s;
	}
	return NULL;
}

static void
attempt_new(struct matcher *x, size_t vantage, uint32_t sighting, uint32_t isn)
{
	struct match *m = x->m;
	x->isns[m->count] = isn;
	uint32_t *row = match_row(m, m->count);
	for (size_t v = 0; v < m->vantages; v++)
		row[v] = SIGHTING_NONE;
	row[vantage] = sighting;
	m->kind[m->count] = MATCH_NONE;
	m->count++;
}

/*
 * In a simultaneous open each end may see the other's SYN first, so that two
 * vantages disagree about who the client is. The nearer one's word counts: the
 * further one's sighting is turned round. What is left of its counts says that
 * both SYNs crossed, which is all that is asked of such an attempt.
 */
static void
turn_round(struct sighting *s)
{
	struct ip_addr ip = s->client;
	s->client = s->server;
	s->server = ip;
	uint16_t port = s->client_port;
	s->client_port = s->server_port;
	s->server_port = port;
	uint32_t isn = s->isn;
	s->isn = s->server_isn;
	s->server_isn = isn;
	uint32_t next = s->c_next;
	s->c_next = s->s_next;
	s->s_next = next;
	uint16_t acks = s->ack;
	s->ack = s->synack;
	s->synack = acks;
}

/* The attempt with this key whose latest vantage is not v yet. */
static uint32_t
find_attempt(const struct matcher *x, const struct index *by_key, size_t v,
	const struct sighting *s)
{
	uint32_t a = index_find(by_key, match_tuple_isn_key(x->keys, s));
	if (a == INDEX_NONE || match_row(x->m, a)[v] != SIGHTING_NONE ||
		!match_same_tuple(first_sighting(x, a), s))
		return INDEX_NONE;
	return a;
}

/* Pass 1: one attempt per 4-tuple and ISN. */
static void
match_tuple_isn(struct matcher *x)
{
	struct match *m = x->m;
	struct index by_key;
	uint64_t earlier = 0; /* nothing is looked up after the last vantage */
	for (size_t v = 0; v + 1 < m->vantages; v++)
		earlier += x->vantages[v].sightings;
	index_init(&by_key, earlier);
	for (size_t v = 0; v < m->vantages; v++) {
		for (uint32_t i = 0; i < x->vantages[v].sightings; i++) {
			struct sighting *s =
				vantage_sighting(&x->vantages[v], i);
			if (s->flags & SIGHTING_MIDSTREAM)
				continue;
			uint32_t a = v == 0 ? INDEX_NONE
					    : find_attempt(x, &by_key, v, s);
			if (a == INDEX_NONE && v > 0 &&
				s->flags & SIGHTING_SIMULTANEOUS) {
				turn_round(s);
				a = find_attempt(x, &by_key, v, s);
				if (a == INDEX_NONE)
					turn_round(s);
			}
			if (a != INDEX_NONE) {
				match_row(m, a)[v] = i;
				m->kind[a] = MATCH_TUPLE_ISN;
				continue;
			}
			if (v + 1 < m->vantages)
				index_add(&by_key,
					match_tuple_isn_key(x->keys, s),
					m->count);
			attempt_new(x, v, i, s->isn);
		}
	}
	index_release(&by_key);
}

/* What the first copies differ in. Of one SYN that was repeated only the original
 * asks for Fast Open, which some paths drop for it: one end may lack that copy.
 * cite: Linux commit aab4874355679c70f93993cf3b3fd74643b9ac33 */
static uint8_t
other_options(const struct sighting *a, const struct sighting *b)
{
	uint8_t other = a->syn_options ^ b->syn_options;
	if (a->syn > 1 || b->syn > 1)
		other &= (uint8_t)~SIGHTING_OPTION_FAST_OPEN;
	return other;
}

/* SYN features that no NAT changes; the MSS may be clamped on the way. */
bool
match_same_syn(const struct sighting *a, const struct sighting *b)
{
	if (a->syn == 0 || b->syn == 0)
		return true;
	if ((a->flags | b->flags) & SIGHTING_SYN_CUT)
		return a->window == b->window;
	if (other_options(a, b) != 0 || a->wscale != b->wscale ||
		a->window != b->window)
		return false;
	/* The first copy that one end has is among the other's copies: either
	 * may have missed some. */
	return (int32_t)(b->syn_tsval_last - a->syn_tsval_first) >= 0 &&
		(int32_t)(a->syn_tsval_last - b->syn_tsval_first) >= 0;
}

/*
 * Without timestamps to compare, an ISN of 32 bits is not enough: among 65536
 * unpaired attempts at each end one such pair is to be expected by chance. A
 * device that translates addresses leaves one of these as it was.
 */
static bool
shares_address(const struct sighting *a, const struct sighting *b)
{
	return a->client_port == b->client_port ||
		a->server_port == b->server_port ||
		ip_equal(a->client, b->client) ||
		ip_equal(a->server, b->server);
}

/* A SYN proxy asks the server anew once the client has acknowledged its own
 * answer, the client's number, port and time kept, and that ACK's window. b: what
 * it sends.
 * cite: Linux 6.12 net/netfilter/nf_synproxy_core.c, synproxy_send_server_syn */
#define PROXY_LATER_TICKS 1000
static bool
is_asked_anew(const struct sighting *a, const struct sighting *b)
{
	bool proxy = a->flags & SIGHTING_ZERO_WINDOW_SYNACK && a->ack > 0;
	return proxy && a->syn > 0 && b->syn > 0 && a->syn_tsval_first != 0 &&
		b->syn_tsval_first - a->syn_tsval_first < PROXY_LATER_TICKS &&
		a->client_port == b->client_port &&
		a->server_port == b->server_port &&
		ip_equal(a->server, b->server);
}

static bool
agrees_isn(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	if (a->isn == b->isn && is_asked_anew(a, b))
		return true;
	bool stamped = a->syn > 0 && b->syn > 0 && a->syn_tsval_first != 0;
	return a->isn == b->isn && match_same_syn(a, b) &&
		(stamped || shares_address(a, b) ||
			translations_same_host(
				x->translations, a->client, b->client) ||
			translations_same_host(
				x->translations, a->server, b->server));
}

/* pf's asks the server under a number of its own, with nothing of the client's
 * options but the MSS, and offers no window to either.
 * cite: FreeBSD sys/netpfil/pf/pf.c, pf_test_state_tcp, PF_TCPS_PROXY_DST */
static bool
is_asked_under_another_number(
	const struct sighting *a, const struct sighting *b)
{
	return a->flags & SIGHTING_ZERO_WINDOW_SYNACK && a->ack > 0 &&
		b->window == 0 && b->syn_tsval_first == 0;
}

/* Timestamps tell one attempt from the next of the same ports, whatever the clocks
 * say; without them the time has to. */
static bool
agrees_tuple_time(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	(void)x;
	int64_t apart = clock_sub(a->first_ns, b->first_ns);
	bool in_time =
		apart < MATCH_TUPLE_TIME_NS && -apart < MATCH_TUPLE_TIME_NS;
	if (!match_same_tuple(a, b) || a->syn == 0 || b->syn == 0)
		return false;
	if (in_time && is_asked_under_another_number(a, b))
		return true;
	return (a->syn_tsval_first == 0) == (b->syn_tsval_first == 0) &&
		match_same_syn(a, b) && (in_time || a->syn_tsval_first != 0);
}

/*
 * What a device that changes addresses, ports and sequence numbers leaves: the
 * timestamp's 32 bits, which Linux begins at random for each pair of hosts, and
 * the IP ID's 16. Two attempts that agree in both by chance are one in 2^48
 * pairs; a device that leaves less gives no pair. Without timestamps the IP ID
 * alone would pair one in 65536 wrongly: then they stay apart.
 * cite: Linux 6.12 net/core/secure_seq.c, secure_tcp_ts_off
 */
static bool
marks_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	uint64_t both = (uint64_t)s->syn_tsval_first << 16 | s->syn_ip_id_first;
	*key = hash_mix(x->keys.a ^ both, x->keys.b);
	return s->syn > 0 && s->syn_tsval_first != 0 && s->syn_ip_id_first != 0;
}

static bool
agrees_marks(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	(void)x;
	return a->syn_tsval_first == b->syn_tsval_first &&
		a->syn_ip_id_first == b->syn_ip_id_first &&
		match_same_syn(a, b);
}

/* The same by the last copy, where the first was missed at one of the two. */
static bool
last_marks_key(const struct matcher *x, const struct sighting *s, uint64_t *key)
{
	uint64_t both = (uint64_t)s->syn_tsval_last << 16 | s->syn_ip_id_last;
	*key = hash_mix(x->keys.a ^ both, x->keys.b);
	return s->syn > 0 && s->syn_tsval_last != 0 && s->syn_ip_id_last != 0;
}

static bool
agrees_last_marks(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	(void)x;
	return a->syn_tsval_last == b->syn_tsval_last &&
		a->syn_ip_id_last == b->syn_ip_id_last && match_same_syn(a, b);
}

/* Behind the device a is b, whose sequence numbers it may have changed too. */
static bool
agrees_translated(const struct sighting *seen, const struct sighting *b)
{
	int64_t apart = clock_sub(seen->first_ns, b->first_ns);
	return match_same_tuple(seen, b) && match_same_syn(seen, b) &&
		(seen->isn == b->isn ||
			(apart < MATCH_TUPLE_TIME_NS &&
				-apart < MATCH_TUPLE_TIME_NS));
}

static bool
agrees_listed(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	struct sighting seen;
	return translations_listed(x->translations, a, &seen) &&
		agrees_translated(&seen, b);
}

static bool
agrees_stated(const struct matcher *x, const struct sighting *a,
	const struct sighting *b)
{
	struct sighting seen;
	return translations_stated(x->translations, a, &seen) &&
		agrees_translated(&seen, b);
}

/* What a sighting is found by; false when there is nothing. */
typedef bool key_fn(
	const struct matcher *x, const struct sighting *s, uint64_t *key);

/* What a later pass pairs by. */
struct pass {
	key_fn *near;
	key_fn *far;
	bool (*agrees)(const struct matcher *x, const struct sighting *a,
		const struct sighting *b);
	enum match_kind kind;
};

/* True when attempt a was seen at one but not at the other. */
bool
match_only_at(const struct match *m, uint32_t a, size_t one, size_t other)
{
	return match_row(m, a)[one] != SIGHTING_NONE &&
		match_row(m, a)[other] == SIGHTING_NONE;
}

/* Index the attempts that were seen at vantage one and not at the other. */
static void
index_only_at(const struct matcher *x, key_fn *key_of, struct index *out,
	size_t one, size_t other)
{
	const struct match *m = x->m;
	uint64_t n = 0;
	for (uint32_t a = 0; a < m->count; a++)
		n += match_only_at(m, a, one, other);
	index_init(out, n);
	for (uint32_t a = 0; a < m->count; a++) {
		uint64_t key;
		if (match_only_at(m, a, one, other) &&
			key_of(x, match_seen(m, x->vantages, a, one), &key))
			index_add_unique(out, key, a);
	}
}

/* One vantage saw both, so that they are two. */
bool
match_seen_together(const struct match *m, uint32_t a, uint32_t b)
{
	for (size_t v = 0; v < m->vantages; v++)
		if (match_row(m, a)[v] != SIGHTING_NONE &&
			match_row(m, b)[v] != SIGHTING_NONE)
			return true;
	return false;
}

/* Move what attempt from saw into attempt to, where to saw nothing. */
void
match_merge(struct match *m, uint32_t to, uint32_t from, enum match_kind kind)
{
	for (size_t v = 0; v < m->vantages; v++) {
		if (match_row(m, to)[v] == SIGHTING_NONE)
			match_row(m, to)[v] = match_row(m, from)[v];
		match_row(m, from)[v] = SIGHTING_NONE;
	}
	if (kind > m->kind[to])
		m->kind[to] = (uint8_t)kind;
}

/* Pair leftovers of two vantages whose key is unique on both sides. */
static void
match_leftovers(
	struct matcher *x, const struct pass *pass, size_t near, size_t far)
{
	struct match *m = x->m;
	struct index at_near;
	struct index at_far;
	index_only_at(x, pass->near, &at_near, near, far);
	index_only_at(x, pass->far, &at_far, far, near);
	for (uint32_t a = 0; a < m->count; a++) {
		if (!match_only_at(m, a, near, far))
			continue;
		const struct sighting *s = match_seen(m, x->vantages, a, near);
		uint64_t key;
		if (!pass->near(x, s, &key))
			continue;
		uint32_t b = index_find(&at_far, key);
		if (b == INDEX_NONE || b == INDEX_MANY ||
			index_find(&at_near, key) == INDEX_MANY ||
			!match_only_at(m, b, far, near) ||
			match_seen_together(m, a, b))
			continue;
		if (pass->agrees(x, s, match_seen(m, x->vantages, b, far)))
			match_merge(m, a, b, pass->kind);
	}
	index_release(&at_near);
	index_release(&at_far);
}

void
match_compact(struct match *m)
{
	uint32_t kept = 0;
	for (uint32_t a = 0; a < m->count; a++) {
		bool empty = true;
		for (size_t v = 0; v < m->vantages; v++)
			empty = empty && match_row(m, a)[v] == SIGHTING_NONE;
		if (empty)
			continue;
		if (kept != a) {
			memcpy(match_row(m, kept), match_row(m, a),
				m->vantages * sizeof *m->seen);
			m->kind[kept] = m->kind[a];
		}
		kept++;
	}
	m->count = kept;
}

/* Most cases say nothing of translations. */
static bool
has_use(const struct translations *t, enum match_kind kind)
{
	if (kind == MATCH_CONNTRACK)
		return t != NULL && t->count > 0;
	if (kind == MATCH_STATED)
		return t != NULL && t->config != NULL &&
			t->config->translations_count > 0;
	return true;
}

void
match_run(struct match *m, struct vantage *vantages, size_t count,
	const struct translations *translations)
{
	static const struct pass passes[] = {
		{stamped_key, stamped_key, agrees_isn, MATCH_ISN},
		{isn_key, isn_key, agrees_isn, MATCH_ISN},
		{listed_key, tuple_key, agrees_listed, MATCH_CONNTRACK},
		{stated_key, tuple_key, agrees_stated, MATCH_STATED},
		{tuple_key, tuple_key, agrees_tuple_time, MATCH_TUPLE_TIME},
		{marks_key, marks_key, agrees_marks, MATCH_TIMESTAMPS},
		{last_marks_key, last_marks_key, agrees_last_marks,
			MATCH_TIMESTAMPS},
	};
	uint64_t total = 0;
	for (size_t v = 0; v < count; v++)
		total += vantages[v].sightings;
	*m = (struct match){
		.vantages = count,
		.seen = memory_grow(NULL, total * count, sizeof *m->seen),
		.kind = memory_take(total, 1),
	};
	struct matcher x = {m, vantages, translations, hash_keys_random(),
		memory_take(total, sizeof *x.isns)};
	match_tuple_isn(&x);
	seen_twice_drop(m, vantages, x.isns, x.keys);
	free(x.isns);
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
		if (!has_use(translations, passes[i].kind))
			continue;
		for (size_t near = 0; near < count; near++)
			for (size_t far = near + 1; far < count; far++)
				match_leftovers(&x, &passes[i], near, far);
	}
	match_compact(m);
}

void
match_release(struct match *m)
{
	free(m->seen);
	free(m->kind);
	*m = (struct match){0};
}
