/*
 * Cases that are parts of one incident: each has the captures of one end, and they
 * show the same connections. A folder of machines' folders is taken apart like
 * that, for by names alone nothing tells it from a folder of incidents.
 */
#ifndef BATCH_INDEX_PARTS_H
#define BATCH_INDEX_PARTS_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/error.h"

/* Groups that are told one by one; index.sqlite has all of them. */
#define PARTS_TOLD_MAX 5

/*
 * Set part_of of such cases, once all of them are in the index, and say how to
 * analyse them as one; and say it as a question of cases side by side that only
 * ran at the same time. Ids are 1 to count.
 */
bool index_parts_mark(
	sqlite3 *db, size_t count, struct arena *a, struct error *e);

#endif
