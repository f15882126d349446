/*
 * What a file says of the machine that it is of: its name and its addresses.
 *
 * Logs name the host in every line; snapshots print it (uname, hostname,
 * sysctl) or its addresses (ip addr, ss). A file that several hosts wrote says
 * nothing: it was collected.
 */
#ifndef INGEST_CASE_IDENTITY_H
#define INGEST_CASE_IDENTITY_H

#include "ingest/case_files.h"

/* Addresses of one file that are kept; a machine has a handful. */
#define CASE_IDENTITY_ADDRESSES_MAX 16

/* Set says, addresses and addresses_count of a file that was recognised, by its
 * front; texts go to a. */
void case_identity_find(struct case_file *f, struct view head, struct arena *a);

#endif
