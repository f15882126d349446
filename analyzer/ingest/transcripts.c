/*
 * From the parts of a transcript to files of the case.
 *
 * Content decides what a part is; what its command says breaks ties, and stands
 * when the bytes can be read as that though they have no heading.
 */
#include "ingest/transcripts.h"

#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/text.h"
#include "ingest/anomaly_counts.h"
#include "ingest/mixture.h"
#include "ingest/stream.h"
#include "ingest/transcript_rows.h"
#include "ingest/wraps.h"
#include "parsers/flow/flow.h"
#include "parsers/log/log.h"
#include "parsers/mail/mail.h"

/* A command in a source's name; longer ones are cut. */
#define COMMAND_TEXT_MAX 120

/* Lines above the first prompt of what was copied: a message, not a document. */
#define PREFACE_LINES_MAX 60

/* The front of a line that is left out, bytes; longer ones are looked at. */
#define BROKEN_LINE_MAX 4096

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

/* Does a program say in words of its own that a connect failed? Patterns know
 * such lines, which have no envelope. */
static bool
says_in_words(const char *command)
{
	static const char *const programs[] = {"curl", "wget", "nc", "ncat",
		"telnet", "openssl", "ssh", "psql", "mysql", "redis-cli",
		"mongosh", "Test-NetConnection", "tnc", "python", "python3",
		"java", "grpcurl"};
	size_t n = strcspn(command, " ");
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (strlen(programs[i]) == n &&
			strncmp(command, programs[i], n) == 0)
			return true;
	return false;
}

static bool
source_known(struct transcript_source *s, struct arena *a)
{
	size_t len = s->command.len < COMMAND_TEXT_MAX ? s->command.len
						       : COMMAND_TEXT_MAX;
	const char *command = arena_copy(a,
		s->command.len == 0 ? "" : (const char *)s->command.data, len);
	struct case_file *f = &s->file;
	f->kind = CASE_FILE_OTHER;
	f->hint = f->name = transcript_row_hint(a, command);
	f->command = command[0] != '\0' ? command : NULL;
	struct view head = s->body;
	if (head.len > CASE_FILE_HEAD_BYTES)
		head.len = CASE_FILE_HEAD_BYTES;
	enum host_kind said = transcript_row_kind(command);
	case_file_recognise(f, head);
	if (said != HOST_NONE && said != f->host_kind &&
		reads_as(said, head, f->hint)) {
		f->kind = CASE_FILE_SNAPSHOT;
		f->host_kind = said;
		f->kind_id = host_kind_id(said);
	}
	return f->kind == CASE_FILE_SNAPSHOT || f->kind == CASE_FILE_FLOWS ||
		f->kind == CASE_FILE_LOG || (f->text && says_in_words(command));
}

/* Does its output tell of nothing that is looked for? Then nobody misses it. */
static bool
is_aside(struct view command)
{
	static const char *const asides[] = {"date", "hostname", "uname",
		"whoami", "id", "ls", "cd", "pwd", "echo", "uptime", "history",
		"clear", "exit", "ssh", "sudo", "su"};
	size_t n = 0;
	while (n < command.len && command.data[n] != ' ')
		n++;
	for (size_t i = 0; i < sizeof asides / sizeof *asides; i++)
		if (view_is(view_of(command.data, n), asides[i]))
			return true;
	return command.len == 0;
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
	wraps_join(&s->body, &s->lines, t->arena);
	if (!source_known(s, t->arena)) {
		s->unknown = !is_aside(s->command);
		if (s->unknown)
			t->take(t->context, s);
		return;
	}
	s->several = s->several && s->file.kind == CASE_FILE_SNAPSHOT;
	t->take(t->context, s);
	t->count += !s->several;
}

/* A row's commands printed one line each: a source for each of them. */
static void
take_each_line(struct taking *t, const struct transcript_source *whole,
	const struct transcript_row *row)
{
	struct view rest = whole->body;
	for (size_t i = 0; i < row->count; i++) {
		struct transcript_source s = *whole;
		s.body = transcript_line(&rest);
		s.lines = whole->lines + i;
		s.command = view_str(row->commands[i].text);
		take_known(t, &s);
	}
}

