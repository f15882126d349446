/*
 * Giving back a vantage's memory.
 */
#include "model/vantage.h"

#include <stdlib.h>

void
vantage_release(struct vantage *v)
{
	uint32_t chunks =
		(v->sightings + SIGHTING_CHUNK - 1) >> SIGHTING_CHUNK_BITS;
	for (uint32_t i = 0; i < chunks; i++)
		free(v->chunks[i]);
	free(v->chunks);
	free(v->pairs);
	free(v->lookups);
	*v = (struct vantage){0};
}
