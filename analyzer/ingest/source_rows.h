/*
 * Rows about a source and what is in it: one writer for every kind of file.
 */
#ifndef INGEST_SOURCE_ROWS_H
#define INGEST_SOURCE_ROWS_H

#include "base/clock.h"
#include "parsers/anomaly.h"
#include "store/store.h"

/* The statements of this stage; one per run. */
struct source_rows {
	struct store *store;  /* borrowed */
	sqlite3_stmt *source; /* owned, as are the others */
	sqlite3_stmt *reason;
	sqlite3_stmt *accounting;
	sqlite3_stmt *anomaly;
	sqlite3_stmt *complete;
};

/* A number or time of a source that is not known or does not apply: NULL. */
#define SOURCE_UNKNOWN CLOCK_UNKNOWN_NS

/* Columns of `source`; texts borrowed, NULL or "" is NULL. */
struct source_row {
	const char *name;
	const char *role;
	const char *kind;
	const char *compression;
	const char *sha256;
	int64_t bytes;
	int64_t packets;
	int64_t lines;
	struct captured_time first;
	struct captured_time last;
	int64_t vantage;
	int64_t piece;
	int64_t first_frame;
	const char *link_types;
	int64_t snaplen;
	int64_t dropped;
	const char *filter;
	const char *trust;
	const char *note;
};

/* A row about which nothing is known but its name, role and kind. */
struct source_row source_row_of(
	const char *name, const char *role, const char *kind);

bool source_rows_init(struct source_rows *w, struct store *s, struct error *e);
void source_rows_release(struct source_rows *w);

/* Insert a source; *id is its id for the rows below. */
bool source_rows_add(struct source_rows *w, const struct source_row *row,
	int64_t *id, struct error *e);

/* What is known of a source only once it was read; note may be NULL. */
bool source_rows_complete(struct source_rows *w, int64_t id, const char *sha256,
	int64_t bytes, int64_t lines, const char *note, struct error *e);

bool source_rows_reason(struct source_rows *w, int64_t id, const char *reason,
	const char *detail, struct error *e);

/* Nothing is written for a count of 0. */
bool source_rows_count(struct source_rows *w, int64_t id, const char *kind,
	uint64_t count, struct error *e);

/* at: byte offset, or negative for none. */
bool source_rows_anomaly(struct source_rows *w, int64_t id, enum anomaly a,
	int64_t at, uint64_t count, struct error *e);

/* Bind text; NULL and "" become NULL. The text is copied. */
void source_bind_text(sqlite3_stmt *stmt, int at, const char *text);

/* Bind a number; SOURCE_UNKNOWN becomes NULL. */
void source_bind_number(sqlite3_stmt *stmt, int at, int64_t value);

/* The same for the parsers' "not known", which is any negative number. */
void source_bind_known(sqlite3_stmt *stmt, int at, int64_t value);

#endif
