/*
 * Evidence and rules to read, output folders to write, nothing else.
 */
#include "analyze_sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/sandbox.h"

/* The folder that path lies in. */
static char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return arena_copy(a, ".", 1);
	size_t len = slash == path ? 1 : (size_t)(slash - path);
	return arena_copy(a, path, len);
}

/* Files named one by one, and what links point to that are followed. */
static void
allow_files(struct sandbox *s, const struct case_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *f = &files->list[i];
		if (f->named || f->linked)
			sandbox_read(s, f->path);
	}
}

const char *
analyze_sandbox(const struct analyze_options *o, const struct case_files *files,
	const char *const *outputs, const char *made, struct error *e)
{
	struct sandbox s;
	struct arena names = {0};
	sandbox_begin(&s);
	/* The time zones that case.yaml and --timezone may name. */
	const char *zones = getenv("TZDIR");
	sandbox_read(&s, zones != NULL ? zones : "/usr/share/zoneinfo");
	for (size_t i = 0; i < o->paths_count; i++)
		sandbox_read(&s, o->paths[i]);
	allow_files(&s, files);
	for (size_t i = 0; i < o->rules.count; i++)
		sandbox_read(&s, o->rules.at[i]);
	for (size_t i = 0; i < o->patterns.count; i++)
		sandbox_read(&s, o->patterns.at[i]);
	for (; *outputs != NULL; outputs++)
		if (strcmp(*outputs, "-") != 0)
			sandbox_write(&s, folder_of(&names, *outputs));
	if (made != NULL)
		sandbox_remove_folders(&s, folder_of(&names, made));
	arena_release(&names);
	return sandbox_enter_as_wanted(&s, o->sandbox, e);
}
