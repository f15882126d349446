/*
 * The tables of evidence.sqlite as C sees them, all from tables.def: a struct
 * for a row of each, whose members are its columns, and the two ways in.
 *
 * A row starts as store_<table>_null, so that a column nobody filled is NULL,
 * which the schema refuses where that must not be:
 *
 *	struct store_anomaly row = store_anomaly_null;
 *	row.source = id;
 *	...
 *	store_insert_anomaly(s, &row, e)
 *
 * NULL is STORE_NULL in an INT, NAN in a REAL, NULL in a TEXT and in the data
 * of a VIEW. Texts are borrowed for the call. An empty text is no NULL.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include <math.h>
#include <stddef.h>

#include "base/bytes.h"
#include "store/store.h"

/* Also CLOCK_UNKNOWN_NS and FACT_UNKNOWN. */
#define STORE_NULL INT64_MIN

enum store_type {
	STORE_INT,
	STORE_REAL,
	STORE_TEXT,
	STORE_VIEW, /* a text too, but for C */
};

enum store_kind {
#define UNIT(name, words) STORE_UNIT_##name,
#define CLASS(name, words) STORE_CLASS_##name,
#include "store/kinds.def"
#undef UNIT
#undef CLASS
};

struct store_column {
	const char *name;
	enum store_type type;
	size_t offset; /* of its member in the row's struct */
	const char *constraint;
	enum store_kind kind;
	const char *meaning;
};

struct store_table {
	const char *name;
	enum store_stage writer;
	const char *meaning;
	const struct store_column *columns;
	int columns_count; /* 1 to STORE_BULK_COLUMNS */
	const char *key;   /* over several columns, or "" */
	const char *options;
};

/* The number of each table; STORE_TABLES is how many there are. */
enum store_table_id {
#define TABLE(table, writer, meaning) STORE_TABLE_##table,
#define COLUMN(table, column, type, constraint, kind, meaning)
#define END(table, key, options)
#include "store/tables.def"
	STORE_TABLES,
	STORE_FORMER_ = STORE_TABLES - 1,
#include "store/former_tables.def"
	STORE_TABLES_ALL /* with those of former_tables.def */
#undef TABLE
#undef COLUMN
#undef END
};

/* Static storage. */
extern const struct store_table store_tables[STORE_TABLES_ALL];

/* What the two below do, for any table; the row is its struct. */
bool store_insert_row(struct store *s, enum store_table_id table,
	const void *row, struct error *e);
bool store_append_rows(struct store *s, enum store_table_id table,
	int64_t count, const void *row,
	void (*fill)(void *context, int64_t number), void *context,
	struct error *e);

/* clang-format off */
#define STORE_MEMBER_INT int64_t
#define STORE_MEMBER_REAL double
#define STORE_MEMBER_TEXT const char *
#define STORE_MEMBER_VIEW struct view

#define TABLE(table, writer, meaning) struct store_##table {
#define COLUMN(table, column, type, constraint, kind, meaning) \
	STORE_MEMBER_##type column;
#define END(table, key, options) };
#include "store/tables.def"
#undef TABLE
#undef COLUMN
#undef END

/*
 * store_<table>_null: a row of NULLs.
 *
 * store_insert_<table>: insert one row; its statement is prepared once. A row
 * that the schema refuses is trouble like any other. What it was given as id
 * sqlite3_last_insert_rowid tells.
 *
 * store_append_<table>: insert count rows in one statement, which spares the
 * bind, step and reset that are most of SQLite's cost for narrow rows. For each
 * number from 0 fill is called, which puts that row into *row (of the caller,
 * as is context); the row's texts live until it is called again. It may be called
 * for all of them once more, from 0. Many rows of an empty table are written past
 * SQLite's machine (store/load.h): what is selected at that moment ends first.
 */
#define TABLE(table, writer, meaning)                                         \
	extern const struct store_##table store_##table##_null;               \
	static inline bool store_insert_##table(struct store *s,              \
		const struct store_##table *row, struct error *e)             \
	{                                                                     \
		return store_insert_row(s, STORE_TABLE_##table, row, e);      \
	}                                                                     \
	static inline bool store_append_##table(struct store *s,              \
		int64_t count, const struct store_##table *row,               \
		void (*fill)(void *context, int64_t number), void *context,   \
		struct error *e)                                              \
	{                                                                     \
		return store_append_rows(                                     \
			s, STORE_TABLE_##table, count, row, fill, context, e); \
	}
#define COLUMN(table, column, type, constraint, kind, meaning)
#define END(table, key, options)
#include "store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
/* clang-format on */

#endif
