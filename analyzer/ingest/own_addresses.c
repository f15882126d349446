/*
 * A short list that is filled from the front of the sightings; most captures
 * have one address of their own.
 */
#include "ingest/own_addresses.h"

#include <string.h>

/* Sightings that are looked at. */
#define LOOKED_AT 65536u

static size_t
position(const struct own_addresses *o, struct ip_addr ip)
{
	size_t i = 0;
	while (i < o->count && !ip_equal(o->list[i], ip))
		i++;
	return i;
}

static void
leave_out(struct own_addresses *o, struct ip_addr ip)
{
	size_t i = position(o, ip);
	if (i < o->count)
		o->list[i] = o->list[--o->count];
}

void
own_addresses_find(
	struct own_addresses *out, const struct vantage *v, bool at_server)
{
	uint32_t count = v->sightings < LOOKED_AT ? v->sightings : LOOKED_AT;
	*out = (struct own_addresses){0};
	for (uint32_t i = 0; i < count; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		struct ip_addr own = at_server ? g->server : g->client;
		if (position(out, own) < out->count)
			continue;
		if (out->count == OWN_ADDRESSES_MAX) {
			out->count = 0;
			return;
		}
		out->list[out->count++] = own;
	}
	for (uint32_t i = 0; i < count && out->count > 0; i++) {
		const struct sighting *g = vantage_sighting(v, i);
		leave_out(out, at_server ? g->client : g->server);
	}
}
