/*
 * Looking things up in what a person said.
 */
#include "model/case_config.h"

#include <stdlib.h>
#include <string.h>

int
case_zone_utc(const struct case_zone *z, int64_t local_ns, int64_t utc_ns[2])
{
	int found = 0;
	for (size_t i = 0; i < z->count && found < 2; i++) {
		int64_t utc = clock_sub(local_ns, z->changes[i].offset_ns);
		bool begun = utc >= z->changes[i].from_ns;
		bool ended =
			i + 1 < z->count && utc >= z->changes[i + 1].from_ns;
		if (begun && !ended)
			utc_ns[found++] = utc;
	}
	if (found > 0)
		return found;
	/* Skipped by a change: the clock of somebody who did not put it forward
	 * has the offset before it. */
	size_t i = 1;
	while (i + 1 < z->count &&
		clock_sub(local_ns, z->changes[i].offset_ns) >=
			z->changes[i].from_ns)
		i++;
	utc_ns[0] = clock_sub(local_ns, z->changes[i - 1].offset_ns);
	return 1;
}

void
case_config_release(struct case_config *c)
{
	arena_release(&c->arena);
	free(c->roles);
	free(c->files);
	free(c->translations);
	free(c->said);
	*c = (struct case_config){0};
}

const struct case_role *
case_config_role(const struct case_config *c, const char *name)
{
	for (size_t i = 0; c != NULL && name != NULL && i < c->roles_count; i++)
		if (strcmp(c->roles[i].name, name) == 0)
			return &c->roles[i];
	return NULL;
}

struct case_file_said
case_config_said(const struct case_config *c, size_t file)
{
	if (c == NULL || file >= c->said_count)
		return (struct case_file_said){0};
	return c->said[file];
}
