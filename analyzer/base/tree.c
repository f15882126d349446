/*
 * libyaml's events become a tree, without recursion.
 *
 * spec: YAML 1.1 as libyaml reads it; RFC 8259 JSON is read as flow style.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* The open containers, outermost first. */
struct reader {
	struct tree *tree;
	struct arena *arena;
	struct problems *problems;
	struct tree_node *open[TREE_DEPTH_MAX];
	struct tree_node *last[TREE_DEPTH_MAX]; /* newest child of each */
	struct tree_node *key[TREE_DEPTH_MAX];  /* key that waits for a value */
	size_t depth;
	size_t nodes;
	size_t documents;
};

static struct place
place_of(yaml_mark_t mark)
{
	return (struct place){
		.line = (unsigned)mark.line + 1,
		.column = (unsigned)mark.column + 1,
	};
}

static bool
refuse(struct reader *r, struct place at, const char *what)
{
	problem_add(r->problems, r->tree->file, at, "%s", what);
	return false;
}

static bool
key_is_new(struct reader *r, const struct tree_node *key)
{
	const struct tree_node *map = r->open[r->depth - 1];
	const struct tree_node *old = tree_get(map, key->text);
	if (old == NULL)
		return true;
	problem_add(r->problems, r->tree->file, key->at,
		"'%.60s' is given twice, first in line %u", key->text,
		old->key->at.line);
	return false;
}

/* Hang n below the innermost open container, or take it as a key. */
static bool
node_hang(struct reader *r, struct tree_node *n)
{
	if (++r->nodes > TREE_NODES_MAX)
		return refuse(r, n->at, "the file holds too many values");
	if (r->depth == 0) {
		r->tree->root = n;
		return true;
	}
	size_t i = r->depth - 1;
	struct tree_node *parent = r->open[i];
	if (parent->kind == TREE_MAP && r->key[i] == NULL) {
		if (n->kind != TREE_TEXT)
			return refuse(r, n->at, "a key must be plain text");
		if (!key_is_new(r, n))
			return false;
		r->key[i] = n;
		return true;
	}
	n->key = r->key[i];
	r->key[i] = NULL;
	if (r->last[i] == NULL)
		parent->child = n;
	else
		r->last[i]->next = n;
	r->last[i] = n;
	parent->children++;
	return true;
}

static bool
node_open(struct reader *r, enum tree_kind kind, struct place at)
{
	struct tree_node *n = arena_take(r->arena, sizeof *n);
	n->kind = kind;
	n->at = at;
	if (!node_hang(r, n))
		return false;
	if (r->depth == TREE_DEPTH_MAX)
		return refuse(r, at, "nested too deeply");
	r->open[r->depth] = n;
	r->last[r->depth] = NULL;
	r->key[r->depth] = NULL;
	r->depth++;
	return true;
}

static enum tree_style
style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return TREE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
		return TREE_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return TREE_FOLDED;
	default:
		return TREE_PLAIN;
	}
}

static bool
scalar_take(struct reader *r, const yaml_event_t *event)
{
	struct place at = place_of(event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	if (event->data.scalar.anchor != NULL)
		return refuse(r, at, "anchors are not allowed");
	if (event->data.scalar.tag != NULL)
		return refuse(r, at, "tags are not allowed");
	if (memchr(text, '\0', len) != NULL)
		return refuse(r, at, "a NUL character is not allowed");
	struct tree_node *n = arena_take(r->arena, sizeof *n);
	n->kind = TREE_TEXT;
	n->style = style_of(event->data.scalar.style);
	n->at = at;
	n->text = arena_copy(r->arena, text, len);
	return node_hang(r, n);
}

static bool
event_take(struct reader *r, const yaml_event_t *event)
{
	struct place at = place_of(event->start_mark);
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++r->documents > 1)
			return refuse(r, at, "more than one document");
		return true;
	case YAML_ALIAS_EVENT:
		return refuse(r, at, "aliases are not allowed");
	case YAML_SCALAR_EVENT:
		return scalar_take(r, event);
	case YAML_SEQUENCE_START_EVENT:
		if (event->data.sequence_start.anchor != NULL)
			return refuse(r, at, "anchors are not allowed");
		if (event->data.sequence_start.tag != NULL)
			return refuse(r, at, "tags are not allowed");
		return node_open(r, TREE_LIST, at);
	case YAML_MAPPING_START_EVENT:
		if (event->data.mapping_start.anchor != NULL)
			return refuse(r, at, "anchors are not allowed");
		if (event->data.mapping_start.tag != NULL)
			return refuse(r, at, "tags are not allowed");
		return node_open(r, TREE_MAP, at);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return true;
	default:
		return true;
	}
}

