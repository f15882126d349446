/*
 * Setting up and giving back what this stage shares.
 */
#include "stitch/case.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "stitch/blind.h"

/* The last place on the path that case.yaml draws, if it draws one. */
static bool
is_last(const struct case_config *c, const char *name)
{
	const struct case_role *r = case_config_role(c, name);
	return r != NULL && r->position > 0 && r->position + 1 == c->positions;
}

/*
 * Which vantages are the ends. With one capture its name decides: "server" and
 * what case.yaml puts last is the server's, anything else the client's.
 */
static void
find_ends(struct stitch_case *k)
{
	k->near = 0;
	k->far = k->count - 1;
	if (k->count > 1)
		return;
	if (strcmp(k->vantages[0].name, "server") == 0 ||
		is_last(k->config, k->vantages[0].name))
		k->near = CASE_NO_END;
	else
		k->far = CASE_NO_END;
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static int
by_tuple(const void *a, const void *b)
{
	const struct orphan *x = a;
	const struct orphan *y = b;
	if (x->tuple != y->tuple)
		return x->tuple < y->tuple ? -1 : 1;
	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

static uint64_t
tuple_key(const struct stitch_case *k, const struct sighting *s)
{
	return hash_tuple(
		k->keys, s->client, s->client_port, s->server, s->server_port);
}

/* The SYNs that the server's capture has and the client's lacks. */
static void
collect_orphans(struct stitch_case *k)
{
	uint32_t room = 0;
	if (k->near == CASE_NO_END || k->far == CASE_NO_END)
		return;
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		if (a.c != NULL || a.s == NULL || a.s->syn == 0)
			continue;
		if (k->orphans_count == room) {
			room = room == 0 ? 64 : room * 2;
			k->orphans = memory_grow(
				k->orphans, room, sizeof *k->orphans);
			k->rivals =
				memory_grow(k->rivals, room, sizeof *k->rivals);
		}
		int64_t at_ns = stitch_case_time(k, a.far, a.s, 0);
		k->rivals[k->orphans_count] =
			(struct orphan){tuple_key(k, a.s), at_ns};
		k->orphans[k->orphans_count++] = at_ns;
	}
	if (k->orphans_count == 0)
		return;
	qsort(k->orphans, k->orphans_count, sizeof *k->orphans, by_time);
	qsort(k->rivals, k->orphans_count, sizeof *k->rivals, by_tuple);
}

/* Rivals before this one in their order. */
static uint32_t
rivals_before(const struct stitch_case *k, uint64_t tuple, int64_t ns)
{
	struct orphan bound = {tuple, ns};
	uint32_t low = 0;
	uint32_t high = k->orphans_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (by_tuple(&k->rivals[middle], &bound) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
stitch_case_rivals(const struct stitch_case *k, const struct sighting *s,
	int64_t from_ns, int64_t to_ns)
{
	uint64_t tuple = tuple_key(k, s);
	return rivals_before(k, tuple, to_ns) -
		rivals_before(k, tuple, from_ns);
}

/* Orphans before ns. */
static uint32_t
orphans_before(const struct stitch_case *k, int64_t ns)
{
	uint32_t low = 0;
	uint32_t high = k->orphans_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (k->orphans[middle] < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
stitch_case_orphans(const struct stitch_case *k, int64_t from_ns, int64_t to_ns)
{
	return orphans_before(k, to_ns) - orphans_before(k, from_ns);
}

/* What was said of a role's clock against the reference's; false if nothing. */
static bool
stated_clock(
	const struct stitch_case *k, const char *name, struct clock_map *map)
{
	const struct case_role *r = case_config_role(k->config, name);
	const struct case_role *base =
		case_config_role(k->config, k->vantages[0].name);
	bool said = r != NULL && r->offset_known;
	bool base_said = base != NULL && base->offset_known;
	if (!said && !base_said)
		return false;
	/* Who says nothing of one of the two means that it is right. */
	*map = (struct clock_map){.method = CLOCK_STATED, .stated = true};
	if (said) {
		map->offset_ns = r->offset_ns;
		map->uncertainty_ns = r->offset_uncertainty_ns;
	}
	if (base_said) {
		map->offset_ns -= base->offset_ns;
		map->uncertainty_ns += base->offset_uncertainty_ns;
	}
	map->stated_ns = map->offset_ns;
	map->stated_unsure_ns = map->uncertainty_ns;
	return true;
}

bool
stitch_case_clock(
	const struct stitch_case *k, const char *role, struct clock_map *map)
{
	*map = (struct clock_map){.method = CLOCK_ASSUMED_EQUAL};
	if (role == NULL)
		return false;
	for (size_t v = 0; v < k->count; v++) {
		if (strcmp(k->vantages[v].name, role) != 0)
			continue;
		*map = k->maps[v];
		return clock_known(map);
	}
	return stated_clock(k, role, map);
}

/* Nobody who states an offset means it to the millisecond. */
#define STATED_SLACK_NS (100 * NS_PER_MS)

/* No offset that was measured comes near the stated one. */
static bool
is_contradicted(const struct clock_map *map)
{
	int64_t near = INT64_MAX;
	for (int i = 0; i <= map->steps_count; i++) {
		int64_t offset = i == 0 ? map->offset_ns
					: map->steps[i - 1].line.offset_ns;
		int64_t apart = clock_sub(offset, map->stated_ns);
		apart = apart < 0 ? -apart : apart;
		near = apart < near ? apart : near;
	}
	return near >
		clock_add(STATED_SLACK_NS,
			clock_add(map->uncertainty_ns, map->stated_unsure_ns));
}

/* Measured offsets stand; what could not be measured is taken as said. */
static void
state_clocks(struct stitch_case *k)
{
	for (size_t v = 1; v < k->count; v++) {
		struct clock_map *map = &k->maps[v];
		struct clock_map said;
		if (!stated_clock(k, k->vantages[v].name, &said))
			continue;
		if (!clock_known(map)) {
			said.pairs = map->pairs;
			*map = said;
			continue;
		}
		map->stated = true;
		map->stated_ns = said.offset_ns;
		map->stated_unsure_ns = said.uncertainty_ns;
		map->contradicts = is_contradicted(map);
	}
}

void
stitch_case_init(struct stitch_case *k, struct vantage *vantages, size_t count,
	const struct case_config *config,
	const struct translations *translations)
{
	*k = (struct stitch_case){.vantages = vantages,
		.count = count,
		.config = config,
		.keys = hash_keys_random()};
	find_ends(k);
	match_run(&k->match, vantages, count, translations);
	sides_init(&k->sides, &k->match, vantages, k->near, k->far);
	clock_align(k->maps, &k->match, vantages, &k->sides);
	state_clocks(k);
	for (size_t v = 0; v < count; v++) {
		cover_init(&k->covers[v], &vantages[v], &k->maps[v]);
		k->last_ns[v] = vantages[v].last.ns == CLOCK_UNKNOWN_NS
			? INT64_MIN
			: clock_to_reference(&k->maps[v], vantages[v].last).ns;
	}
	blind_find(k);
	collect_orphans(k);
}

void
stitch_case_release(struct stitch_case *k)
{
	for (size_t v = 0; v < k->count; v++)
		cover_release(&k->covers[v]);
	sides_release(&k->sides);
	match_release(&k->match);
	free(k->orphans);
	free(k->rivals);
}

void
stitch_case_ends(
	const struct stitch_case *k, uint32_t attempt, struct attempt_ends *out)
{
	bool reversed = sides_reversed(&k->sides, attempt);
	*out = (struct attempt_ends){
		.attempt = attempt,
		.near = reversed ? k->far : k->near,
		.far = reversed ? k->near : k->far,
	};
	if (out->near != CASE_NO_END)
		out->c = match_seen(&k->match, k->vantages, attempt, out->near);
	if (out->far != CASE_NO_END)
		out->s = match_seen(&k->match, k->vantages, attempt, out->far);
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
			return s;
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
