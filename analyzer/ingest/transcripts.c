/*
 * From the parts of a transcript to files of the case.
 *
 * Content decides what a part is; what its command says breaks ties, and stands
 * when the bytes can be read as that though they have no heading.
 */
#include "ingest/transcripts.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/anomaly_counts.h"
#include "ingest/stream.h"
#include "parsers/transcript/transcript.h"

/* A command in a source's name; longer ones are cut. */
#define COMMAND_TEXT_MAX 120

/* Words of a command that are looked at for an option. */
#define OPTIONS_MAX 16

static const struct {
	const char *program;
	const char *option;
	enum host_kind kind;
} kinds[] = {
#define X(program, option, kind) {program, option, HOST_##kind},
#include "ingest/transcript_kinds.def"
#undef X
};

static bool
has_option(const char *command, const char *option)
{
	if (option == NULL)
		return true;
	size_t len = strlen(option);
	bool letter = len == 2;
	const char *at = strchr(command, ' ');
	for (int i = 0; at != NULL && i < OPTIONS_MAX; i++) {
		const char *word = at + strspn(at, " ");
		at = strchr(word, ' ');
		size_t n = at == NULL ? strlen(word) : (size_t)(at - word);
		if (n == len && strncmp(word, option, len) == 0)
			return true;
		if (letter && n > 1 && word[0] == '-' && word[1] != '-' &&
			memchr(word, option[1], n) != NULL)
			return true;
	}
	return false;
}

/* What the command says that it prints; HOST_NONE when that is not known. */
static enum host_kind
commanded_kind(const char *command)
{
	const char *slash = strrchr(command, '/');
	const char *space = strchr(command, ' ');
	if (slash != NULL && (space == NULL || slash < space))
		command = slash + 1;
	size_t n = strcspn(command, " ");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strlen(kinds[i].program) == n &&
			strncmp(command, kinds[i].program, n) == 0 &&
			has_option(command, kinds[i].option))
			return kinds[i].kind;
	return HOST_NONE;
}

/* What stands for a file's name: "conntrack_-S", "cat_/proc/sys/...", and of
 * "sysctl -n net.core.somaxconn" the setting's path. */
static const char *
hint_of(struct arena *a, const char *command)
{
	if (strncmp(command, "sysctl -n ", 10) == 0) {
		char *path = arena_format(a, "proc/sys/%s", command + 10);
		for (char *p = path; *p != '\0'; p++)
			*p = *p == '.' ? '/' : *p;
		return path;
	}
	char *hint = arena_copy(a, command, strlen(command));
	for (char *p = hint; *p != '\0'; p++)
		*p = *p == ' ' ? '_' : *p;
	return hint;
}

/* At least half of the lines as this kind, and something of them. */
static bool
reads_as(enum host_kind kind, struct view body, const char *hint)
{
	const struct host_sink nobody = {0};
	struct host_result r;
	host_parse(kind, body, hint, &nobody, &r);
	return r.recognised * 2 >= r.lines &&
		r.counters + r.settings + r.sockets + r.conntracks + r.drops >
		0;
}

static bool
source_known(struct transcript_source *s, struct arena *a)
{
	size_t len = s->command.len < COMMAND_TEXT_MAX ? s->command.len
						       : COMMAND_TEXT_MAX;
	const char *command = arena_copy(a,
		s->command.len == 0 ? "" : (const char *)s->command.data, len);
	struct case_file *f = &s->file;
	f->hint = f->name = hint_of(a, command);
	struct view head = s->body;
	if (head.len > CASE_FILE_HEAD_BYTES)
		head.len = CASE_FILE_HEAD_BYTES;
	enum host_kind said = commanded_kind(command);
	case_file_recognise(f, head);
	if (said != HOST_NONE && said != f->host_kind &&
		reads_as(said, head, f->hint)) {
		f->kind = CASE_FILE_SNAPSHOT;
		f->host_kind = said;
		f->kind_id = host_kind_id(said);
	}
	return f->kind == CASE_FILE_SNAPSHOT || f->kind == CASE_FILE_FLOWS ||
		f->kind == CASE_FILE_LOG;
}

/* Commands and arguments that print a line each, in one row. */
#define ONE_LINERS_MAX 16

static bool
prints_lines(const char *program)
{
	return strcmp(program, "sysctl") == 0 || strcmp(program, "cat") == 0 ||
		strcmp(program, "conntrack") == 0;
}

static bool
prints_line(const char *program, const char *word)
{
	bool option = word[0] == '-';
	return strcmp(program, "conntrack") == 0 ? strcmp(word, "-C") == 0
						 : !option;
}

/*
 * "conntrack -C; sysctl KEY KEY" and "cat /proc/... /proc/..." print one line a
 * key: a command for each. 0 for a row in which anything else stands.
 */