/* Is what was printed of one command alone? */
static bool
has_one_owner(const struct transcript_row *row)
{
	for (size_t i = 1; i < row->lines; i++)
		if (row->owners[i] != row->owners[0])
			return false;
	return true;
}

/* What each command of a row printed, whatever order it was printed in. assumed:
 * nobody saw the row typed. */
static void
take_sorted(struct taking *t, const struct transcript_source *whole,
	const struct transcript_row *row, bool assumed)
{
	for (size_t i = 0; i < row->count; i++) {
		struct transcript_source s = *whole;
		struct transcript_run run;
		if (!transcript_row_run(
			    row, i, whole->body, whole->lines, t->arena, &run))
			continue;
		s.body = run.body;
		s.lines = run.lines;
		if (!assumed)
			s.command = view_str(row->commands[i].text);
		take_known(t, &s);
	}
}

/* What scripts run that a tool sends to machines: no line says whose the output
 * is, and its form does. */
#define PRINTED                                                       \
	"dmesg; sysctl -a; nstat -az; ss -s; ss -ltn; conntrack -S; " \
	"netstat -s; ip -s link"

static void
take_part(struct taking *t, struct transcript_source *s, struct view commands)
{
	struct transcript_row row;
	if (commands.len == 0 && s->command.len == 0 && !s->several &&
		mixture_split(&row, s->body)) {
		take_sorted(t, s, &row, true);
		transcript_row_release(&row);
		return;
	}
	bool assumed = commands.len == 0 && s->host.len > 0 && !s->several;
	if (assumed)
		commands = view_str(PRINTED);
	if (!assumed &&
		transcript_row_lines(&row, commands, s->body, t->arena)) {
		take_each_line(t, s, &row);
	} else if (transcript_row_split(&row, commands, s->body, t->arena)) {
		if (assumed && has_one_owner(&row))
			take_known(t, s);
		else
			take_sorted(t, s, &row, assumed);
		transcript_row_release(&row);
	} else {
		take_known(t, s);
	}
}

size_t
transcript_sources(const struct transcript_text *whole, struct arena *a,
	void (*take)(void *context, const struct transcript_source *s),
	void *context)
{
	struct transcript t;
	struct transcript_part part;
	struct taking taking = {a, take, context, 0};
	transcript_open(&t, whole->text);
	while (transcript_next(&t, &part)) {
		struct transcript_source s = {
			.host = part.host,
			.command = part.command,
			.body = part.body,
			.when = part.when,
			.lines = whole->lines + part.line - 1,
			.several = part.several,
			.unsure = part.unsure,
		};
		take_part(&taking, &s, part.row);
	}
	return taking.count;
}

static void
count_table(void *context, const struct transcript_source *s)
{
	/* A log that holds a line like a header is a log still. */
	if (s->file.kind == CASE_FILE_SNAPSHOT && !s->several && !s->unknown &&
		s->file.host_kind != HOST_UNRELATED)
		++*(size_t *)context;
}

/* Was anything taken off, or brought into another order? */
static bool
is_changed(struct view head, const struct transcript_text *whole)
{
	struct view text = whole->text;
	struct view a;
	struct view b;
	while (line_next(&head, &a))
		if (!line_next(&text, &b) || !view_equal(a, b))
			return true;
	return wraps_has(whole->text);
}

/* Somebody's words and no evidence: a message of a chat or a ticket above what
 * was copied. A log that holds something like a prompt begins as a log. */
static bool
begins_behind_words(struct view text)
{
	struct view preface = transcript_preface(text);
	struct view rest = preface;
	struct view line;
	size_t lines = 0;
	while (line_next(&rest, &line))
		lines++;
	if (preface.len == text.len || lines > PREFACE_LINES_MAX)
		return false;
	return mail_is(text) ||
		(log_recognise(preface).recognised == 0 &&
			flow_recognise(preface) == FLOW_FORMAT_NONE &&
			host_recognise(preface, "") == HOST_NONE);
}

/* The front without the line that it breaks off in: half of one lacks what all
 * others have. A document on one line is left as it is. */
