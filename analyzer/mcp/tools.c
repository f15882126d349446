/*
 * The answers, made of the report's own sentences.
 */
#include "mcp/tools.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "mcp/sql.h"
#include "report/packet_notes.h"
#include "report/sentences.h"
#include "store/select.h"

#define LIST_MAX 200
#define LIST_USUAL 50
#define EVIDENCE_MAX 100
#define TIME_DECIMALS 6

#define TOOL(name, function, meaning)                     \
	static bool function(const struct mcp_subject *s, \
		const struct mcp_request *r, FILE *out, struct error *e);
#define ARGUMENT(tool, name, type, required, meaning)
#include "mcp/tools.def"
#undef TOOL
#undef ARGUMENT

const struct mcp_tool mcp_tools[] = {
#define TOOL(name, function, meaning) {#name, meaning, function},
#define ARGUMENT(tool, name, type, required, meaning)
#include "mcp/tools.def"
#undef TOOL
#undef ARGUMENT
	{NULL, NULL, NULL}};

const struct mcp_parameter mcp_parameters[] = {
#define TOOL(name, function, meaning)
#define ARGUMENT(tool, name, type, required, meaning) \
	{#tool, #name, type, required, meaning},
#include "mcp/tools.def"
#undef TOOL
#undef ARGUMENT
	{NULL, NULL, NULL, false, NULL}};

const struct mcp_tool *
mcp_tool_find(const char *name)
{
	for (const struct mcp_tool *t = mcp_tools; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static const struct mcp_argument *
argument(const struct mcp_request *r, const char *name)
{
	for (int i = 0; i < r->arguments_count; i++)
		if (strcmp(r->arguments[i].name, name) == 0)
			return &r->arguments[i];
	return NULL;
}

static int64_t
number(const struct mcp_request *r, const char *name, int64_t usual)
{
	const struct mcp_argument *a = argument(r, name);
	return a == NULL ? usual : a->number;
}

static const char *
text_of(const struct mcp_request *r, const char *name)
{
	const struct mcp_argument *a = argument(r, name);
	return a == NULL ? NULL : a->text;
}

static int64_t
limit_of(const struct mcp_request *r)
{
	int64_t n = number(r, "limit", LIST_USUAL);
	return n < 1 ? 1 : n > LIST_MAX ? LIST_MAX : n;
}

static bool
is_of_type(const struct mcp_argument *a, const char *type)
{
	return strcmp(type, "string") == 0     ? a->kind == MCP_TEXT
		: strcmp(type, "integer") == 0 ? a->kind == MCP_INT
					       : a->kind == MCP_BOOL;
}

static const struct mcp_parameter *
parameter_find(const struct mcp_tool *t, const char *name)
{
	for (const struct mcp_parameter *p = mcp_parameters; p->name != NULL;
		p++)
		if (strcmp(p->tool, t->name) == 0 && strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

bool
mcp_tool_check(
	const struct mcp_tool *t, const struct mcp_request *r, struct error *e)
{
	for (int i = 0; i < r->arguments_count; i++) {
		const struct mcp_argument *a = &r->arguments[i];
		const struct mcp_parameter *p = parameter_find(t, a->name);
		if (p == NULL)
			return error_set(e, ERROR_USAGE,
				"%s has no argument '%s'", t->name, a->name);
		if (!is_of_type(a, p->type))
			return error_set(e, ERROR_USAGE,
				"%s must be of type %s", p->name, p->type);
	}
	for (const struct mcp_parameter *p = mcp_parameters; p->name != NULL;
		p++)
		if (p->required && strcmp(p->tool, t->name) == 0 &&
			argument(r, p->name) == NULL)
			return error_set(e, ERROR_USAGE,
				"%s needs the argument '%s'", t->name, p->name);
	return true;
}

static bool
need_report(const struct mcp_subject *s, struct error *e)
{
	return s->report != NULL ||
		error_set(e, ERROR_USAGE,
			"this is a batch's index; the case's own folder, which "
			"list names, has that: lostsyn mcp FOLDER");
}

static bool
settled(const struct mcp_subject *s, struct error *e)
{
	return s->report->trouble.kind == ERROR_NONE ||
		error_set(e, ERROR_ENVIRONMENT, "%s", s->report->trouble.text);
}

/* " [client: frames 1, 2; server: no frames]" */
static void
print_frames(struct report *r, const struct report_attempt *a, FILE *out)
{
	struct report_view v;
	char words[WORDS_MAX];
	const char *sign = " [";
	report_views_begin(r, a->id);
	while (report_view_next(r, &v)) {
		fprintf(out, "%s%s: %s", sign, v.name,
			v.seen ? sentence_frames(r, &v, words) : "no frames");
		sign = "; ";
	}
	fputs(sign[0] == ' ' ? " [its frames were not kept: analyze "
			       "--all-attempts]\n"
			     : "]\n",
		out);
}

static void
print_who(const struct report_attempt *a, FILE *out)
{
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	fprintf(out, "attempt %" PRId64 ": %s -> %s, first SYN %s, %s", a->id,
		words_endpoint(a->client_ip, a->client_port, from),
		words_endpoint(a->server_ip, a->server_port, to),
		clock_format(a->first_ns, TIME_DECIMALS, at), a->verdict);
	if (a->segment != NULL && a->place != NULL)
		fprintf(out, " (%s, %s)", a->segment, a->place);
	fprintf(out, ", %s", a->confidence);
}

static bool
list_attempts(const struct mcp_subject *s, const struct mcp_request *r,
	FILE *out, struct error *e)
{
	struct report *report = s->report;
	const char *verdict = text_of(r, "verdict");
	enum report_query q = number(r, "all", false) || verdict != NULL
		? QUERY_ATTEMPTS_ALL
		: report_attempts_query(report);
	int64_t skip = number(r, "offset", 0);
	int64_t left = limit_of(r);
	struct report_attempt a;
	fprintf(out,
		"%" PRId64 " attempts, %" PRId64 " failed, %" PRId64
		" undetermined. Listed:\n",
		report->attempts, report->failed, report->undetermined);
	report_begin(report, q);
	while (left > 0 && report_attempt_next(report, q, &a)) {
		if (verdict != NULL && strcmp(verdict, a.verdict) != 0)
			continue;
		if (skip-- > 0)
			continue;
		print_who(&a, out);
		print_frames(report, &a, out);
		left--;
	}
	if (left == 0)
		fputs("(more: use offset)\n", out);
	report_begin(report, q);
	return settled(s, e);
}

static bool
tool_list(const struct mcp_subject *s, const struct mcp_request *r, FILE *out,
	struct error *e)
{
	char sql[256];
	if (s->report != NULL)
		return list_attempts(s, r, out, e);
	snprintf(sql, sizeof sql,
		"SELECT name, folder, outcome, attempts, failed, undetermined "
		"FROM case_result ORDER BY failed DESC, id LIMIT %" PRId64
		" OFFSET %" PRId64,
		limit_of(r), number(r, "offset", 0));
	return mcp_sql(s->db, sql, out, e);
}

struct notes_to {
	struct report *report;
	FILE *out;
};

static const char *
vantage_name(const struct report *r, int64_t id)
{
	for (size_t i = 0; i < r->vantage_count; i++)
		if (r->vantages[i].id == id)
			return r->vantages[i].name;
	return "?";
}

static void
print_note(void *context, const struct packet_note *note)
{
	const struct notes_to *to = context;
	char at[CLOCK_TEXT_MAX];
	const char *name = vantage_name(to->report, note->vantage);
	int64_t frame = note->frame;
	const char *file = report_frame_file(to->report, note->vantage, &frame);
	if (frame > 0)
		fprintf(to->out, "- %s frame %" PRId64 "%s%s: %s\n", name,
			frame, file != NULL ? " of " : "",
			file != NULL ? file : "", note->text);
	else
		fprintf(to->out, "- %s at %s on its clock: %s\n", name,
			clock_format(note->captured_ns, TIME_DECIMALS, at),
			note->text);
}

static void
print_list(struct report *r, const char *head, const char *json, FILE *out)
{
	const char *text;
	report_list_begin(r, json);
	while (report_list_next(r, &text)) {
		fprintf(out, "%s%s\n", head, text);
	}
}

static void
print_filters(struct report *r, const struct report_attempt *a, FILE *out)
{
	struct report_view v;
	char filter[REPORT_FILTER_MAX];
	report_views_begin(r, a->id);
	while (report_view_next(r, &v))
		if (v.seen)
			fprintf(out, "Wireshark at %s: %s\n", v.name,
				report_filter(a, &v, filter));
}

#define EXPLAINS(X)               \
	X(INT, id, "f.id")        \
	X(TEXT, title, "f.title") \
	X(TEXT, confidence, "f.confidence")
STORE_SELECT(explains_row, EXPLAINS)

static bool
print_explained(const struct mcp_subject *s, int64_t attempt, FILE *out,
	struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s->store,
		"SELECT 0" STORE_COLUMNS(
			EXPLAINS) " FROM finding_attempt x JOIN finding f ON "
				  "f.id = x.finding WHERE x.attempt = :attempt "
				  "ORDER BY f.id LIMIT 20",
		e);
	if (stmt == NULL)
		return false;
	store_bind_int(stmt, ":attempt", attempt);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct explains_row row = explains_row_of(stmt);
		fprintf(out, "explained by finding %" PRId64 ": %s, %s\n",
			row.id, row.title, row.confidence);
	}
	sqlite3_finalize(stmt);
	return true;
}

static bool
tool_attempt(const struct mcp_subject *s, const struct mcp_request *r,
	FILE *out, struct error *e)
{
	struct notes_to to = {s->report, out};
	struct report_attempt a;
	int64_t id = number(r, "id", 0);
	if (!need_report(s, e))
		return false;
	report_begin_id(s->report, QUERY_ATTEMPT_ONE, id);
	if (!report_attempt_next(s->report, QUERY_ATTEMPT_ONE, &a))
		return error_set(e, ERROR_USAGE,
			"no attempt %" PRId64 "; list names them", id);
	print_who(&a, out);
	print_frames(s->report, &a, out);
	if (a.why != NULL) {
		fprintf(out, "why: %s", a.why);
		print_frames(s->report, &a, out);
	}
	print_list(s->report, "still possible: ", a.candidates, out);
	print_list(s->report, "missing to decide: ", a.missing, out);
	print_filters(s->report, &a, out);
	return packet_notes_read(s->report, id, print_note, &to, e) &&
		print_explained(s, id, out, e) && settled(s, e);
}

/* "- confirms, server/dmesg.txt:1: text" */
static void
print_evidence(struct report *r, int64_t finding, FILE *out)
{
	struct report_evidence x;
	report_begin_id(r, QUERY_EVIDENCE, finding);
	for (int n = 0; report_evidence_next(r, &x); n++) {
		if (n == EVIDENCE_MAX) {
			fputs("(more: tool sql, view finding_evidence)\n", out);
			break;
		}
		fprintf(out, "- %s, %s", x.weighs,
			x.source_name != NULL ? x.source_name : "the attempts");
		if (x.line >= 0)
			fprintf(out,
				x.is_capture ? " frame %" PRId64 : ":%" PRId64,
				x.line);
		fprintf(out, ": %s\n", x.text);
	}
	report_begin(r, QUERY_EVIDENCE);
}

static void
print_finding(
	struct report *r, const struct report_finding *f, bool whole, FILE *out)
{
	fprintf(out,
		"finding %" PRId64 ": %s (%s), %s, explains %" PRId64
		" attempts%s%s. Evidence:\n",
		f->id, f->title, f->cause, f->confidence, f->attempts,
		f->host != NULL ? ", about " : "",
		f->host != NULL ? f->host : "");
	print_evidence(r, f->id, out);
	if (!whole)
		return;
	print_list(r, "to do: ", f->fix, out);
	print_list(r, "to check: ", f->verify, out);
	print_list(r, "to collect: ", f->collect, out);
}

static bool
tool_finding(const struct mcp_subject *s, const struct mcp_request *r,
	FILE *out, struct error *e)
{
	bool one = argument(r, "id") != NULL;
	int64_t id = number(r, "id", 0);
	int64_t found = 0;
	struct report_finding f;
	if (!need_report(s, e))
		return false;
	report_begin(s->report, QUERY_FINDINGS);
	while (report_finding_next(s->report, &f)) {
		if (one && f.id != id)
			continue;
		print_finding(s->report, &f, one, out);
		found++;
	}
	if (found == 0 && one)
		return error_set(e, ERROR_USAGE, "no finding %" PRId64, id);
	if (found == 0)
		fputs("no finding\n", out);
	return settled(s, e);
}

#define EVENT_LINE(X)             \
	X(TEXT, file, "e.file")   \
	X(INT, line, "e.line")    \
	X(TEXT, name, "e.name")   \
	X(TIME, at_ns, "e.at_ns") \
	X(TEXT, text, "e.text")
STORE_SELECT(event_line, EVENT_LINE)

static bool
tool_evidence(const struct mcp_subject *s, const struct mcp_request *r,
	FILE *out, struct error *e)
{
	char at[CLOCK_TEXT_MAX];
	if (!need_report(s, e))
		return false;
	sqlite3_stmt *stmt = store_prepare(s->store,
		"SELECT 0" STORE_COLUMNS(
			EVENT_LINE) " FROM events e WHERE (:contains IS NULL "
				    "OR instr(e.text, :contains)) AND (:file "
				    "IS NULL OR e.file = :file) ORDER BY "
				    "e.source, e.line LIMIT :limit",
		e);
	if (stmt == NULL)
		return false;
	store_bind_text(stmt, ":contains", text_of(r, "contains"));
	store_bind_text(stmt, ":file", text_of(r, "file"));
	store_bind_int(stmt, ":limit", limit_of(r));
	int found = 0;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		struct event_line x = event_line_of(stmt);
		fprintf(out, "%s:%" PRId64 " (%s, %s): %s\n", x.file, x.line,
			x.name,
			x.at_ns == STORE_NULL
				? "time not resolved"
				: clock_format(x.at_ns, TIME_DECIMALS, at),
			x.text);
		found++;
	}
	sqlite3_finalize(stmt);
	if (found == 0)
		fputs("no such line was recognised\n", out);
	return true;
}

static bool
tool_schema(const struct mcp_subject *s, const struct mcp_request *r, FILE *out,
	struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	(void)r;
	if (sqlite3_prepare_v2(s->db,
		    "SELECT sql FROM sqlite_schema WHERE type IN ('table', "
		    "'view') ORDER BY type DESC, name",
		    -1, &stmt, NULL) != SQLITE_OK)
		return error_set(
			e, ERROR_ENVIRONMENT, "%s", sqlite3_errmsg(s->db));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(stmt, 0);
		fprintf(out, "%s;\n", sql != NULL ? sql : "");
	}
	sqlite3_finalize(stmt);
	return true;
}

static bool
tool_sql(const struct mcp_subject *s, const struct mcp_request *r, FILE *out,
	struct error *e)
{
	return mcp_sql(s->db, text_of(r, "query"), out, e);
}
