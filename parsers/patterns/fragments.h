/*
 * Texts that many patterns share, written once: {{timed-out}}.
 *
 * A C library's words for an errno differ from system to system; a pattern that
 * names the fragment knows all of them. A fragment is an entry of a pattern
 * file with the key `fragment`; it must stand before the patterns that use it,
 * and holds for all files that are added later.
 *
 *	- fragment: timed-out
 *	  cite: where the wordings come from
 *	  words: ['onnection timed out', 'peration timed out']
 *	  regex: '[Cc]onnection timed out|[Oo]peration timed out'
 *
 * In a regex {{timed-out}} stands for the fragment's regex as one group; as an
 * item of `contains` for all of its words; one that has none cannot stand there.
 */
#ifndef PARSERS_PATTERNS_FRAGMENTS_H
#define PARSERS_PATTERNS_FRAGMENTS_H

#include "base/arena.h"
#include "base/tree.h"

/* Words of one fragment. */
#define FRAGMENT_WORDS_MAX 64

/* In the set's arena, the latest first. */
struct fragment {
	const char *name;
	const char *regex;
	const char *words[FRAGMENT_WORDS_MAX];
	size_t words_count;
	const struct fragment *next;
};

/* The fragment of a name of len bytes, or NULL. */
const struct fragment *fragment_find(
	const struct fragment *list, const char *name, size_t len);

/* The fragment that the whole text names ("{{timed-out}}"), or NULL. */
const struct fragment *fragment_named(
	const struct fragment *list, const char *text);

/*
 * text with every {{name}} replaced by its regex as a group, in the arena; text
 * itself when it names none. NULL when a name is unknown: *unknown and
 * *unknown_len are then where it stands in text.
 */
const char *fragments_expand(const struct fragment *list, const char *text,
	struct arena *a, const char **unknown, size_t *unknown_len);

#endif
