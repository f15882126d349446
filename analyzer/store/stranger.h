/*
 * Databases that somebody else may have written: an evidence.sqlite out of a
 * ticket, the index of a shard. SQLite itself bears any bytes; what is bounded
 * here is what our own queries over them can cost. A view or a trigger in the
 * file runs whenever a query of ours touches it, so a schema that is not ours
 * is refused before anything else is read.
 */
#ifndef STORE_STRANGER_H
#define STORE_STRANGER_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * From now on a query of db may hold no more than STRANGER_BYTES of memory in
 * one value, and all of them together no more than STRANGER_SECONDS of elapsed
 * time: the one that runs then ends with SQLITE_INTERRUPT. Views may call no
 * function that is not harmless.
 */
void stranger_limit(sqlite3 *db);

/*
 * Has db the tables and views of the script ours (statements of a
 * schema), each either as there or not at all, and no others? False with *e set
 * to a usage error that names path and the first that differs.
 */
bool stranger_check_schema(
	sqlite3 *db, const char *ours, const char *path, struct error *e);

/* The longest text or blob; a line of evidence has at most 2 KiB, a page's
 * largest text some hundred. */
#define STRANGER_BYTES (16 << 20)
/* No report of ours needs it; a query without an end ends there. */
#define STRANGER_SECONDS 1800

#endif
