/*
 * --redact: who is told what, from the command line to the last message.
 */
#ifndef ANALYZE_REDACT_H
#define ANALYZE_REDACT_H

#include <stdio.h>

#include "analyze_options.h"
#include "ingest/ingest.h"
#include "redact/redactor.h"

/* The least that a key file must hold, in bytes. */
#define REDACT_KEY_MIN 16

/*
 * A redactor that knows the program's own words and the names on the command
 * line, and stands before every message from now on; NULL without --redact.
 * *e is set when the key file is none.
 */
struct redactor *analyze_redact_begin(const struct analyze_options *o, int argc,
	char **argv, struct error *e);

/* Tell it the files of the case, as messages show them. */
void analyze_redact_files(struct redactor *r, const struct case_files *files);

/* Without a key file the key comes from the captures that were read. */
void analyze_redact_key(struct redactor *r, const struct ingest *in);

/* Messages pass unchanged again; frees r, which may be NULL. */
void analyze_redact_end(struct redactor *r);

/*
 * Where problems of rules and case.yaml are written: standard error, or a
 * buffer (in *text) that analyze_redact_problems prints redacted and closes.
 */
FILE *analyze_redact_open(struct redactor *r, char **text, size_t *len);
void analyze_redact_problems(struct redactor *r, FILE *out, char **text);

#endif
