/*
 * evidence.sqlite: created whole, written stage by stage, read by everyone.
 *
 * The file grows under a temporary name in its target folder and gets its own
 * name only in store_publish: outputs appear whole or not at all. Each stage
 * announces itself (store_stage); an authorizer then refuses, at prepare time,
 * any write to a table that is not that stage's.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* PRAGMA user_version of the schema of tables.def. */
#define STORE_SCHEMA_VERSION 1

struct store;

/* Who writes which tables; see tables.def. */
enum store_stage {
	STORE_INGEST,
	STORE_STITCH,
	STORE_JUDGE,
	STORE_REDACT, /* may rewrite every table */
	STORE_REPORT, /* writes nothing */
	STORE_ANY,    /* no stage: of a table that all but the report write */
};

/*
 * Create an empty database that will be published as path, or one in memory
 * when path is NULL. NULL with *e set when the folder cannot be written.
 * Freed with store_free.
 */
struct store *store_create(const char *path, struct error *e);

/* The same in small pages, for a case of up to STORE_SMALL_ATTEMPTS. */
#define STORE_SMALL_ATTEMPTS 2000
struct store *store_create_small(const char *path, struct error *e);

/*
 * The same, but kept in memory until store_publish, which writes the file anew:
 * what was overwritten or deleted before never reaches the disk. path is not
 * NULL.
 */
struct store *store_create_in_memory(const char *path, struct error *e);

/* Open an existing evidence.sqlite read-only; refuses another version. */
struct store *store_open(const char *path, struct error *e);
/* The same for one that this very process has just published: nothing of it is
 * checked. */
struct store *store_open_own(const char *path, struct error *e);

/* No more is written: the file is whole, under its temporary name. */
bool store_settle(struct store *s, struct error *e);

/* A settled store once more, read-only, for another thread. NULL with *e set
 * when it cannot be opened. Free it first. */
struct store *store_reader(const struct store *s, struct error *e);

/* Settle it if need be, flush it to disk and give it its name. */
bool store_publish(struct store *s, struct error *e);

/* Close; an unpublished file is removed. NULL is fine. */
void store_free(struct store *s);

/* The connection; valid until store_free. */
sqlite3 *store_db(struct store *s);

/* From now on only the tables of this stage may be written. */
void store_stage(struct store *s, enum store_stage stage);

/* Run statements that return nothing. */
bool store_exec(struct store *s, const char *sql, struct error *e);

/* Prepare one statement; NULL with *e set on trouble. The caller finalizes. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct error *e);

/* Prepare a stranger's statement, which may do nothing but select, read and call
 * functions; NULL when it is wrong or wants more: sqlite3_errmsg of store_db says
 * what. A stage must have begun. Setting another authorizer for it would cost
 * far more: that makes SQLite prepare every statement again.
 * cite: SQLite 3.40 src/auth.c sqlite3_set_authorizer (ExpirePreparedStatements) */
sqlite3_stmt *store_prepare_reading(struct store *s, const char *sql);

/* Step a statement that returns no row, then reset it. */
bool store_step(struct store *s, sqlite3_stmt *stmt, struct error *e);

/* Set *e from the connection's last error (disk full and so on). */
bool store_error(sqlite3 *db, const char *doing, struct error *e);

/* meta: replace the value of key. */
bool store_meta(
	struct store *s, const char *key, const char *value, struct error *e);

/* Is meta's value of the key this one (NULL: any)? */
bool store_meta_is(struct store *s, const char *key, const char *value);

/* How many columns a table may have. */
#define STORE_BULK_COLUMNS 160

/*
 * Append the rows of a SELECT over another store to target, "table (columns)",
 * column by column. False with *e set; what does not fit the schema is
 * ERROR_USAGE, because such a file was damaged or is no evidence.sqlite.
 */
bool store_copy(struct store *s, const char *target, struct store *from,
	const char *select, struct error *e);

/* Take everything over that was found out before judging: the tables of ingest
 * and stitch, and meta. */
bool store_copy_evidence(struct store *s, struct store *from, struct error *e);

/* The tables of tables.def and their views, with comments; those of
 * former_tables.def, for databases judged again; and `facts` alone. The caller
 * frees with sqlite3_free. */
char *store_schema_sql(void);
char *store_former_sql(void);
char *store_facts_sql(void);

#endif
