/*
 * A set of words, for telling what is ours from what is a stranger's.
 *
 * Letters A to Z are compared without case. Words are copied.
 */
#ifndef REDACT_WORDS_H
#define REDACT_WORDS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"

/* Longer words are never known. */
#define WORDS_LEN_MAX 128

struct words {
	struct arena arena;
	struct view *slots; /* power of two, empty ones have no data; owned */
	size_t room;
	size_t count;
	struct hash_keys keys;
};

void words_init(struct words *w);
void words_release(struct words *w);

void words_add(struct words *w, struct view word);
bool words_has(const struct words *w, struct view word);

#endif