static size_t
one_liners(struct view row, struct arena *a, const char *out[ONE_LINERS_MAX])
{
	char *text = arena_copy(a, row.len == 0 ? "" : (const char *)row.data,
		row.len < COMMAND_TEXT_MAX ? row.len : COMMAND_TEXT_MAX);
	size_t count = 0;
	char *rest = NULL;
	for (char *c = strtok_r(text, ";&", &rest); c != NULL;
		c = strtok_r(NULL, ";&", &rest)) {
		char *words = NULL;
		const char *program = strtok_r(c, " ", &words);
		if (program == NULL)
			continue;
		if (!prints_lines(program))
			return 0;
		const char *word;
		while ((word = strtok_r(NULL, " ", &words)) != NULL)
			if (prints_line(program, word) &&
				count < ONE_LINERS_MAX)
				out[count++] = arena_format(a, "%s %s%s",
					program, program[0] == 's' ? "-n " : "",
					word);
	}
	return count;
}

struct taking {
	struct arena *arena;
	void (*take)(void *context, const struct transcript_source *s);
	void *context;
	size_t count;
};

static void
take_known(struct taking *t, struct transcript_source *s)
{
	if (!source_known(s, t->arena))
		return;
	t->take(t->context, s);
	t->count++;
}

/* A line off the front, its end included. */
static struct view
line_take(struct view *rest)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	struct view line = view_of(rest->data,
		end == NULL ? rest->len : (size_t)(end - rest->data) + 1);
	*rest = view_skip(*rest, line.len);
	return line;
}

/* A body that has one line for each of a row's commands. */
static bool
take_lines(struct taking *t, const struct transcript_source *whole,
	struct view row)
{
	const char *commands[ONE_LINERS_MAX];
	size_t count = one_liners(row, t->arena, commands);
	size_t lines = 0;
	for (struct view rest = whole->body; rest.len > 0; lines++)
		line_take(&rest);
	if (count < 2 || lines != count)
		return false;
	struct view rest = whole->body;
	for (size_t i = 0; i < count; i++) {
		struct transcript_source s = *whole;
		s.body = line_take(&rest);
		s.line = whole->line + (uint32_t)i;
		s.command = view_str(commands[i]);
		take_known(t, &s);
	}
	return true;
}

size_t
transcript_sources(struct view whole, struct arena *a,
	void (*take)(void *context, const struct transcript_source *s),
	void *context)
{
	struct transcript t;
	struct transcript_part part;
	struct taking taking = {a, take, context, 0};
	transcript_open(&t, whole);
	while (transcript_next(&t, &part)) {
		struct transcript_source s = {
			.host = part.host,
			.command = part.command,
			.body = part.body,
			.line = part.line,
		};
		if (!take_lines(&taking, &s, part.row))
			take_known(&taking, &s);
	}
	return taking.count;
}

static void
count_table(void *context, const struct transcript_source *s)
{
	/* A log that holds a line like a header is a log still. */
	if (s->file.kind == CASE_FILE_SNAPSHOT &&
		s->file.host_kind != HOST_UNRELATED)
		++*(size_t *)context;
}

bool
transcript_is(struct view head, bool known)
{
	if (head.len > CASE_FILE_HEAD_BYTES)
		head.len = CASE_FILE_HEAD_BYTES;
	if (head.len == 0)
		return false;
	uint8_t *copy = memory_take(head.len, 1);
	struct arena a = {0};
	size_t tables = 0;
	size_t count = 0;
	memcpy(copy, head.data, head.len);
	struct view clean = view_of(copy, transcript_clean(copy, head.len));
	bool begins = transcript_begins(clean);
	unsigned marks = transcript_marks(clean);
	if (begins || marks > (known ? 1 : 0))
		count = transcript_sources(clean, &a, count_table, &tables);
	arena_release(&a);
	free(copy);
	return known && !begins ? tables > 0 : count > 0;
}

/* Files of one transcript while they are appended. */
struct expanding {
	struct case_files *c;
	size_t index;
	struct view one_host; /* the first that was named */
	bool hosts;           /* another was named as well */
	bool full;
};

static void
count_hosts(void *context, const struct transcript_source *s)
{
	struct expanding *x = context;
	if (s->host.len == 0)
		return;
	if (x->one_host.len == 0)
		x->one_host = s->host;
	else if (!view_equal(x->one_host, s->host))
		x->hosts = true;
}

/* A transcript in a role's folder was taken there, unless its prompts name
 * several machines. */
static const char *
role_of(struct expanding *x, struct view host)
{
	const char *role = x->c->list[x->index].role;
	if (host.len == 0 || host.len > CASE_ROLE_MAX ||
		(role != NULL && !x->hosts))
		return role;
	const char *name = arena_copy(&x->c->arena, host.data, host.len);
	const char *end = case_role_word(name);
	return end != NULL ? end : name;
}

