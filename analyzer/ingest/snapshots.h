/*
 * Host-state snapshots: read whole, paired before and after, written as
 * counter, setting, socket and conntrack rows.
 *
 * Two snapshots of one kind, of one role, whose names differ only in "before"
 * and "after", make a pair: cumulative counters then have a delta. So do two
 * snapshots in one file, one appended to the other.
 */
#ifndef INGEST_SNAPSHOTS_H
#define INGEST_SNAPSHOTS_H

#include "ingest/case_files.h"
#include "ingest/source_rows.h"
#include "model/event.h"

/* The longest snapshot file that is read; `conntrack -L` of 100,000 entries is
 * 20 MB. Longer ones are read this far, and say so. */
#define SNAPSHOT_BYTES_MAX ((size_t)256 * 1024 * 1024)

/*
 * Write all snapshots of a case. Packet drops that traces show are appended to
 * events. The store must be in stage STORE_INGEST. False with *e set only when
 * the store fails.
 */
bool snapshots_write(struct source_rows *w, const struct case_files *files,
	struct event_list *events, struct error *e);

#endif
