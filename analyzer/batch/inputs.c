/*
 * Finding, hashing and writing down the files of a case.
 *
 * Names are any bytes and are escaped in case.inputs. What cannot be read has "-" for
 * a digest, and so never equals what it was: such a case is analysed again.
 */
#include "batch/inputs.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "batch/folder.h"
#include "store/select.h"
#include "store/store.h"

#define HASH_BUFFER (256 * 1024)

/* Room for one more file; its digest is "-" until it has been read. */
static struct input *
append(struct inputs *in)
{
	if (in->count == in->room) {
		in->room = in->room == 0 ? 16 : in->room * 2;
		in->list = memory_grow(in->list, in->room, sizeof *in->list);
	}
	struct input *f = &in->list[in->count++];
	*f = (struct input){.sha256 = "-"};
	return f;
}

/* A file as the folder's listing has it. Only a plain file has a length of its
 * own; a pipe's or a folder's says nothing. */
static void
add_entry(struct inputs *in, const char *path, const char *name,
	const struct entry *entry)
{
	struct input *f = append(in);
	f->path = path;
	f->name = name;
	f->kind = entry_kind_name(entry->kind);
	f->bytes = entry->kind == ENTRY_FILE ? entry->bytes : 0;
	f->mtime_ns = entry->mtime_ns;
}

/* A folder still to be listed: its path to open it, its name below the case's
 * folder ("" for that itself), and how deep it is. */
struct pending {
	const char *path;
	const char *name;
	int depth;
};

/* Everything below the folder, by a stack of folders still to be listed. */
static void
find_below(struct inputs *in, const char *root)
{
	struct arena *a = &in->arena;
	size_t room = INPUTS_FILES_MAX;
	struct pending *stack = memory_take(room, sizeof *stack);
	size_t depth = 0;
	stack[depth++] = (struct pending){root, "", 0};
	while (depth > 0) {
		struct pending at = stack[--depth];
		struct entry *list;
		size_t n;
		if (!folder_list(a, at.path, &list, &n, NULL))
			continue;
		for (size_t i = 0; i < n && in->count < INPUTS_FILES_MAX; i++) {
			const char *path =
				arena_format(a, "%s/%s", at.path, list[i].name);
			const char *name = at.name[0] == '\0'
				? list[i].name
				: arena_format(
					  a, "%s/%s", at.name, list[i].name);
			if (list[i].kind == ENTRY_FOLDER &&
				at.depth < INPUTS_DEPTH_MAX && depth < room)
				stack[depth++] = (struct pending){
					path, name, at.depth + 1};
			else
				add_entry(in, path, name, &list[i]);
		}
	}
	free(stack);
}

/* A file that the plan named by itself, for a pair or a single capture. */
static void
find_part(struct inputs *in, const struct case_part *part)
{
	struct input *f = append(in);
	const char *slash = strrchr(part->path, '/');
	struct stat st = {0};
	f->path = part->path;
	f->name = slash == NULL ? part->path : slash + 1;
	f->role = part->role;
	bool file = stat(part->path, &st) == 0 && S_ISREG(st.st_mode);
	f->kind = entry_kind_name(file         ? ENTRY_FILE
			: S_ISFIFO(st.st_mode) ? ENTRY_PIPE
					       : ENTRY_OTHER);
	f->bytes = file ? st.st_size : 0;
	f->mtime_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
}

/* By bytes; the lines of case.inputs are compared as a whole, so their order
 * must be one. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->name,
		((const struct input *)b)->name);
}

/* Costs a look at each entry; nothing is opened. */
void
inputs_find(struct inputs *in, const struct batch_case *c)
{
	*in = (struct inputs){0};
	if (c->kind == CASE_FOLDER)
		find_below(in, c->parts[0].path);
	else
		for (size_t i = 0; i < c->parts_count; i++)
			find_part(in, &c->parts[i]);
	if (in->count > 0)
		qsort(in->list, in->count, sizeof *in->list, by_name);
}

static void
digest_text(struct digest *d, const char *text)
{
	/* With its NUL, so that two texts cannot run into each other. */
	digest_add(d, view_of((const uint8_t *)text, strlen(text) + 1));
}

/* Nothing of a file is read for it, so it cannot tell a file whose content was
 * replaced with size and time kept: that is what --quick trusts. */
void
inputs_quick(const struct inputs *in, char hex[DIGEST_TEXT_MAX])
{
	struct digest d;
	digest_init(&d);
	for (size_t i = 0; i < in->count; i++) {
		const struct input *f = &in->list[i];
		char numbers[64];
		snprintf(numbers, sizeof numbers, "%" PRId64 " %" PRId64,
			f->bytes, f->mtime_ns);
		digest_text(&d, f->name);
		digest_text(&d, f->role == NULL ? "" : f->role);
		digest_text(&d, numbers);
	}
	digest_finish(&d, hex);
}

/* The input that a row of `source` is about. In a folder both are named below
 * it; one of several files of the command line has its path for a name there. */
