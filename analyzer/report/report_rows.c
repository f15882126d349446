/*
 * Reading the model's rows; see report_model.h. What each record is made of
 * stands in records.def.
 */
#include "report/report_model.h"

#include <assert.h>
#include <string.h>

#include "model/case_anomaly.h"
#include "model/verdict.h"
#include "store/select.h"

/* One for each RECORD of records.def. */
enum record {
#define RECORD(record) RECORD_##record,
#define COLUMN(record, member, type, sql)
#define ELEMENT(record, array, index, type, sql)
#define OWN(declaration)
#define END(record)
#include "report/records.def"
#undef RECORD
#undef COLUMN
#undef ELEMENT
#undef OWN
#undef END
	RECORD_COUNT
};

/* What is selected for each record, a comma in front of each column. */
static const char *const record_columns[RECORD_COUNT] = {
#define RECORD(record) [RECORD_##record] = ""
#define COLUMN(record, member, type, sql) ", " sql
#define ELEMENT(record, array, index, type, sql) ", " sql
#define OWN(declaration)
#define END(record) ,
#include "report/records.def"
#undef RECORD
#undef COLUMN
#undef ELEMENT
#undef OWN
#undef END
};

/* The rows of queries.def. What is selected is its record's columns; with and from
 * stand before and behind them. */
static const struct {
	enum record record;
	const char *with, *from;
} queries[QUERY_COUNT] = {
#define X(name, record, with, from) {RECORD_##record, with, from},
#include "report/queries.def"
#undef X
};

/* The query's statement, prepared when it is first asked: a report leaves out half
 * of them, and in a small case preparing costs more than all else. NULL with
 * r->trouble set. */
static sqlite3_stmt *
statement(struct report *r, enum report_query q)
{
	if (r->query[q] != NULL || r->trouble.kind != ERROR_NONE)
		return r->query[q];
	char *sql = sqlite3_mprintf("%s SELECT %s %s", queries[q].with,
		record_columns[queries[q].record] + 2, queries[q].from);
	if (sql == NULL)
		memory_exhausted();
	r->query[q] = store_prepare(r->store, sql, &r->trouble);
	sqlite3_free(sql);
	return r->query[q];
}

/* What a statement still held is given up, and so are its parameters: an
 * unbound one is NULL. */
void
report_begin(struct report *r, enum report_query q)
{
	sqlite3_stmt *stmt = statement(r, q);
	if (stmt == NULL)
		return;
	sqlite3_reset(stmt);
	/* A parameter of an earlier use must not stand in for one that is left
	 * out. */
	sqlite3_clear_bindings(stmt);
}

void
report_begin_id(struct report *r, enum report_query q, int64_t id)
{
	report_begin(r, q);
	sqlite3_bind_int64(r->query[q], 1, id);
}

void
report_begin_text(struct report *r, enum report_query q, const char *text)
{
	report_begin(r, q);
	sqlite3_bind_text(r->query[q], 1, text, -1, SQLITE_TRANSIENT);
}

void
report_begin_ids(
	struct report *r, enum report_query q, int64_t id, int64_t second)
{
	report_begin_id(r, q, id);
	sqlite3_bind_int64(r->query[q], 2, second);
}

void
report_begin_texts(struct report *r, enum report_query q, const char *text,
	const char *second)
{
	report_begin_text(r, q, text);
	sqlite3_bind_text(r->query[q], 2, second, -1, SQLITE_TRANSIENT);
}

/* The statement is reset at its end, so that it holds no lock and no row while
 * another is read. */
bool
report_next(struct report *r, enum report_query q)
{
	sqlite3_stmt *stmt = statement(r, q);
	if (r->trouble.kind != ERROR_NONE)
		return false;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		store_error(sqlite3_db_handle(stmt),
			"reading the evidence for the report", &r->trouble);
	sqlite3_reset(stmt);
	return false;
}

