/*
 * Rows in chunks, the later ones in a file; kinds in a list with a small table, of which the latest is asked
 * first: a flood has one.
 */
#include "model/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/spill.h"

#define CHUNK_BYTES (CROWD_CHUNK * sizeof(struct crowd_row))

/* What every SYN has of its own, taken out of a sighting. */
static void
kind_of(const struct sighting *s, struct sighting *kind)
{
	*kind = *s;
	kind->client = (struct ip_addr){0};
	kind->client_port = 0;
	kind->first_ns = kind->last_ns = 0;
	kind->isn = 0;
	kind->c_next = s->c_next - s->isn;
	kind->previous = kind->pair = SIGHTING_NONE;
	kind->syn_first_frame = kind->syn_last_frame = 0;
	kind->syn_tsval_first = kind->syn_tsval_last = 0;
	kind->syn_ip_id_first = kind->syn_ip_id_last = 0;
	kind->window = 0;
	kind->ttl_c = 0;
}

void
crowd_sighting(const struct crowd *c, uint32_t index, struct sighting *out)
{
	const struct crowd_row *row = crowd_row(c, index);
	*out = c->kinds[row->kind];
	out->client = row->client;
	out->client_port = row->client_port;
	out->first_ns = out->last_ns = row->at_ns;
	out->isn = row->isn;
	out->c_next += row->isn;
	out->syn_first_frame = out->syn_last_frame = row->frame;
	out->syn_tsval_first = out->syn_tsval_last = row->tsval;
	out->syn_ip_id_first = out->syn_ip_id_last = row->ip_id;
	out->window = row->window;
	out->ttl_c = row->ttl;
}

/* Slots of the table of kinds: at most half of them are taken. */
#define SLOTS (2 * CROWD_KINDS_MAX)

static uint32_t
kind_hash(const struct crowd *c, const struct sighting *kind)
{
	uint64_t word;
	uint64_t h = c->keys.a;
	_Static_assert(sizeof *kind % sizeof word == 0, "whole words");
	for (size_t i = 0; i < sizeof *kind; i += sizeof word) {
		memcpy(&word, (const char *)kind + i, sizeof word);
		h = hash_mix(h ^ word, c->keys.b);
	}
	return (uint32_t)(h >> 32) & (SLOTS - 1);
}

static bool
is_kind(const struct crowd *c, uint32_t index, const struct sighting *kind)
{
	return memcmp(&c->kinds[index], kind, sizeof *kind) == 0;
}

/* The number of the kind, made when it is new; CROWD_TAKEN: one too many. */
static uint32_t
kind_find(struct crowd *c, const struct sighting *kind)
{
	if (c->kinds_count > 0 && is_kind(c, c->latest, kind))
		return c->latest;
	if (c->kinds == NULL) {
		c->keys = hash_keys_random();
		c->kinds = memory_take(CROWD_KINDS_MAX, sizeof *c->kinds);
		c->by_kind = memory_take(SLOTS, sizeof *c->by_kind);
	}
	uint32_t at = kind_hash(c, kind);
	while (c->by_kind[at] != 0 && !is_kind(c, c->by_kind[at] - 1u, kind))
		at = (at + 1) & (SLOTS - 1);
	if (c->by_kind[at] == 0 && c->kinds_count == CROWD_KINDS_MAX)
		return CROWD_TAKEN;
	if (c->by_kind[at] == 0) {
		c->kinds[c->kinds_count] = *kind;
		c->by_kind[at] = (uint16_t)++c->kinds_count;
	}
	return c->latest = c->by_kind[at] - 1u;
}

void
crowd_rest(const struct crowd *c, uint32_t index)
{
	const struct crowd_chunk *chunk = &c->chunks[index >> CROWD_CHUNK_BITS];
	if (chunk->spilled)
		spill_rest(chunk->rows, CHUNK_BYTES);
}

/* A second packet may have brought any of them back. */
#define REST_ALL_EVERY 16

static void
rest_old(const struct crowd *c, uint32_t chunk)
{
	if (chunk < CROWD_CHUNKS_LATE)
		return;
	uint32_t from = chunk - CROWD_CHUNKS_LATE;
	for (uint32_t i = chunk % REST_ALL_EVERY == 0 ? 0 : from; i <= from;
		i++)
		crowd_rest(c, i << CROWD_CHUNK_BITS);
}

static void
chunk_new(struct crowd *c, uint32_t number)
{
	if (number == c->chunks_room) {
		c->chunks_room = number == 0 ? 16 : number * 2;
		c->chunks = memory_grow(
			c->chunks, c->chunks_room, sizeof *c->chunks);
	}
	struct crowd_chunk *chunk = &c->chunks[number];
	*chunk = (struct crowd_chunk){0};
	if (number >= CROWD_CHUNKS_HELD)
		chunk->rows = spill_take(CHUNK_BYTES);
	chunk->spilled = chunk->rows != NULL;
	if (!chunk->spilled)
		chunk->rows = memory_take(1, CHUNK_BYTES);
	chunk->prints = memory_take(CROWD_CHUNK, sizeof *chunk->prints);
	rest_old(c, number);
}

static struct crowd_row *
row_new(struct crowd *c)
{
	if ((c->count & (CROWD_CHUNK - 1)) == 0)
		chunk_new(c, c->count >> CROWD_CHUNK_BITS);
	return crowd_row(c, c->count++);
}

bool
crowd_add(struct crowd *c, const struct sighting *s)
{
	struct sighting kind;
	kind_of(s, &kind);
	uint32_t number = kind_find(c, &kind);
	if (number == CROWD_TAKEN)
		return false;
	struct crowd_row *row = row_new(c);
	uint32_t last = c->count - 1;
	c->chunks[last >> CROWD_CHUNK_BITS].prints[last & (CROWD_CHUNK - 1)] =
		crowd_print(
			s->client, s->client_port, s->server, s->server_port);
	*row = (struct crowd_row){
		.client = s->client,
		.at_ns = s->first_ns,
		.kind = number,
		.isn = s->isn,
		.frame = s->syn_first_frame,
		.tsval = s->syn_tsval_first,
		.client_port = s->client_port,
		.ip_id = s->syn_ip_id_first,
		.window = s->window,
		.ttl = s->ttl_c,
	};
	return true;
}

void
crowd_disperse(struct crowd *c)
{
	uint32_t chunks = (c->count + CROWD_CHUNK - 1) >> CROWD_CHUNK_BITS;
	for (uint32_t i = 0; i < chunks; i++) {
		free(c->chunks[i].prints);
		if (c->chunks[i].spilled)
			spill_free(c->chunks[i].rows, CHUNK_BYTES);
		else
			free(c->chunks[i].rows);
	}
	free(c->chunks);
	free(c->kinds);
	free(c->by_kind);
	c->chunks = NULL;
	c->kinds = NULL;
	c->by_kind = NULL;
	c->count = c->chunks_room = c->kinds_count = 0;
}

void
crowd_release(struct crowd *c)
{
	crowd_disperse(c);
	free(c->alike);
	*c = (struct crowd){0};
}
