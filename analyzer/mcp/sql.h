/*
 * SQL from a model, over a database from a stranger: it reads, and it ends.
 *
 * Refused before it runs: more than one statement, anything that is not a plain
 * SELECT over this database's own tables and views, recursion, pragmas, any
 * function that is not on the list. Bounded while it runs: elapsed time, steps,
 * memory, rows, bytes. A row is a line of JSON.
 */
#ifndef MCP_SQL_H
#define MCP_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

#define MCP_SQL_ROWS_MAX 200
#define MCP_SQL_BYTES_MAX (64 << 10)
#define MCP_SQL_TEXT_MAX 2048
#define MCP_SQL_SECONDS 5
#define MCP_SQL_MEMORY_BYTES (64 << 20)

/* Once for a connection, while no statement of it runs. False with *e set. */
bool mcp_sql_begin(sqlite3 *db, struct error *e);

/* The rows to out. False with *e set, and what was written before to be thrown
 * away, when the query is refused or reached a bound other than that of rows
 * and bytes, which out then tells. */
bool mcp_sql(sqlite3 *db, const char *sql, FILE *out, struct error *e);

#endif
