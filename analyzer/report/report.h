/*
 * One report model, one writer per format.
 *
 * The model is read from the database alone (opened read-only or by an
 * authorizer that refuses writes), so that every format tells the same and a
 * report can be made again from an evidence.sqlite. Writers stream; memory does
 * not grow with the number of attempts. Nothing that differs between two runs
 * over the same evidence is written: no wall clock, no absolute path.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "store/store.h"

struct report;

/* A success that took longer than this is slow, unless meta slow_us says more. */
#define REPORT_SLOW_US 1000000

struct report_options {
	bool all_attempts; /* clean ones too, in JSON */
	bool verbose;      /* examples, inputs and clocks on the terminal too */
};

/* Read the summary part of the model; NULL with *e set on trouble. The store
 * must outlive the report. */
struct report *report_new(
	struct store *s, const struct report_options *options, struct error *e);
/*
 * The same report for a writer in another thread, that reads through s, another
 * connection to the store: what was read of the summary is not read again. To
 * be made while nothing is written of the first; then both may be written at once,
 * the page by one of them only. Free it before the first.
 */
struct report *report_beside(const struct report *first, struct store *s);
void report_free(struct report *r);

/* Attempts that failed, and attempts that the evidence cannot decide. */
int64_t report_failed(const struct report *r);
int64_t report_undetermined(const struct report *r);
/* Failed connections that logs and the like tell of and no capture shows. */
int64_t report_reported(const struct report *r);

/* Attempts that succeeded, and took longer than what counts as slow. */
int64_t report_slow(const struct report *r);

/* report.json, contract section 7. */
bool report_write_json(struct report *r, FILE *out, struct error *e);

/* One self-contained page. */
bool report_write_html(struct report *r, FILE *out, struct error *e);

/* The systems that tickets are in. */
enum report_ticket {
	REPORT_TICKET_NONE,
#define X(name, ...) REPORT_TICKET_##name,
#include "report/ticket_forms.def"
#undef X
	REPORT_TICKET_COUNT
};

/* Their ids: "github", "jira". */
const char *report_ticket_id(enum report_ticket form);

/* A comment for a ticket, in its system's markup. */
bool report_write_ticket(
	struct report *r, FILE *out, enum report_ticket form, struct error *e);

/* For pipelines: each service a test, each cause a result (render/junit.h,
 * render/sarif.h). */
bool report_write_junit(struct report *r, FILE *out, struct error *e);
bool report_write_sarif(struct report *r, FILE *out, struct error *e);

/* The comment as Markdown. */
bool report_write_markdown(struct report *r, FILE *out, struct error *e);

/* The terminal summary: at most columns wide (80 when 0), colour only when
 * asked for. outputs: the names of the files written, or NULL. */
bool report_write_text(struct report *r, FILE *out, int columns, bool colour,
	const char *const *outputs, struct error *e);

#endif
