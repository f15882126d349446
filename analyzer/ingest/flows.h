/*
 * Flow-log files: read once, written as flow_record rows.
 */
#ifndef INGEST_FLOWS_H
#define INGEST_FLOWS_H

#include "ingest/case_files.h"
#include "ingest/source_rows.h"
#include "model/event.h"

/* Read one flow log, file `index` of the case, and write its source and its
 * records. Packets that a policy of a host threw away are appended to events
 * instead. The store must be in stage STORE_INGEST. False with *e set only when the
 * store fails; a file that cannot be read says so in its source row. */
bool flows_write(struct source_rows *w, const struct case_file *f,
	uint32_t index, struct event_list *events, struct error *e);

#endif
