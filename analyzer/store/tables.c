/*
 * tables.def as data: what the schema, the authorizer, the redactor and the
 * inserts go by.
 */
#include "store/tables.h"

#define STORE_KIND_INT(kind) STORE_UNIT_##kind
#define STORE_KIND_REAL(kind) STORE_UNIT_##kind
#define STORE_KIND_TEXT(kind) STORE_CLASS_##kind
#define STORE_KIND_VIEW(kind) STORE_CLASS_##kind

#define STORE_NULL_INT STORE_NULL
#define STORE_NULL_REAL NAN
#define STORE_NULL_TEXT NULL
#define STORE_NULL_VIEW \
	{               \
		NULL, 0 \
	}

/* clang-format off */
#define TABLE(table, writer, meaning) \
	const struct store_##table store_##table##_null = {
#define COLUMN(table, column, type, constraint, kind, meaning) \
	.column = STORE_NULL_##type,
#define END(table, key, options) };
#include "store/tables.def"
#undef TABLE
#undef COLUMN
#undef END

/* Nobody fills a row of theirs: they are copied (store_copy). */
#define TABLE(table, writer, meaning) struct store_##table {
#define COLUMN(table, column, type, constraint, kind, meaning) \
	STORE_MEMBER_##type column;
#define END(table, key, options) };
#include "store/former_tables.def"
#undef TABLE
#undef COLUMN
#undef END

#define TABLE(table, writer, meaning) \
	static const struct store_column columns_of_##table[] = {
#define COLUMN(table, column, type, constraint, kind, meaning)              \
	{#column, STORE_##type, offsetof(struct store_##table, column),     \
		constraint, STORE_KIND_##type(kind), meaning},
#define END(table, key, options) };
#include "store/tables.def"
#include "store/former_tables.def"
#undef TABLE
#undef COLUMN
#undef END
/* clang-format on */

#define COLUMNS_OF(table)   \
	columns_of_##table, \
		(int)(sizeof columns_of_##table / sizeof *columns_of_##table)

const struct store_table store_tables[STORE_TABLES_ALL] = {
#define TABLE(table, writer, meaning) \
	{                             \
#table, STORE_##writer, meaning, COLUMNS_OF(table),
#define COLUMN(table, column, type, constraint, kind, meaning)
#define END(table, key, options) \
	key, options             \
	}                        \
	,
#include "store/tables.def"
#include "store/former_tables.def"
#undef TABLE
#undef COLUMN
#undef END
};

/* A table that bulk rows could not hold does not compile. */
#define TABLE(table, writer, meaning)                                    \
	_Static_assert(sizeof columns_of_##table <=                      \
			STORE_BULK_COLUMNS * sizeof *columns_of_##table, \
		#table " fits a bulk row");
#define COLUMN(table, column, type, constraint, kind, meaning)
#define END(table, key, options)
#include "store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
