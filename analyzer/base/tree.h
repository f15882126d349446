/*
 * A YAML (or JSON) file as a tree whose every node knows its place.
 *
 * The subset is what a rule needs: maps with plain text keys, lists, scalars.
 * Anchors, aliases, tags, several documents and duplicate keys are refused,
 * so that what is read is what a person sees; nothing can expand.
 *
 * Nodes live in the caller's arena. Nothing here knows about rules.
 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/problems.h"

/* Bounds on a file from a stranger; our largest rule is a tenth of each. */
#define TREE_FILE_MAX (256 * 1024) /* bytes */
#define TREE_DEPTH_MAX 16
#define TREE_NODES_MAX 4000

enum tree_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

/* How a scalar was written, as far as finding a place inside it needs. */
enum tree_style { TREE_PLAIN, TREE_QUOTED, TREE_LITERAL, TREE_FOLDED };

struct tree_node {
	enum tree_kind kind;
	enum tree_style style;
	struct place at;
	const char *text; /* TREE_TEXT: NUL-terminated, no NUL inside */
	const struct tree_node *key; /* in a map: the node of its key */
	struct tree_node *child;     /* first of a list or map */
	struct tree_node *next;      /* sibling */
	size_t children;
};

struct tree {
	const char *file; /* name for messages; borrowed */
	struct view text; /* the bytes read; borrowed */
	struct tree_node *root;
	bool trimmed; /* keys were left out (tree_unflatten): none is missed */
};

/*
 * The bytes of a file of that kind, on the heap: at most TREE_FILE_MAX + 1 of
 * them, which tree_read then finds too many. NULL with errno set. A folder of
 * such files may hold a FIFO or a device: neither is opened.
 */
char *tree_load(const char *path, size_t *len);

/*
 * Read text into t. False, with at least one problem added, when it is not
 * YAML, goes beyond a bound or uses something refused. file and text must
 * outlive t.
 */
bool tree_read(struct tree *t, const char *file, struct view text,
	struct arena *a, struct problems *p);

/*
 * Where byte `offset` of a scalar's text stands in the file: exact for literal
 * blocks and one-line scalars, the start of the scalar otherwise.
 */
struct place tree_place(
	const struct tree *t, const struct tree_node *n, size_t offset);

/* The value of key in a map, or NULL. */
const struct tree_node *tree_get(const struct tree_node *map, const char *key);

#endif
