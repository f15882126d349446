/*
 * A log that several machines wrote (collected.h) becomes files of the case: one
 * for each machine, with the lines of the whole file.
 */
#ifndef INGEST_COLLECTED_FILES_H
#define INGEST_COLLECTED_FILES_H

#include "ingest/case_files.h"

/* Append the parts of file `index`, which is then read no more. One that somebody
 * placed, that can be read only once or that is longer than a transcript is left
 * as it is. */
void collected_expand(struct case_files *c, size_t index);

#endif
