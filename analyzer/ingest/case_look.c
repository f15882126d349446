/*
 * What each file of a case is, by its first bytes.
 *
 * Content is looked at through a stream, so packed files are recognised too,
 * and archives are looked into. What can be read only once (a pipe) is kept open
 * from here on.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "ingest/case_config.h"
#include "ingest/case_files.h"
#include "ingest/case_identity.h"
#include "ingest/case_names.h"
#include "ingest/case_yaml.h"
#include "ingest/members.h"
#include "ingest/mixture.h"
#include "ingest/transcripts.h"
#include "ingest/unread.h"
#include "ingest/wraps.h"
#include "parsers/flow/flow.h"
#include "parsers/log/log.h"
#include "parsers/mail/mail.h"
#include "parsers/transcript/page.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

static int
by_place(const void *a, const void *b)
{
	const struct case_file *x = a;
	const struct case_file *y = b;
	int order = strcmp(x->place, y->place);
	return order != 0 ? order : strcmp(x->name, y->name);
}

/* Files about the case rather than evidence of it. */
bool
case_file_is_note(const struct case_file *f)
{
	static const char *const notes[] = {
		"expected.json", "README.md", "README", CASE_YAML_NAME};
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		if (strcmp(f->place, notes[i]) == 0)
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
	f->stem = f->place;
	for (int m = CASE_MOMENT_BEFORE; m <= CASE_MOMENT_AFTER; m++) {
		const char *word = case_moment_word((enum case_moment)m);
		const char *at = strstr(base_name(f->place), word);
		if (at == NULL)
			continue;
		f->moment = (enum case_moment)m;
		f->stem = arena_format(&c->arena, "%.*s%s",
			(int)(at - f->place), f->place, at + strlen(word));
		return;
	}
}

/* How many of the front's lines a table's parser understands, in thousandths. */
static unsigned
share_of_snapshot(enum host_kind kind, struct view head, const char *name)
{
	const struct host_sink nobody = {0};
	struct host_result r;
	if (head.len > HOST_HEAD_BYTES)
		head.len = HOST_HEAD_BYTES;
	host_parse(kind, head, name, &nobody, &r);
	return r.lines == 0 ? 0 : (unsigned)(r.recognised * 1000 / r.lines);
}

/* The same of a log's envelopes. */
static unsigned
share_of_log(const struct log_guess *log)
{
	return log->lines == 0 ? 0 : log->recognised * 1000 / log->lines;
}

/* At least half of the lines name the program that wrote them: no table does,
   whatever a line of one says. */
static bool
is_surely_log(const struct log_guess *log)
{
	return log->named > 0 && log->named * 2 >= log->lines;
}

static void
take_log(struct case_file *f, const struct log_guess *log)
{
	f->kind = CASE_FILE_LOG;
	f->log_family = log->family;
	f->kind_id = log_family_id(log->family);
}

/*
 * A flow log, a table or a log, or nothing that is known: whichever explains
 * more of the lines; a single line decides nothing. Equal shares go to what is
 * the more exact: a flow log, then a table, then a log.
 */
static void
recognise_text(struct case_file *f, struct view head)
{
	struct log_guess log = log_recognise(head);
	if (is_surely_log(&log)) {
		take_log(f, &log);
		return;
	}
	enum flow_format flow = flow_recognise(head);
	if (flow != FLOW_FORMAT_NONE) {
		f->kind = CASE_FILE_FLOWS;
		f->kind_id = flow_format_name(flow);
		return;
	}
	f->host_kind = host_recognise(head, case_file_hint(f));
	if (f->host_kind != HOST_NONE &&
		(f->host_kind == HOST_UNRELATED || log.recognised == 0 ||
			share_of_snapshot(f->host_kind, head,
				case_file_hint(f)) >= share_of_log(&log))) {
		f->kind = CASE_FILE_SNAPSHOT;
		f->kind_id = host_kind_id(f->host_kind);
		return;
	}
	f->host_kind = HOST_NONE;
	if (log.recognised > 0)
		take_log(f, &log);
	else
		f->text = log_is_text(head);
}

/* U+00A0, which chats and wikis put in the place of a space. */
#define NO_BREAK_SPACE "\xc2\xa0"

/* U+201C, which a word processor puts in the place of a quote. */
#define TYPESET_QUOTE "\xe2\x80\x9c"

/* Of a table most of whose lines cannot be read, something stands before them. */
#define SHARE_KNOWN 600

/* A log that a word processor had has no other quotes any more. */
static bool
is_typeset(struct view head)
{
	return view_has(head, TYPESET_QUOTE) && !view_has(head, "\"");
}

