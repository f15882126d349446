/*
 * A tree as bytes, so that what the build has read is not read again at every
 * start: a parser of YAML takes 14 ms for our rules, this takes one.
 *
 * In the order of the file, each node is
 *
 *	head    kind | style << 2 | 16 where a key stands in front
 *	line    a number: 7 bits a byte, the lowest first, 128 where more follow
 *	column  a number
 *	then    of a text its bytes (a number), as many bytes and a NUL;
 *	        of a list or map its children (a number), and they
 *
 * A key is a text in front of its value's head. Only our own build writes such
 * bytes and they are part of the program: nothing here is a stranger's.
 */
#include "base/tree_flat.h"

#include <assert.h>
#include <string.h>

#define HEAD_STYLE 2
#define HEAD_KEYED 16

static void
byte_put(struct tree_flat *f, uint8_t byte)
{
	if (f->len == f->room) {
		f->room = f->room ? 2 * f->room : 4096;
		f->bytes = memory_grow(f->bytes, f->room, 1);
	}
	f->bytes[f->len++] = byte;
}

static void
number_put(struct tree_flat *f, size_t n)
{
	for (; n >= 128; n >>= 7)
		byte_put(f, (uint8_t)(n | 128));
	byte_put(f, (uint8_t)n);
}

static void
node_put(struct tree_flat *f, const struct tree_node *n, unsigned more)
{
	byte_put(f, (uint8_t)(n->kind | n->style << HEAD_STYLE | more));
	number_put(f, n->at.line);
	number_put(f, n->at.column);
	if (n->kind != TREE_TEXT) {
		number_put(f, n->children);
		return;
	}
	size_t len = strlen(n->text);
	number_put(f, len);
	for (size_t i = 0; i <= len; i++)
		byte_put(f, (uint8_t)n->text[i]);
}

void
tree_flatten(struct tree_flat *f, const struct tree_node *root)
{
	/* The nodes above the one at hand. */
	const struct tree_node *above[TREE_DEPTH_MAX + 1];
	size_t depth = 0;
	const struct tree_node *n = root;
	while (n != NULL) {
		if (n->key != NULL)
			node_put(f, n->key, HEAD_KEYED);
		node_put(f, n, 0);
		if (n->child != NULL) {
			above[depth++] = n;
			n = n->child;
			continue;
		}
		while (n->next == NULL && depth > 0)
			n = above[--depth];
		n = depth > 0 || n != root ? n->next : NULL;
	}
}

static size_t
number_take(const uint8_t **at)
{
	size_t n = 0;
	for (unsigned shift = 0;; shift += 7) {
		uint8_t byte = *(*at)++;
		n |= (size_t)(byte & 127) << shift;
		if (byte < 128)
			return n;
	}
}

/* One node; the children that follow are counted, not read. */
static struct tree_node
node_take(const uint8_t **at, bool *is_key)
{
	uint8_t head = *(*at)++;
	*is_key = (head & HEAD_KEYED) != 0;
	struct tree_node n = {
		.kind = (enum tree_kind)(head & 3),
		.style = (enum tree_style)(head >> HEAD_STYLE & 3),
	};
	n.at.line = (unsigned)number_take(at);
	n.at.column = (unsigned)number_take(at);
	size_t count = number_take(at);
	if (n.kind != TREE_TEXT) {
		n.children = count;
		return n;
	}
	n.text = (const char *)*at;
	*at += count + 1;
	return n;
}

/* Step over a value and all that is below it. */
static void
value_skip(const uint8_t **at)
{
	for (size_t left = 1; left > 0; left--) {
		bool is_key;
		struct tree_node n = node_take(at, &is_key);
		if (is_key)
			n = node_take(at, &is_key);
		left += n.children;
	}
}

static bool
is_among(const char *text, const char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* The next value; NULL where it is left out. */
static struct tree_node *
value_take(const uint8_t **at, const char *const *without, struct arena *a)
{
	bool is_key;
	struct tree_node key = {0};
	struct tree_node n = node_take(at, &is_key);
	bool keyed = is_key;
	if (keyed) {
		key = n;
		if (is_among(key.text, without)) {
			value_skip(at);
			return NULL;
		}
		n = node_take(at, &is_key);
	}
	struct tree_node *value =
		arena_take(a, (keyed ? 2 : 1) * sizeof *value);
	*value = n;
	if (keyed) {
		value[1] = key;
		value->key = &value[1];
	}
	return value;
}

void
tree_unflatten(struct tree *t, const char *file, struct view text,
	const uint8_t *flat, const char *const *without, struct arena *a)
{
	struct tree_node *open[TREE_DEPTH_MAX + 1];
	struct tree_node **tail[TREE_DEPTH_MAX + 1];
	size_t left[TREE_DEPTH_MAX + 1]; /* children still to come */
	size_t depth = 0;
	*t = (struct tree){
		.file = file, .text = text, .trimmed = without != NULL};
	t->root = value_take(&flat, NULL, a);
	struct tree_node *n = t->root;
	for (;;) {
		if (n != NULL && n->children > 0) {
			assert(depth <= TREE_DEPTH_MAX);
			open[depth] = n;
			tail[depth] = &n->child;
			left[depth++] = n->children;
		}
		while (depth > 0 && left[depth - 1] == 0)
			depth--;
		if (depth == 0)
			return;
		size_t top = depth - 1;
		left[top]--;
		n = value_take(&flat, without, a);
		if (n == NULL) {
			open[top]->children--;
			continue;
		}
		*tail[top] = n;
		tail[top] = &n->next;
	}
}
