/*
 * Who is who: the rows of machine and machine_address.
 */
#ifndef INGEST_HOST_ROWS_H
#define INGEST_HOST_ROWS_H

#include "ingest/case_files.h"
#include "store/store.h"

/* A machine's id is 1 + its index in hosts. Roles must be settled. */
bool host_rows_write(
	const struct case_files *c, struct store *s, struct error *e);

#endif