static struct input *
find_named(struct inputs *in, const struct batch_case *c, const char *name)
{
	const struct input key = {.name = name};
	if (in->count == 0)
		return NULL;
	if (c->kind == CASE_FOLDER)
		return bsearch(
			&key, in->list, in->count, sizeof *in->list, by_name);
	for (size_t i = 0; i < in->count; i++)
		if (strcmp(in->list[i].path, name) == 0 ||
			(in->count == 1 && strcmp(in->list[i].name, name) == 0))
			return &in->list[i];
	return NULL;
}

/* What an analysis wrote down of a file that it read to its end. */
#define HASHED(X)                 \
	X(TEXT, name, "name")     \
	X(TEXT, sha256, "sha256") \
	X(INT, bytes, "bytes")
STORE_SELECT(hashed, HASHED)

/* Digests of what the analysis read, where it read all of it (64 digits) and
 * the file did not change meanwhile; for the rest inputs_hash reads the file.
 * */
void
inputs_take(
	struct inputs *in, const struct batch_case *c, const char *db, bool own)
{
	struct store *s = own ? store_open_own(db, NULL) : store_open(db, NULL);
	sqlite3_stmt *stmt = s == NULL
		? NULL
		: store_prepare(s,
			  "SELECT 0" STORE_COLUMNS(
				  HASHED) " FROM source "
					  "WHERE length(sha256) = 64 AND id "
					  "NOT IN (SELECT "
					  "source FROM anomaly WHERE id = "
					  "'file-changed' AND "
					  "source IS NOT NULL)",
			  NULL);
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
		struct hashed row = hashed_of(stmt);
		struct input *f = find_named(in, c, row.name);
		if (f == NULL || f->kind != entry_kind_name(ENTRY_FILE))
			continue;
		snprintf(f->sha256, sizeof f->sha256, "%.64s", row.sha256);
		f->bytes = row.bytes;
	}
	sqlite3_finalize(stmt);
	store_free(s);
}

/* Still the file that inputs_find saw? Else nobody knows which of the two the
 * analysis has read. */
static bool
is_unchanged(const struct input *f, int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && st.st_size == f->bytes &&
		st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec ==
		f->mtime_ns;
}

/* The file's digest, unless it changed while it was read: then it keeps "-",
 * and the next --resume looks at the case again. */
static void
hash_file(struct input *f, uint8_t *buffer)
{
	struct digest d;
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return;
	ssize_t n;
	int64_t total = 0;
	digest_init(&d);
	while ((n = read(fd, buffer, HASH_BUFFER)) > 0) {
		digest_add(&d, view_of(buffer, (size_t)n));
		total += n;
	}
	if (n == 0 && total == f->bytes && is_unchanged(f, fd))
		digest_finish(&d, f->sha256);
	close(fd);
}

void
inputs_hash(struct inputs *in)
{
	uint8_t *buffer = memory_take(HASH_BUFFER, 1);
	const char *plain = entry_kind_name(ENTRY_FILE);
	for (size_t i = 0; i < in->count; i++)
		if (in->list[i].kind == plain &&
			strcmp(in->list[i].sha256, "-") == 0)
			hash_file(&in->list[i], buffer);
	free(buffer);
}

char *
inputs_escape(struct arena *a, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";
	char *text = arena_take(a, 3 * strlen(name) + 1);
	char *out = text;
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;
		if ((c < 0x80 && isalnum(c)) || strchr("-_./~", c) != NULL) {
			*out++ = (char)c;
			continue;
		}
		*out++ = '%';
		*out++ = digits[c >> 4];
		*out++ = digits[c & 15];
	}
	*out = '\0';
	return text;
}

/* Shorter or the same, so it can be done in place. A % that no two digits
 * follow stays as it is. */
void
inputs_unescape(char *name)
{
	char *out = name;
	for (const char *in = name; *in != '\0'; in++) {
		char hex[3] = {0};
		if (*in == '%' && isxdigit((unsigned char)in[1]) &&
			isxdigit((unsigned char)in[2])) {
			hex[0] = *++in;
			hex[1] = *++in;
			*out++ = (char)strtol(hex, NULL, 16);
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

void
inputs_write(const struct inputs *in, FILE *out)
{
	struct arena a = {0};
	for (size_t i = 0; i < in->count; i++) {
		const struct input *f = &in->list[i];
		fprintf(out, "%s %" PRId64 " %s %s %s\n", f->sha256, f->bytes,
			f->kind, f->role == NULL ? "-" : f->role,
			inputs_escape(&a, f->name));
	}
	arena_release(&a);
}

void
inputs_digest(const struct inputs *in, char hex[DIGEST_TEXT_MAX])
{
	char *text = NULL;
	size_t len = 0;
	struct digest d;
	FILE *out = open_memstream(&text, &len);
	if (out != NULL)
		inputs_write(in, out);
	if (out == NULL || fclose(out) != 0)
		memory_exhausted();
	digest_init(&d);
	digest_add(&d, view_of((const uint8_t *)text, len));
	digest_finish(&d, hex);
	free(text);
}