/* Is the file, as it lies there, what it was recognised as? */
static bool
is_known(const struct case_file *f, struct view head)
{
	if (f->kind == CASE_FILE_OTHER)
		return false;
	if (f->kind == CASE_FILE_LOG)
		return !view_has(head, NO_BREAK_SPACE) && !is_typeset(head) &&
			!wraps_has(head);
	if (f->kind != CASE_FILE_SNAPSHOT || f->host_kind == HOST_UNRELATED)
		return true;
	return !view_has(head, NO_BREAK_SPACE) && !view_has(head, "^M\n") &&
		!view_has(head, "\033[") && head.data[0] != '\t' &&
		share_of_snapshot(f->host_kind, head, case_file_hint(f)) >=
		SHARE_KNOWN;
}

/* A mail in which only the header's date was understood. Its text may be
 * evidence; what it has attached is not seen. */
static bool
is_mail_alone(const struct case_file *f, struct view head)
{
	return f->kind == CASE_FILE_LOG && f->log_family == LOG_STAMPED &&
		mail_is(head);
}

/* Packets as text, in which only the times were understood: no log tells less. */
static bool
is_printed(const struct case_file *f, struct view head)
{
	return (f->kind == CASE_FILE_OTHER ||
		       (f->kind == CASE_FILE_LOG &&
			       (f->log_family == LOG_STAMPED ||
				       f->log_family == LOG_PLAIN))) &&
		unread_is_printed_packets(head);
}

/* Of a table into which a log was copied, or the other way round, both are read. A
 * mixture is held in memory; logs and flow logs that are longer than the head are
 * read as they come. */
static bool
is_mixture(const struct case_file *f, struct view head)
{
	bool whole = head.len < CASE_FILE_HEAD_BYTES;
	bool lines = f->kind == CASE_FILE_LOG || f->kind == CASE_FILE_FLOWS;
	return (f->kind == CASE_FILE_SNAPSHOT || (lines && whole)) &&
		mixture_is(head);
}

static void
take_none(struct case_file *f)
{
	f->kind = CASE_FILE_OTHER;
	f->kind_id = "unrecognised";
	f->text = true;
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
	/* Marks stand between its words: what a pattern would make of such lines
	   is half of what they say. What it shows may begin behind the head. */
	if (page_is(head) && f->hint == NULL) {
		f->kind = CASE_FILE_TRANSCRIPT;
		f->kind_id = "page";
		return;
	}
	recognise_text(f, head);
	if (is_mail_alone(f, head) || is_printed(f, head))
		take_none(f);
	/* A part of a transcript has its prompts taken off. */
	if (f->hint == NULL &&
		(is_mixture(f, head) ||
			(f->kind != CASE_FILE_FLOWS &&
				transcript_is(head, is_known(f, head))))) {
		f->kind = CASE_FILE_TRANSCRIPT;
		f->kind_id = "transcript";
		f->text = false;
	}
}

void
case_file_explain(struct case_file *f, struct view head)
{
	const char *reason = unread_reason(f->place, head);
	if (reason == NULL)
		return;
	f->problem = reason;
	f->text = false;
}

/* A capture may come from a pipe, slowly: no more of it is waited for than it
 * takes to tell that it is one. */
static void
fill_head(struct stream *s)
{
	stream_fill(s, CAPTURE_MAGIC_BYTES);
	if (capture_recognise(s->window) == CAPTURE_FORMAT_NONE)
		stream_fill(s, CASE_FILE_HEAD_BYTES);
}

static const char *
problem_copy(struct case_files *c, const struct error *e)
{
	return arena_copy(&c->arena, e->text, strlen(e->text));
}

/* What an open stream holds. */
static bool
look_into(struct case_files *c, size_t i, struct stream *s, struct error *e)
{
	struct case_file *f = &c->list[i];
	fill_head(s);
	f->compression = stream_compression(s);
	if (s->error.kind != ERROR_NONE) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = problem_copy(c, &s->error);
		return true;
	}
	if (members_recognise(s->window) != MEMBERS_NONE &&
		!unread_is_document(s->window) && !unread_is_program(s->window))
		return case_archive_unpack(c, i, s, e);
	case_file_recognise(f, s->window);
	case_identity_find(f, s->window, &c->arena);
	if (f->kind == CASE_FILE_OTHER)
		case_file_explain(f, s->window);
	return true;
}

/* Move a stream to the heap: it can be read only once, and was begun. */
static void
hold(struct case_file *f, const struct stream *s)
{
	f->held = memory_take(1, sizeof *f->held);
	*f->held = *s;
}

/* What file managers leave beside files: macOS (._NAME, __MACOSX), Windows. */
static bool
is_leftover(const struct case_file *f)
{
	static const char *const names[] = {
		".DS_Store", "Thumbs.db", "desktop.ini"};
	const char *base = base_name(f->place);
	if (f->named)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(base, names[i]) == 0)
			return true;
	return strncmp(base, "._", 2) == 0 ||
		strstr(f->place, "__MACOSX/") != NULL;
}

