/*
 * The index of a batch: index.sqlite, index.ndjson and index.html.
 *
 * Made from the result folders alone, cases in order of their names, without a
 * clock: the same results give the same bytes, however they came about.
 *
 * Costs: 1 ms a case, most of it opening its evidence.sqlite.
 */
#ifndef BATCH_INDEX_H
#define BATCH_INDEX_H

#include <sqlite3.h>

#include "batch/results.h"

/* PRAGMA user_version of index.sql. */
#define INDEX_SCHEMA_VERSION 3

/*
 * Write the three files of r->dir from the results in the named folders of
 * DIR/cases, count of them in any order. unplaced is the number of files that
 * are in no case. Fills cases, usable, with_failures, duplicates and unfinished of
 * *result.
 */
bool index_write(struct results *r, const char *const *folders, size_t count,
	size_t unplaced, struct batch_result *result, struct error *e);

/*
 * Give up all but DIR, for good: index_write reads the databases of the cases,
 * which hold strangers' words, or came from a stranger's batch. No analysis can
 * be started any more. False with *e set where less is to be had than was required.
 */
bool index_enter_sandbox(
	const struct results *r, enum sandbox_wanted wanted, struct error *e);

/* Both write what index.sqlite holds. False with *e set on trouble. */
bool index_write_ndjson(sqlite3 *db, FILE *out, struct error *e);
bool index_write_html(sqlite3 *db, FILE *out, struct error *e);

/* index.sql as text. Static storage. */
const char *index_schema_sql(void);

/* What an index names: the result folders of its cases, without "cases/". */
struct index_contents {
	const char **folders; /* owned, as is the arena with the names */
	size_t count;
	struct arena arena;
};

/* Read DIR/index.sqlite; false with *e set when it is not there or another
 * version's. Release in either case. */
bool index_contents_read(struct index_contents *c, const char *dir,
	enum sandbox_wanted wanted, struct error *e);
void index_contents_release(struct index_contents *c);

#endif
