/*
 * The redactor's words, names and key.
 */
#include "analyze_redact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/message.h"
#include "judge/judge.h"
#include "parsers/patterns/embedded.h"

/* More of a key file than this is not read. */
#define KEY_MAX 65536

static char *
rewrite_message(void *context, const char *text)
{
	return redactor_rewrite(context, REDACT_MESSAGE, view_str(text), NULL);
}

/* What stands in the program's own files is no secret. */
static void
know_own_words(struct redactor *r)
{
	size_t len;
	const char *text;
	for (size_t i = 0; i < embedded_patterns_count; i++)
		redactor_know(r,
			view_of(embedded_patterns[i].text,
				embedded_patterns[i].len));
	for (size_t i = 0; (text = rules_embedded(i, &len)) != NULL; i++)
		redactor_know(r, view_of(text, len));
}

/* The vantage in NAME=FILE, and the file. */
static void
name_argument(struct redactor *r, const char *argument)
{
	const char *equals = strchr(argument, '=');
	if (strpbrk(argument, "./") != NULL)
		redactor_name(r, argument, REDACT_PATH, true);
	if (equals == NULL || equals == argument)
		return;
	char *name = memory_copy(argument);
	name[equals - argument] = '\0';
	if (argument[0] != '-')
		redactor_name(r, name, REDACT_NAME, true);
	free(name);
	name_argument(r, equals + 1);
}

static bool
read_key(struct redactor *r, const char *path, struct error *e)
{
	char key[KEY_MAX];
	errno = 0;
	FILE *in = fopen(path, "rb");
	if (in == NULL)
		return error_set(e, ERROR_USAGE, "%s: cannot be opened: %s",
			path, strerror(errno));
	size_t len = fread(key, 1, sizeof key, in);
	bool failed = ferror(in) != 0;
	fclose(in);
	if (failed || len < REDACT_KEY_MIN)
		return error_set(e, ERROR_USAGE,
			"%s: a key file holds at least %d bytes; make one with "
			"head -c 32 /dev/urandom",
			path, REDACT_KEY_MIN);
	redactor_key(r, view_of(key, len));
	return true;
}

struct redactor *
analyze_redact_begin(
	const struct analyze_options *o, int argc, char **argv, struct error *e)
{
	if (!o->redact)
		return NULL;
	struct redactor *r = redactor_new();
	know_own_words(r);
	for (int i = 1; i < argc; i++)
		name_argument(r, argv[i]);
	message_rewrite(rewrite_message, r);
	if (o->redact_key != NULL)
		read_key(r, o->redact_key, e);
	return r;
}

void
analyze_redact_files(struct redactor *r, const struct case_files *files)
{
	if (r == NULL)
		return;
	redactor_name(r, files->name, REDACT_NAME, true);
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *f = &files->list[i];
		if (f->path != NULL)
			redactor_name(r, f->path, REDACT_PATH, true);
		redactor_name(r, f->name, REDACT_PATH, true);
		redactor_name(r, f->place, REDACT_PATH, true);
		if (f->role != NULL)
			redactor_name(r, f->role, REDACT_NAME, true);
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b,
		DIGEST_IMPRINT_BYTES);
}

/* In the order of the imprints: names, roles and places do not count. */
void
analyze_redact_key(struct redactor *r, const struct ingest *in)
{
	if (r == NULL)
		return;
	const uint8_t **list = memory_take(in->files->count, sizeof *list);
	size_t count = 0;
	for (size_t v = 0; v < in->count; v++)
		for (size_t i = 0; i < in->pieces_count[v]; i++)
			list[count++] = in->pieces[v][i].imprint;
	qsort(list, count, sizeof *list, by_bytes);
	struct digest all;
	char hex[DIGEST_TEXT_MAX];
	digest_init(&all);
	for (size_t i = 0; i < count; i++)
		digest_add(&all, view_of(list[i], DIGEST_IMPRINT_BYTES));
	digest_finish(&all, hex);
	redactor_key(r, view_str(hex));
	free(list);
}

void
analyze_redact_end(struct redactor *r)
{
	message_rewrite(NULL, NULL);
	redactor_free(r);
}

FILE *
analyze_redact_open(struct redactor *r, char **text, size_t *len)
{
	*text = NULL;
	FILE *out = r == NULL ? stderr : open_memstream(text, len);
	if (out == NULL)
		memory_exhausted();
	return out;
}

void
analyze_redact_problems(struct redactor *r, FILE *out, char **text)
{
	if (r == NULL)
		return;
	fclose(out);
	char *shown =
		redactor_rewrite(r, REDACT_MESSAGE, view_str(*text), NULL);
	fputs(shown, stderr);
	free(shown);
	free(*text);
}
