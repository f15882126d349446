/*
 * Reading the model's rows, one function per concept; see report_model.h.
 * Column numbers follow queries.def.
 */
#include "report/report_model.h"

#include <string.h>

#include "base/clock.h"

void
report_begin(struct report *r, enum report_query q)
{
	sqlite3_reset(r->query[q]);
	sqlite3_clear_bindings(r->query[q]);
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

bool
report_next(struct report *r, enum report_query q)
{
	if (r->trouble.kind != ERROR_NONE)
		return false;
	int rc = sqlite3_step(r->query[q]);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		store_error(sqlite3_db_handle(r->query[q]),
			"reading the evidence for the report", &r->trouble);
	sqlite3_reset(r->query[q]);
	return false;
}

static const char *
text_at(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

static int64_t
int_or(sqlite3_stmt *s, int column, int64_t otherwise)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL
		? otherwise
		: sqlite3_column_int64(s, column);
}

bool
report_source_next(struct report *r, struct report_source *row)
{
	if (!report_next(r, QUERY_SOURCES))
		return false;
	sqlite3_stmt *s = r->query[QUERY_SOURCES];
	*row = (struct report_source){
		.id = sqlite3_column_int64(s, 0),
		.name = text_at(s, 1),
		.role = text_at(s, 2),
		.kind = text_at(s, 3),
		.compression = text_at(s, 4),
		.sha256 = text_at(s, 5),
		.bytes = sqlite3_column_int64(s, 6),
		.packets = int_or(s, 7, -1),
		.lines = int_or(s, 8, -1),
		.first_ns = int_or(s, 9, CLOCK_UNKNOWN_NS),
		.last_ns = int_or(s, 10, CLOCK_UNKNOWN_NS),
		.dropped = int_or(s, 11, -1),
		.filter = text_at(s, 12),
		.trust = text_at(s, 13),
		.note = text_at(s, 14),
		.link_types = text_at(s, 15),
		.snaplen = int_or(s, 16, -1),
	};
	return true;
}

bool
report_reason_next(struct report *r, struct report_item *row)
{
	if (!report_next(r, QUERY_REASONS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_REASONS];
	*row = (struct report_item){
		.id = text_at(s, 0), .detail = text_at(s, 1), .at = -1};
	return true;
}

bool
report_accounting_next(struct report *r, struct report_item *row)
{
	if (!report_next(r, QUERY_ACCOUNTING))
		return false;
	sqlite3_stmt *s = r->query[QUERY_ACCOUNTING];
	*row = (struct report_item){.id = text_at(s, 0),
		.count = sqlite3_column_int64(s, 1),
		.at = -1};
	return true;
}

bool
report_anomaly_next(struct report *r, struct report_item *row)
{
	if (!report_next(r, QUERY_ANOMALIES))
		return false;
	sqlite3_stmt *s = r->query[QUERY_ANOMALIES];
	*row = (struct report_item){.id = text_at(s, 0),
		.count = sqlite3_column_int64(s, 1),
		.at = int_or(s, 2, -1),
		.detail = text_at(s, 3)};
	return true;
}

bool
report_missing_next(struct report *r, struct report_item *row)
{
	if (!report_next(r, QUERY_MISSING))
		return false;
	sqlite3_stmt *s = r->query[QUERY_MISSING];
	*row = (struct report_item){.detail = text_at(s, 0),
		.count = sqlite3_column_int64(s, 1),
		.at = -1};
	return true;
}

enum report_query
report_attempts_query(const struct report *r)
{
	return r->all_judged ? QUERY_ATTEMPTS_JUDGED : QUERY_ATTEMPTS_NOT_CLEAN;
}

/* Facts about an end that was not captured are zero and mean nothing. */
static void
copies_read(sqlite3_stmt *s, struct report_attempt *row)
{
	bool c_present = sqlite3_column_int(s, 20) != 0;
	bool s_present = sqlite3_column_int(s, 21) != 0;
	row->copies_known = sqlite3_column_int(s, 19) != 0;
	row->syn_sent = c_present ? sqlite3_column_int64(s, 22) : -1;
	row->syn_arrived = s_present ? sqlite3_column_int64(s, 23) : -1;
	row->synack_arrived = c_present ? sqlite3_column_int64(s, 24) : -1;
	row->synack_sent = s_present ? sqlite3_column_int64(s, 25) : -1;
	row->ack_sent = c_present ? sqlite3_column_int64(s, 26) : -1;
	row->ack_arrived = s_present ? sqlite3_column_int64(s, 27) : -1;
}

bool
report_attempt_next(
	struct report *r, enum report_query q, struct report_attempt *row)
{
	if (!report_next(r, q))
		return false;
	sqlite3_stmt *s = r->query[q];
	*row = (struct report_attempt){
		.id = sqlite3_column_int64(s, 0),
		.client_ip = text_at(s, 1),
		.client_port = sqlite3_column_int64(s, 2),
		.server_ip = text_at(s, 3),
		.server_port = sqlite3_column_int64(s, 4),
		.isn = sqlite3_column_int64(s, 5),
		.first_ns = sqlite3_column_int64(s, 6),
		.duration_us = int_or(s, 7, -1),
		.syn_retransmits = sqlite3_column_int64(s, 8),
		.clean = sqlite3_column_int(s, 9) != 0,
		.verdict = text_at(s, 10),
		.segment = text_at(s, 11),
		.place = text_at(s, 12),
		.confidence = text_at(s, 13),
		.failed = sqlite3_column_int(s, 14) != 0,
		.candidates = text_at(s, 15),
		.missing = text_at(s, 16),
		.why = text_at(s, 17),
		.matched_by = text_at(s, 18),
		.there_client_ip = text_at(s, 28),
		.there_client_port = sqlite3_column_int64(s, 29),
		.there_server_ip = text_at(s, 30),
		.there_server_port = sqlite3_column_int64(s, 31),
		.c_sends = text_at(s, 32),
		.c_receives = text_at(s, 33),
		.s_receives = text_at(s, 34),
		.s_sends = text_at(s, 35),
		.icmp_sender = text_at(s, 36),
		.unjudged = sqlite3_column_int(s, 37) != 0,
	};
	copies_read(s, row);
	return true;
}

bool
report_flow_next(struct report *r, struct report_flow *row)
{
	if (!report_next(r, QUERY_FLOWS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_FLOWS];
	*row = (struct report_flow){
		.file = text_at(s, 0),
		.line = sqlite3_column_int64(s, 1),
		.action = text_at(s, 2),
		.forward = sqlite3_column_int(s, 3) != 0,
		.start_ns = int_or(s, 4, CLOCK_UNKNOWN_NS),
		.packets = int_or(s, 5, -1),
		.tcp_flags = int_or(s, 6, -1),
		.interface = text_at(s, 7),
		.rule = text_at(s, 8),
		.reason = text_at(s, 9),
	};
	return true;
}

/* Insert into the ascending list unless it is 0 or there already. */
static void
frame_add(struct report_view *v, int64_t frame)
{
	int i = v->frame_count;
	while (i > 0 && v->frames[i - 1] > frame)
		i--;
	if (frame == 0 || (i > 0 && v->frames[i - 1] == frame))
		return;
	memmove(v->frames + i + 1, v->frames + i,
		sizeof v->frames[0] * (size_t)(v->frame_count - i));
	v->frames[i] = frame;
	v->frame_count++;
}

void
report_views_stream(struct report *r)
{
	r->view_query = QUERY_VIEWS_ALL;
	report_begin(r, QUERY_VIEWS_ALL);
	r->view_row = report_next(r, QUERY_VIEWS_ALL);
}

void
report_views_stream_end(struct report *r)
{
	report_begin(r, QUERY_VIEWS_ALL);
	r->view_query = QUERY_VIEWS;
}

static int64_t
view_attempt(const struct report *r)
{
	return sqlite3_column_int64(r->query[r->view_query], 26);
}

void
report_views_begin(struct report *r, int64_t attempt)
{
	if (r->view_query == QUERY_VIEWS) {
		report_begin_id(r, QUERY_VIEWS, attempt);
		r->view_row = report_next(r, QUERY_VIEWS);
	}
	while (r->view_row && view_attempt(r) < attempt)
		r->view_row = report_next(r, r->view_query);
	bool any = r->view_row && view_attempt(r) == attempt;
	r->view_attempt = attempt;
	r->view_used = false;
	r->view_at = any ? 0 : r->vantage_count;
}

static void
view_read(sqlite3_stmt *s, struct report_view *row)
{
	row->seen = true;
	row->client_ip = text_at(s, 1);
	row->client_port = sqlite3_column_int64(s, 2);
	row->server_ip = text_at(s, 3);
	row->server_port = sqlite3_column_int64(s, 4);
	row->syn = sqlite3_column_int64(s, 5);
	row->synack = sqlite3_column_int64(s, 6);
	row->ack = sqlite3_column_int64(s, 7);
	row->rst = sqlite3_column_int64(s, 8);
	row->icmp = sqlite3_column_int64(s, 9);
	row->data = sqlite3_column_int64(s, 10);
	row->challenge = sqlite3_column_int64(s, 11);
	for (int i = 0; i < REPORT_FRAMES_MAX; i++) {
		row->frame_of[i] = sqlite3_column_int64(s, 12 + i);
		frame_add(row, row->frame_of[i]);
	}
	row->first_ns = sqlite3_column_int64(s, 24);
	row->times = text_at(s, 25);
}

/* Walks the vantages and the sightings side by side. */
bool
report_view_next(struct report *r, struct report_view *row)
{
	if (r->view_at == r->vantage_count)
		return false;
	sqlite3_stmt *s = r->query[r->view_query];
	if (r->view_used)
		r->view_row = report_next(r, r->view_query);
	const struct report_vantage *v = &r->vantages[r->view_at++];
	*row = (struct report_view){.vantage = v->id, .name = v->name};
	r->view_used = r->view_row && view_attempt(r) == r->view_attempt &&
		sqlite3_column_int64(s, 0) == v->id;
	if (r->view_used)
		view_read(s, row);
	return r->trouble.kind == ERROR_NONE;
}

const char *
report_frame_file(const struct report *r, int64_t vantage, int64_t *frame)
{
	const struct report_piece *found = NULL;
	for (size_t i = 0; i < r->piece_count; i++) {
		if (r->pieces[i].vantage != vantage)
			continue;
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

bool
report_finding_next(struct report *r, struct report_finding *row)
{
	if (!report_next(r, QUERY_FINDINGS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_FINDINGS];
	*row = (struct report_finding){
		.id = sqlite3_column_int64(s, 0),
		.rule = text_at(s, 1),
		.cause = text_at(s, 2),
		.title = text_at(s, 3),
		.confidence = text_at(s, 4),
		.host = text_at(s, 5),
		.attempts = sqlite3_column_int64(s, 6),
		.explains = text_at(s, 7),
		.fix = text_at(s, 8),
		.verify = text_at(s, 9),
		.collect = text_at(s, 10),
		.worse = text_at(s, 11),
		.place = sqlite3_column_int64(s, 12),
		.places = sqlite3_column_int64(s, 13),
	};
	return true;
}

int64_t
report_cause_attempts(
	struct report *r, const char *confidence, const char *rule)
{
	sqlite3_stmt *s = r->query[QUERY_CAUSE_ATTEMPTS];
	report_begin_text(r, QUERY_CAUSE_ATTEMPTS, confidence);
	sqlite3_bind_text(s, 2, rule, -1, SQLITE_TRANSIENT);
	int64_t attempts = report_next(r, QUERY_CAUSE_ATTEMPTS)
		? sqlite3_column_int64(s, 0)
		: 0;
	report_begin(r, QUERY_CAUSE_ATTEMPTS);
	return attempts;
}

bool
report_evidence_next(struct report *r, struct report_evidence *row)
{
	if (!report_next(r, QUERY_EVIDENCE))
		return false;
	sqlite3_stmt *s = r->query[QUERY_EVIDENCE];
	*row = (struct report_evidence){
		.source = int_or(s, 0, -1),
		.source_name = text_at(s, 1),
		.is_capture = sqlite3_column_int(s, 2) != 0,
		.line = int_or(s, 3, -1),
		.at_ns = int_or(s, 4, CLOCK_UNKNOWN_NS),
		.text = text_at(s, 5),
		.weighs = text_at(s, 6),
	};
	return true;
}

bool
report_id_next(struct report *r, enum report_query q, int64_t *id)
{
	if (!report_next(r, q))
		return false;
	*id = sqlite3_column_int64(r->query[q], 0);
	return true;
}

bool
report_translation_next(struct report *r, struct report_translation *row)
{
	if (!report_next(r, QUERY_TRANSLATIONS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_TRANSLATIONS];
	*row = (struct report_translation){
		.vantage = text_at(s, 0),
		.client_ip = text_at(s, 1),
		.server_ip = text_at(s, 2),
		.server_port = sqlite3_column_int64(s, 3),
		.there_client_ip = text_at(s, 4),
		.there_server_ip = text_at(s, 5),
		.there_server_port = sqlite3_column_int64(s, 6),
		.client_port_changed = sqlite3_column_int(s, 7) != 0,
		.attempts = sqlite3_column_int64(s, 8),
	};
	return true;
}

bool
report_event_next(struct report *r, struct report_event *row)
{
	if (!report_next(r, QUERY_EVENTS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_EVENTS];
	*row = (struct report_event){
		.name = text_at(s, 0),
		.lines = sqlite3_column_int64(s, 1),
		.count = sqlite3_column_int64(s, 2),
		.at_least = sqlite3_column_int(s, 3) != 0,
		.first_ns = int_or(s, 4, CLOCK_UNKNOWN_NS),
		.last_ns = int_or(s, 5, CLOCK_UNKNOWN_NS),
	};
	return true;
}

bool
report_counter_next(struct report *r, struct report_counter *row)
{
	if (!report_next(r, QUERY_COUNTERS))
		return false;
	sqlite3_stmt *s = r->query[QUERY_COUNTERS];
	*row = (struct report_counter){
		.role = text_at(s, 0),
		.kind = text_at(s, 1),
		.scope = text_at(s, 2),
		.name = text_at(s, 3),
		.delta = sqlite3_column_int64(s, 4),
		.file = text_at(s, 5),
	};
	return true;
}

bool
report_rule_next(struct report *r, struct report_rule *row)
{
	if (!report_next(r, QUERY_RULES))
		return false;
	sqlite3_stmt *s = r->query[QUERY_RULES];
	*row = (struct report_rule){.name = text_at(s, 0),
		.kind = text_at(s, 1),
		.sha256 = text_at(s, 2)};
	return true;
}

void
report_list_begin(struct report *r, const char *json)
{
	/* Most lists are empty; spare them the JSON parser. */
	report_begin_text(r, QUERY_LIST, json ? json : "[]");
}

bool
report_list_next(struct report *r, const char **text)
{
	if (!report_next(r, QUERY_LIST))
		return false;
	*text = text_at(r->query[QUERY_LIST], 0);
	if (!*text)
		*text = "";
	return true;
}
