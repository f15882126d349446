/*
 * Open addressing, at most half full.
 */
#include "redact/words.h"

#include <stdlib.h>

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static size_t
slot_of(const struct words *w, struct view word)
{
	uint64_t h = w->keys.a;
	for (size_t i = 0; i < word.len; i++)
		h = hash_mix(h ^ lower(word.data[i]), w->keys.b | 1);
	return (size_t)h & (w->room - 1);
}

static bool
same(struct view a, struct view b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

/* The slot that holds word, or the empty one where it belongs. */
static struct view *
find(const struct words *w, struct view word)
{
	size_t at = slot_of(w, word);
	while (w->slots[at].data != NULL && !same(w->slots[at], word))
		at = (at + 1) & (w->room - 1);
	return &w->slots[at];
}

void
words_init(struct words *w)
{
	*w = (struct words){.room = 1024, .keys = hash_keys_random()};
	w->slots = memory_take(w->room, sizeof *w->slots);
}

void
words_release(struct words *w)
{
	free(w->slots);
	arena_release(&w->arena);
	*w = (struct words){0};
}

static void
grow(struct words *w)
{
	struct view *old = w->slots;
	size_t count = w->room;
	w->room *= 2;
	w->slots = memory_take(w->room, sizeof *w->slots);
	for (size_t i = 0; i < count; i++)
		if (old[i].data != NULL)
			*find(w, old[i]) = old[i];
	free(old);
}

void
words_add(struct words *w, struct view word)
{
	if (word.len == 0 || word.len > WORDS_LEN_MAX || words_has(w, word))
		return;
	if (w->count * 2 >= w->room)
		grow(w);
	const char *copy =
		arena_copy(&w->arena, (const char *)word.data, word.len);
	*find(w, word) = view_of(copy, word.len);
	w->count++;
}

bool
words_has(const struct words *w, struct view word)
{
	return word.len > 0 && word.len <= WORDS_LEN_MAX &&
		find(w, word)->data != NULL;
}
