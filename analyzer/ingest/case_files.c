/*
 * Walking a case folder and telling what each file is and whose.
 *
 * The walk is by names in order, so that two runs see the same case; links to
 * folders are not followed. Content is looked at through a stream, so packed
 * captures are recognised too.
 */
#include "ingest/case_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/case_config.h"
#include "ingest/case_yaml.h"
#include "ingest/stream.h"
#include "ingest/transcripts.h"
#include "parsers/flow/flow.h"
#include "parsers/log/log.h"

void
case_files_init(struct case_files *c)
{
	*c = (struct case_files){.name = "case"};
}

void
case_files_release(struct case_files *c)
{
	arena_release(&c->arena);
	free(c->list);
	*c = (struct case_files){0};
}

static struct case_file *
append(struct case_files *c, const char *path, const char *name)
{
	if (c->count == c->room) {
		c->room = c->room == 0 ? 16 : c->room * 2;
		c->list = memory_grow(c->list, c->room, sizeof *c->list);
	}
	struct case_file *f = &c->list[c->count++];
	*f = (struct case_file){
		.path = arena_copy(&c->arena, path, strlen(path)),
		.name = arena_copy(&c->arena, name, strlen(name)),
		.kind = CASE_FILE_OTHER,
	};
	return f;
}

void
case_files_append(struct case_files *c, const struct case_file *f)
{
	*append(c, f->path, f->name) = *f;
}

bool
case_file_open(const struct case_file *f, struct stream *s,
	struct anomaly_sink sink, struct error *e)
{
	if (f->part.len > 0)
		return stream_take_bytes(s, f->part, f->name, sink);
	return stream_open(s, f->path, sink, e);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

void
case_files_add(struct case_files *c, const char *path, const char *role)
{
	struct case_file *f = append(c, path, path);
	f->named = true;
	if (role != NULL)
		f->role = arena_copy(&c->arena, role, strlen(role));
	if (c->count == 1)
		snprintf(c->name, sizeof c->name, "%s", base_name(path));
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

/* Names in byte order; what cannot be listed is said. */
static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
no_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* A folder still to be listed; the walk keeps its own stack, no recursion. */
struct pending {
	const char *path;
	const char *name; /* "" for the case folder itself */
	int depth;
};

struct walk {
	struct case_files *c;
	struct pending *list; /* owned */
	size_t count;
	size_t room;
};

static void
push(struct walk *w, const char *path, const char *name, int depth)
{
	if (w->count == w->room) {
		w->room = w->room == 0 ? 16 : w->room * 2;
		w->list = memory_grow(w->list, w->room, sizeof *w->list);
	}
	w->list[w->count++] = (struct pending){path, name, depth};
}

/* One entry of a folder: a file is added, a folder is put on the stack. */
static bool
take_entry(struct walk *w, const struct pending *in, const char *entry,
	struct error *e)
{
	struct case_files *c = w->c;
	if (c->count >= CASE_FILES_MAX)
		return error_set(e, ERROR_USAGE,
			"%s: more than %d files; name the captures with "
			"--client and --server, or use lostsyn batch",
			in->path, CASE_FILES_MAX);
	const char *path = arena_format(&c->arena, "%s/%s", in->path, entry);
	const char *name = in->name[0] == '\0'
		? arena_copy(&c->arena, entry, strlen(entry))
		: arena_format(&c->arena, "%s/%s", in->name, entry);
	struct stat st;
	bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (link || in->depth >= CASE_DEPTH_MAX) {
			struct case_file *f = append(c, path, name);
			f->kind = CASE_FILE_BROKEN;
			f->problem = link ? "a link to a folder is not followed"
					  : "nested too deep";
			return true;
		}
		push(w, path, name, in->depth + 1);
		return true;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* To open it could block for ever, or never end. */
		struct case_file *f = append(c, path, name);
		f->kind = CASE_FILE_BROKEN;
		f->problem = "no regular file; name a pipe with --client or "
			     "--server to read it";
		return true;
	}
	append(c, path, name);
	return true;
}

static bool
list_folder(struct walk *w, const struct pending *in, struct error *e)
{
	struct dirent **entries;
	int n = scandir(in->path, &entries, no_dots, compare_names);
	if (n < 0)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: cannot be listed: %s; check its permissions",
			in->path, strerror(errno));
	bool ok = true;
	for (int i = 0; i < n; i++) {
		ok = ok && take_entry(w, in, entries[i]->d_name, e);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct case_file *)a)->name,
		((const struct case_file *)b)->name);
}

/* The case's name: the last part of the folder's real path. */
static void
name_case(struct case_files *c, const char *folder)
{
	char *real = realpath(folder, NULL);
	if (real != NULL)
		snprintf(c->name, sizeof c->name, "%s",
			real[1] == '\0' ? "case" : base_name(real));
	free(real);
}

bool
case_files_walk(struct case_files *c, const char *folder, struct error *e)
{
	struct stat st;
	if (stat(folder, &st) != 0)
		return error_set(e, ERROR_USAGE,
			"%s: %s; give a case folder or a capture file", folder,
			strerror(errno));
	name_case(c, folder);
	if (!S_ISDIR(st.st_mode)) {
		append(c, folder, base_name(folder));
		return true;
	}
	struct walk w = {.c = c};
	push(&w, folder, "", 0);
	bool ok = true;
	for (size_t i = 0; ok && i < w.count; i++) {
		struct pending in = w.list[i];
		ok = list_folder(&w, &in, e);
	}
	free(w.list);
	if (c->count > 0)
		qsort(c->list, c->count, sizeof *c->list, by_name);
	return ok;
}

