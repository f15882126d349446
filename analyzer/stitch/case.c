/*
 * Setting up and giving back what this stage shares.
 */
#include "stitch/case.h"

#include <string.h>

/*
 * Which vantages are the ends. With one capture its name decides: "server" is
 * the server's, anything else the client's.
 */
static void
find_ends(struct stitch_case *k)
{
	k->near = 0;
	k->far = k->count - 1;
	if (k->count > 1)
		return;
	if (strcmp(k->vantages[0].name, "server") == 0)
		k->near = CASE_NO_END;
	else
		k->far = CASE_NO_END;
}

/* Attempts that the server's capture has and the client's lacks. */
static int64_t
count_orphans(const struct stitch_case *k)
{
	int64_t n = 0;
	if (k->near == CASE_NO_END || k->far == CASE_NO_END)
		return 0;
	for (uint32_t i = 0; i < k->match.count; i++) {
		struct attempt_ends a;
		stitch_case_ends(k, i, &a);
		n += a.c == NULL && a.s != NULL;
	}
	return n;
}

void
stitch_case_init(struct stitch_case *k, struct vantage *vantages, size_t count)
{
	*k = (struct stitch_case){.vantages = vantages, .count = count};
	find_ends(k);
	match_run(&k->match, vantages, count);
	sides_init(&k->sides, &k->match, vantages, k->near, k->far);
	clock_align(k->maps, &k->match, vantages, &k->sides);
	for (size_t v = 0; v < count; v++) {
		cover_init(&k->covers[v], &vantages[v], &k->maps[v]);
		k->last_ns[v] = vantages[v].last.ns == CLOCK_UNKNOWN_NS
			? INT64_MIN
			: clock_to_reference(&k->maps[v], vantages[v].last).ns;
	}
	k->orphans_far = count_orphans(k);
}

void
stitch_case_release(struct stitch_case *k)
{
	for (size_t v = 0; v < k->count; v++)
		cover_release(&k->covers[v]);
	sides_release(&k->sides);
	match_release(&k->match);
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
