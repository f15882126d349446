/*
 * The list of a case's machines, and the two names that say what one is.
 */
#include <string.h>
#include <strings.h>

#include "ingest/case_files.h"

/* "client" or "server" when a part of a path begins with that word. */
const char *
case_role_word(const char *part)
{
	static const char *const ends[] = {"client", "server"};
	size_t n = strcspn(part, "-_./0123456789 ");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n == strlen(ends[i]) && strncasecmp(part, ends[i], n) == 0)
			return ends[i];
	return NULL;
}

size_t
case_host_find(const struct case_files *c, const char *name)
{
	for (size_t i = 0; i < c->hosts_count; i++)
		if (strcasecmp(c->hosts[i].name, name) == 0)
			return i + 1;
	return 0;
}

size_t
case_host_named(struct case_files *c, const char *name, const char *because)
{
	size_t known = case_host_find(c, name);
	if (known != 0)
		return known;
	c->hosts = memory_grow(c->hosts, c->hosts_count + 1, sizeof *c->hosts);
	c->hosts[c->hosts_count++] =
		(struct case_host){.name = name, .because = because};
	return c->hosts_count;
}

bool
case_host_between(const struct case_host *h)
{
	return h->said && h->role != NULL && case_role_word(h->role) == NULL;
}

bool
case_host_alone(const struct case_files *c, size_t index)
{
	const struct case_file *f = &c->list[index];
	if (f->host_at == 0 || c->hosts[f->host_at - 1].said)
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (i != index && c->list[i].host_at == f->host_at)
			return false;
	return strchr(f->place, '/') == NULL;
}
