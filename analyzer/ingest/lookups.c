/*
 * From queries and answers to lookups.
 *
 * Answers are matched by client and name alone, not by the message's id: every
 * resolver that is asked repeats the question, and what counts is whether any of
 * them told the address.
 */
#include "ingest/lookups.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "parsers/packet/dns.h"

/*
 * A lookup is over, answered or not, so long after its first query: programs
 * give up after two tries of 5 s. What is asked later is another one.
 * cite: resolv.conf(5), options timeout and attempts
 */
#define LIFE_NS (12 * NS_PER_S)
/* Behind an answer the second address family is asked for at once; later
 * queries begin a lookup of their own. */
#define REST_NS NS_PER_S
/* A resolver that does not know the answer asks others first. */
#define PATIENCE_NS (5 * NS_PER_S)
/* A capture on all interfaces shows a packet twice within less. */
#define TWICE_NS NS_PER_MS

_Static_assert(LOOKUP_NAME_SIZE == DNS_NAME_SIZE, "the same names");

void
lookups_init(struct lookups *l, struct vantage *v)
{
	*l = (struct lookups){.vantage = v, .keys = hash_keys_random()};
	table_init(&l->names);
}

/* What was under way has ended: it joins those that ended alike. */
static void
lookup_close(struct lookup *k)
{
	struct lookup_fate *f = &k->fates[k->best];
	if (k->open.queries == 0)
		return;
	if (f->count == 0)
		*f = k->open;
	else
		f->queries += k->open.queries;
	f->last_ns = k->open.last_ns;
	f->count++;
	k->open.queries = 0;
}

static uint32_t
name_tag(const struct lookups *l, struct ip_addr client, const char *name)
{
	uint64_t h = hash_endpoint(l->keys, client, 0);
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
		uint64_t word = 0;
		size_t left = len - i;
		memcpy(&word, name + i,
			left < sizeof word ? left : sizeof word);
		h = hash_mix(h ^ word, l->keys.b | 1);
	}
	return (uint32_t)(h >> 32) ^ (uint32_t)h;
}

/* The record of a name; make says whether a new one may be begun. NULL when it
 * may not, or when there are too many. */
static struct lookup *
lookup_find(
	struct lookups *l, struct ip_addr client, const char *name, bool make)
{
	struct vantage *v = l->vantage;
	uint32_t tag = name_tag(l, client, name);
	table_reserve(&l->names);
	uint32_t at = tag & l->names.mask;
	for (; l->names.slots[at].index != 0; at = (at + 1) & l->names.mask) {
		struct lookup *k = &v->lookups[l->names.slots[at].index - 1];
		if (l->names.slots[at].tag == tag &&
			ip_equal(k->client, client) &&
			strcmp(k->name, name) == 0)
			return k;
	}
	l->beyond += make && v->lookups_count == LOOKUPS_MAX;
	if (!make || v->lookups_count == LOOKUPS_MAX)
		return NULL;
	if (v->lookups_count == l->room) {
		l->room = l->room == 0 ? 16 : 2 * l->room;
		v->lookups =
			memory_grow(v->lookups, l->room, sizeof *v->lookups);
	}
	l->names.slots[at] = (struct table_slot){tag, ++v->lookups_count};
	l->names.used++;
	struct lookup *k = &v->lookups[v->lookups_count - 1];
	*k = (struct lookup){.client = client};
	memcpy(k->name, name, strlen(name) + 1);
	return k;
}

static void
query_take(struct lookup *k, const struct packet *p,
	const struct dns_message *m, int64_t ns, uint32_t frame)
{
	struct lookup_fate *open = &k->open;
	bool under_way = open->queries > 0;
	if (under_way && m->id == k->last_id && m->type == k->last_type &&
		p->src_port == k->last_port && ns - open->last_ns < TWICE_NS)
		return;
	if (under_way &&
		(ns - open->first_ns > LIFE_NS ||
			(k->best != LOOKUP_NO_ANSWER &&
				ns - k->answered_ns > REST_NS)))
		lookup_close(k);
	if (open->queries == 0) {
		*open = (struct lookup_fate){
			.frame = frame, .resolver = p->dst, .first_ns = ns};
		k->best = LOOKUP_NO_ANSWER;
	}
	open->queries++;
	open->last_ns = ns;
	k->last_type = m->type;
	k->last_id = m->id;
	k->last_port = p->src_port;
}

static enum lookup_outcome
outcome_of(const struct dns_message *m)
{
	switch (m->rcode) {
	case DNS_RCODE_NO_ERROR:
		/* Cut answers are asked for again over TCP. */
		return m->answers > 0 || m->truncated ? LOOKUP_ANSWERED
						      : LOOKUP_NO_ADDRESS;
	case DNS_RCODE_NAME_ERROR:
		return LOOKUP_NO_SUCH_NAME;
	case DNS_RCODE_REFUSED:
		return LOOKUP_REFUSED;
	default:
		return LOOKUP_SERVER_FAILURE;
	}
}

static void
answer_take(struct lookup *k, const struct dns_message *m, int64_t ns)
{
	if (k->open.queries == 0)
		return;
	enum lookup_outcome o = outcome_of(m);
	if (o < k->best)
		k->best = o;
	k->answered_ns = ns;
}

void
lookups_packet(struct lookups *l, const struct packet *p,
	struct captured_time at, uint32_t frame)
{
	struct dns_message m;
	if (!dns_decode(p->payload, &m) || !m.has_question ||
		m.opcode != DNS_OPCODE_QUERY || m.class != DNS_CLASS_IN ||
		(m.type != DNS_TYPE_A && m.type != DNS_TYPE_AAAA))
		return;
	struct lookup *k = lookup_find(
		l, m.response ? p->dst : p->src, m.name, !m.response);
	if (k == NULL)
		return;
	if (m.response)
		answer_take(k, &m, at.ns);
	else
		query_take(k, p, &m, at.ns, frame);
}

void
lookups_finish(struct lookups *l)
{
	struct vantage *v = l->vantage;
	for (uint32_t i = 0; i < v->lookups_count; i++) {
		struct lookup *k = &v->lookups[i];
		if (k->best == LOOKUP_NO_ANSWER && k->open.queries > 0 &&
			clock_sub(v->last.ns, k->open.last_ns) < PATIENCE_NS)
			continue;
		lookup_close(k);
	}
	table_release(&l->names);
}
