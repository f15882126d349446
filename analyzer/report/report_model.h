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

enum report_query {
#define X(name, sql) QUERY_##name,
#include "report/queries.def"
#undef X
	QUERY_COUNT
};

/* A vantage and its clock. */
struct report_vantage {
	int64_t id;
	const char *name;
	bool swapped;
	bool clock_known; /* there is a clock row; the rest is from it */
	const char
		*reference; /* name of the vantage with the reference clock */
	bool offset_known;
	int64_t offset_ns; /* positive: this clock is ahead of the reference */
	bool uncertainty_known;
	int64_t uncertainty_ns;
	bool drift_known;
	double drift_ppm;
	int64_t pairs; /* attempts seen at both */
	const char *method;
	int64_t origin_ns; /* captured clock: drift counts from here */
	bool measured;     /* by segments seen in this time, captured clock */
	int64_t measured_from_ns, measured_to_ns;
	bool stated;      /* case.yaml states an offset */
	bool contradicts; /* which cannot be true */
	int64_t stated_ns, stated_uncertainty_ns;
	const char *file;        /* its first capture's name, or NULL */
	const char *compression; /* of that file, or NULL */
	/* First and last packet, reference clock; nothing is in between when
	 * there is no packet. */
	int64_t covers_from_ns, covers_to_ns;
};

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

/* A moment at which a vantage's clock, or the reference, was set. */
struct report_step {
	int64_t vantage;
	int64_t at_ns; /* captured clock */
	int64_t to_ns; /* of the last segment before the next step */
	int64_t by_ns;
	int64_t offset_ns; /* from then on */
	int64_t uncertainty_ns;
	bool drift_known;
	double drift_ppm;
	int64_t origin_ns;
};

/* One piece of a rotated capture. */
struct report_piece {
	int64_t vantage;
	int64_t first_frame; /* number in the vantage of its first packet */
	const char *name;
};

struct report {
	struct store *store;
	struct report_options options;
	struct error trouble;
	sqlite3_stmt *query[QUERY_COUNT];
	struct arena arena; /* the summary below */

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
	bool view_row;  /* the query stands on a row ... */
	bool view_used; /* ... that has been handed out */

	/* The time that every capture covers; unknown when there is none. */
	int64_t overlap_first_ns, overlap_last_ns;

	/* Where at least half of the failed attempts went; NULL when they went
	 * here and there. The port is -1 when it took several to get half. */
	const char *target_ip;
	int64_t target_port;
	int64_t target_failed;
	int64_t target_attempts; /* all there were to it; 0 when it is not the
	                            target of every failed one */

	/* The best finding that is confirmed or likely, with those of the same
	 * rule and confidence; title is NULL when there is none. */
	struct {
		int64_t id, attempts; /* explained by all of them */
		const char *title, *confidence, *rule;
		const char *host;    /* NULL when there are several */
		const char *seen_on; /* where the logs and counters that confirm
		                        it are from; NULL: here and there */
		bool timed;          /* what confirms it has these times */
		int64_t from_ns, to_ns;
	} cause;
};

/* The part of report_new that goes through every judged attempt: verdicts,
 * failed and the target. In report_judged.c. */
void report_judged_read(struct report *r);

/* True for a row of q; false at its end and after trouble, which is kept. */
bool report_next(struct report *r, enum report_query q);

/* Start a query, with ?1 bound to id or to text, or unbound. */
void report_begin(struct report *r, enum report_query q);
void report_begin_id(struct report *r, enum report_query q, int64_t id);
void report_begin_text(struct report *r, enum report_query q, const char *text);

/* True when nothing went wrong since report_new, out included; flushes out. */
bool report_settled(struct report *r, FILE *out, struct error *e);

struct report_source {
	int64_t id;
	const char *name, *role, *kind, *compression, *sha256;
	int64_t bytes;
	int64_t packets, lines;    /* -1: not that kind of input */
	int64_t first_ns, last_ns; /* reference clock, or CLOCK_UNKNOWN_NS */
	int64_t dropped;           /* -1: the capture does not say */
	const char *filter, *trust, *note, *link_types;
	int64_t snaplen; /* -1: none */
};
bool report_source_next(struct report *r, struct report_source *row);

/* QUERY_REASONS (id, detail), QUERY_ACCOUNTING (id, count), QUERY_ANOMALIES
 * (id, count, detail, at), QUERY_MISSING (detail, count). */
struct report_item {
	const char *id;
	const char *detail;
	int64_t count;
	int64_t at; /* byte offset, -1 when it has none */
};
bool report_reason_next(struct report *r, struct report_item *row);
bool report_accounting_next(struct report *r, struct report_item *row);
bool report_anomaly_next(struct report *r, struct report_item *row);
bool report_missing_next(struct report *r, struct report_item *row);