static void
append_source(void *context, const struct transcript_source *s)
{
	struct expanding *x = context;
	struct case_files *c = x->c;
	const char *whole = c->list[x->index].name;
	if (c->count >= CASE_FILES_MAX) {
		x->full = true;
		return;
	}
	struct case_file f = s->file;
	const char *command = f.hint[0] == '\0'
		? f.kind_id
		: arena_format(&c->arena, "%.*s",
			  (int)(s->command.len < COMMAND_TEXT_MAX
					  ? s->command.len
					  : COMMAND_TEXT_MAX),
			  (const char *)s->command.data);
	f.path = c->list[x->index].path;
	f.whole = whole;
	f.name = arena_format(&c->arena, "%s: %s (line %u)", whole, command,
		(unsigned)s->line);
	f.place = c->list[x->index].place;
	f.role = role_of(x, s->host);
	f.host = s->host.len == 0
		? NULL
		: arena_copy(&c->arena, s->host.data, s->host.len);
	f.stem = arena_format(&c->arena, "%s: %s of %s", whole, command,
		f.host == NULL ? "" : f.host);
	f.part = s->body;
	f.lines_before = s->line - 1;
	case_files_append(c, &f);
}

/* The first and the last of one command on one machine are before and after. */
static void
find_moments(struct case_files *c, size_t from)
{
	for (size_t i = from; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		size_t last = i;
		if (f->kind != CASE_FILE_SNAPSHOT ||
			f->moment != CASE_MOMENT_NONE)
			continue;
		for (size_t k = i + 1; k < c->count; k++) {
			struct case_file *g = &c->list[k];
			if (g->host_kind != f->host_kind ||
				g->kind != f->kind ||
				strcmp(g->stem, f->stem) != 0)
				continue;
			g->moment = CASE_MOMENT_BETWEEN;
			last = k;
		}
		if (last == i)
			continue;
		f->moment = CASE_MOMENT_BEFORE;
		c->list[last].moment = CASE_MOMENT_AFTER;
	}
}

static uint8_t *
read_clean(struct stream *s, size_t *len)
{
	uint8_t *data = stream_read_whole(s, TRANSCRIPT_BYTES_MAX, len);
	*len = transcript_clean(data, *len);
	return data;
}

static void
nobody_listens(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

void
transcripts_expand(struct case_files *c, size_t index)
{
	struct stream s;
	struct anomaly_sink sink = {nobody_listens, NULL};
	size_t len;
	if (!case_file_open(&c->list[index], &s, sink, NULL))
		return;
	uint8_t *data = read_clean(&s, &len);
	stream_close(&s);
	struct expanding x = {.c = c, .index = index};
	struct view whole = view_of(arena_copy(&c->arena, data, len), len);
	free(data);
	size_t from = c->count;
	transcript_sources(whole, &c->arena, count_hosts, &x);
	transcript_sources(whole, &c->arena, append_source, &x);
	find_moments(c, from);
	if (x.full)
		c->list[index].problem = "the case has too many files; the "
					 "rest of this one was passed over";
}

/* Lines of the transcript that parts have. */
static uint64_t
lines_of_parts(const struct case_files *files, const struct case_file *f)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *p = &files->list[i];
		if (p->whole == NULL || strcmp(p->whole, f->name) != 0)
			continue;
		for (size_t k = 0; k < p->part.len; k++)
			lines +=
				p->part.data[k] == '\n' || k + 1 == p->part.len;
	}
	return lines;
}

bool
transcript_write(struct source_rows *w, const struct case_files *files,
	size_t index, struct error *e)
{
	const struct case_file *f = &files->list[index];
	struct anomaly_counts counts = {0};
	struct stream s;
	struct error unreadable = {0};
	struct store_source row = source_row_of(f, f->kind_id);
	int64_t id;
	row.compression = f->compression;
	bool open = case_file_open(
		f, &s, anomaly_counts_sink(&counts), &unreadable);
	if (!open)
		row.note = unreadable.text;
	bool ok = source_rows_add(w, &row, &id, e);
	if (!open)
		return ok;
	size_t len;
	uint64_t lines = 0;
	uint8_t *data = stream_read_whole(&s, TRANSCRIPT_BYTES_MAX, &len);
	bool cut = !s.at_eof || s.window.len > 0;
	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n' || i + 1 == len;
	free(data);
	stream_finish(&s);
	uint64_t read = lines_of_parts(files, f);
	const char *note = s.error.kind != ERROR_NONE ? s.error.text
		: cut ? "longer than is read; the rest was passed over"
		: f->problem != NULL
		? f->problem
		: "split at its prompts; its parts are sources of their own";
	ok = ok &&
		source_rows_complete(w, id, s.sha256, (int64_t)s.raw_bytes,
			(int64_t)lines, note, e) &&
		source_rows_count(w, id, "recognised", read, e) &&
		source_rows_count(w, id, "other", lines - read, e) &&
		anomaly_counts_write(&counts, w, id, e);
	stream_close(&s);
	return ok;
}