static struct view
whole_lines(struct view head)
{
	if (head.len < CASE_FILE_HEAD_BYTES)
		return head;
	head.len = CASE_FILE_HEAD_BYTES;
	size_t end = view_find_last(head, '\n');
	return end != TEXT_NOWHERE && head.len - end <= BROKEN_LINE_MAX
		? view_of(head.data, end + 1)
		: head;
}

bool
transcript_is(struct view head, bool known)
{
	head = whole_lines(head);
	if (head.len == 0)
		return false;
	uint8_t *copy = memory_take(head.len, 1);
	struct arena a = {0};
	size_t tables = 0;
	size_t count = 0;
	memcpy(copy, head.data, head.len);
	struct transcript_text whole;
	size_t len = transcript_clean(copy, head.len);
	transcript_unfold(view_of(copy, len), &a, &whole);
	bool begins = transcript_begins(whole.text) ||
		begins_behind_words(whole.text);
	unsigned marks = transcript_marks(whole.text);
	if (begins || marks > (known ? 1 : 0) ||
		(!known && is_changed(head, &whole)))
		count = transcript_sources(&whole, &a, count_table, &tables);
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
	const char *unknown; /* commands that are named, or NULL */
	size_t unknown_count;
	uint32_t several; /* the first line of a table that is nobody's, or 0 */
	uint32_t unsure;  /* the first line of what may be another machine's */
};

static void
count_hosts(void *context, const struct transcript_source *s)
{
	struct expanding *x = context;
	if (s->host.len == 0 || s->several || s->unknown || s->unsure)
		return;
	if (x->one_host.len == 0)
		x->one_host = s->host;
	else if (!view_equal(x->one_host, s->host))
		x->hosts = true;
}

/* A word that other files call a machine as well is its name; else NULL. */
static const char *
known_role(struct case_files *c, struct view word)
{
	if (word.len == 0 || word.len > CASE_ROLE_MAX)
		return NULL;
	size_t at =
		case_host_find(c, arena_copy(&c->arena, word.data, word.len));
	return at == 0 ? NULL : c->hosts[at - 1].role;
}

/* A transcript in a role's folder was taken there, unless its prompts name
 * several machines, or one where only its own name said whose it is. */
static const char *
role_of(struct expanding *x, struct view host, bool unsure)
{
	const char *role = x->c->list[x->index].role;
	bool weak = case_host_alone(x->c, x->index);
	bool kept = role != NULL && !x->hosts && !weak;
	if (unsure)
		return kept ? role : known_role(x->c, host);
	if (host.len == 0 || host.len > CASE_ROLE_MAX || kept)
		return role;
	const char *name = arena_copy(&x->c->arena, host.data, host.len);
	const char *end = case_role_word(name);
	return end != NULL ? end : name;
}

/* A date that was printed, in UTC; 0 where its zone is not told. */
static int64_t
moment_of(struct view when)
{
	struct log_record r = {0};
	if (when.len == 0)
		return 0;
	struct log_reader *reader = log_new(LOG_STAMPED);
	log_parse_line(reader, when, &r);
	log_free(reader);
	return r.time.kind == LOG_TIME_UTC ? r.time.ns : 0;
}

/* Commands whose output is not understood that are named; more are counted. */
#define UNKNOWN_NAMED 4

static void
name_unknown(struct expanding *x, const struct transcript_source *s)
{
	size_t len = s->command.len < COMMAND_TEXT_MAX ? s->command.len
						       : COMMAND_TEXT_MAX;
	if (x->unknown_count++ >= UNKNOWN_NAMED)
		return;
	x->unknown = arena_format(&x->c->arena, "%s%s%.*s (line %u)",
		x->unknown == NULL ? "" : x->unknown,
		x->unknown == NULL ? "" : ", ", (int)len,
		(const char *)s->command.data, (unsigned)s->lines[0]);
}

