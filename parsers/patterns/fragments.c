/*
 * Replacing {{name}} in regexes and words.
 */
#include "parsers/patterns/fragments.h"

#include <string.h>

/* Fragments in one regex; each may stand several times. */
#define USES_MAX 48

const struct fragment *
fragment_find(const struct fragment *list, const char *name, size_t len)
{
	while (list != NULL &&
		(strlen(list->name) != len ||
			memcmp(list->name, name, len) != 0))
		list = list->next;
	return list;
}

/* "{{name}}" at the front of text: its name, or NULL. */
static const char *
name_at(const char *text, size_t *len)
{
	if (strncmp(text, "{{", 2) != 0)
		return NULL;
	*len = strspn(text + 2, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (*len == 0 || strncmp(text + 2 + *len, "}}", 2) != 0)
		return NULL;
	return text + 2;
}

const struct fragment *
fragment_named(const struct fragment *list, const char *text)
{
	size_t len;
	const char *name = name_at(text, &len);
	if (name == NULL || name[len + 2] != '\0')
		return NULL;
	return fragment_find(list, name, len);
}

const char *
fragments_expand(const struct fragment *list, const char *text, struct arena *a,
	const char **unknown, size_t *unknown_len)
{
	const char *out = "";
	int uses = 0;
	const char *rest = text;
	const char *at = strstr(text, "{{");
	for (; at != NULL; at = strstr(at, "{{")) {
		size_t len;
		const char *name = name_at(at, &len);
		if (name == NULL) {
			at++;
			continue;
		}
		const struct fragment *f = fragment_find(list, name, len);
		if (f == NULL || uses++ == USES_MAX) {
			*unknown = name;
			*unknown_len = len;
			return NULL;
		}
		out = arena_format(a, "%s%.*s(?:%s)", out, (int)(at - rest),
			rest, f->regex);
		rest = at = name + len + 2;
	}
	return uses == 0 ? text : arena_format(a, "%s%s", out, rest);
}