/* libyaml marks most trouble; encoding trouble has a byte offset only. */
static bool
syntax_problem(struct reader *r, const yaml_parser_t *parser)
{
	const char *what = parser->problem;
	if (parser->error == YAML_MEMORY_ERROR)
		memory_exhausted();
	if (what == NULL)
		what = "not readable as YAML";
	struct place at = place_of(parser->problem_mark);
	if (parser->error == YAML_READER_ERROR) {
		size_t end = parser->problem_offset;
		at = (struct place){.line = 1, .column = 1};
		for (size_t i = 0; i < end && i < r->tree->text.len; i++) {
			at.column++;
			if (r->tree->text.data[i] == '\n')
				at = (struct place){at.line + 1, 1};
		}
	}
	return refuse(r, at, what);
}

static bool
events_read(struct reader *r, yaml_parser_t *parser)
{
	for (;;) {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event))
			return syntax_problem(r, parser);
		bool end = event.type == YAML_STREAM_END_EVENT;
		bool ok = event_take(r, &event);
		yaml_event_delete(&event);
		if (!ok || end)
			return ok;
	}
}

bool
tree_read(struct tree *t, const char *file, struct view text, struct arena *a,
	struct problems *p)
{
	*t = (struct tree){.file = file, .text = text};
	struct reader r = {.tree = t, .arena = a, .problems = p};
	if (text.len > TREE_FILE_MAX)
		return refuse(&r, (struct place){0},
			"the file is larger than 256 KiB");
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		memory_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text.data, text.len);
	bool ok = events_read(&r, &parser);
	yaml_parser_delete(&parser);
	if (ok && t->root == NULL)
		return refuse(&r, (struct place){1, 1}, "the file is empty");
	return ok;
}

const struct tree_node *
tree_get(const struct tree_node *map, const char *key)
{
	for (const struct tree_node *n = map->child; n != NULL; n = n->next)
		if (n->key != NULL && strcmp(n->key->text, key) == 0)
			return n;
	return NULL;
}

/* Line number `line` (from 1) of the file, without its line end. */
static struct view
line_view(struct view text, unsigned line)
{
	while (line > 1 && text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		if (end == NULL)
			return view_of(NULL, 0);
		text = view_skip(text, (size_t)(end - text.data) + 1);
		line--;
	}
	const uint8_t *end =
		text.len > 0 ? memchr(text.data, '\n', text.len) : NULL;
	if (end != NULL)
		text.len = (size_t)(end - text.data);
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* Characters, not bytes: UTF-8 continuation bytes do not count. */
static unsigned
characters(const char *text, size_t len)
{
	unsigned n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((uint8_t)text[i] & 0xc0) != 0x80;
	return n;
}

struct place
tree_place(const struct tree *t, const struct tree_node *n, size_t offset)
{
	size_t len = strlen(n->text);
	if (offset > len)
		offset = len;
	if (n->style == TREE_PLAIN || n->style == TREE_QUOTED) {
		struct view line = line_view(t->text, n->at.line);
		/* Escapes and folded lines make the text differ. */
		if (len == 0 || line.len == 0 ||
			memmem(line.data, line.len, n->text, len) == NULL)
			return n->at;
		unsigned quote = n->style == TREE_QUOTED;
		return (struct place){n->at.line,
			n->at.column + quote + characters(n->text, offset)};
	}
	if (n->style == TREE_FOLDED)
		return n->at;
	/* The first line of a literal block follows its "|"; the indentation
	 * is what the file's line has more than the text's. */
	unsigned lines = 0;
	size_t start = 0;
	for (size_t i = 0; i < offset; i++) {
		if (n->text[i] != '\n')
			continue;
		lines++;
		start = i + 1;
	}
	struct view line = line_view(t->text, n->at.line + 1 + lines);
	size_t text_len = strcspn(n->text + start, "\n");
	size_t indent = line.len > text_len ? line.len - text_len : 0;
	return (struct place){n->at.line + 1 + lines,
		(unsigned)indent + 1 +
			characters(n->text + start, offset - start)};
}

char *
tree_load(const char *path, size_t *len)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return NULL;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	char *text = memory_take(TREE_FILE_MAX + 1, 1);
	ssize_t n;
	*len = 0;
	do {
		n = read(fd, text + *len, TREE_FILE_MAX + 1 - *len);
		if (n > 0)
			*len += (size_t)n;
	} while (n > 0 && *len <= TREE_FILE_MAX);
	int error = errno;
	close(fd);
	if (n >= 0)
		return text;
	free(text);
	errno = error;
	return NULL;
}