static void
append_source(void *context, const struct transcript_source *s)
{
	struct expanding *x = context;
	struct case_files *c = x->c;
	const char *whole = c->list[x->index].name;
	if (s->unknown) {
		name_unknown(x, s);
		return;
	}
	if (s->several) {
		x->several = x->several == 0 ? s->lines[0] : x->several;
		return;
	}
	if (c->count >= CASE_FILES_MAX) {
		x->full = true;
		return;
	}
	struct case_file f = s->file;
	const char *command = f.hint[0] == '\0'
		? (strcmp(f.kind_id, "stamped") == 0 ? "log" : f.kind_id)
		: arena_format(&c->arena, "%.*s",
			  (int)(s->command.len < COMMAND_TEXT_MAX
					  ? s->command.len
					  : COMMAND_TEXT_MAX),
			  (const char *)s->command.data);
	f.path = c->list[x->index].path;
	f.whole = whole;
	f.name = arena_format(&c->arena, "%s: %s (line %u)", whole, command,
		(unsigned)s->lines[0]);
	f.place = c->list[x->index].place;
	f.role = role_of(x, s->host, s->unsure);
	if (s->unsure && f.role == NULL && x->unsure == 0)
		x->unsure = s->lines[0];
	f.host = s->host.len == 0
		? NULL
		: arena_copy(&c->arena, s->host.data, s->host.len);
	f.stem = arena_format(&c->arena, "%s: %s of %s", c->list[x->index].stem,
		command, f.host == NULL ? "" : f.host);
	f.part = s->body;
	f.part_lines = s->lines;
	f.printed_ns = moment_of(s->when);
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

/* What is in the file once is of the moment that its name says. */
static void
take_moment(struct case_files *c, size_t from, size_t index)
{
	for (size_t i = from; i < c->count; i++)
		if (c->list[i].moment == CASE_MOMENT_NONE)
			c->list[i].moment = c->list[index].moment;
}

static void
nobody_listens(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

void
transcript_read(struct stream *s, struct arena *a, struct transcript_text *out)
{
	size_t len;
	uint8_t *data = stream_read_whole(s, TRANSCRIPT_BYTES_MAX, &len);
	transcript_unfold(view_of(data, transcript_clean(data, len)), a, out);
	free(data);
}

/* What of it could not be used, or NULL. */
static const char *
problem_of(struct arena *a, const struct expanding *x)
{
	if (x->full)
		return "the case has too many files; the rest of this one was "
		       "passed over";
	if (x->several == 0 && x->unknown_count > UNKNOWN_NAMED)
		return arena_format(a,
			"split at its prompts; not understood: %s and %zu more",
			x->unknown, x->unknown_count - UNKNOWN_NAMED);
	if (x->several == 0 && x->unknown != NULL)
		return arena_format(a,
			"split at its prompts; not understood: %s", x->unknown);
	if (x->several == 0 && x->unsure > 0)
		return arena_format(a,
			"split at its prompts; from line %u on nothing tells "
			"of "
			"which machine it is: its header names none for sure",
			(unsigned)x->unsure);
	if (x->several == 0)
		return NULL;
	return arena_format(a,
		"what many machines printed was passed over where no line says "
		"which of them did, from line %u on",
		(unsigned)x->several);
}

void
transcripts_expand(struct case_files *c, size_t index)
{
	struct stream s;
	struct anomaly_sink sink = {nobody_listens, NULL};
	struct transcript_text whole;
	if (!case_file_open(&c->list[index], &s, sink, NULL))
		return;
	transcript_read(&s, &c->arena, &whole);
	stream_close(&s);
	struct expanding x = {.c = c, .index = index};
	size_t from = c->count;
	transcript_sources(&whole, &c->arena, count_hosts, &x);
	transcript_sources(&whole, &c->arena, append_source, &x);
	find_moments(c, from);
	take_moment(c, from, index);
	struct case_file *f = &c->list[index];
	if (x.unsure > 0)
		message("%s: from line %u on nothing tells of which machine it "
			"is; give that part a file of its own and say "
			"--evidence MACHINE=FILE",
			f->name, (unsigned)x.unsure);
	f->problem = whole.count >= TRANSCRIPT_LINES_MAX
		? "longer than is read; the rest was passed over"
		: problem_of(&c->arena, &x);
	if (c->count == from && strcmp(f->kind_id, "page") == 0) {
		f->kind = CASE_FILE_OTHER;
		f->kind_id = "unrecognised";
		f->problem = "a web page, of whose text nothing is understood";
	}
}
