/*
 * embed_trees SET PREFIX ROOT OUT FILE...: YAML files as an array of one C
 * source, with what reading them gives (base/embedded.h). cmake/embed.cmake runs
 * it at build. A file that is no YAML ends the build, at its place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/embedded.h"
#include "base/tree_flat.h"

static void
bytes_print(FILE *out, const char *name, size_t number, const void *bytes,
	size_t len)
{
	const uint8_t *b = bytes;
	fprintf(out, "static const unsigned char %s_%zu[] = {", name, number);
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%s%u,", i % 20 == 0 ? "\n\t" : "", b[i]);
	fputs("0};\n", out);
}

/* A text within quotes: our files' names and hashes need no escapes. */
static bool
file_print(FILE *out, size_t number, const char *path, char sha256[])
{
	struct arena arena = {0};
	struct tree tree;
	struct problems problems = {.out = stderr};
	struct tree_flat flat = {0};
	struct digest digest;
	size_t len;
	char *text = tree_load(path, &len);
	if (text == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	bool ok = tree_read(&tree, path, view_of(text, len), &arena, &problems);
	if (ok) {
		tree_flatten(&flat, tree.root);
		bytes_print(out, "text", number, text, len);
		bytes_print(out, "tree", number, flat.bytes, flat.len);
		digest_init(&digest);
		digest_add(&digest, view_of(text, len));
		digest_finish(&digest, sha256);
	}
	free(flat.bytes);
	free(text);
	arena_release(&arena);
	return ok;
}

static bool
set_print(FILE *out, const char *set, const char *prefix, const char *root,
	char *const *files, size_t count)
{
	char(*sha256)[DIGEST_TEXT_MAX] = calloc(count + 1, sizeof *sha256);
	bool ok = sha256 != NULL;
	fputs("/* Made by cmake/embed_trees.c. */\n"
	      "#include \"base/embedded.h\"\n\n",
		out);
	for (size_t i = 0; ok && i < count; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", root, files[i]);
		ok = file_print(out, i, path, sha256[i]);
	}
	fprintf(out,
		"extern const struct embedded embedded_%s[];\n"
		"extern const size_t embedded_%s_count;\n"
		"const struct embedded embedded_%s[] = {\n",
		set, set, set);
	for (size_t i = 0; ok && i < count; i++)
		fprintf(out,
			"\t{\"%s%s\", (const char *)text_%zu, sizeof text_%zu "
			"- 1, tree_%zu, \"%s\"},\n",
			prefix, files[i], i, i, i, sha256[i]);
	fprintf(out, "\t{0},\n};\nconst size_t embedded_%s_count = %zu;\n", set,
		count);
	free(sha256);
	return ok;
}

int
main(int argc, char **argv)
{
	if (argc < 5) {
		fputs("usage: embed_trees SET PREFIX ROOT OUT FILE...\n",
			stderr);
		return 2;
	}
	FILE *out = fopen(argv[4], "w");
	if (out == NULL) {
		fprintf(stderr, "%s: %s\n", argv[4], strerror(errno));
		return 3;
	}
	bool ok = set_print(
		out, argv[1], argv[2], argv[3], argv + 5, (size_t)argc - 5);
	ok = fclose(out) == 0 && ok;
	if (!ok)
		remove(argv[4]);
	return ok ? 0 : 2;
}
