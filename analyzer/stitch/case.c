/*
 * The record that the files of this stage share: its ends, attempts and times.
 */
#include "stitch/case.h"

#include <string.h>

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
void
stitch_case_find_ends(struct stitch_case *k)
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

void
stitch_case_release(struct stitch_case *k)
{
	for (size_t v = 0; v < k->count; v++)
		cover_release(&k->covers[v]);
	sides_release(&k->sides);
	match_release(&k->match);
	orphans_release(&k->orphans);
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
