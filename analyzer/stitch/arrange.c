/*
 * Which of two captures stands nearer the client, by the packets themselves.
 *
 * Every attempt that both saw has one vote (stitch/sides.h); the majority gives
 * the order of the path. What a person said of it only the delays can refute,
 * and nearly all of them. Attempts that run the other way are turned round when
 * they are judged.
 */
#include "stitch/stitch.h"

#include <string.h>

#include "stitch/index.h"
#include "stitch/match.h"
#include "stitch/sides.h"

/* Enough votes; and how many sightings are looked at for them. */
#define VOTES_WANTED 256
#define SIGHTINGS_LOOKED_AT 65536u
/* So many votes against what was said, for each one for it. */
#define REFUTES 4

/* Of so many pairs of SYNs at most none has the same number by chance, in one
 * case of a million: enough for a vote. */
#define PAIRS_BY_CHANCE ((uint64_t)UINT32_MAX / 1000000)

static uint32_t
looked_at(const struct vantage *v)
{
	return v->sightings < SIGHTINGS_LOOKED_AT ? v->sightings
						  : SIGHTINGS_LOOKED_AT;
}

/* Is this what a vantage is called for its place, whichever machine it is? */
static bool
names_end(const struct vantage *v)
{
	return strcmp(v->name, "client") == 0 || strcmp(v->name, "server") == 0;
}

/* Its name is a device's between the ends. */
static bool
names_between(const struct vantage *v)
{
	return v->role_said && !names_end(v);
}

/* Which of two, a and b, comes first on the path. */
enum order { ORDER_ANY, ORDER_KEPT, ORDER_REVERSED };

/* At which end a capture was made, if its packets tell. A device that is named as
 * standing between may answer for a server (a proxy), and is none. */
static int
end_of(const struct vantage *v, uint8_t *by)
{
	int end = stitch_lone_end(v, by);
	if (!names_between(v))
		return end;
	*by = 0;
	return 0;
}

/* Captures that share no attempt may each tell at which end they were made. */
static enum order
ends_order(struct vantage *a, struct vantage *b)
{
	uint8_t by_a;
	uint8_t by_b;
	int end_a = end_of(a, &by_a);
	int end_b = end_of(b, &by_b);
	if (end_a == end_b)
		return ORDER_ANY;
	a->shown_by |= by_a | by_b;
	b->shown_by |= by_a | by_b;
	return end_a < end_b ? ORDER_REVERSED : ORDER_KEPT;
}

/* One SYN in two captures: a device that translates leaves its number and its
 * timestamp, and as a rule the name of one end. few: so few SYNs that their
 * numbers tell them apart alone. */
static bool
is_same_syn(const struct sighting *a, const struct sighting *b, bool few)
{
	bool stamped = a->syn_tsval_first != 0 &&
		a->syn_tsval_first == b->syn_tsval_first;
	bool client = a->client_port == b->client_port &&
		ip_equal(a->client, b->client);
	return match_same_tuple(a, b) ||
		(a->syn > 0 && b->syn > 0 && (stamped || client || few) &&
			a->window == b->window);
}

/* More votes for b standing nearer the client than a, or for a. */
static enum order
stand_order(struct vantage *a, struct vantage *b)
{
	struct hash_keys keys = hash_keys_random();
	struct index x;
	index_init(&x, looked_at(a));
	for (uint32_t i = 0; i < looked_at(a); i++) {
		const struct sighting *s = vantage_sighting(a, i);
		if (!(s->flags & SIGHTING_MIDSTREAM))
			index_add(&x, match_isn_key(keys, s->isn), i);
	}
	bool said = a->role_said && b->role_said;
	bool few = (uint64_t)looked_at(a) * looked_at(b) <= PAIRS_BY_CHANCE;
	uint8_t by[2] = {0}; /* what speaks for the order, and against it */
	int against = 0;
	int votes = 0;
	for (uint32_t i = 0; i < looked_at(b) && votes < VOTES_WANTED; i++) {
		const struct sighting *s = vantage_sighting(b, i);
		uint32_t at = s->flags & SIGHTING_MIDSTREAM
			? INDEX_NONE
			: index_find(&x, match_isn_key(keys, s->isn));
		if (at == INDEX_NONE ||
			!is_same_syn(vantage_sighting(a, at), s, few))
			continue;
		const struct sighting *near = vantage_sighting(a, at);
		uint8_t what = SHOWN_BY_DELAY;
		int v = said ? sides_proof(near, s)
			     : sides_vote_by(near, s, &what);
		by[v < 0] |= v != 0 ? what : 0;
		against += v < 0;
		votes += v != 0;
	}
	index_release(&x);
	if (votes == 0 && !said)
		return ends_order(a, b);
	bool reversed = against > (said ? REFUTES : 1) * (votes - against);
	a->shown_by |= by[reversed];
	b->shown_by |= by[reversed];
	return reversed ? ORDER_REVERSED : ORDER_KEPT;
}

