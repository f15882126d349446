/*
 * Whose a file is, by what case.yaml says of the beginnings of names. The
 * longest beginning wins.
 */
#include <ctype.h>
#include <string.h>

#include "ingest/case_yaml.h"

size_t
case_name_begins(const char *path, const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || strncmp(path, name, len) != 0)
		return 0;
	char next = path[len];
	bool digit = isdigit((unsigned char)next) &&
		!isdigit((unsigned char)name[len - 1]);
	if (next == '\0' || strchr("/-_. ", next) != NULL || digit ||
		strchr("/-_.", name[len - 1]) != NULL)
		return len;
	return 0;
}

const struct case_file_config *
case_config_file(const struct case_config *c, const char *name)
{
	const struct case_file_config *best = NULL;
	size_t longest = 0;
	for (size_t i = 0; c != NULL && i < c->files_count; i++) {
		size_t len = case_name_begins(name, c->files[i].path);
		if (len > longest) {
			longest = len;
			best = &c->files[i];
		}
	}
	return best;
}

const char *
case_config_place(const struct case_config *c, const char *name)
{
	const struct case_file_config *own = case_config_file(c, name);
	const char *best = NULL;
	size_t longest = 0;
	if (c == NULL)
		return NULL;
	if (own != NULL && own->role != NULL)
		return own->role;
	for (size_t i = 0; i < c->roles_count; i++) {
		const struct case_role *r = &c->roles[i];
		size_t len = case_name_begins(name, r->name);
		for (size_t j = 0; j < r->files_count; j++) {
			size_t n = case_name_begins(name, r->files[j]);
			len = n > len ? n : len;
		}
		if (len > longest) {
			longest = len;
			best = r->name;
		}
	}
	return best;
}
