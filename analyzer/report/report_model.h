/*
 * The report model: one reader per concept, used by every writer.
 *
 * Rows stream: begin a query, then call its _next until it returns false. The
 * texts of a row belong to SQLite and live until the next call on the same
 * query. Trouble is sticky: a _next that fails returns false and the cause is
 * kept in report.trouble, which the writer looks at once, at its end
 * (report_settled). One query may not be begun again while its rows are still
 * being read.
 */
#ifndef REPORT_REPORT_MODEL_H
#define REPORT_REPORT_MODEL_H

#include "base/arena.h"
#include "report/report.h"
#include "report/services.h"
#include "model/sighting.h"

enum report_query {
#define X(name, record, with, from) QUERY_##name,
#include "report/queries.def"
#undef X
	QUERY_COUNT
};

/* Which frame of a sighting; see report_view.frame_of. */
enum report_frame {
	FRAME_SYN_FIRST,
	FRAME_SYN_LAST,
	FRAME_SYNACK_FIRST,
	FRAME_SYNACK_LAST,
	FRAME_ACK_FIRST,
	FRAME_ACK_LAST,
	FRAME_CHALLENGE, /* the first of each from here on */
	FRAME_RST_CLIENT,
	FRAME_RST_SERVER,
	FRAME_ICMP,
	FRAME_DATA_CLIENT,
	FRAME_DATA_SERVER,
	/* Copies between the first and the last, as many as times are kept. */
	FRAME_SYN_BETWEEN,
	FRAME_SYNACK_BETWEEN = FRAME_SYN_BETWEEN + SIGHTING_SYN_TIMES - 1,
	REPORT_FRAMES = FRAME_SYNACK_BETWEEN + SIGHTING_SYNACK_TIMES - 1
};

/* The records of records.def, where each member is explained. */
/* clang-format off */
#define MEMBER_INT int64_t
#define MEMBER_KNOWN int64_t
#define MEMBER_TIME int64_t
#define MEMBER_BOOL bool
#define MEMBER_REAL double
#define MEMBER_TEXT const char *
#define RECORD(record) struct report_##record {
#define COLUMN(record, member, type, sql) MEMBER_##type member;
#define ELEMENT(record, array, index, type, sql)
#define OWN(declaration) declaration
#define END(record) };
#include "report/records.def"
#undef RECORD
#undef COLUMN
#undef ELEMENT
#undef OWN
#undef END
/* clang-format on */

/* How often a verdict was given at one place. */
struct report_verdict {
	const char *verdict;
	const char *segment; /* or NULL */
	const char *place;   /* or NULL */
	int64_t count;
	int64_t clean;  /* how many of them are clean: not listed one by one */
	int64_t failed; /* how many of them are failures */
	int64_t certain, likely, possible;
	int64_t retried;           /* how many needed SYN retransmits */
	int64_t first_attempt;     /* the lowest id; 0 when all are clean */
	int64_t first_ns, last_ns; /* first SYNs, reference clock */
	const char *story, *look;  /* its rule's words, or NULL */
	int row; /* which row of the overview is its; -1: none */
};

/* The model. What stands in it was read by report_new and does not change; the
 * cursors of queries and views do. */
struct report {
	struct store *store;
	struct report_options options;
	struct error trouble;
	sqlite3_stmt *query[QUERY_COUNT];
	struct arena arena; /* the summary below */
	bool lent; /* the summary is another report's (report_beside) */

	const char *case_name; /* or NULL */
	const char *tool_version;
	bool sandbox_off;         /* by choice: --no-sandbox */
	bool redacted;            /* addresses and names are pseudonyms */
	const char *rules_sha256; /* or NULL */

	int64_t attempts;
	int64_t clean;
	int64_t failed;       /* verdict.failed is set */
	int64_t undetermined; /* verdict is undetermined, failed or not */
	int64_t undetermined_failed; /* both of the above */
	bool all_judged;
	/* Connections that were made, and reset by the server's side: in answer
	 * to data of the client's, else after a long silence. */
	int64_t reset_in_answer, reset_after_silence;
	int64_t reported; /* failed connects that no capture shows */

	int64_t slow_us; /* a success that took longer is slow */
	const char *clean_verdict;
	struct report_services services;

	/* How much the terminal leaves out to fit a screen; set while it is
	 * written (text_sections.h). */
	int tight;

	struct overview *overview; /* figures for the pictures; owned */

	/* Failed ones first, then undetermined, then the rest; by count. */
	struct report_verdict *verdicts;
	size_t verdict_count;

	/* Path order. */
	struct report_vantage *vantages;
	size_t vantage_count;

	/* Of the vantages that have several, by vantage and frame. */
	struct report_piece *pieces;
	size_t piece_count;
	struct report_step *steps; /* by vantage, as they were captured */
	size_t step_count;

	/* Where report_view_next is. */
	enum report_query view_query; /* QUERY_VIEWS, or QUERY_VIEWS_ALL */
	int64_t view_attempt;
	size_t view_at;
	struct report_view view; /* the row that the query stands on */
	bool view_row;           /* there is one ... */
	bool view_used;          /* ... that has been handed out */

	/* The time that every capture covers; unknown when there is none. */
	int64_t overlap_first_ns, overlap_last_ns;

	/* Where at least half of the failed attempts went; NULL when they went
   * here and there. The port is -1 when it took several to get half. */
	const char *target_ip;
	int64_t target_port;
	int64_t target_failed;
	int64_t target_attempts; /* all there were to it; 0 when it is not the
                              target of every failed one */

	/* What most of the undetermined failures have in common; candidates is
	 * NULL when they have nothing, or none is. */
	struct {
		const char *candidates; /* a list, as in report_list_begin */
		const char
			*note; /* what speaks against the captures, or NULL */
	} open;

