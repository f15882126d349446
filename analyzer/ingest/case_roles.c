/*
 * Whose each file of a case is, by the names of folders and files.
 */
#include <string.h>
#include <strings.h>

#include "ingest/case_files.h"
#include "ingest/case_yaml.h"
#include "ingest/transcripts.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

/* A file name as a vantage's: its first word, up to a digit or separator. */
static const char *
first_word(struct case_files *c, const char *path)
{
	const char *name = base_name(path);
	size_t n = strcspn(name, "-_. 0123456789");
	if (n == 0 || n > CASE_ROLE_MAX)
		return NULL;
	return arena_copy(&c->arena, name, n);
}

/* "client" or "server" when a part of a path begins with that word. */
static const char *
end_word(const char *part)
{
	static const char *const ends[] = {"client", "server"};
	size_t n = strcspn(part, "-_./0123456789 ");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n == strlen(ends[i]) && strncasecmp(part, ends[i], n) == 0)
			return ends[i];
	return NULL;
}

const char *
case_role_word(const char *name)
{
	return end_word(name);
}

/*
 * The end that a path names by a folder or by the file's name. In a case folder
 * the outermost one counts; of a path that somebody typed, the innermost.
 */
static const char *
end_named(const char *path, bool innermost)
{
	const char *found = NULL;
	for (const char *part = path; part != NULL;) {
		const char *word = end_word(part);
		if (word != NULL)
			found = word;
		if (word != NULL && !innermost)
			break;
		const char *slash = strchr(part, '/');
		part = slash == NULL ? NULL : slash + 1;
	}
	return found;
}

/* The whole name of the case folder's subfolder that the file is in. */
static const char *
folder_named(struct case_files *c, const char *path)
{
	size_t n = strcspn(path, "/");
	if (path[n] == '\0' || n == 0 || n > CASE_ROLE_MAX)
		return NULL;
	return arena_copy(&c->arena, path, n);
}

static size_t
captures_without_role(const struct case_files *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->count; i++)
		n += c->list[i].kind == CASE_FILE_CAPTURE &&
			c->list[i].role == NULL;
	return n;
}

/* Folder or file name gives the role: all files in a folder share it. */
static void
role_by_name(struct case_files *c, struct case_file *f)
{
	if (f->role != NULL || f->kind == CASE_FILE_NOTE)
		return;
	f->role = case_config_place(c->config, f->place);
	if (f->role == NULL)
		f->role = end_named(f->place, f->named);
	if (f->role == NULL && !f->named)
		f->role = folder_named(c, f->place);
	if (f->role == NULL && c->config != NULL)
		f->role = c->config->rest;
}

/* Captures that no name placed: by order, or by their own first word. */
static void
role_by_order(struct case_files *c)
{
	size_t left = captures_without_role(c);
	size_t seen = 0;
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE || f->role != NULL)
			continue;
		f->role_guessed = true;
		if (left <= 2)
			f->role = seen++ == 0 ? "client" : "server";
		else
			f->role = first_word(c, f->place);
		if (f->role == NULL)
			f->role = "client";
	}
}

static bool
has_capture_of(const struct case_files *c, const char *role)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->kind == CASE_FILE_CAPTURE && f->role != NULL &&
			strcmp(f->role, role) == 0)
			return true;
	}
	return false;
}

/* Captures beside others whose role is known: by their own first word, or the
 * end that is still free; never mixed into another's capture. */
static void
role_beside_others(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE || f->role != NULL)
			continue;
		f->role_guessed = true;
		f->role = first_word(c, f->place);
		if (f->role == NULL && !has_capture_of(c, "server"))
			f->role = "server";
		if (f->role == NULL)
			f->role = has_capture_of(c, "client") ? "unnamed"
							      : "client";
	}
}

void
case_files_place(struct case_files *c)
{
	bool roles = false;
	/* The parts of transcripts come in behind, with their roles. */
	for (size_t i = 0, count = c->count; i < count; i++) {
		role_by_name(c, &c->list[i]);
		if (c->list[i].kind == CASE_FILE_TRANSCRIPT)
			transcripts_expand(c, i);
		roles = roles ||
			(c->list[i].role != NULL &&
				c->list[i].kind == CASE_FILE_CAPTURE);
	}
	if (roles)
		role_beside_others(c);
	else
		role_by_order(c);
}
