/*
 * Ways of segments through one host, and where one ended.
 */
#include "stitch/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "stitch/seen_twice.h"

/* Sights of one packet lie no further apart (seen_twice.c). */
#define SAME_PACKET_NS (50 * NS_PER_MS)

/* The keys of one attempt: its service, its server's host, where it came in. */
enum { BY_SERVICE, BY_HOST, BY_CARD, KEYS };

/* An attempt's two sights, in the order in which its SYN passed them. */
struct sights {
	const struct sighting *first;
	const struct sighting *second; /* or NULL */
};

static struct sights
sights_of(const struct vantage *v, const struct sighting *g)
{
	struct sights x = {g, NULL};
	if (g->other == SIGHTING_NONE)
		return x;
	const struct sighting *o = vantage_sighting(v, g->other);
	if (o->flags & SIGHTING_MIDSTREAM || o->syn == 0)
		return x;
	return seen_twice_is_outer(g, o) ? (struct sights){g, o}
					 : (struct sights){o, g};
}

static void
add_steps(struct inside_way *w, const uint8_t *steps)
{
	for (int i = 0; i < SIGHTING_WAY_STEPS && steps[i] != 0; i++)
		if (memchr(w->step, steps[i], (size_t)w->steps) == NULL)
			w->step[w->steps++] = steps[i];
}

static int64_t
last_syn_ns(const struct sighting *s)
{
	return s->first_ns + (int64_t)s->syn_last_at * NS_PER_US;
}

/* The way of the last SYN; what its twin shows counts if it is of that copy. */
static struct inside_way
syn_way(const struct sights *x)
{
	struct inside_way w = {.steps = 0};
	add_steps(&w, x->first->syn_way);
	w.answered = x->first->synack > 0;
	if (x->second == NULL)
		return w;
	w.answered |= x->second->synack > 0;
	int64_t apart =
		clock_sub(last_syn_ns(x->first), last_syn_ns(x->second));
	if (apart < SAME_PACKET_NS)
		add_steps(&w, x->second->syn_way);
	return w;
}

static struct inside_way
synack_way(const struct sights *x)
{
	struct inside_way w = {.steps = 0};
	if (x->second != NULL)
		add_steps(&w, x->second->synack_way);
	add_steps(&w, x->first->synack_way);
	return w;
}

static void
make_keys(const struct inside *x, const struct sighting *first,
	uint64_t key[KEYS])
{
	key[BY_SERVICE] =
		hash_endpoint(x->keys, first->server, first->server_port);
	key[BY_HOST] = hash_mix(
		hash_endpoint(x->keys, first->server, 0), x->keys.a | 1);
	key[BY_CARD] = hash_mix(x->keys.b ^ first->syn_way[0], x->keys.a | 1);
}

/* How many of the steps of w are the first ones of its model; -1 when w has
 * been elsewhere, too. */
static int
prefix_of(const struct inside_way *w, const struct inside_way *model)
{
	int i = 0;
	while (i < model->steps &&
		memchr(w->step, model->step[i], (size_t)w->steps) != NULL)
		i++;
	return i == w->steps ? i : -1;
}

/* Keep the better model of a key: of one that was answered, or else the longest
 * one; what went another way makes it uncertain where the next one leads. */
static void
improve(struct inside_way *model, const struct inside_way *w)
{
	bool worse = w->answered < model->answered;
	bool better = w->answered > model->answered;
	if (worse || (!better && prefix_of(w, model) >= 0))
		return;
	bool differs = !better && prefix_of(model, w) < 0;
	if (differs) {
		model->differs = true;
		return;
	}
	bool before = !better && model->differs;
	*model = *w;
	model->differs = before;
}

static void
learn(struct inside *x, const struct sighting *g)
{
	struct sights s = sights_of(x->vantage, g);
	struct inside_way w = syn_way(&s);
	struct inside_way back = synack_way(&s);
	for (int i = 0; i < back.steps; i++)
		x->answers_at |= UINT64_C(1)
			<< SIGHTING_STEP_CARD(back.step[i]);
	if (w.steps == 0)
		return;
	uint64_t key[KEYS];
	make_keys(x, s.first, key);
	/* What is translated on the way says nothing of its host's other ports,
	   and what stays says nothing of a card. */
	bool renamed = s.second != NULL &&
		!ip_equal(s.first->server, s.second->server);
	for (int i = 0; i < KEYS; i++) {
		if ((i == BY_HOST && renamed) || (i == BY_CARD && w.steps < 2))
			continue;
		uint32_t at = index_find(&x->by_key, key[i]);
		if (at != INDEX_NONE) {
			improve(&x->way[at], &w);
			continue;
		}
		index_add(&x->by_key, key[i], x->count);
		x->way[x->count++] = w;
	}
}

void
inside_learn(struct inside *x, const struct vantage *v)
{
	*x = (struct inside){.vantage = v};
	if (!v->shows_ways)
		return;
	x->keys = hash_keys_random();
	uint64_t most = KEYS * (uint64_t)v->sightings;
	index_init(&x->by_key, most);
	x->way = memory_take(most, sizeof *x->way);
	uint8_t *is_second = seen_twice_seconds(v);
	for (uint32_t i = 0; i < v->sightings; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		if (g->syn > 0 && !(g->flags & SIGHTING_MIDSTREAM) &&
			!(is_second[i >> 3] >> (i & 7) & 1))
			learn(x, g);
	}
	free(is_second);
}

