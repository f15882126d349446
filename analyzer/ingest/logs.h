/*
 * Log files: scanned for the lines that mean something.
 */
#ifndef INGEST_LOGS_H
#define INGEST_LOGS_H

#include "ingest/case_files.h"
#include "ingest/source_rows.h"
#include "model/event.h"
#include "parsers/patterns/pattern.h"

/*
 * Scan one log file, write its source row, append its events to events. index
 * is the file's in the case. False with *e set only when the store fails.
 */
bool logs_write(struct source_rows *w, const struct case_file *f,
	uint32_t index, const struct pattern_set *patterns,
	struct event_list *events, struct error *e);

#endif
