/*
 * A tree as bytes that the build writes and the program carries.
 */
#ifndef BASE_TREE_FLAT_H
#define BASE_TREE_FLAT_H

#include "base/tree.h"

/* Bytes that grow; the caller frees bytes. */
struct tree_flat {
	uint8_t *bytes;
	size_t len;
	size_t room;
};

/* Append the tree below root. */
void tree_flatten(struct tree_flat *f, const struct tree_node *root);

/*
 * What tree_read would make of text, from the bytes that tree_flatten made of
 * it: texts point into flat, which outlives the tree. Values of the keys in
 * without (ended by NULL; NULL: none) are left out, wherever they stand.
 */
void tree_unflatten(struct tree *t, const char *file, struct view text,
	const uint8_t *flat, const char *const *without, struct arena *a);

#endif
