/*
 * Checking a map of a rule file: unknown keys, missing keys, values of another type.
 *
 * All that is wrong is told, each at its place, with the key that was probably
 * meant; so a file is mended in one go. Nothing is known here of what keys mean.
 */
#include "judge/fields.h"

#include <string.h>

/* As word_nearest wants it: one thing to hand over. */
struct table {
	const struct field *fields;
	size_t count;
};

static const char *
table_key(const void *context, size_t i)
{
	const struct table *table = context;
	return table->fields[i].key;
}

/* A key that the map does not take is an error, never ignored: a misspelt
 * condition would otherwise hold always. */
static bool
unknown_key(const struct tree *t, const struct tree_node *key, const char *what,
	struct table table, struct problems *p)
{
	const char *near =
		word_nearest(key->text, table.count, table_key, &table);
	if (near != NULL)
		problem_add(p, t->file, key->at,
			"unknown key '%.60s' in %s; did you mean '%s'?",
			key->text, what, near);
	else
		problem_add(p, t->file, key->at, "unknown key '%.60s' in %s",
			key->text, what);
	return false;
}

/* What is wrong with a scalar of the given type, or NULL. */
static const char *
text_trouble(const char *text, enum field_type type)
{
	size_t len = strlen(text);
	if (len == 0 || strspn(text, " \t\n") == len)
		return "must not be empty";
	switch (type) {
	case FIELD_LINE:
		return text[strcspn(text, "\n")] ? "must be one line" : NULL;
	case FIELD_WORD:
		if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
			len)
			return "must consist of lower-case letters, digits "
			       "and '-'";
		return NULL;
	case FIELD_INT:
		if (strspn(text, "0123456789") != len || len > 6)
			return "must be a number from 0 to 999999";
		return NULL;
	case FIELD_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return "must be true or false";
		return NULL;
	default:
		return NULL;
	}
}

/* What is wrong with a value of the given type, or NULL. */
static const char *
value_trouble(const struct tree_node *n, enum field_type type)
{
	if (type == FIELD_MAP)
		return n->kind == TREE_MAP ? NULL : "must be a map";
	if (type == FIELD_LIST || type == FIELD_SET) {
		if (n->kind != TREE_LIST)
			return "must be a list";
		return n->children == 0 && type == FIELD_LIST
			? "must not be empty"
			: NULL;
	}
	if (n->kind != TREE_TEXT)
		return "must be text, not a list or map";
	return text_trouble(n->text, type);
}

/* Put the value where its field stands, when it is of the field's kind. */
static bool
value_take(const struct tree *t, const struct tree_node *n, const char *what,
	struct table table, const struct tree_node **values, struct problems *p)
{
	for (size_t i = 0; i < table.count; i++) {
		const struct field *f = &table.fields[i];
		if (strcmp(f->key, n->key->text) != 0)
			continue;
		const char *trouble = value_trouble(n, f->type);
		if (trouble == NULL) {
			values[i] = n;
			return true;
		}
		problem_add(p, t->file, n->at, "'%s' %s", f->key, trouble);
		return false;
	}
	return unknown_key(t, n->key, what, table, p);
}

/* A value is checked by its kind alone. Files of ours that are read from their
 * flat form lack keys that were left out there (tree->trimmed), so nothing is
 * missed in them. */
bool
fields_read(const struct tree *t, const struct tree_node *map, const char *what,
	const struct field *fields, size_t count,
	const struct tree_node **values, struct problems *p)
{
	for (size_t i = 0; i < count; i++)
		values[i] = NULL;
	if (map->kind != TREE_MAP) {
		problem_add(p, t->file, map->at, "%s must be a map", what);
		return false;
	}
	bool ok = true;
	struct table table = {fields, count};
	for (const struct tree_node *n = map->child; n != NULL; n = n->next)
		ok &= value_take(t, n, what, table, values, p);
	for (size_t i = 0; !t->trimmed && i < count; i++) {
		if (!fields[i].required || tree_get(map, fields[i].key) != NULL)
			continue;
		problem_add(p, t->file, map->at, "%s lacks '%s'", what,
			fields[i].key);
		ok = false;
	}
	return ok;
}