static void
exchange_names(struct vantage *a, struct vantage *b)
{
	char name[sizeof a->name];
	memcpy(name, a->name, sizeof name);
	memcpy(a->name, b->name, sizeof name);
	memcpy(b->name, name, sizeof name);
}

/* Exchange two vantages. The name of an end stays with the place, and whether a
 * person gave it; machines' names belong to their captures, and only their order
 * was wrong. */
static void
exchange(struct vantage *a, struct vantage *b)
{
	struct vantage tmp = *a;
	*a = *b;
	*b = tmp;
	if (names_end(a) || names_end(b)) {
		exchange_names(a, b);
		bool said = a->role_said;
		a->role_said = b->role_said;
		b->role_said = said;
	}
	a->swapped = true;
	b->swapped = true;
}

/* The orders of all pairs of vantages, by where each stood at first; and who
 * stands where meanwhile. */
struct orders {
	enum order of[STITCH_VANTAGES_MAX][STITCH_VANTAGES_MAX];
	bool between[STITCH_VANTAGES_MAX]; /* is named so */
	size_t first[STITCH_VANTAGES_MAX];
	size_t count;
};

/* The packets, or what was said of both, put the one before the other. */
static bool
precedes(const struct orders *x, size_t one, size_t other)
{
	size_t a = x->first[one];
	size_t b = x->first[other];
	return a < b ? x->of[a][b] == ORDER_KEPT
		     : x->of[b][a] == ORDER_REVERSED;
}

static bool
precedes_some(const struct orders *x, size_t begin, size_t one)
{
	for (size_t i = begin; i < x->count; i++)
		if (i != one && precedes(x, one, i))
			return true;
	return false;
}

static bool
is_preceded(const struct orders *x, size_t begin, size_t one)
{
	for (size_t i = begin; i < x->count; i++)
		if (i != one && precedes(x, i, one))
			return true;
	return false;
}

/* How much speaks for it to be the next, of those from begin on. One that precedes
 * others comes before one that nothing is known of, which may be the last; what is
 * named as standing between is not the first, nor the last. */
static int
claim(const struct orders *x, size_t begin, size_t one)
{
	bool between = x->between[x->first[one]];
	return 2 * precedes_some(x, begin, one) +
		(begin == 0 ? !between : between);
}

/* Of those from begin on that none of them precedes, the first with most to claim;
 * begin, where each is preceded (votes that contradict each other). */
static size_t
foremost(const struct orders *x, size_t begin)
{
	size_t found = begin;
	int most = -1;
	for (size_t i = begin; i < x->count; i++) {
		int here = is_preceded(x, begin, i) ? -1 : claim(x, begin, i);
		if (here > most) {
			most = here;
			found = i;
		}
	}
	return found;
}

/* Neighbours alone would not do: two servers behind a balancer share nothing, and
 * what they have in common with the client, which may come behind them. */
void
stitch_arrange(struct vantage *vantages, size_t count)
{
	struct orders x = {.count = count};
	for (size_t a = 0; a < count; a++) {
		x.first[a] = a;
		x.between[a] = names_between(&vantages[a]);
		for (size_t b = a + 1; b < count; b++)
			x.of[a][b] = stand_order(&vantages[a], &vantages[b]);
	}
	for (size_t begin = 0; begin < count; begin++) {
		for (size_t i = foremost(&x, begin); i > begin; i--) {
			exchange(&vantages[i - 1], &vantages[i]);
			size_t moved = x.first[i];
			x.first[i] = x.first[i - 1];
			x.first[i - 1] = moved;
		}
	}
}