/* Files about the case rather than evidence of it. */
static bool
is_note(const struct case_file *f)
{
	static const char *const notes[] = {
		"expected.json", "README.md", "README", CASE_YAML_NAME};
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		if (strcmp(f->name, notes[i]) == 0)
			return true;
	return case_config_stand(f) != CASE_CONFIG_NOWHERE;
}

static void
nobody_listens(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

_Static_assert(CASE_FILE_HEAD_BYTES >= FLOW_HEAD_BYTES &&
		CASE_FILE_HEAD_BYTES >= HOST_HEAD_BYTES,
	"enough for all of them");

const char *
case_moment_word(enum case_moment m)
{
	static const char *const words[] = {"", "before", "after", "between"};
	return words[m];
}

/* Is it the snapshot before or after, and of what series? */
static void
find_moment(struct case_files *c, struct case_file *f)
{
	f->stem = f->name;
	for (int m = CASE_MOMENT_BEFORE; m <= CASE_MOMENT_AFTER; m++) {
		const char *word = case_moment_word((enum case_moment)m);
		const char *at = strstr(base_name(f->name), word);
		if (at == NULL)
			continue;
		f->moment = (enum case_moment)m;
		f->stem = arena_format(&c->arena, "%.*s%s", (int)(at - f->name),
			f->name, at + strlen(word));
		return;
	}
}

/* A table or a log, or nothing that is known. */
static void
recognise_text(struct case_file *f, struct view head)
{
	f->host_kind = host_recognise(head, case_file_hint(f));
	if (f->host_kind != HOST_NONE) {
		f->kind = CASE_FILE_SNAPSHOT;
		f->kind_id = host_kind_id(f->host_kind);
		return;
	}
	struct log_guess log = log_recognise(head);
	if (log.recognised > 0) {
		f->kind = CASE_FILE_LOG;
		f->log_family = log.family;
		f->kind_id = log_family_id(log.family);
	}
}

void
case_file_recognise(struct case_file *f, struct view head)
{
	f->kind_id = "unrecognised";
	f->format = capture_recognise(head);
	if (f->format != CAPTURE_FORMAT_NONE) {
		f->kind = CASE_FILE_CAPTURE;
		f->kind_id = capture_format_name(f->format);
		return;
	}
	enum flow_format flow = flow_recognise(head);
	if (flow != FLOW_FORMAT_NONE) {
		f->kind = CASE_FILE_FLOWS;
		f->kind_id = flow_format_name(flow);
		return;
	}
	recognise_text(f, head);
	/* A part of a transcript has its prompts taken off. */
	if (f->hint == NULL &&
		transcript_is(head, f->kind != CASE_FILE_OTHER)) {
		f->kind = CASE_FILE_TRANSCRIPT;
		f->kind_id = "transcript";
	}
}

/* What a file is, by its first bytes. Pipes are taken as captures unread. */
static void
recognise(struct case_files *c, struct case_file *f)
{
	struct stat st;
	find_moment(c, f);
	if (f->kind == CASE_FILE_BROKEN)
		return;
	if (is_note(f)) {
		f->kind = CASE_FILE_NOTE;
		return;
	}
	if (strcmp(f->path, "-") == 0 ||
		(stat(f->path, &st) == 0 && S_ISFIFO(st.st_mode))) {
		f->kind = CASE_FILE_CAPTURE;
		return;
	}
	struct stream stream;
	struct error e = {0};
	struct anomaly_sink sink = {nobody_listens, NULL};
	if (!stream_open(&stream, f->path, sink, &e)) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = arena_copy(&c->arena, e.text, strlen(e.text));
		return;
	}
	stream_fill(&stream, CASE_FILE_HEAD_BYTES);
	f->compression = stream_compression(&stream);
	case_file_recognise(f, stream.window);
	if (stream.error.kind != ERROR_NONE) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = arena_copy(&c->arena, stream.error.text,
			strlen(stream.error.text));
	}
	stream_close(&stream);
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
	f->role = case_config_place(c->config, f->name);
	if (f->role == NULL)
		f->role = end_named(f->name, f->named);
	if (f->role == NULL && !f->named)
		f->role = folder_named(c, f->name);
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
			f->role = first_word(c, f->name);
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
		f->role = first_word(c, f->name);
		if (f->role == NULL && !has_capture_of(c, "server"))
			f->role = "server";
		if (f->role == NULL)
			f->role = has_capture_of(c, "client") ? "unnamed"
							      : "client";
	}
}

void
case_files_recognise(struct case_files *c)
{
	bool roles = false;
	size_t count = c->count;
	for (size_t i = 0; i < count; i++) {
		recognise(c, &c->list[i]);
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

bool
case_files_check_named(const struct case_files *c, struct error *e)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->named && f->kind == CASE_FILE_BROKEN)
			return error_set(e, ERROR_USAGE, "%s", f->problem);
		if (f->named && f->role != NULL && f->kind == CASE_FILE_OTHER)
			return error_set(e, ERROR_USAGE,
				"%s: not a capture file (pcap, pcapng or "
				"snoop, plain or gzip, zstd, xz)",
				f->path);
	}
	return true;
}
