/*
 * A query of one's own, whose rows are read and whose values are bound by name.
 * What is selected and where it goes are one list, so that no two columns can
 * change places:
 *
 *	#define PIECE(X)                              \
 *		X(TEXT, name, "s.name")               \
 *		X(TIME, first_ns, "min(s.first_ns)")
 *	STORE_SELECT(piece, PIECE)
 *
 *	stmt = store_prepare(s, "SELECT 0" STORE_COLUMNS(PIECE) " FROM ...
 *	        WHERE s.role = :role", e);
 *	store_bind_text(stmt, ":role", role);
 *	while (sqlite3_step(stmt) == SQLITE_ROW) {
 *		struct piece row = piece_of(stmt);
 *
 * The 0 gives the list's first comma something to stand behind. TYPE, and what
 * NULL becomes: INT (0), KNOWN (a number that is never negative: -1), TIME
 * (STORE_NULL, which is CLOCK_UNKNOWN_NS), BOOL (false), REAL (0), TEXT (NULL;
 * SQLite's until the next row), WORD (a text that is "" for NULL). The report's
 * records are rows of report/records.def, read by the same functions.
 */
#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include <assert.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "store/tables.h"

static inline int64_t
select_INT(sqlite3_stmt *s, int column)
{
	return sqlite3_column_int64(s, column);
}

static inline int64_t
select_KNOWN(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL
		? -1
		: sqlite3_column_int64(s, column);
}

static inline int64_t
select_TIME(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL
		? STORE_NULL
		: sqlite3_column_int64(s, column);
}

static inline bool
select_BOOL(sqlite3_stmt *s, int column)
{
	return sqlite3_column_int64(s, column) != 0;
}

static inline double
select_REAL(sqlite3_stmt *s, int column)
{
	return sqlite3_column_double(s, column);
}

static inline const char *
select_TEXT(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

static inline const char *
select_WORD(sqlite3_stmt *s, int column)
{
	const char *text = select_TEXT(s, column);
	return text == NULL ? "" : text;
}

/* clang-format off */
#define SELECT_TYPE_INT int64_t
#define SELECT_TYPE_KNOWN int64_t
#define SELECT_TYPE_TIME int64_t
#define SELECT_TYPE_BOOL bool
#define SELECT_TYPE_REAL double
#define SELECT_TYPE_TEXT const char *
#define SELECT_TYPE_WORD const char *

#define SELECT_MEMBER(type, member, sql) SELECT_TYPE_##type member;
#define SELECT_READ(type, member, sql) row.member = select_##type(stmt, column++);
#define SELECT_SQL(type, member, sql) ", " sql

#define STORE_COLUMNS(list) list(SELECT_SQL)
#define STORE_SELECT(name, list)                                              \
	struct name { list(SELECT_MEMBER) };                                  \
	static inline struct name name##_of(sqlite3_stmt *stmt)               \
	{                                                                     \
		struct name row;                                              \
		int column = 1;                                               \
		list(SELECT_READ)                                             \
		return row;                                                   \
	}
/* clang-format on */

/* Give a parameter its value; there must be one of that name. The text must
 * live until the statement has been stepped; NULL is NULL. */
static inline void
store_bind_int(sqlite3_stmt *stmt, const char *name, int64_t value)
{
	int at = sqlite3_bind_parameter_index(stmt, name);
	assert(at > 0);
	sqlite3_bind_int64(stmt, at, value);
}

static inline void
store_bind_text(sqlite3_stmt *stmt, const char *name, const char *value)
{
	int at = sqlite3_bind_parameter_index(stmt, name);
	assert(at > 0);
	sqlite3_bind_text(stmt, at, value, -1, SQLITE_STATIC);
}

/* Give each parameter :name the value that the row at hand has in its column of
 * that name; there must be one. Text is copied. */
static inline void
store_bind_row(sqlite3_stmt *stmt, sqlite3_stmt *row)
{
	int bound = 0;
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		char name[64];
		snprintf(name, sizeof name, ":%s", sqlite3_column_name(row, i));
		int at = sqlite3_bind_parameter_index(stmt, name);
		if (at > 0) {
			sqlite3_bind_value(
				stmt, at, sqlite3_column_value(row, i));
			bound++;
		}
	}
	assert(bound == sqlite3_bind_parameter_count(stmt));
	(void)bound;
}

#endif
