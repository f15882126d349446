/*
 * The copies that a vantage saw, and giving back its memory.
 */
#include "model/vantage.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/pages.h"

/* The list of chunks has room for 64, 128, 256 ... of them. */
#define CHUNKS_MIN 64u

/*
 * Chunks are taken one, then seven, then eight at a time: a small capture needs
 * little, a large one should lie in huge pages. How many are taken when the chunk
 * with this number is needed; 0: it is there.
 */
#define TAKEN_TOGETHER 8u

static uint32_t
chunks_taken_at(uint32_t chunk)
{
	if (chunk < 2)
		return chunk == 0 ? 1 : TAKEN_TOGETHER - 1;
	return chunk % TAKEN_TOGETHER == 0 ? TAKEN_TOGETHER : 0;
}

static void
chunks_take(struct vantage *v, uint32_t chunk)
{
	uint32_t count = chunks_taken_at(chunk);
	struct sighting *all =
		pages_take((size_t)count * SIGHTING_CHUNK, sizeof *all);
	for (uint32_t i = 0; i < count; i++)
		v->chunks[chunk + i] = all + (size_t)i * SIGHTING_CHUNK;
}

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
		if (chunks_taken_at(chunk) > 0)
			chunks_take(v, chunk);
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
		if (chunks_taken_at(i) > 0)
			pages_give(v->chunks[i],
				(size_t)chunks_taken_at(i) * SIGHTING_CHUNK,
				sizeof(struct sighting));
	free(v->chunks);
	crowd_release(&v->crowd);
	free(v->copies);
	free(v->pairs);
	free(v->lookups);
	free(v->datagrams);
	free(v->neighbours);
	*v = (struct vantage){0};
}
