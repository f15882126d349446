/*
 * What a person said of clocks, held against what packets show of them.
 */
#include "stitch/clock_stated.h"

#include <string.h>

bool
clock_stated(
	const struct stitch_case *k, const char *name, struct clock_map *map)
{
	const struct case_role *r = case_config_role(k->config, name);
	const struct case_role *base = k->count == 0
		? NULL
		: case_config_role(k->config, k->vantages[0].name);
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
clock_of_role(
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
	return clock_stated(k, role, map);
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

void
clock_state_all(struct stitch_case *k)
{
	for (size_t v = 1; v < k->count; v++) {
		struct clock_map *map = &k->maps[v];
		struct clock_map said;
		if (!clock_stated(k, k->vantages[v].name, &said))
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
