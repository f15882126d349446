/*
 * What the index holds of one case.
 */
#ifndef BATCH_INDEX_CASE_H
#define BATCH_INDEX_CASE_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/error.h"
#include "batch/state.h"

struct index_case {
	sqlite3 *db;         /* the index, in a transaction */
	struct arena *arena; /* for texts; the index's */
	int64_t id;          /* of its row */
	const char *folder;  /* of its results, in DIR/cases */
	const char *path;    /* to that folder */
	const struct batch_state *state;
};

/* Write its row and the list of its files. False with *e set on trouble. */
bool index_case_begin(const struct index_case *c, struct error *e);

/* Take over what its analysis found. False with *e set when its database cannot
 * be read; the index may then hold a part of it. */
bool index_case_copy(const struct index_case *c, struct error *e);

/* Keep the row alone, as an error that says why. False with *e set on trouble
 * with the index. */
bool index_case_forget(
	const struct index_case *c, const char *why, struct error *e);

#endif
