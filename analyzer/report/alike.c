/*
 * Counting attempts of a kind: an open table of hashes.
 *
 * Two kinds of one hash would be taken for one; with 64 bits, keyed anew in every
 * run, nobody brings that about.
 */
#include "report/alike.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* 24 KiB: a table for an ordinary report never grows. */
#define SLOTS_FIRST 1024

struct slot {
	uint64_t hash; /* 0: free */
	int64_t count;
	struct alike_kind *kind; /* NULL: all are listed */
};

/* An open table with linear steps, half full at most. Beside it a list of the
 * kinds of which some are not listed, oldest first. */
struct alike_table {
	struct slot *slots; /* owned */
	size_t mask;
	size_t used;
	struct hash_keys keys;
	struct arena arena; /* kinds and their texts */
	struct alike_kind *first, **tail;
};

/* The hash's keys are drawn anew in each run: the texts are a stranger's, and
 * so would be a choice of collisions. */
struct alike_table *
alike_new(void)
{
	struct alike_table *t = memory_take(1, sizeof *t);
	t->slots = memory_take(SLOTS_FIRST, sizeof *t->slots);
	t->mask = SLOTS_FIRST - 1;
	t->keys = hash_keys_random();
	t->tail = &t->first;
	return t;
}

void
alike_free(struct alike_table *t)
{
	if (t == NULL)
		return;
	arena_release(&t->arena);
	free(t->slots);
	free(t);
}

/* A text, its end counted in, so that neighbours do not run together. */
static uint64_t
text_mix(struct hash_keys k, uint64_t hash, const char *text)
{
	size_t len = text != NULL ? strlen(text) + 1 : 0;
	hash = hash_mix(hash ^ len, k.a);
	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = 0;
		memcpy(&word, text + i, len - i < 8 ? len - i : 8);
		hash = hash_mix(hash ^ word, k.b | 1);
	}
	return hash;
}

/* Whatever a list would show of an attempt but its client and time; bit 0 is
 * set, for 0 is a free slot. */
static uint64_t
kind_hash(const struct alike_table *t, const struct report_attempt *a)
{
	const char *const texts[] = {a->server_ip, a->verdict, a->segment,
		a->place, a->confidence, a->candidates, a->missing, a->why};
	uint64_t hash = hash_mix((uint64_t)a->server_port ^ t->keys.a,
		(uint64_t)a->syn_retransmits ^ t->keys.b);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hash = text_mix(t->keys, hash, texts[i]);
	return hash | 1;
}

/* Where the hash is, or the free slot in which it would be. There is one: the
 * table is never more than half full. */
static struct slot *
slot_of(struct slot *slots, size_t mask, uint64_t hash)
{
	size_t i = (size_t)(hash >> 20) & mask;
	while (slots[i].hash != 0 && slots[i].hash != hash)
		i = (i + 1) & mask;
	return &slots[i];
}

/* Twice the room. The hashes are kept in the slots, so that no text is read
 * again. */
static void
grow(struct alike_table *t)
{
	size_t mask = 2 * t->mask + 1;
	struct slot *slots = memory_take(mask + 1, sizeof *slots);
	for (size_t i = 0; i <= t->mask; i++)
		if (t->slots[i].hash != 0)
			*slot_of(slots, mask, t->slots[i].hash) = t->slots[i];
	free(t->slots);
	t->slots = slots;
	t->mask = mask;
}

/* The row's texts end with the next row; the kinds live as long as the table.
 * */
static const char *
text_keep(struct alike_table *t, const char *text)
{
	return text == NULL ? NULL : arena_copy(&t->arena, text, strlen(text));
}

/* The first attempt of a kind that is not listed stands for all of them. */
static struct alike_kind *
kind_begin(struct alike_table *t, const struct report_attempt *a)
{
	struct alike_kind *kind = arena_take(&t->arena, sizeof *kind);
	kind->like = (struct report_attempt){
		.id = a->id,
		.server_ip = text_keep(t, a->server_ip),
		.server_port = a->server_port,
		.first_ns = a->first_ns,
		.syn_retransmits = a->syn_retransmits,
		.verdict = text_keep(t, a->verdict),
		.segment = text_keep(t, a->segment),
		.place = text_keep(t, a->place),
		.confidence = text_keep(t, a->confidence),
		.candidates = text_keep(t, a->candidates),
		.missing = text_keep(t, a->missing),
		.why = text_keep(t, a->why),
	};
	*t->tail = kind;
	t->tail = &kind->next;
	return kind;
}

/* Attempts come in the order of time, so the one at hand is the last so far. */
bool
alike_take(struct alike_table *t, const struct report_attempt *a)
{
	uint64_t hash = kind_hash(t, a);
	struct slot *slot = slot_of(t->slots, t->mask, hash);
	if (slot->hash == 0) {
		if (2 * ++t->used > t->mask) {
			grow(t);
			slot = slot_of(t->slots, t->mask, hash);
		}
		slot->hash = hash;
	}
	bool listed = ++slot->count <= REPORT_ALIKE_MAX;
	if (listed && a->alike == 0 && slot->kind == NULL)
		return true;
	if (slot->kind == NULL)
		slot->kind = kind_begin(t, a);
	slot->kind->more += a->alike + !listed;
	slot->kind->listed = listed ? slot->count : REPORT_ALIKE_MAX;
	slot->kind->last_ns = a->first_ns;
	return listed;
}

const struct alike_kind *
alike_kinds(const struct alike_table *t)
{
	return t->first;
}