struct report_attempt {
	int64_t id;
	const char *client_ip, *server_ip;
	int64_t client_port, server_port;
	int64_t isn;
	int64_t first_ns;    /* reference clock */
	int64_t duration_us; /* -1: not known */
	int64_t syn_retransmits;
	bool clean;
	bool unjudged; /* no rule gave a verdict, and it is not clean */
	const char *verdict, *segment, *place, *confidence;
	bool failed;
	const char *candidates, *missing; /* JSON arrays, for QUERY_LIST */
	const char *why;                  /* NULL for clean ones */
	const char *matched_by;
	/* The tuple at the server's end where it is another one; else NULL. */
	const char *there_client_ip, *there_server_ip;
	int64_t there_client_port, there_server_port;
	/* Copies that left one end and that arrived at the other; -1 where no
	 * capture shows it. */
	int64_t syn_sent, syn_arrived;
	int64_t synack_sent, synack_arrived;
	int64_t ack_sent, ack_arrived;
	bool copies_known;
	/* Coverage words of model/facts.def, or NULL. */
	const char *c_sends, *c_receives, *s_receives, *s_sends;
	const char *icmp_sender; /* or NULL */
};

/* Which attempts query lists those that are not clean, cheapest first. */
enum report_query report_attempts_query(const struct report *r);
bool report_attempt_next(
	struct report *r, enum report_query q, struct report_attempt *row);

#define REPORT_FRAMES_MAX 12

struct report_view {
	int64_t vantage;
	const char *name;
	bool seen; /* false: the counts are 0 and the tuple is NULL */
	const char *client_ip, *server_ip;
	int64_t client_port, server_port;
	int64_t syn, synack, ack, rst, icmp, data, challenge;
	int64_t frames[REPORT_FRAMES_MAX]; /* ascending, distinct */
	int frame_count;
	/* First and last SYN, SYN-ACK, ACK; first challenge, RST of the client,
	 * RST of the server, ICMP error, data of the client, of the server; 0
	 * for none. */
	int64_t frame_of[REPORT_FRAMES_MAX];
	int64_t first_ns;  /* captured clock */
	const char *times; /* sighting.times */
};
/* One row per vantage in path order, also for those that saw nothing; no row at
 * all for an attempt whose sightings were not kept (a clean one). */
void report_views_begin(struct report *r, int64_t attempt);
/* Between these two, report_views_begin is called with ascending attempts only,
 * and costs no search: for a writer that goes through all of them. */
void report_views_stream(struct report *r);
void report_views_stream_end(struct report *r);
bool report_view_next(struct report *r, struct report_view *row);

/* A flow log's record of an attempt. */
struct report_flow {
	const char *file;
	int64_t line;
	const char *action;
	bool forward;      /* client to server */
	int64_t start_ns;  /* CLOCK_UNKNOWN_NS: the log has no times */
	int64_t packets;   /* -1: not logged */
	int64_t tcp_flags; /* -1: not logged */
	const char *interface, *rule, *reason; /* or NULL */
};
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

struct report_finding {
	int64_t id;
	const char *rule, *cause, *title, *confidence, *host;
	int64_t attempts;
	const char *explains, *fix, *verify, *collect; /* JSON arrays */
	const char *worse; /* JSON array: what makes it worse; "[]" when the
	                      database has no such column */
	/* Findings of one rule and confidence come one after the other and give
	 * the same advice: which of how many this one is, from 1 on. */
	int64_t place, places;
};
bool report_finding_next(struct report *r, struct report_finding *row);

/* How many attempts the findings of a rule with this confidence explain
 * together. */
int64_t report_cause_attempts(
	struct report *r, const char *confidence, const char *rule);

struct report_evidence {
	int64_t source; /* -1: none */
	const char *source_name;
	bool is_capture; /* line is a frame number */
	int64_t line;    /* -1: none */
	int64_t at_ns;   /* or CLOCK_UNKNOWN_NS */
	const char *text, *weighs;
};
bool report_evidence_next(struct report *r, struct report_evidence *row);

/* QUERY_FINDING_ATTEMPTS. */
bool report_id_next(struct report *r, enum report_query q, int64_t *id);

/* How addresses changed on the way. */
struct report_translation {
	const char *vantage;
	const char *client_ip, *server_ip; /* at the first vantage */
	int64_t server_port;
	const char *there_client_ip, *there_server_ip;
	int64_t there_server_port;
	bool client_port_changed; /* of at least one */
	int64_t attempts;
};
bool report_translation_next(struct report *r, struct report_translation *row);

/* A kind of log line: QUERY_EVENTS. */
struct report_event {
	const char *name;
	int64_t lines, count;
	bool at_least;             /* count is a lower bound */
	int64_t first_ns, last_ns; /* or CLOCK_UNKNOWN_NS */
};
bool report_event_next(struct report *r, struct report_event *row);

/* A number that rose between two snapshots: QUERY_COUNTERS. */
struct report_counter {
	const char *role, *kind, *scope, *name, *file;
	int64_t delta;
};
bool report_counter_next(struct report *r, struct report_counter *row);

struct report_rule {
	const char *name, *kind, *sha256;
};
bool report_rule_next(struct report *r, struct report_rule *row);

/* The next text of the JSON array that report_list_begin was given. */
void report_list_begin(struct report *r, const char *json);
bool report_list_next(struct report *r, const char **text);

#endif
