/*
 * A bound on how long the rules may run.
 *
 * No rule can loop (expression.h), so this never strikes; it stands behind that
 * promise, counted in steps of SQLite's virtual machine, not in seconds, so
 * that a slow machine gives the same result.
 */
#ifndef JUDGE_RUN_LIMIT_H
#define JUDGE_RUN_LIMIT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Steps between two looks, and looks allowed per row and at the start. Our own
 * rules take about 700 steps a row; RULES_MAX large ones fit a hundred times. */
#define RUN_STEPS 100000
#define RUN_LOOKS_FIRST 1000

struct run_limit {
	int64_t looks; /* left */
};

/* From now on statements of db that go beyond the bound for rows rows end with
 * SQLITE_INTERRUPT. limit must live until the handler is removed or db closed. */
void run_limit_set(struct run_limit *limit, sqlite3 *db, int64_t rows);
void run_limit_clear(sqlite3 *db);

#endif
