/*
 * Flow-log files: read once, written as flow_record rows.
 */
#ifndef INGEST_FLOWS_H
#define INGEST_FLOWS_H

#include "ingest/case_files.h"
#include "ingest/source_rows.h"

/* Read one flow log and write its source and its records. The store must be in
 * stage STORE_INGEST. False with *e set only when the store fails; a file that
 * cannot be read says so in its source row. */
bool flows_write(
	struct source_rows *w, const struct case_file *f, struct error *e);

#endif