	/* The best finding that is confirmed or likely, with those of the same
   * rule and confidence; title is NULL when there is none. */
	struct {
		int64_t id, attempts; /* explained by all of them */
		int64_t reported;     /* failures that logs tell of, the same */
		const char *verdict;  /* of most of these, NULL when unknown */
		int64_t verdict_count;
		const char *title, *confidence, *rule;
		const char *host;    /* NULL when there are several */
		const char *seen_on; /* where the logs and counters that confirm
                            it are from; NULL: here and there */
		bool timed;          /* what confirms it has these times */
		int64_t from_ns, to_ns;
	} cause;
};

/* The part of report_new that goes through every judged attempt: verdicts,
 * failed and the target. What services_end takes. In report_judged.c. */
struct services_pass *report_judged_all(struct report *r);

/* The address of a host, kept; NULL when there is none of that id. */
const char *report_host_name(struct report *r, int64_t id);

/* True for a row of q; false at its end and after trouble, which is kept. */
bool report_next(struct report *r, enum report_query q);

/* Start a query, with ?1 bound to id or to text, or unbound; and ?2 to a number
 * or to another text. */
void report_begin(struct report *r, enum report_query q);
void report_begin_id(struct report *r, enum report_query q, int64_t id);
void report_begin_ids(
	struct report *r, enum report_query q, int64_t id, int64_t second);
void report_begin_texts(struct report *r, enum report_query q, const char *text,
	const char *second);
void report_begin_text(struct report *r, enum report_query q, const char *text);

/* True when nothing went wrong since report_new, out included; flushes out. */
bool report_settled(struct report *r, FILE *out, struct error *e);

/*
 * report_<record>_read: the next row of a query whose columns are those of the
 * record; false as with report_next. The functions below are the same for the
 * records that only one query gives.
 */
#define RECORD(record)                                                     \
	bool report_##record##_read(struct report *r, enum report_query q, \
		struct report_##record *row);
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

/* A text that lives as long as the report; NULL for NULL. */
const char *report_keep(struct report *r, const char *text);

bool report_source_next(struct report *r, struct report_source *row);
/* Nothing of it was used; what ended early or was cut is not that. */
bool report_source_unused(const struct report_source *s);

/* Items: each query fills what records.def says. */
bool report_reason_next(struct report *r, struct report_item *row);

/* Behind report_begin(r, QUERY_NOT_UNDERSTOOD): id is the file's name. */
bool report_not_understood_next(struct report *r, struct report_item *row);
bool report_accounting_next(struct report *r, struct report_item *row);
bool report_anomaly_next(struct report *r, struct report_item *row);
bool report_missing_next(struct report *r, struct report_missing *row);

/* Which attempts query lists those that are not clean, cheapest first. */
enum report_query report_attempts_query(const struct report *r);
bool report_attempt_next(
	struct report *r, enum report_query q, struct report_attempt *row);

/* One row per vantage in path order, also for those that saw nothing; no row at
 * all for an attempt whose sightings were not kept (a clean one). */
void report_views_begin(struct report *r, int64_t attempt);
/* Between these two, report_views_begin is called with ascending attempts only,
 * and costs no search: for a writer that goes through all of them. */
void report_views_stream(struct report *r);
void report_views_stream_end(struct report *r);
bool report_view_next(struct report *r, struct report_view *row);

/* At most 8 rows; the first says what became of the SYN. */
bool report_flow_next(struct report *r, struct report_flow *row);

/*
 * Where Wireshark finds a frame of a vantage: the file among the pieces of a
 * rotated capture, with *frame turned into the number in that file. NULL, and
 * *frame as it was, when the vantage has a single file.
 */
const char *report_frame_file(
	const struct report *r, int64_t vantage, int64_t *frame);

/* The display filter that shows attempt a at view v, as Wireshark reads it.
 * An ICMP error quotes the headers, so the filter catches those too. */
#define REPORT_FILTER_MAX 512
const char *report_filter(const struct report_attempt *a,
	const struct report_view *v, char text[REPORT_FILTER_MAX]);

/* The shell command that prints it with tcpdump(8) from the view's file, which
 * is named as in the evidence; NULL when that does not fit or is not known. */
const char *report_command(const struct report *r, const struct report_view *v,
	char text[REPORT_FILTER_MAX]);

bool report_finding_next(struct report *r, struct report_finding *row);

/* Confirmed or likely: sure enough for a first screen. A possible cause is one of
 * many, a ruled-out one none. */
bool report_finding_is_sure(const struct report_finding *f);
bool report_finding_is_out(const struct report_finding *f);

/* How many attempts the findings of a rule with this confidence explain
 * together. */
int64_t report_cause_attempts(
	struct report *r, const char *confidence, const char *rule);

/* The same of reported failures. */
int64_t report_cause_reported(
	struct report *r, const char *confidence, const char *rule);

/* Count those that no capture shows, for report_new. In reported.c. */
void report_reported_count(struct report *r);

bool report_evidence_next(struct report *r, struct report_evidence *row);

/* QUERY_FINDING_ATTEMPTS. */
bool report_id_next(struct report *r, enum report_query q, int64_t *id);

bool report_translation_next(struct report *r, struct report_translation *row);
bool report_event_next(struct report *r, struct report_event *row);
bool report_counter_next(struct report *r, struct report_counter *row);
bool report_rule_next(struct report *r, struct report_rule *row);

/* The next text of the JSON array that report_list_begin was given. */
void report_list_begin(struct report *r, const char *json);
bool report_list_next(struct report *r, const char **text);

#endif
