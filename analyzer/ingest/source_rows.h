/*
 * Rows about a source and what is in it: one writer for every kind of file.
 */
#ifndef INGEST_SOURCE_ROWS_H
#define INGEST_SOURCE_ROWS_H

#include "ingest/case_files.h"
#include "parsers/anomaly.h"
#include "store/tables.h"

/* Who writes them, and the one statement that is no insert; one per run. */
struct source_rows {
	struct store *store;    /* borrowed */
	sqlite3_stmt *complete; /* owned */
};

/* A number or time of a source that is not known or does not apply: NULL. */
#define SOURCE_UNKNOWN STORE_NULL

/* A row about which nothing is known but its name, whose it is, and its kind.
 * Texts are borrowed until it is added. */
struct store_source source_row_of(const struct case_file *f, const char *kind);

bool source_rows_init(struct source_rows *w, struct store *s, struct error *e);
void source_rows_release(struct source_rows *w);

/* Insert a source; *id is its id for the rows below. Of its texts that may be
 * NULL an empty one is. */
bool source_rows_add(struct source_rows *w, const struct store_source *row,
	int64_t *id, struct error *e);

/* What is known of a source only once it was read; note may be NULL. */
bool source_rows_complete(struct source_rows *w, int64_t id, const char *sha256,
	int64_t bytes, int64_t lines, const char *note, struct error *e);

/* detail is a sentence of ours, text a line of the evidence, or NULL. */
bool source_rows_reason(struct source_rows *w, int64_t id, const char *reason,
	const char *detail, const char *text, struct error *e);

/* Nothing is written for a count of 0. */
bool source_rows_count(struct source_rows *w, int64_t id, const char *kind,
	uint64_t count, struct error *e);

/* at: byte offset, or negative for none. */
bool source_rows_anomaly(struct source_rows *w, int64_t id, enum anomaly a,
	int64_t at, uint64_t count, struct error *e);

/* A text, or NULL where it is empty. */
const char *source_text(const char *text);

/* A number, or SOURCE_UNKNOWN for the parsers' "not known", which is any
 * negative number. */
int64_t source_number(int64_t value);

#endif