void
inside_release(struct inside *x)
{
	if (x->way == NULL)
		return;
	index_release(&x->by_key);
	free(x->way);
	*x = (struct inside){0};
}

/* "eth0", or what can be said without a name. */
static const char *
card_name(const struct inside *x, uint8_t step, const char *unnamed)
{
	int card = SIGHTING_STEP_CARD(step);
	return card > 0 ? x->vantage->cards[card - 1].name : unnamed;
}

static const char *
words(const struct inside *x, struct arena *arena, uint8_t from, uint8_t to)
{
	return arena_format(arena, "%s and %s",
		card_name(x, from, "the interface it came in by"),
		card_name(x, to, "the one it should have left by"));
}

/* The best model of how g should have gone: of its service, or its host; the
 * card that it came in by is asked last. */
static const struct inside_way *
model_of(const struct inside *x, const struct sighting *first,
	enum inside_proof *proof)
{
	uint64_t key[KEYS];
	make_keys(x, first, key);
	for (int i = 0; i < KEYS; i++) {
		uint32_t at = index_find(&x->by_key, key[i]);
		*proof = i == BY_CARD ? INSIDE_LIKELY : INSIDE_CERTAIN;
		if (at != INDEX_NONE && (x->way[at].answered || i == BY_CARD))
			return &x->way[at];
	}
	return NULL;
}

enum inside_proof
inside_syn(const struct inside *x, const struct sighting *g,
	struct arena *arena, const char **between)
{
	if (x->way == NULL || g == NULL || g->syn == 0)
		return INSIDE_PASSED;
	struct sights s = sights_of(x->vantage, g);
	struct inside_way w = syn_way(&s);
	enum inside_proof proof;
	const struct inside_way *model = model_of(x, s.first, &proof);
	if (model == NULL || w.steps == 0)
		return INSIDE_PASSED;
	int at = prefix_of(&w, model);
	if (at <= 0 || at == model->steps)
		return INSIDE_PASSED;
	uint8_t from = model->step[at - 1];
	*between = model->differs
		? arena_format(arena, "%s and the next interface",
			  card_name(x, from, "the interface it came in by"))
		: words(x, arena, from, model->step[at]);
	return proof;
}

/* The same card, the other way. */
static uint8_t
back(uint8_t step)
{
	static const uint8_t turned[] = {
		[SIGHTING_DIRECTION_UNKNOWN] = SIGHTING_DIRECTION_UNKNOWN,
		[SIGHTING_DIRECTION_IN] = SIGHTING_DIRECTION_OUT,
		[SIGHTING_DIRECTION_OUT] = SIGHTING_DIRECTION_IN,
	};
	return SIGHTING_STEP(SIGHTING_STEP_CARD(step),
		turned[SIGHTING_STEP_DIRECTION(step)]);
}

/* It left by a card that its SYN did not come by. */
static bool
left_elsewhere(const struct inside_way *there, const struct inside_way *answer)
{
	for (int i = 0; i < answer->steps; i++)
		if (memchr(there->step, back(answer->step[i]),
			    (size_t)there->steps) == NULL &&
			SIGHTING_STEP_DIRECTION(answer->step[i]) !=
				SIGHTING_DIRECTION_IN)
			return true;
	return false;
}

enum inside_proof
inside_synack(const struct inside *x, const struct sighting *g,
	struct arena *arena, const char **between)
{
	if (x->way == NULL || g == NULL)
		return INSIDE_PASSED;
	struct sights s = sights_of(x->vantage, g);
	struct inside_way there = syn_way(&s);
	struct inside_way answer = synack_way(&s);
	int at = 0;
	while (at < there.steps &&
		memchr(answer.step, back(there.step[at]),
			(size_t)answer.steps) == NULL)
		at++;
	if (at == 0 || at == there.steps || left_elsewhere(&there, &answer))
		return INSIDE_PASSED;
	/* One capture for each card may lack the card that answers leave by. */
	uint8_t next = there.step[at - 1];
	bool shown = x->answers_at >> SIGHTING_STEP_CARD(next) & 1;
	if (SIGHTING_STEP_DIRECTION(next) == SIGHTING_DIRECTION_UNKNOWN &&
		!shown)
		return INSIDE_PASSED;
	*between = words(x, arena, back(there.step[at]), next);
	return INSIDE_CERTAIN;
}

const char *
inside_left_elsewhere(
	const struct inside *x, const struct sighting *g, struct arena *arena)
{
	if (x->vantage == NULL || g == NULL || g->synack == 0)
		return NULL;
	struct sights s = sights_of(x->vantage, g);
	struct inside_way there = syn_way(&s);
	struct inside_way answer = synack_way(&s);
	if (s.second != NULL || there.steps != 1 || answer.steps != 1)
		return NULL;
	uint8_t in = there.step[0];
	uint8_t out = answer.step[0];
	bool both = SIGHTING_STEP_CARD(in) > 0 && SIGHTING_STEP_CARD(out) > 0 &&
		SIGHTING_STEP_DIRECTION(in) == SIGHTING_DIRECTION_IN &&
		SIGHTING_STEP_DIRECTION(out) == SIGHTING_DIRECTION_OUT;
	if (!both || SIGHTING_STEP_CARD(in) == SIGHTING_STEP_CARD(out))
		return NULL;
	return arena_format(arena, "%s, its SYN came in by %s",
		card_name(x, out, ""), card_name(x, in, ""));
}
