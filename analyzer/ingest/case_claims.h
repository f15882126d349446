/*
 * Files that no name places, placed by what they say of themselves: the host
 * that their lines name, or an address that is one machine's alone.
 */
#ifndef INGEST_CASE_CLAIMS_H
#define INGEST_CASE_CLAIMS_H

#include "ingest/case_files.h"

/* Files of machines that are known. */
void case_claims_place(struct case_files *c);

/* The name of a sosreport's folder may hold a ticket's number behind the host's:
 * what is in it knows better. */
void case_claims_sosreports(struct case_files *c);

/* A folder that is called after a time, as what a tool collected is, is of the
 * machine that all its files name. */
void case_claims_collections(struct case_files *c);

/* Snapshots and dmesg that lie in one folder with one that names its machine, and with
 * none that names another, were taken there. */
void case_claims_folders(struct case_files *c);

/* What is left and names its host is of a machine of that name. */
void case_claims_new(struct case_files *c);

/* Is a file evidence that no machine has yet, and no capture? */
bool case_file_is_loose(const struct case_file *f);

#endif
