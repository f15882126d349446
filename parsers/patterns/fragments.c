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

/* The next {{name}} of a known form at or behind text; NULL when there is none.
 * *name and *len are what stands between the braces. */
static const char *
name_next(const char *text, const char **name, size_t *len)
{
	for (const char *at = strstr(text, "{{"); at != NULL;
		at = strstr(at + 1, "{{")) {
		*name = name_at(at, len);
		if (*name != NULL)
			return at;
	}
	return NULL;
}

static char *
bytes_put(char *to, const char *bytes, size_t len)
{
	memcpy(to, bytes, len);
	return to + len;
}

const char *
fragments_expand(const struct fragment *list, const char *text, struct arena *a,
	const char **unknown, size_t *unknown_len)
{
	const struct fragment *used[USES_MAX];
	size_t uses = 0;
	size_t total = strlen(text);
	const char *name;
	size_t len;
	for (const char *at = name_next(text, &name, &len); at != NULL;
		at = name_next(name + len + 2, &name, &len)) {
		const struct fragment *f = fragment_find(list, name, len);
		if (f == NULL || uses == USES_MAX) {
			*unknown = name;
			*unknown_len = len;
			return NULL;
		}
		used[uses++] = f;
		total += strlen(f->regex) + strlen("(?:)");
	}
	if (uses == 0)
		return text;
	char *out = arena_take(a, total + 1);
	char *to = out;
	for (size_t i = 0; i < uses; i++) {
		const char *at = name_next(text, &name, &len);
		to = bytes_put(to, text, (size_t)(at - text));
		to = bytes_put(to, "(?:", 3);
		to = bytes_put(to, used[i]->regex, strlen(used[i]->regex));
		*to++ = ')';
		text = name + len + 2;
	}
	bytes_put(to, text, strlen(text));
	return out;
}
