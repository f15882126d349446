/*
 * Connections that certainly passed a capture, by pair of hosts, and what they
 * say of it.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "stitch/cover.h"

/* One connection in so many that a capture lacks altogether, though it ran all
 * the while, went another way. */
#define SHARE 20

static void
strangers_grow(struct cover *c)
{
	c->strangers_room = c->strangers_room == 0 ? 64 : c->strangers_room * 2;
	c->strangers = memory_grow(
		c->strangers, c->strangers_room, sizeof *c->strangers);
	index_release(&c->by_stranger);
	index_init(&c->by_stranger, c->strangers_room);
	for (uint32_t i = 0; i < c->strangers_count; i++)
		index_add(&c->by_stranger, c->strangers[i].key, i);
}

static struct cover_proof *
stranger(struct cover *c, uint64_t key)
{
	uint32_t at = c->strangers_count == 0
		? INDEX_NONE
		: index_find(&c->by_stranger, key);
	if (at != INDEX_NONE)
		return &c->strangers[at].proof;
	if (c->strangers_count == c->strangers_room)
		strangers_grow(c);
	at = c->strangers_count++;
	index_add(&c->by_stranger, key, at);
	c->strangers[at] = (struct cover_stranger){.key = key};
	return &c->strangers[at].proof;
}

struct cover_proof *
cover_proof_of(struct cover *c, struct ip_addr one, struct ip_addr other,
	const struct sighting *g)
{
	if (g != NULL)
		return &c->proofs[g->pair];
	uint32_t pair = cover_pair_index(c, one, other);
	if (pair != INDEX_NONE)
		return &c->proofs[pair];
	return stranger(c, hash_pair(c->keys, one, other));
}

/* What is known of two hosts, or NULL. */
static const struct cover_proof *
find(const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	uint32_t pair = cover_pair_index(c, one, other);
	if (pair != INDEX_NONE)
		return &c->proofs[pair];
	if (c->strangers_count == 0)
		return NULL;
	uint32_t at =
		index_find(&c->by_stranger, hash_pair(c->keys, one, other));
	return at == INDEX_NONE ? NULL : &c->strangers[at].proof;
}

const struct datagrams *
cover_datagrams(const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	uint32_t i = index_find(&c->datagrams, hash_pair(c->keys, one, other));
	if (i == INDEX_NONE)
		return NULL;
	const struct datagrams *d = &c->vantage->datagrams[i];
	bool same = (ip_equal(d->low, one) && ip_equal(d->high, other)) ||
		(ip_equal(d->low, other) && ip_equal(d->high, one));
	return same ? d : NULL;
}

static bool
often(uint32_t lacking, uint32_t shown)
{
	return (uint64_t)lacking * SHARE > (uint64_t)lacking + shown;
}

/* Of two hosts of which nothing is known: the capture as a whole lacks what the
 * other side sends. */
static bool
one_direction(const struct cover *c, const struct cover_question *q)
{
	const struct capture_audit *a = &c->vantage->audit;
	uint64_t lacking =
		q->from_client ? a->lacks_server_side : a->lacks_client_side;
	return lacking > 0 && a->two_sided == 0;
}

bool
cover_lacks_answers(const struct cover *c, const struct cover_question *q)
{
	const struct cover_proof *p = find(c, q->from, q->to);
	if (p == NULL)
		return one_direction(c, q);
	return q->from_client ? p->answers_elsewhere ||
			(p->lacks_server_side > 0 && p->server_side == 0)
			      : p->lacks_client_side > 0 && p->client_side == 0;
}

const char *
cover_answers_by(const struct cover *c, const struct cover_question *q)
{
	const struct cover_proof *p = find(c, q->from, q->to);
	return p == NULL || q->from_client ? NULL : p->answers_by;
}

enum coverage
cover_proof_ask(const struct cover *c, const struct cover_question *q,
	const char **note)
{
	const struct cover_proof *p = find(c, q->from, q->to);
	bool elsewhere = p != NULL && p->answers_elsewhere;
	if (!q->from_client &&
		(elsewhere || (c->mute && ip_equal(c->mute_host, q->from)))) {
		*note = "the capture shows what clients send this host besides "
			"TCP and no answer, and a client got answers: they "
			"leave by another interface";
		return COVERAGE_OUTSIDE;
	}
	if (p == NULL)
		return COVERAGE_WITNESSED;
	if (p->passed > 0 && p->shown == 0) {
		*note = "the capture shows none of the connections between "
			"these hosts that worked by the other end's: it was "
			"made at another interface, outside a tunnel or with a "
			"filter";
		return COVERAGE_OUTSIDE;
	}
	uint32_t shown = q->from_client ? p->client_side : p->server_side;
	uint32_t lacking =
		q->from_client ? p->lacks_client_side : p->lacks_server_side;
	if (lacking > 0 && shown == 0) {
		*note = "the capture holds one direction of the connections "
			"between these hosts only";
		return COVERAGE_OUTSIDE;
	}
	if (often(p->passed - p->shown, p->shown) || often(lacking, shown)) {
		*note = "the capture lacks some of the connections between "
			"these hosts that worked: another interface or path "
			"carries a part of them";
		return COVERAGE_LOSSY;
	}
	return COVERAGE_WITNESSED;
}
