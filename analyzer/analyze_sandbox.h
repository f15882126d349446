/*
 * What an analysis may touch, told to the sandbox.
 */
#ifndef ANALYZE_SANDBOX_H
#define ANALYZE_SANDBOX_H

#include "analyze_options.h"

/*
 * Enter the sandbox: the evidence and the rule folders can be read, the folders
 * of the outputs (a list ended by NULL; "-" is standard output) written. made
 * is the output folder if this run made it, or NULL: while it is empty it can
 * be removed again. Call it when the case's files have been found and before
 * any of their bytes are read. Returns the word for meta key "sandbox"; NULL with *e
 * set where less is to be had than was required.
 */
const char *analyze_sandbox(const struct analyze_options *o,
	const struct case_files *files, const char *const *outputs,
	const char *made, struct error *e);

#endif
