/*
 * The folder of an analysis that nobody named: called after the case, never
 * within the evidence, and never over another case's report.
 */
#ifndef ANALYZE_FOLDER_H
#define ANALYZE_FOLDER_H

#include "analyze_case.h"

/* <case name>.lostsyn here; beside the case folder where here is within it.
 * Lives as long as the case. */
const char *analyze_folder(struct analyze_case *c);

/* Does the folder hold a report already? Before the sandbox. */
bool analyze_folder_taken(const char *folder);

/* Is that report of the same evidence: has it a file of this one's, by its hash?
 * False with *e set when it is not, or cannot be told. */
bool analyze_folder_same(struct analyze_case *c, struct error *e);

#endif
