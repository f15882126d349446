/*
 * The copies that a vantage saw, and giving back its memory.
 */
#include "model/vantage.h"

#include <stdlib.h>

#include "base/arena.h"

/* The list of chunks has room for 64, 128, 256 ... of them. */
#define CHUNKS_MIN 64u

struct sighting *
vantage_add_sighting(struct vantage *v)
{
	uint32_t chunk = v->sightings >> SIGHTING_CHUNK_BITS;
	if ((v->sightings & (SIGHTING_CHUNK - 1)) == 0) {
		bool full = chunk >= CHUNKS_MIN && (chunk & (chunk - 1)) == 0;
		if (chunk == 0 || full)
			v->chunks = memory_grow(v->chunks,
				chunk == 0 ? CHUNKS_MIN : 2 * chunk,
				sizeof *v->chunks);
		v->chunks[chunk] =
			memory_take(SIGHTING_CHUNK, sizeof(struct sighting));
	}
	return vantage_sighting(v, v->sightings++);
}

static int
by_sighting(const void *left, const void *right)
{
	const struct sighting_copy *a = left, *b = right;
	if (a->of != b->of)
		return (uintptr_t)a->of < (uintptr_t)b->of ? -1 : 1;
	if (a->answer != b->answer)
		return a->answer ? 1 : -1;
	return (a->frame > b->frame) - (a->frame < b->frame);
}

void
vantage_sort_copies(struct vantage *v)
{
	if (v->copies_count > 0)
		qsort(v->copies, v->copies_count, sizeof *v->copies,
			by_sighting);
}

uint32_t
vantage_find_copies(const struct vantage *v, const struct sighting *of,
	bool answer, const struct sighting_copy **first)
{
	const struct sighting_copy wanted = {.of = of, .answer = answer};
	uint32_t low = 0, high = v->copies_count, count = 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (by_sighting(&v->copies[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = v->copies ? v->copies + low : NULL;
	while (low + count < v->copies_count &&
		v->copies[low + count].of == of &&
		v->copies[low + count].answer == answer)
		count++;
	return count;
}

void
vantage_release(struct vantage *v)
{
	uint32_t chunks =
		(v->sightings + SIGHTING_CHUNK - 1) >> SIGHTING_CHUNK_BITS;
	for (uint32_t i = 0; i < chunks; i++)
		free(v->chunks[i]);
	free(v->chunks);
	crowd_release(&v->crowd);
	free(v->copies);
	free(v->pairs);
	free(v->lookups);
	free(v->datagrams);
	free(v->neighbours);
	*v = (struct vantage){0};
}