static bool
look(struct case_files *c, size_t i, struct error *e)
{
	struct case_file *f = &c->list[i];
	const struct anomaly_sink sink = {nobody_listens, NULL};
	struct stream s;
	struct error why = {0};
	find_moment(c, f);
	if (f->kind != CASE_FILE_OTHER ||
		(f->member && !f->spooled && !is_leftover(f)))
		return true;
	if (case_file_is_note(f)) {
		f->kind = CASE_FILE_NOTE;
		return true;
	}
	if (is_leftover(f)) {
		f->kind = CASE_FILE_PASSED;
		f->problem = "a file manager's own; no evidence";
		return true;
	}
	if (!case_file_open(f, &s, sink, &why)) {
		f->kind = CASE_FILE_BROKEN;
		f->problem = problem_copy(c, &why);
		return true;
	}
	bool once = !case_file_stays(f);
	bool ok = look_into(c, i, &s, e);
	f = &c->list[i]; /* the list may have moved */
	if (once && ok && f->kind != CASE_FILE_ARCHIVE &&
		f->kind != CASE_FILE_BROKEN)
		hold(f, &s);
	else
		stream_close(&s);
	return ok;
}

/* Files that say where the others lie. */
static bool
counts_for_wrapper(const struct case_file *f)
{
	return f->kind != CASE_FILE_ARCHIVE && f->kind != CASE_FILE_NOTE &&
		f->kind != CASE_FILE_PASSED;
}

/* Two captures side by side that are of two machines by their names. */
static bool
holds_two_machines(struct case_files *c, size_t skip)
{
	const char *seen = NULL;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE)
			continue;
		const char *name =
			case_name_machine(&c->arena, f->place + skip);
		if (name != NULL && seen != NULL && strcasecmp(name, seen) != 0)
			return true;
		seen = name != NULL ? name : seen;
	}
	return false;
}

/*
 * Length of a folder's name and its slash, when all files lie in it and it is
 * only what they were packed in: folders or several machines' files are in it,
 * and its name is no role. 0 otherwise.
 */
static size_t
wrapper_of(struct case_files *c, const char **place)
{
	const char *first = NULL;
	const char *because;
	size_t len = 0;
	bool folders = false;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->named || case_config_stand(f) == CASE_CONFIG_CASE)
			return 0;
		if (!counts_for_wrapper(f))
			continue;
		if (first == NULL) {
			first = f->place;
			len = strcspn(first, "/");
		}
		if (first[len] == '\0' ||
			strncmp(f->place, first, len + 1) != 0)
			return 0;
		folders |= strchr(f->place + len + 1, '/') != NULL;
	}
	if (first == NULL || case_role_word(first) != NULL ||
		case_name_report(&c->arena, first, &because) != NULL ||
		(!folders && !holds_two_machines(c, len + 1)))
		return 0;
	*place = first;
	return len + 1;
}

/* Take off the folders that everything was packed in. */
static void
unwrap(struct case_files *c)
{
	size_t len;
	const char *first;
	for (int i = 0; i < CASE_DEPTH_MAX && (len = wrapper_of(c, &first)) > 0;
		i++) {
		first = arena_copy(&c->arena, first, len);
		for (size_t k = 0; k < c->count; k++)
			if (strncmp(c->list[k].place, first, len) == 0)
				c->list[k].place += len;
	}
}

bool
case_files_look(struct case_files *c, struct error *e)
{
	/* Members come in behind, and are looked at in their turn. */
	for (size_t i = 0; i < c->count; i++)
		if (!look(c, i, e))
			return false;
	if (c->members > 0)
		qsort(c->list, c->count, sizeof *c->list, by_place);
	unwrap(c);
	return true;
}

bool
case_file_open(const struct case_file *f, struct stream *s,
	struct anomaly_sink sink, struct error *e)
{
	if (f->part.len > 0)
		return stream_take_bytes(s, f->part, f->name, sink);
	if (f->held != NULL && f->held->buffer == NULL)
		return error_set(e, ERROR_ENVIRONMENT,
			"%s: came through a pipe and was read already",
			f->name);
	if (f->held != NULL) {
		*s = *f->held;
		s->sink = sink;
		*f->held = (struct stream){.fd = -1, .at_eof = true};
		return true;
	}
	if (f->member)
		return stream_take_part(s, spool_fd(f->spool), f->part_at,
			f->bytes, f->name, sink, e);
	return stream_open(s, f->path, sink, e);
}

bool
case_file_stays(const struct case_file *f)
{
	struct stat st;
	return f->member ||
		(f->held == NULL && strcmp(f->path, "-") != 0 &&
			stat(f->path, &st) == 0 && S_ISREG(st.st_mode));
}

uint64_t
case_file_bytes(const struct case_file *f)
{
	struct stat st;
	if (f->part.len > 0)
		return f->part.len;
	if (f->member || f->bytes > 0)
		return f->bytes;
	return strcmp(f->path, "-") != 0 && stat(f->path, &st) == 0 &&
			S_ISREG(st.st_mode)
		? (uint64_t)st.st_size
		: 0;
}