/* clang-format off */
#define RECORD(name)                                                           \
	bool report_##name##_read(                                             \
		struct report *r, enum report_query q, struct report_##name *row) \
	{                                                                      \
		int column = 0;                                                \
		assert(queries[q].record == RECORD_##name);                    \
		if (!report_next(r, q))                                        \
			return false;                                          \
		sqlite3_stmt *s = r->query[q];                                 \
		*row = (struct report_##name){0};
#define COLUMN(record, member, type, sql) \
	row->member = select_##type(s, column++);
#define ELEMENT(record, array, index, type, sql) \
	row->array index = select_##type(s, column++);
#define OWN(declaration)
#define END(record) return true; }
#include "report/records.def"
#undef RECORD
#undef COLUMN
#undef ELEMENT
#undef OWN
#undef END
/* clang-format on */

/* In the report's arena, until report_free. */
const char *
report_keep(struct report *r, const char *text)
{
	return text ? arena_copy(&r->arena, text, strlen(text)) : NULL;
}

bool
report_source_next(struct report *r, struct report_source *row)
{
	return report_source_read(r, QUERY_SOURCES, row);
}

/* A file of which lines were read that told nothing is used: it was looked at.
 * One without a grade, with a note, and without a line is not. */
bool
report_source_unused(const struct report_source *s)
{
	bool nothing = s->lines <= 0 || strcmp(s->kind, "unrecognised") == 0;
	return s->trust == NULL && s->note != NULL && nothing;
}

bool
report_reason_next(struct report *r, struct report_item *row)
{
	return report_item_read(r, QUERY_REASONS, row);
}

bool
report_not_understood_next(struct report *r, struct report_item *row)
{
	return report_item_read(r, QUERY_NOT_UNDERSTOOD, row);
}

bool
report_accounting_next(struct report *r, struct report_item *row)
{
	return report_item_read(r, QUERY_ACCOUNTING, row);
}

bool
report_anomaly_next(struct report *r, struct report_item *row)
{
	return report_item_read(r, QUERY_ANOMALIES, row);
}

bool
report_missing_next(struct report *r, struct report_missing *row)
{
	return report_missing_read(r, QUERY_MISSING, row);
}

/* Where every attempt that is not clean has a verdict, the table of verdicts
 * alone is gone through; else all attempts are. */
enum report_query
report_attempts_query(const struct report *r)
{
	return r->all_judged ? QUERY_ATTEMPTS_JUDGED : QUERY_ATTEMPTS_NOT_CLEAN;
}

bool
report_attempt_next(
	struct report *r, enum report_query q, struct report_attempt *row)
{
	return report_attempt_read(r, q, row);
}

bool
report_flow_next(struct report *r, struct report_flow *row)
{
	return report_flow_read(r, QUERY_FLOWS, row);
}

/* Insert into the ascending list unless it is 0 or there already. */
static void
frame_add(struct report_view *v, int64_t frame)
{
	int i = v->frame_count;
	while (i > 0 && v->frames[i - 1] > frame)
		i--;
	/* The first and the last copy may be one, and a frame may hold a
	 * segment's data as well. */
	if (frame == 0 || (i > 0 && v->frames[i - 1] == frame))
		return;
	memmove(v->frames + i + 1, v->frames + i,
		sizeof v->frames[0] * (size_t)(v->frame_count - i));
	v->frames[i] = frame;
	v->frame_count++;
}

/* The query's next row, read ahead. */
static void
view_step(struct report *r)
{
	r->view_row = report_view_read(r, r->view_query, &r->view);
}

/* One pass over all sightings in the place of a query for each attempt. */
void
report_views_stream(struct report *r)
{
	r->view_query = QUERY_VIEWS_ALL;
	report_begin(r, QUERY_VIEWS_ALL);
	view_step(r);
}

void
report_views_stream_end(struct report *r)
{
	report_begin(r, QUERY_VIEWS_ALL);
	r->view_query = QUERY_VIEWS;
}

/* One query for the attempt, or, in a stream, the rows as far as it: attempts
 * come ascending, so those passed over are of attempts that nobody asks for.
 * view_at at the end says that there is no row at all. */
void
report_views_begin(struct report *r, int64_t attempt)
{
	if (r->view_query == QUERY_VIEWS) {
		report_begin_id(r, QUERY_VIEWS, attempt);
		view_step(r);
	}
	while (r->view_row && r->view.attempt < attempt)
		view_step(r);
	bool any = r->view_row && r->view.attempt == attempt;
	r->view_attempt = attempt;
	r->view_used = false;
	r->view_at = any ? 0 : r->vantage_count;
}

/* Walks the vantages and the sightings side by side. */
bool
report_view_next(struct report *r, struct report_view *row)
{
	if (r->view_at == r->vantage_count)
		return false;
	if (r->view_used)
		view_step(r);
	const struct report_vantage *v = &r->vantages[r->view_at++];
	r->view_used = r->view_row && r->view.attempt == r->view_attempt &&
		r->view.vantage == v->id;
	*row = (struct report_view){.vantage = v->id};
	if (r->view_used)
		*row = r->view;
	row->name = v->name;
	row->seen = r->view_used;
	for (int i = 0; i < REPORT_FRAMES; i++)
		frame_add(row, row->frame_of[i]);
	return r->trouble.kind == ERROR_NONE;
}

/* Pieces are in the order of frames, so the last that begins not behind it
 * holds it. */
const char *
report_frame_file(const struct report *r, int64_t vantage, int64_t *frame)
{
	const struct report_piece *found = NULL;
	for (size_t i = 0; i < r->piece_count; i++) {
		if (r->pieces[i].vantage != vantage)
			continue;
		/* Pieces that overlap were read as one, in the order of time.
		 * */
		if (r->pieces[i].first_frame == 0)
			return NULL; /* mixed: no file's own numbers */
		if (r->pieces[i].first_frame <= *frame)
			found = &r->pieces[i];
	}
	if (!found)
		return NULL;
	*frame -= found->first_frame - 1;
	return found->name;
}

/* Best first; the places of one rule with one confidence follow each other (place
 * 1 to places). */
bool
report_finding_next(struct report *r, struct report_finding *row)
{
	return report_finding_read(r, QUERY_FINDINGS, row);
}

/* A word is missing only in a database that nobody of ours wrote. */
static bool
is_word(const char *confidence, const char *word)
{
	return confidence != NULL && strcmp(confidence, word) == 0;
}

bool
report_finding_is_sure(const struct report_finding *f)
{
	return is_word(f->confidence, "confirmed") ||
		is_word(f->confidence, "likely");
}

bool
report_finding_is_out(const struct report_finding *f)
{
	return is_word(f->confidence, "ruled-out");
}

/* Attempts that two findings of the rule share count once. */
int64_t
report_cause_attempts(
	struct report *r, const char *confidence, const char *rule)
{
	struct report_number n = {0};
	report_begin_texts(r, QUERY_CAUSE_ATTEMPTS, confidence, rule);
	report_number_read(r, QUERY_CAUSE_ATTEMPTS, &n);
	report_begin(r, QUERY_CAUSE_ATTEMPTS);
	return n.number;
}

bool
report_evidence_next(struct report *r, struct report_evidence *row)
{
	return report_evidence_read(r, QUERY_EVIDENCE, row);
}

/* An id alone; the record is that of any number. */
bool
report_id_next(struct report *r, enum report_query q, int64_t *id)
{
	struct report_number n;
	if (!report_number_read(r, q, &n))
		return false;
	*id = n.number;
	return true;
}

bool
report_translation_next(struct report *r, struct report_translation *row)
{
	return report_translation_read(r, QUERY_TRANSLATIONS, row);
}

bool
report_event_next(struct report *r, struct report_event *row)
{
	return report_event_read(r, QUERY_EVENTS, row);
}

bool
report_counter_next(struct report *r, struct report_counter *row)
{
	return report_counter_read(r, QUERY_COUNTERS, row);
}

bool
report_rule_next(struct report *r, struct report_rule *row)
{
	return report_rule_read(r, QUERY_RULES, row);
}

void
report_list_begin(struct report *r, const char *json)
{
	/* Most lists are empty; spare them the JSON parser. */
	report_begin_text(r, QUERY_LIST, json ? json : "[]");
}

/* Never NULL: an element that is no text is "". */
bool
report_list_next(struct report *r, const char **text)
{
	struct report_text row;
	if (!report_text_read(r, QUERY_LIST, &row))
		return false;
	*text = row.text ? row.text : "";
	return true;
}

/* Kept with each call; who asks for one host often keeps it himself. */
const char *
report_host_name(struct report *r, int64_t id)
{
	struct report_text row = {0};
	report_begin_id(r, QUERY_HOST, id);
	report_text_read(r, QUERY_HOST, &row);
	const char *ip = report_keep(r, row.text);
	report_begin(r, QUERY_HOST);
	return ip;
}
